import Domain
import EventStore

/// The categories of streams, as the store names them.
enum Category {
    static let organisation = Word(stringOf: OrganisationEvent.category)
    static let clinic = Word(stringOf: ClinicEvent.category)
    static let staff = Word(stringOf: StaffEvent.category)
    static let visit = Word(stringOf: VisitEvent.category)
    static let client = Word(stringOf: ClientEvent.category)
    static let appointment = Word(stringOf: AppointmentEvent.category)
    static let agenda = Word(stringOf: AgendaEvent.category)
    static let questionnaire = Word(stringOf: QuestionnaireEvent.category)
    static let answers = Word(stringOf: AnswersEvent.category)
    static let access = Word(stringOf: AccessEvent.category)
    static let nothing = Word(stringOf: NothingEvent.category)
    static let imports = Word(stringOf: ImportEvent.category)
    static let subdomain = Word(stringOf: SubdomainEvent.category)
}
