import Domain
import EventStore

/// In which fields of which events a kind of record stands: what a ciphertext is bound to.
struct SealedPlaces: Sendable {
    struct Place: Hashable, Sendable {
        let type: EventType
        let field: UInt32
    }
    let places: [Place]

    /// Found by walking the family's events, so that none is forgotten.
    init<Record: PersonalRecord, Family: EventFamily>(_ record: Record.Type, in family: Family.Type)
    {
        var places: [Place] = []
        for member in family.members.all {
            for field in SealedPlaces.fields(of: member.type) {
                guard case .sealed(let name, _) = field.value, name == "\(record)" else { continue }
                let type = EventType(high: member.name.high, low: member.name.low)
                places.append(Place(type: type, field: UInt32(field.number)))
            }
        }
        self.places = places
    }

    private static func fields(of type: any Event.Type) -> [FieldDescription] {
        do {
            return try type.describeFields()
        } catch {
            preconditionFailure("an event that cannot be described: \(error)")
        }
    }
}

/// A record that is opened again after it stood in a log.
protocol OpenedRecord: PersonalRecord {
    static var places: SealedPlaces { get }
    /// The client on file it names, where it names one.
    var clientNamed: ID<Client>? { get }
}

extension OpenedRecord {
    var clientNamed: ID<Client>? { nil }
}

extension ClientDetails: OpenedRecord {
    static let places = SealedPlaces(ClientDetails.self, in: ClientEvent.self)
}
extension EntryFields: OpenedRecord {
    static let places = SealedPlaces(EntryFields.self, in: VisitEvent.self)
    var clientNamed: ID<Client>? { client }
}
extension MessageText: OpenedRecord {
    static let places = SealedPlaces(MessageText.self, in: VisitEvent.self)
}
extension InviteeDetails: OpenedRecord {
    static let places = SealedPlaces(InviteeDetails.self, in: VisitEvent.self)
}
extension AppointmentDetails: OpenedRecord {
    static let places = SealedPlaces(AppointmentDetails.self, in: AppointmentEvent.self)
    var clientNamed: ID<Client>? { client }
}
extension GuestName: OpenedRecord {
    static let places = SealedPlaces(GuestName.self, in: GuestStayEvent.self)
}
extension StaffProfile: OpenedRecord {
    static let places = SealedPlaces(StaffProfile.self, in: StaffEvent.self)
}
extension StaffPhoto: OpenedRecord {
    static let places = SealedPlaces(StaffPhoto.self, in: StaffEvent.self)
}
extension AnswerSet: OpenedRecord {
    static let places = SealedPlaces(AnswerSet.self, in: AnswersEvent.self)
}
extension AccessObject: OpenedRecord {
    static let places = SealedPlaces(AccessObject.self, in: AccessEvent.self)
}
extension AuditorPaper: OpenedRecord {
    static let places = SealedPlaces(AuditorPaper.self, in: AuditorEvent.self)
}
extension Letter: OpenedRecord {
    static let places = SealedPlaces(Letter.self, in: MailEvent.self)
}
extension AlertTarget: OpenedRecord {
    static let places = SealedPlaces(AlertTarget.self, in: AlertEvent.self)
}
extension ClientSecret: OpenedRecord {
    static let places = SealedPlaces(ClientSecret.self, in: SignOnEvent.self)
}
extension PastAccess: OpenedRecord {
    static let places = SealedPlaces(PastAccess.self, in: ClientAccessEvent.self)
}
extension PasswordHash: OpenedRecord {
    static let places = SealedPlaces(PasswordHash.self, in: AccountEvent.self)
}
extension TOTPSecret: OpenedRecord {
    static let places = SealedPlaces(TOTPSecret.self, in: AccountEvent.self)
}
extension SupportDetails: OpenedRecord {
    static let places = SealedPlaces(SupportDetails.self, in: SupportEvent.self)
}
