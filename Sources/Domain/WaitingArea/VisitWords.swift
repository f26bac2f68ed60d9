/// One message; the subject of its id.
package enum Message {}

/// Somebody with a place in a visit. Presence is a set of these, never a count (WA-3).
package struct Participant: Hashable, Sendable {
    package let kind: ParticipantKind
    /// Who it is, where `kind` is `staff`.
    package let staff: ID<Staff>?
    /// Who it is, where `kind` is `external`.
    package let invitee: ID<Invitee>?

    package init(kind: ParticipantKind, staff: ID<Staff>?, invitee: ID<Invitee>? = nil) {
        self.kind = kind
        self.staff = staff
        self.invitee = invitee
    }

    package static let caller = Participant(kind: .caller, staff: nil)

    package static func staff(_ id: ID<Staff>) -> Participant {
        Participant(kind: .staff, staff: id)
    }

    package static func external(_ id: ID<Invitee>) -> Participant {
        Participant(kind: .external, staff: nil, invitee: id)
    }
}

extension Participant: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        kind = try f(1, "kind", \.kind)
        staff = try f(2, "staff", \.staff)
        invitee = try f(3, "invitee", \.invitee)
    }
}

/// What a participant is to the visit.
package enum ParticipantKind: Int, GrowingEnum {
    case caller = 0
    case staff = 1
    /// A relative, carer or other professional, by a link (WA-4).
    case external = 2
}

/// Why a participant is no longer there.
package enum LeavingCause: Int, GrowingEnum {
    case onPurpose = 0
    /// Contact was lost for longer than the grace time.
    case lostContact = 1
    /// Staff took their invitation back.
    case removed = 2
}

/// Why a visit ended.
package enum EndReason: Int, GrowingEnum {
    /// A staff member finished it.
    case finished = 0
    /// The link was opened and nobody ever waited.
    case neverArrived = 1
    /// The caller's contact was lost for longer than the grace time, with no staff member there.
    case lostContact = 2
    /// Everyone left on purpose.
    case everyoneLeft = 3
    /// Nobody ended it in the time set (WA-12).
    case timedOut = 4
    /// A staff member disconnected the caller (WA-15).
    case dismissed = 5
}

/// A clinic as one who wants in finds it. Read from the clinic's state, not expected of its stream.
package struct ClinicDoor: Hashable, Sendable {
    package let clinic: ID<Clinic>
    package let answer: DoorAnswer
    /// What callers are asked; those whom history brings, and staff, are asked nothing.
    package let asks: EntryTerms?

    package init(_ clinic: ID<Clinic>, _ answer: DoorAnswer, asks: EntryTerms? = nil) {
        self.clinic = clinic
        self.answer = answer
        self.asks = asks
    }

    package init(_ clinic: ID<Clinic>, isOpen: Bool) {
        self.init(clinic, isOpen ? .open : .closedForGood)
    }

    /// A closed clinic admits nobody (ORG-2).
    package var isOpen: Bool { answer != .closedForGood }

    /// Refuses who comes by the link where the clinic takes nobody now.
    func check() throws(VisitRejection) {
        switch answer {
        case .open: return
        case .closedForGood: throw .clinicClosed
        case .suspended: throw .clinicSuspended
        case .disabled(let words): throw .clinicDisabled(words)
        case .outsideHours(let opens): throw .outsideHours(opens: opens)
        }
    }
}

/// What a caller typed on entering, and who they are where that is known. All optional: history may
/// know nothing, and which of them a clinic asks for is its own setting (ORG-6).
package struct EntryFields: Hashable, Sendable {
    package var firstName: String?
    package var lastName: String?
    package var phone: String?
    package var birthDate: LocalDate?
    /// The client on file. Here, under seal, because the tie between a person and a visit is
    /// personal too (ANON-3).
    package var client: ID<Client>?
    /// The caller's number in another system.
    package var externalNumber: String?

    /// Unicode scalars in one text.
    package static let textMax = 200

    package init(
        firstName: String? = nil, lastName: String? = nil, phone: String? = nil,
        birthDate: LocalDate? = nil, client: ID<Client>? = nil, externalNumber: String? = nil
    ) {
        self.firstName = firstName
        self.lastName = lastName
        self.phone = phone
        self.birthDate = birthDate
        self.client = client
        self.externalNumber = externalNumber
    }

    /// The first field that is longer than ``textMax``.
    var tooLong: EntryField? {
        let texts: [(EntryField, String?)] = [
            (.firstName, firstName), (.lastName, lastName), (.phone, phone),
            (.externalNumber, externalNumber),
        ]
        return texts.first { ($0.1?.unicodeScalars.count ?? 0) > EntryFields.textMax }?.0
    }
}

extension EntryFields: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        firstName = try f(1, "first_name", \.firstName)
        lastName = try f(2, "last_name", \.lastName)
        phone = try f(3, "phone", \.phone)
        birthDate = try f(4, "birth_date", \.birthDate)
        client = try f(5, "client", \.client)
        externalNumber = try f(6, "external_number", \.externalNumber)
    }
}

/// The texts among ``EntryFields``, by name.
package enum EntryField: String, CaseIterable, Hashable, Sendable {
    case firstName, lastName, phone, externalNumber
}

/// What somebody wrote.
package struct MessageText: Hashable, Sendable {
    package var text: String

    /// Unicode scalars.
    package static let textMax = 4_000

    package init(_ text: String) { self.text = text }
}

extension MessageText: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        text = try f(1, "text", \.text)
    }
}
