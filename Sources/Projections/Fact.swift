package import Domain
package import EventStore

/// One event of any context, as it stands in a log: all a projection gets to see.
package struct Fact: Sendable {
    /// Whose history it belongs to.
    package let log: LogID
    /// 0-based, dense within `log`.
    package let position: Int64
    /// When the log learned it; reports use the event's own `at`, time travel this.
    package let recordedAt: Instant
    package let stream: StreamName
    /// 0-based, dense within `stream`.
    package let version: Int64
    package let type: EventType
    package var commandID: UInt128 { command.bits }
    /// Who did it, in which role, on what basis, by which door.
    package let context: Context
    package let body: Body
    // Not a UInt128: see docs/decisions/0001-wide-arguments.md.
    private let command: ID<Never>

    /// What happened, and to which of its kind.
    package enum Body: Hashable, Sendable {
        case organisation(ID<Organisation>, OrganisationEvent)
        case subdomain(ID<Subdomain>, SubdomainEvent)
        case clinic(ID<Clinic>, ClinicEvent)
        case staff(ID<Staff>, StaffEvent)
        case account(ID<Staff>, AccountEvent)
        case security(ID<Organisation>, SecurityEvent)
        case apiKey(ID<APIKey>, APIKeyEvent)
        case support(ID<Support>, SupportEvent)
        case visit(ID<Visit>, VisitEvent)
        case client(ID<Client>, ClientEvent)
        case appointment(ID<Appointment>, AppointmentEvent)
        /// `day`: UTC, days since 1970-01-01.
        case agenda(ID<Staff>, day: UInt32, AgendaEvent)
        case questionnaire(ID<Questionnaire>, QuestionnaireEvent)
        case answers(ID<Answers>, AnswersEvent)
        case access(day: UInt32, AccessEvent)
        case erasure(ID<Organisation>, ErasureEvent)
        /// Of one client, whom only the vault leads to.
        case clientAccess(year: UInt32, ClientAccessEvent)
        case anonymisation(ID<Organisation>, AnonymisationEvent)
        case imports(ID<Import>, ImportEvent)
        /// Of the organisation.
        case days(ID<DayBook>, DayEvent)
        case reports(ID<Reporting>, ReportEvent)
        case mail(ID<Mail>, MailEvent)
        /// Of a staff member, or of a clinic.
        case alert(ID<Alerts>, AlertEvent)
        /// Of an organisation's providers, or of one provider's user.
        case signOn(ID<SignOn>, SignOnEvent)
        case auditor(ID<Auditor>, AuditorEvent)
        case nothing(day: UInt32, NothingEvent)
        case room(ID<Room>, RoomEvent)
        case guest(ID<GuestStay>, GuestStayEvent)
        /// Of the organisation, or of one clinic.
        case callInterface(ID<CallInterface>, CallInterfaceEvent)
        case app(day: UInt32, AppEvent)
        case groupCall(ID<GroupCall>, GroupCallEvent)
        /// Of the organisation or one clinic, whose id it is.
        case announcement(ID<Announcements>, AnnouncementEvent)
        /// Of one clinic, whose id it is.
        case walkIn(ID<WalkIn>, WalkInEvent)
        /// Nobody here asked to understand it: only the envelope is known.
        case unread
    }

    @inline(__always)
    init(_ event: RecordedEvent, _ body: Body) {
        log = event.log
        position = event.position
        recordedAt = Instant(milliseconds: event.recordedAt)
        stream = event.stream
        version = event.version
        type = event.type
        command = ID(bits: event.commandID)
        context = event.context
        self.body = body
    }
}
