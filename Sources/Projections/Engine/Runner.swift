package import EventStore
import Synchronization

/// Keeps the projections of every log up with the store: what is there first, then what comes. The
/// only file that waits for events.
///
/// One task a log. Blocking calls sit on ``BlockingExecutor``s, as many as there are cores; logs
/// are spread over them and rebuilt side by side.
package final class Runner: Sendable {
    private let store: any EventStore
    private let shelf: ViewShelf
    private let snapshots: Snapshots?
    private let upcasters: Upcasters
    private let executors: [BlockingExecutor]
    private let progress = Progress()
    /// Logs that were there at the start and have not caught up yet; nil before the start.
    private let behind = Mutex<Set<LogID>?>(nil)
    private let rowsKept: Int
    private let notice: @Sendable (ViewNotice) -> Void
    private let requests: AsyncStream<LogID>
    private let request: AsyncStream<LogID>.Continuation

    /// - Parameters:
    ///   - snapshots: where to put them; nil: none are made.
    ///   - cores: threads that apply events at the same time.
    ///   - rowsKept: rows of a table and log kept in memory once it has caught up.
    ///   - notice: told what an operator should know.
    package init(
        _ store: any EventStore, _ shelf: ViewShelf, snapshots: Snapshots? = nil,
        upcasters: Upcasters = .all, cores: Int, rowsKept: Int = EngineLimits.rowsLive,
        notice: @escaping @Sendable (ViewNotice) -> Void
    ) {
        self.store = store
        self.shelf = shelf
        self.snapshots = snapshots
        self.upcasters = upcasters
        self.rowsKept = rowsKept
        self.notice = notice
        let progress = progress
        progress.begin(shelf.file)
        shelf.onReplacing { progress.begin($0) }
        executors = (0..<max(1, cores)).map { BlockingExecutor("projections.\($0)") }
        (requests, request) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(EngineLimits.waiters))
    }

    /// Runs until the task is cancelled or the store closed. A damaged file is set aside and built
    /// anew from the log; what is wrong with one log leaves the others alone.
    package func run() async throws {
        defer { progress.close() }
        let logs = try await store.logs()
        behind.withLock { $0 = Set(logs) }
        await withTaskGroup(of: Void.self) { group in
            var followed: Set<LogID> = []
            for log in logs where followed.insert(log).inserted {
                group.addTask { await self.follow(log) }
            }
            for await log in requests where followed.insert(log).inserted {
                group.addTask { await self.follow(log) }
            }
            group.cancelAll()
        }
    }

    /// Follows a log that had no event yet when ``run()`` began. Asked again, it does nothing.
    package func follow(log: LogID) { request.yield(log) }

    /// Returns once the event at `position` of `log` shows in the rows of `projection`.
    /// - Throws: ``ViewError/stopped(_:)`` where it stopped before that,
    ///   ``ViewError/unknownProjection(_:)``, ``ViewError/tooManyWaiting``, `CancellationError`,
    ///   `StoreClosed` at the end.
    package func waitUntil(
        _ projection: String, _ log: LogID, shows position: Int64
    ) async throws {
        guard shelf.set.projections.contains(where: { $0.name == projection }) else {
            throw ViewError.unknownProjection(projection)
        }
        guard position >= 0 else { return }
        if progress.standing(projection, log) == nil { follow(log: log) }
        _ = try await progress.wait(projection, log, beyond: position)
    }

    /// Where every log stands, ascending. Cheap: for health checks and metrics.
    package func standings() -> [LogStanding] { progress.all() }

    private func follow(_ log: LogID) async {
        let executor = executors[Int(truncatingIfNeeded: log.bits % UInt128(executors.count))]
        while !Task.isCancelled {
            let file = shelf.file
            let projector = Projector(log, file, shelf.set, upcasters, on: executor)
            do {
                try await follow(log, projector, in: file)
            } catch is CancellationError {
                return
            } catch is StoreClosed {
                return
            } catch ReadError.closed {
                return
            } catch {
                await recover(log, file, (error as? ViewError) ?? .log(reason: "\(error)"))
            }
        }
    }

    /// What may have become of `error` by the next try.
    private func recover(_ log: LogID, _ file: ViewFile, _ error: ViewError) async {
        // Closed under our hands, because it was damaged: who found that has said so.
        guard file === shelf.file else { return }
        progress.fail(log, error)
        notice(.failed(log, error))
        switch error {
        case .damaged:
            do {
                try shelf.replace(file)
            } catch {
                notice(.failed(log, error))
                await pause()
            }
        case .diskFull, .io, .stopped, .otherHistory, .unknownProjection, .log, .closed,
            .tooManyWaiting:
            await pause()
        }
    }

    private func pause() async {
        do {
            try await Task.sleep(for: EngineLimits.retryAfter)
        } catch {
            return  // Cancelled: the caller's loop ends.
        }
    }

    /// Reads and applies until something fails, or another file serves.
    private func follow(_ log: LogID, _ projector: Projector, in file: ViewFile) async throws {
        var next = try await start(log, projector)
        // An empty file in the place of a damaged one: what was shown is no more.
        publish(log, await projector.written, of: file)
        while file === shelf.file {
            next = try await catchUp(log, projector, from: next, in: file)
            if hasCaughtUpLast(log) { try await projector.retire() }
            publish(log, await projector.written, of: file)
            try await waitForEvents(in: log, beyond: next, or: file)
        }
    }

    /// Returns when there are more events, or another file than `file`.
    private func waitForEvents(
        in log: LogID, beyond next: Int64, or file: ViewFile
    ) async throws {
        let (store, shelf) = (store, shelf)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await store.waitForEvents(in: log, beyond: next) }
            group.addTask { try await shelf.untilReplaced(file) }
            _ = try await group.next()
            group.cancelAll()
        }
    }

    /// The operator is told before those who wait.
    private func publish(_ log: LogID, _ standings: [Standing], of file: ViewFile) {
        for stop in progress.newStops(log, standings) { notice(.stopped(stop)) }
        progress.update(log, standings, of: file)
    }

    /// Whether `log` was the last of those there at the start to catch up: from now on nothing
    /// needs the tables of older versions.
    private func hasCaughtUpLast(_ log: LogID) -> Bool {
        behind.withLock { behind in
            guard behind?.remove(log) != nil else { return false }
            return behind?.isEmpty ?? false
        }
    }

    /// Where to read from; rows of another history are dropped first.
    private func start(_ log: LogID, _ projector: Projector) async throws -> Int64 {
        let next = try await projector.load()
        for (position, command) in await projector.lastCommands() {
            let last = try await store.read(log, from: position, limit: 1).first
            if last?.commandID == command { continue }
            notice(.failed(log, .otherHistory(log: "\(log)", position: position)))
            return try await projector.reset()
        }
        return next
    }

    /// Applies page after page up to the head; the next page is read while one is applied.
    private func catchUp(
        _ log: LogID, _ projector: Projector, from position: Int64, in file: ViewFile
    ) async throws -> Int64 {
        var next = position
        var page = try await store.read(log, from: next, limit: EngineLimits.pageEvents)
        while let last = page.last {
            next = last.position + 1
            let isLast = page.count < EngineLimits.pageEvents
            let from = next
            async let following =
                isLast ? [] : store.read(log, from: from, limit: EngineLimits.pageEvents)
            let written = try await projector.apply(
                page, flush: isLast,
                keeping: isLast ? rowsKept : EngineLimits.rowsCatchingUp)
            publish(log, written, of: file)
            if let snapshots { try await projector.snapshot(to: snapshots) }
            page = try await following
        }
        try await projector.apply([], flush: true, keeping: rowsKept)
        return next
    }
}

/// What an operator should know.
package enum ViewNotice: Hashable, Sendable {
    /// Projections of this log stand still for now.
    case failed(LogID, ViewError)
    /// One projection goes no further in one log until the program is upgraded.
    case stopped(ProjectionStop)
    /// The file was damaged and is being rebuilt; the old one lies at `setAside`.
    case rebuilding(file: String, setAside: String, reason: String)
}

extension ViewNotice: CustomStringConvertible {
    package var description: String {
        switch self {
        case .failed(let log, let error): "log \(log): \(error)"
        case .stopped(let stop): stop.description
        case .rebuilding(let file, let setAside, let reason):
            "\(file) is damaged (\(reason)); it lies at \(setAside), and is rebuilt from the log"
        }
    }
}
