/// What an organisation's stream about anonymisation holds. What is erased by it stands in the
/// stream of erasures. Source: ANON-2, ANON-4, ANON-7.
package enum AnonymisationEvent: Hashable, Sendable {
    case daysSet(DaysSet)
    case announced(AnonymisationAnnounced)
    case holdSet(HoldSet)
    case holdLifted(HoldLifted)
    case erasureAsked(ClientErasureAsked)
    case batchOrdered(BatchOrdered)
}

extension AnonymisationEvent: EventFamily {
    package static let category = "anonymisation"
    package static let members = Members<AnonymisationEvent>(
        Member(DaysSet.self, AnonymisationEvent.daysSet),
        Member(AnonymisationAnnounced.self, AnonymisationEvent.announced),
        Member(HoldSet.self, AnonymisationEvent.holdSet),
        Member(HoldLifted.self, AnonymisationEvent.holdLifted),
        Member(ClientErasureAsked.self, AnonymisationEvent.erasureAsked),
        Member(BatchOrdered.self, AnonymisationEvent.batchOrdered))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .daysSet(let event): try visitor.visit(event)
        case .announced(let event): try visitor.visit(event)
        case .holdSet(let event): try visitor.visit(event)
        case .holdLifted(let event): try visitor.visit(event)
        case .erasureAsked(let event): try visitor.visit(event)
        case .batchOrdered(let event): try visitor.visit(event)
        }
    }
}

/// After how many days records lose their client.
package struct DaysSet: Hashable, Sendable {
    package let at: Instant
    /// Absent: never.
    package let days: Int?

    package init(at: Instant, days: Int?) {
        self.at = at
        self.days = days
    }
}

extension DaysSet: Event {
    package static let name = "anonymisation.days-set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        days = try f(2, "days", \.days)
    }
}

/// Staff are told that runs begin, and when.
package struct AnonymisationAnnounced: Hashable, Sendable {
    package let at: Instant
    /// No run before this.
    package let runsFrom: Instant

    package init(at: Instant, runsFrom: Instant) {
        self.at = at
        self.runsFrom = runsFrom
    }
}

extension AnonymisationAnnounced: Event {
    package static let name = "anonymisation.announced"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        runsFrom = try f(2, "runs_from", \.runsFrom)
    }
}

/// Why something is held.
package enum HoldGround: Int, GrowingEnum {
    case litigation = 0
    case complaint = 1
    case inspection = 2
    case clientsWish = 3
}

/// A legal hold: what it names, a record or all of a client's, is not anonymised until it is
/// lifted.
package struct HoldSet: Hashable, Sendable {
    package let at: Instant
    package let hold: ID<LegalHold>
    package let ground: HoldGround
    package let record: ID<AnyRecord>?
    package let client: ID<Client>?

    package init(at: Instant, hold: ID<LegalHold>, ground: HoldGround, on subject: HoldSubject) {
        self.at = at
        self.hold = hold
        self.ground = ground
        switch subject {
        case .record(let id):
            record = id
            client = nil
        case .client(let id):
            record = nil
            client = id
        }
    }
}

extension HoldSet: Event {
    package static let name = "anonymisation.hold-set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        hold = try f(2, "hold", \.hold)
        ground = try f(3, "ground", \.ground)
        record = try f(4, "record", \.record)
        client = try f(5, "client", \.client)
    }
}

/// The hold is over; what it named falls due as everything else.
package struct HoldLifted: Hashable, Sendable {
    package let at: Instant
    package let hold: ID<LegalHold>

    package init(at: Instant, hold: ID<LegalHold>) {
        self.at = at
        self.hold = hold
    }
}

extension HoldLifted: Event {
    package static let name = "anonymisation.hold-lifted"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        hold = try f(2, "hold", \.hold)
    }
}

/// A client is to be forgotten: all their records, in one of the next runs, among others.
package struct ClientErasureAsked: Hashable, Sendable {
    package let at: Instant
    package let client: ID<Client>
    /// In the next run, however few go with them.
    package let isUrgent: Bool

    package init(at: Instant, client: ID<Client>, isUrgent: Bool) {
        self.at = at
        self.client = client
        self.isUrgent = isUrgent
    }
}

extension ClientErasureAsked: Event {
    package static let name = "anonymisation.erasure-asked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        client = try f(2, "client", \.client)
        isUrgent = try f(3, "is_urgent", \.isUrgent)
    }
}

/// A batch of a run: the orders of the same commit name its records, in no order that tells
/// anything.
package struct BatchOrdered: Hashable, Sendable {
    package let at: Instant
    /// From 1, within the organisation.
    package let batch: Int
    /// By kind; kinds without a record are left out.
    package let counts: [RecordCount]
    /// Clients whose erasure was asked for, and is done with this; ascending.
    package let clients: [ID<Client>]

    package init(at: Instant, batch: Int, counts: [RecordCount], clients: [ID<Client>]) {
        self.at = at
        self.batch = batch
        self.counts = counts
        self.clients = clients
    }
}

extension BatchOrdered: Event {
    package static let name = "anonymisation.batch-ordered"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        batch = try f(2, "batch", \.batch)
        counts = try f(3, "counts", \.counts)
        clients = try f(4, "clients", \.clients)
    }
}
