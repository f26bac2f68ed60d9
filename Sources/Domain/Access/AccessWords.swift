/// What was done, in the words of the log. NEN 7513 "event code".
package enum AccessEventCode: Int, GrowingEnum {
    case read = 0
    case listed = 1
    case searched = 2
    case exported = 3
    case printed = 4
    /// A live view was opened.
    case watched = 5
    /// The log itself, its history or the access log was read.
    case logRead = 6
    /// A command was refused by permission; one that went through is its own entry.
    case commanded = 7
    case signedIn = 8
}

/// The action of NEN 7513: C, R, U, D or E.
package enum AccessAction: Int, GrowingEnum {
    case create = 0
    case read = 1
    case update = 2
    case delete = 3
    case execute = 4

    /// `C`, `R`, `U`, `D`, `E`.
    package var letter: Character {
        switch self {
        case .create: "C"
        case .read: "R"
        case .update: "U"
        case .delete: "D"
        case .execute: "E"
        }
    }
}

/// Whether it was allowed.
package enum AccessOutcome: Int, GrowingEnum {
    case allowed = 0
    case refused = 1
}

/// What kind of thing it was. ISO 27789 "object identifier type".
package enum AccessObjectKind: Int, GrowingEnum {
    case organisation = 0
    case clinic = 1
    case staff = 2
    case visit = 3
    case client = 4
    case appointment = 5
    case agenda = 6
    case questionnaire = 7
    case answers = 8
    case access = 9
    case imports = 10
    /// The organisation's log as a whole.
    case log = 11
    /// A clinic's waiting area as a list.
    case waitingArea = 12
    /// Reports, or how they are made.
    case report = 13
    case mail = 14
    case room = 15
    /// A guest's stay in a room.
    case guest = 16
}

/// Which record an entry is about, and about whom. Under that record's key: once it is anonymised
/// nobody reads either; who looked and when was carried over before (``AccessCarried``).
package struct AccessObject: Hashable, Sendable {
    package var kind: AccessObjectKind
    package var record: ID<AnyRecord>
    /// The client on file it is about; nil where the record itself does not say.
    package var client: ID<Client>?

    package init(kind: AccessObjectKind, record: ID<AnyRecord>, client: ID<Client>? = nil) {
        self.kind = kind
        self.record = record
        self.client = client
    }
}

extension AccessObject: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        kind = try f(1, "kind", \.kind)
        record = try f(2, "record", \.record)
        client = try f(3, "client", \.client)
    }
}

/// A record of whatever kind; the kind stands beside its id.
package enum AnyRecord {}
