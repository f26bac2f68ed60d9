/// What an organisation decided about anonymisation, and how far it is: one stream for each.
/// Source: ANON-2, ANON-4, ANON-7.
package enum Anonymisation: Decider {
    /// Between the announcement and the first run, at least.
    package static let notice = Milliseconds.hours(24)
    /// Holds at a time.
    package static let holdsMax = 10_000
    /// Clients that wait to be erased.
    package static let askedMax = 1_000

    package struct State: Hashable, Sendable {
        package var days: Int?
        /// Nil: staff were not told yet of the days that hold now.
        package var runsFrom: Instant?
        package var holds: [ID<LegalHold>: HoldSubject] = [:]
        /// Clients to be erased.
        package var asked: [ID<Client>: Asked] = [:]
        /// Of the next batch; from 1.
        package var nextBatch = 1
        /// Ordered so far, by kind.
        package var ordered: [RecordKind: Int] = [:]
        package var lastBatchAt: Instant?

        /// Whether records whose days are over go at `now`.
        package func mayRun(at now: Instant) -> Bool {
            days != nil && runsFrom.map { $0 <= now } ?? false
        }

        /// Whether records of that kind whose days are over go at `now`.
        package func mayRun(_ kind: RecordKind, at now: Instant) -> Bool {
            kind.goesByItself || mayRun(at: now)
        }

        package var heldRecords: Set<ID<AnyRecord>> {
            Set(holds.values.compactMap { if case .record(let id) = $0 { id } else { nil } })
        }

        package var heldClients: Set<ID<Client>> {
            Set(holds.values.compactMap { if case .client(let id) = $0 { id } else { nil } })
        }
    }

    /// When a client's erasure was asked for.
    package struct Asked: Hashable, Sendable {
        package let at: Instant
        package let isUrgent: Bool
    }

    package static let initial = State()

    package static func decide(
        _ command: AnonymisationCommand, _ state: State
    ) throws(AnonymisationRejection) -> [AnonymisationEvent] {
        switch command {
        case .setDays(let at, let days):
            if let days, !Retention.daysRange.contains(days) {
                throw .daysOutOfRange(limit: Retention.daysRange.upperBound)
            }
            return days == state.days ? [] : [.daysSet(DaysSet(at: at, days: days))]
        case .announce(let at, let runsFrom, let isTest):
            guard state.days != nil else { throw .daysNotSet }
            guard isTest || runsFrom >= at + notice else {
                throw .noticeTooShort(limit: Int(notice.count / 3_600_000))
            }
            return runsFrom == state.runsFrom
                ? [] : [.announced(AnonymisationAnnounced(at: at, runsFrom: runsFrom))]
        case .hold(let at, let hold, let ground, let subject):
            if let known = state.holds[hold] {
                guard known == subject else { throw .holdKnown }
                return []
            }
            guard state.holds.count < holdsMax else { throw .tooManyHolds(limit: holdsMax) }
            return [.holdSet(HoldSet(at: at, hold: hold, ground: ground, on: subject))]
        case .lift(let at, let hold):
            guard state.holds[hold] != nil else { throw .holdUnknown }
            return [.holdLifted(HoldLifted(at: at, hold: hold))]
        case .askErasure(let at, let client, let isUrgent):
            return try ask(at, client, isUrgent, state)
        case .orderBatch(let at, let counts, let due, let clients):
            return try order(at, counts, due, clients, state)
        }
    }

    private static func ask(
        _ at: Instant, _ client: ID<Client>, _ isUrgent: Bool, _ state: State
    ) throws(AnonymisationRejection) -> [AnonymisationEvent] {
        guard !state.heldClients.contains(client) else { throw .clientHeld }
        if let known = state.asked[client], known.isUrgent || !isUrgent { return [] }
        guard state.asked[client] != nil || state.asked.count < askedMax else {
            throw .tooManyAsked(limit: askedMax)
        }
        return [
            .erasureAsked(ClientErasureAsked(at: at, client: client, isUrgent: isUrgent))
        ]
    }

    private static func order(
        _ at: Instant, _ counts: [RecordCount], _ due: Bool, _ clients: [ID<Client>],
        _ state: State
    ) throws(AnonymisationRejection) -> [AnonymisationEvent] {
        if due {
            guard state.days != nil else { throw .daysNotSet }
            guard let runsFrom = state.runsFrom else { throw .notAnnounced }
            guard runsFrom <= at else { throw .beforeAnnouncedTime }
        }
        guard counts.contains(where: { $0.count > 0 }) else { throw .nothingToOrder }
        return [
            .batchOrdered(
                BatchOrdered(
                    at: at, batch: state.nextBatch,
                    counts: counts.filter { $0.count > 0 }
                        .sorted { $0.kind.rawValue < $1.kind.rawValue },
                    clients: clients.sorted()))
        ]
    }

    package static func evolve(_ state: inout State, _ event: AnonymisationEvent) {
        switch event {
        case .daysSet(let set):
            // Fewer days than staff were told of is news to them: they are told again.
            if set.days ?? .max < state.days ?? .max { state.runsFrom = nil }
            state.days = set.days
        case .announced(let announced): state.runsFrom = announced.runsFrom
        case .holdSet(let set):
            if let client = set.client {
                state.holds[set.hold] = .client(client)
            } else if let record = set.record {
                state.holds[set.hold] = .record(record)
            }
        case .holdLifted(let lifted): state.holds[lifted.hold] = nil
        case .erasureAsked(let asked):
            // The month runs from the first time.
            let first = state.asked[asked.client]?.at ?? asked.at
            state.asked[asked.client] = Asked(at: first, isUrgent: asked.isUrgent)
        case .batchOrdered(let batch):
            state.nextBatch = max(state.nextBatch, batch.batch < .max ? batch.batch + 1 : .max)
            for count in batch.counts {
                let (sum, overflow) = state.ordered[count.kind, default: 0]
                    .addingReportingOverflow(count.count)
                state.ordered[count.kind] = overflow ? .max : sum
            }
            for client in batch.clients { state.asked[client] = nil }
            state.lastBatchAt = batch.at
        }
    }
}
