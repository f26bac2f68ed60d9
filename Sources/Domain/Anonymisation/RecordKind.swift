/// A kind of record that is anonymised as one: what was sealed in its stream goes together.
///
/// A later kind joins here and in ``Retention/places``; switches without `default` lead to
/// whatever else has to know it.
package enum RecordKind: Int, GrowingEnum {
    case appointment = 0
    case visit = 1
    case answers = 2
    case client = 3
    /// Who looked at one client's records in one year, carried over from records erased since.
    case accessYear = 4
    /// What was sent to somebody by mail, with their address.
    case mail = 5
    /// A guest's stay in a room.
    case guestStay = 6

    /// The category of the streams such records stand in.
    package var category: String {
        switch self {
        case .appointment: AppointmentEvent.category
        case .visit: VisitEvent.category
        case .answers: AnswersEvent.category
        case .client: ClientEvent.category
        case .accessYear: ClientAccessEvent.category
        case .mail: MailEvent.category
        case .guestStay: GuestStayEvent.category
        }
    }

    /// What its days are counted from (ANON-2).
    package var clock: RetentionClock {
        switch self {
        case .appointment: .itsTime
        case .visit, .answers, .guestStay: .whatItBelongsTo
        case .client: .request
        case .accessYear: .accessLog
        case .mail: .sending
        }
    }

    /// Whether it goes by days that no organisation sets: they run whether or not any were set and
    /// staff told. What a mail said is nobody's record of care.
    package var goesByItself: Bool {
        switch clock {
        case .sending: true
        case .itsTime, .whatItBelongsTo, .request, .accessLog: false
        }
    }

    /// `appointments`: as plans and reports count them.
    package var plural: String {
        switch self {
        case .appointment: "appointments"
        case .visit: "visits"
        case .answers: "answers"
        case .client: "clients"
        case .accessYear: "accessYears"
        case .mail: "mails"
        case .guestStay: "guestStays"
        }
    }
}

/// What the days until a record is due are counted from.
package enum RetentionClock: Hashable, Sendable {
    /// Its own day.
    case itsTime
    /// The day of the appointment or visit it belongs to; its own end where it belongs to none.
    case whatItBelongsTo
    /// None: it goes when somebody asks for it (ANON-4).
    case request
    /// The end of the year it is of; for as long as access logs are kept (AUD-2).
    case accessLog
    /// The day it was sent, captured or given up; for a fixed number of days.
    case sending
}

/// How many records of one kind.
package struct RecordCount: Hashable, Sendable {
    package let kind: RecordKind
    package let count: Int

    package init(kind: RecordKind, count: Int) {
        self.kind = kind
        self.count = count
    }
}

extension RecordCount: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        kind = try f(1, "kind", \.kind)
        count = try f(2, "count", \.count)
    }
}
