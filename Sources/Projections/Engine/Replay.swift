package import EventStore

/// Rebuilds projections from the log alone, organisations side by side: into memory for digests and
/// time travel, or into a folder (AUD-3, AUD-4). Appends, repairs and cuts nothing.
package struct Replay: Sendable {
    private let store: any EventStore
    private let upcasters: Upcasters
    private let cores: Int

    /// - Parameter cores: logs replayed at the same time.
    package init(_ store: any EventStore, upcasters: Upcasters = .all, cores: Int) {
        self.store = store
        self.upcasters = upcasters
        self.cores = max(1, cores)
    }

    /// Brings the rows of `logs` (nil: all) on `shelf` up to `end`.
    /// - Parameters:
    ///   - snapshots: begin at the nearest; nil: at the first event.
    ///   - progress: told how many events were applied since the last call.
    /// - Returns: where each log's projections stand; one that stopped says why.
    @discardableResult
    package func run(
        onto shelf: ViewShelf, logs: [LogID]? = nil, until end: ReplayEnd = .head,
        from snapshots: Snapshots? = nil,
        progress: @escaping @Sendable (_ events: Int) -> Void = { _ in }
    ) async throws(ViewError) -> [LogStanding] {
        do {
            let every = try await store.logs()
            let logs = logs ?? every
            return try await withThrowingTaskGroup(of: LogStanding.self) { group in
                var waiting = logs[...]
                var standings: [LogStanding] = []
                for index in 0..<min(cores, logs.count) {
                    let log = waiting.removeFirst()
                    let executor = BlockingExecutor("replay.\(index)")
                    group.addTask {
                        try await replay(log, onto: shelf, end, snapshots, executor, progress)
                    }
                }
                while let standing = try await group.next() {
                    standings.append(standing)
                    guard let log = waiting.popFirst() else { continue }
                    let executor = BlockingExecutor("replay.\(standings.count)")
                    group.addTask {
                        try await replay(log, onto: shelf, end, snapshots, executor, progress)
                    }
                }
                return standings.sorted { $0.log < $1.log }
            }
        } catch let error as ViewError {
            throw error
        } catch {
            throw .log(reason: "\(error)")
        }
    }

    /// The state of one log as it was: views in memory of `set`, to be asked as the live ones are.
    package func views(
        of log: LogID, at end: ReplayEnd, _ set: ViewSet = .all, from snapshots: Snapshots? = nil
    ) async throws(ViewError) -> Views {
        let shelf = try ViewShelf(inMemory: "replay of \(log)", set)
        try await run(onto: shelf, logs: [log], until: end, from: snapshots)
        return Views(shelf)
    }

    private func replay(
        _ log: LogID, onto shelf: ViewShelf, _ end: ReplayEnd, _ snapshots: Snapshots?,
        _ executor: BlockingExecutor, _ progress: @Sendable (Int) -> Void
    ) async throws -> LogStanding {
        let projector = Projector(log, shelf.file, shelf.set, upcasters, on: executor)
        if let snapshots { try await restore(projector, from: snapshots, end) }
        var next = try await projector.load()
        var page = try await store.read(log, from: next, limit: EngineLimits.pageEvents)
        while let last = page.last, end.includes(page[0]) {
            next = last.position + 1
            let isLast = page.count < EngineLimits.pageEvents || !end.includes(last)
            let from = next
            async let following =
                isLast ? [] : store.read(log, from: from, limit: EngineLimits.pageEvents)
            let due = end.includes(last) ? page : page.filter(end.includes)
            try await projector.apply(due, flush: isLast, keeping: EngineLimits.rowsCatchingUp)
            progress(due.count)
            page = try await following
        }
        let standings = try await projector.apply([], flush: true, keeping: 0)
        return LogStanding(log: log, standings: standings, failure: nil)
    }

    /// A snapshot of another history is worse than none: its last event has to be the log's.
    private func restore(
        _ projector: Projector, from snapshots: Snapshots, _ end: ReplayEnd
    ) async throws {
        try await projector.restore(from: snapshots, end)
        _ = try await projector.load()
        for (position, command) in await projector.lastCommands() {
            let last = try await store.read(projector.log, from: position, limit: 1).first
            if last?.commandID == command { continue }
            _ = try await projector.reset()
            return
        }
    }
}
