package import Domain
package import EventStore
import Projections

/// Orders erasures, and carries out what was ordered: at once, or after a kill at the next start.
package struct Eraser: Sendable {
    let dispatch: Dispatch
    let side: ReadSide
    /// What `dispatch` and `side` see keys through.
    let vault: ClosingVault

    package init(dispatch: Dispatch, side: ReadSide, vault: ClosingVault) {
        self.dispatch = dispatch
        self.side = side
        self.vault = vault
    }

    /// The same, with views of another runner.
    init(_ eraser: Eraser, side: ReadSide) {
        self.init(dispatch: eraser.dispatch, side: side, vault: eraser.vault)
    }

    /// What goes in one order.
    package struct Order: Sendable {
        package var keys: [ID<Domain.RecordKey>]
        package var records: [ID<AnyRecord>]

        package init(keys: [ID<Domain.RecordKey>] = [], records: [ID<AnyRecord>] = []) {
            self.keys = keys
            self.records = records
        }
    }

    /// What a batch says beside its orders.
    package struct Batch: Sendable {
        let counts: [RecordCount]
        /// Whether records go because their days are over.
        let isDue: Bool
        let clients: [ID<Client>]
        /// The version of the organisation's stream about anonymisation it was put together on:
        /// where that changed, nothing is ordered.
        let decidedOn: Int64?

        package init(
            counts: [RecordCount], isDue: Bool, clients: [ID<Client>], decidedOn: Int64?
        ) {
            self.counts = counts
            self.isDue = isDue
            self.clients = clients
            self.decidedOn = decidedOn
        }
    }

    /// Commits a batch: one order for each of `orders`, and what the batch was. From its positions
    /// on the records are erased, whoever reads.
    /// - Returns: the position of the last order; nil where a hold, a request or another batch came
    ///   first: choose again.
    package func order(
        in log: LogID, _ orders: [Order], _ batch: Batch, _ context: Context
    ) async throws -> Int64? {
        let now = dispatch.clock.now()
        let erasures = StreamName(Category.erasure, log.bits)
        let book = StreamName(Category.anonymisation, log.bits)
        let before = try await dispatch.loader.load(Anonymisation.self, book, in: log)
        guard before.version == batch.decidedOn else { return nil }
        let settled = try Anonymisation.decide(
            .orderBatch(
                at: now, counts: batch.counts, due: batch.isDue, clients: batch.clients),
            before.state)
        let stood = try await dispatch.loader.load(Erasures.self, erasures, in: log)
        var state = stood.state
        var events: [NewEvent] = []
        for order in orders {
            let decided = try Erasures.decide(
                .order(at: now, keys: order.keys, records: order.records, claims: []), state)
            for event in decided {
                Erasures.evolve(&state, event)
                events.append(try Coding.newEvent(event, into: erasures, in: log, keys: [:]))
            }
        }
        for event in settled {
            events.append(try Coding.newEvent(event, into: book, in: log, keys: [:]))
        }
        func expected(_ version: Int64?) -> Expectation {
            version.map(Expectation.exactly) ?? .noneYet
        }
        let commit = Commit(
            log: log, commandID: dispatch.ids.next(), now: now.milliseconds, context: context,
            expectations: [
                (stream: erasures, version: expected(stood.version)),
                (stream: book, version: expected(before.version)),
            ], events: events)
        return try await commitClosing(commit, orders)
    }

    /// Nobody reads with the keys from right before the commit on: not even for the moment between
    /// its position and our hearing of it.
    private func commitClosing(_ commit: Commit, _ orders: [Order]) async throws -> Int64? {
        let keys = orders.flatMap(\.keys).map { KeyID(bits: $0.bits) }
        vault.close(keys)
        do throws(AppendError) {
            let appended = try await dispatch.appendRinging(commit)
            return appended.first + Int64(orders.count) - 1
        } catch {
            vault.reopen(keys)
            if case .conflict = error { return nil }
            throw error
        }
    }

    /// Carries out every order of `log` that is not done.
    /// - Parameters:
    ///   - last: the position of the last order it is about; nil: all there are.
    ///   - kinds: of records whose orders were just given; others are looked up.
    /// - Returns: how many orders.
    @discardableResult
    package func finish(
        _ log: LogID, through last: Int64? = nil, kinds: [ID<AnyRecord>: RecordKind] = [:]
    ) async throws -> Int {
        let orders = ErasureOrders(
            store: dispatch.store, vault: vault.behind, clock: dispatch.clock)
        return try await Erasure(
            vault: vault.behind, index: LogIndex(clients: side.clients, log: log),
            events: CarriedOrders(orders: orders, eraser: self, last: last, kinds: kinds)
        ).finish(log)
    }

    /// Closes what was ordered and not carried out, before anything is read.
    /// - Returns: whether there is any.
    func closeOrdered() async throws -> Bool {
        let orders = ErasureOrders(
            store: dispatch.store, vault: vault.behind, clock: dispatch.clock)
        var isOpen = false
        for log in try await dispatch.store.logs() {
            let done = try await vault.erasuresDone(in: log)
            let open = try await orders.orders(in: log, from: done).orders
            vault.close(open.flatMap(\.keys))
            isOpen = isOpen || !open.isEmpty
        }
        return isOpen
    }

    // MARK: Looks

    /// Who looked at the records of `orders` goes over to the access streams of whose they were.
    fileprivate func carryOver(
        _ orders: [ErasureOrder], kinds: [ID<AnyRecord>: RecordKind]
    ) async throws {
        guard let first = orders.first, let last = orders.last else { return }
        // However long a rebuild takes: nothing waits for this but keys that are closed already.
        try await side.runner.waitUntil(AccessLog.name, last.log, shows: last.position)
        let carryOver = CarryOver(dispatch, side, vault: vault.behind)
        // One order is read while the one before it is written.
        var looks = try await gather(first, kinds, carryOver)
        for next in orders.dropFirst() {
            async let following = gather(next, kinds, carryOver)
            if let looks { try await carryOver.write(looks) }
            looks = try await following
        }
        if let looks { try await carryOver.write(looks) }
    }

    /// Nil where all of them were carried over already: keys may be gone since.
    private func gather(
        _ order: ErasureOrder, _ kinds: [ID<AnyRecord>: RecordKind], _ carryOver: CarryOver
    ) async throws -> CarryOver.Looks? {
        if try await carryOver.isDone(order.position, in: order.log) { return nil }
        try await vault.behind.readAhead(order.keys)
        var records: [StreamName] = []
        for bits in order.records {
            let record = ID<AnyRecord>(bits: bits)
            if let stream = try await stream(of: record, in: order.log, kinds[record]) {
                records.append(stream)
            }
        }
        return try await carryOver.gather(
            CarryOver.Going(records, keys: Set(order.keys)), before: order.position, in: order.log)
    }

    /// Nil where it is none that was looked at.
    private func stream(
        of record: ID<AnyRecord>, in log: LogID, _ known: RecordKind?
    ) async throws -> StreamName? {
        for kind in known.map({ [$0] }) ?? RecordKind.allCases {
            // What was carried over already is carried nowhere.
            // Nor is anything of a mail, of which nobody knows whose it was.
            if kind.clock == .accessLog || kind.clock == .sending { continue }
            let stream = StreamName(Word(stringOf: kind.category), record.bits)
            if known != nil { return stream }
            if try await dispatch.store.version(of: stream, in: log) != nil { return stream }
        }
        return nil
    }
}

/// The keyed index of one log.
private struct LogIndex: ErasableIndex {
    let clients: ClientIndex
    let log: LogID

    func erase(records: [UInt128], claims: [UInt128]) async throws(VaultError) {
        try await clients.erase(records: records, claims: claims, in: log)
    }
}

/// Orders with what is done before their keys go.
private struct CarriedOrders: ErasureLog {
    let orders: ErasureOrders
    let eraser: Eraser
    /// Orders behind it are somebody else's.
    let last: Int64?
    let kinds: [ID<AnyRecord>: RecordKind]

    func orders(
        in log: LogID, from position: Int64
    ) async throws -> (orders: [ErasureOrder], next: Int64) {
        var (found, next) = try await orders.orders(in: log, from: position)
        if let last {
            found.removeAll { $0.position > last }
            next = found.last.map { $0.position + 1 } ?? position
        }
        return (found, next)
    }

    func willErase(_ orders: [ErasureOrder]) async throws {
        try await eraser.carryOver(orders, kinds: kinds)
    }

    func commitErased(_ order: ErasureOrder) async throws {
        try await orders.commitErased(order)
        eraser.vault.forget(order.keys)
    }
}
