/// What an organisation orders to be erased, and what was: one stream for each organisation. From
/// an order's position on every reader treats its records as erased; that their keys are gone is a
/// fact of its own, noted afterwards (ANON-4).
package enum Erasures: Decider {
    /// Keys, records or claims in one order: so many of each still fit into one event.
    package static let listMax = 1_000

    package struct State: Hashable, Sendable {
        /// The next order's number; they count from 1.
        package var next = 1
        /// Ordered and not carried out yet, by number.
        package var open: Set<Int> = []
    }

    package static let initial = State()

    package static func decide(
        _ command: ErasureCommand, _ state: State
    ) throws(ErasureRejection) -> [ErasureEvent] {
        switch command {
        case .order(let at, let keys, let records, let claims):
            guard !keys.isEmpty || !records.isEmpty else { throw .nothingToErase }
            guard max(keys.count, records.count, claims.count) <= listMax else {
                throw .tooMuchAtOnce(limit: listMax)
            }
            // By id, which is random: the order of the list ties no key to its record.
            return [
                .ordered(
                    ErasureOrdered(
                        at: at, order: state.next, keys: keys.sorted(), records: records.sorted(),
                        claims: claims.sorted()))
            ]
        case .noteCarriedOut(let at, let order):
            guard (1..<state.next).contains(order) else { throw .orderUnknown }
            guard state.open.contains(order) else { return [] }
            return [.carriedOut(ErasureCarriedOut(at: at, order: order))]
        }
    }

    package static func evolve(_ state: inout State, _ event: ErasureEvent) {
        switch event {
        case .ordered(let ordered):
            state.open.insert(ordered.order)
            state.next = max(state.next, ordered.order < .max ? ordered.order + 1 : .max)
        case .carriedOut(let carriedOut): state.open.remove(carriedOut.order)
        }
    }
}

/// What can be asked of an organisation's erasures.
package enum ErasureCommand: Hashable, Sendable {
    /// - Parameters:
    ///   - keys: of the records to erase; destroying them is the erasure.
    ///   - records: whose rows leave the keyed index.
    ///   - claims: released with them.
    case order(
        at: Instant, keys: [ID<RecordKey>], records: [ID<AnyRecord>], claims: [ID<AnyClaim>])
    /// Keys and index rows of the order are gone.
    case noteCarriedOut(at: Instant, order: Int)
}

/// A claim of the keyed index to something unique but personal, such as an e-mail address.
package enum AnyClaim {}

/// Why an erasure is refused.
package enum ErasureRejection: Rejected {
    case nothingToErase
    case tooMuchAtOnce(limit: Int)
    case orderUnknown

    package var told: Told {
        switch self {
        case .nothingToErase: Told("nothingToErase", "No record is named.")
        case .tooMuchAtOnce(let limit):
            Told("tooMuchAtOnce", "At most \(limit) records in one order.", limit: limit)
        case .orderUnknown: Told("orderUnknown", "There is no such order.", field: "order")
        }
    }
}

/// What an organisation's stream of erasures holds.
package enum ErasureEvent: Hashable, Sendable {
    case ordered(ErasureOrdered)
    case carriedOut(ErasureCarriedOut)
}

extension ErasureEvent: EventFamily {
    package static let category = "erasure"
    package static let members = Members<ErasureEvent>(
        Member(ErasureOrdered.self, ErasureEvent.ordered),
        Member(ErasureCarriedOut.self, ErasureEvent.carriedOut))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .ordered(let event): try visitor.visit(event)
        case .carriedOut(let event): try visitor.visit(event)
        }
    }
}

/// From here on these records are erased, whoever reads; their keys go next.
package struct ErasureOrdered: Hashable, Sendable {
    package let at: Instant
    /// From 1, within the organisation.
    package let order: Int
    /// Ascending, as both lists below.
    package let keys: [ID<RecordKey>]
    package let records: [ID<AnyRecord>]
    package let claims: [ID<AnyClaim>]

    package init(
        at: Instant, order: Int, keys: [ID<RecordKey>], records: [ID<AnyRecord>],
        claims: [ID<AnyClaim>]
    ) {
        self.at = at
        self.order = order
        self.keys = keys
        self.records = records
        self.claims = claims
    }
}

extension ErasureOrdered: Event {
    package static let name = "erasure.ordered"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        order = try f(2, "order", \.order)
        keys = try f(3, "keys", \.keys)
        records = try f(4, "records", \.records)
        claims = try f(5, "claims", \.claims)
    }
}

/// The order's index rows and keys are gone, from their files too.
package struct ErasureCarriedOut: Hashable, Sendable {
    package let at: Instant
    package let order: Int

    package init(at: Instant, order: Int) {
        self.at = at
        self.order = order
    }
}

extension ErasureCarriedOut: Event {
    package static let name = "erasure.carried-out"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        order = try f(2, "order", \.order)
    }
}
