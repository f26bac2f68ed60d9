import EventStore
import Synchronization

/// A store for one task that appends much and need not know of each commit when it is durable: an
/// append is answered as soon as it is accepted, and what was accepted is read back from here until
/// the store under it has it. Commits reach that store in the order they were made, as many at a
/// time as have gathered while it was syncing.
///
/// Accepted is not durable: only ``drain()`` says that. Positions are those the log gives where
/// nobody else appends to it meanwhile. Where somebody did, and a commit was decided on a stream
/// that has changed, everything after it fails with that conflict: decide again from what is
/// durable.
final class WriteBehind: EventStore {
    /// Commits accepted and not durable, at most; the next append waits.
    static let pendingMax = 4_096

    private struct Key: Hashable {
        let log: LogID
        let stream: StreamName
    }

    private struct State {
        var heads: [LogID: (count: Int64, lastTime: Int64)] = [:]
        /// Accepted, not yet handed on.
        var waiting: [Commit] = []
        /// Commits durable since the beginning.
        var settled = 0
        /// Accepted, not yet durable; events by stream, and positions by command.
        var pending = 0
        var streams: [Key: [RecordedEvent]] = [:]
        /// Streams read since the last append while something of them was pending: the next commit
        /// was decided on it, and must not be there without it.
        var readPending: Set<Key> = []
        var commands: [UInt128: (log: LogID, appended: Appended)] = [:]
        var failure: AppendError?

        /// The commit, expecting all that was pending when it was decided: where one of those
        /// fails, it fails too.
        mutating func dependent(_ commit: Commit) -> Commit {
            var commit = commit
            let expected = Set(commit.expectations.map(\.stream))
            for key in readPending where key.log == commit.log && !expected.contains(key.stream) {
                guard let last = streams[key]?.last else { continue }
                commit.expectations.append((key.stream, .exactly(last.version)))
            }
            readPending = []
            return commit
        }
    }

    private let base: any EventStore
    private let state = Mutex(State())
    private let changes = Waiters()

    init(_ base: any EventStore) { self.base = base }

    // MARK: Appending

    func append(_ commit: Commit) async throws(AppendError) -> Appended {
        try await room()
        let first = try await accept(commit)
        changes.wake()
        return first
    }

    /// Returns once there is room for another commit.
    private func room() async throws(AppendError) {
        do {
            try await changes.wait {
                self.state.withLock { state in
                    state.failure != nil || state.pending < WriteBehind.pendingMax ? () : nil
                }
            }
        } catch {
            throw .closed  // Cancelled: nothing was accepted.
        }
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func accept(_ commit: Commit) async throws(AppendError) -> Appended {
        do {
            if let known = try await find(commandID: commit.commandID, in: commit.log) {
                return known
            }
            for (stream, expected) in commit.expectations where expected != .any {
                let actual = try await version(of: stream, in: commit.log)
                guard expected.isMet(by: actual) else {
                    throw AppendError.conflict(stream: stream, expected: expected, actual: actual)
                }
            }
            var events: [RecordedEvent] = []
            var head = try await headAndTime(of: commit.log)
            head.lastTime = max(head.lastTime, commit.now)
            let first = head.count
            var versions: [StreamName: Int64] = [:]
            for event in commit.events {
                var before = versions[event.stream]
                if before == nil { before = try await version(of: event.stream, in: commit.log) }
                let version = (before ?? -1) + 1
                versions[event.stream] = version
                events.append(
                    RecordedEvent(
                        log: commit.log, position: head.count, stream: event.stream,
                        version: version, type: event.type, schema: event.schema,
                        recordedAt: head.lastTime, commandID: commit.commandID,
                        context: commit.context, payload: event.payload[...], storedBytes: []))
                head.count += 1
            }
            let appended = Appended(first: first, count: events.count, repeated: false)
            state.withLock { state in
                state.heads[commit.log] = head
                state.waiting.append(state.dependent(commit))
                state.pending += 1
                state.commands[commit.commandID] = (commit.log, appended)
                for event in events {
                    state.streams[Key(log: commit.log, stream: event.stream), default: []]
                        .append(event)
                }
            }
            return appended
        } catch let error as AppendError {
            throw error
        } catch let error as ReadError {
            throw .readOnly(reason: "\(error)")
        } catch {
            preconditionFailure("stores throw no \(error)")
        }
    }

    private func headAndTime(of log: LogID) async throws -> (count: Int64, lastTime: Int64) {
        if let head = state.withLock({ $0.heads[log] }) { return head }
        let count = try await base.head(of: log)
        let last = try await base.readBackward(log, before: count, limit: 1).first
        return (count, last?.recordedAt ?? 0)
    }

    // MARK: Handing on

    /// Hands commits on until cancelled, or until one fails, which it then says to every append.
    func run() async throws {
        while true {
            let commits = try await changes.wait { () -> [Commit]? in
                self.state.withLock { state in
                    guard !state.waiting.isEmpty else { return nil }
                    defer { state.waiting = [] }
                    return state.waiting
                }
            }
            for (commit, outcome) in zip(commits, await handOn(commits)) {
                switch outcome {
                case .success(let appended) where !appended.repeated: settle(commit)
                case .success:
                    // Somebody else did the same under the same name: what was decided here is not
                    // what stands there.
                    fail(.unacceptable(reason: "a command was done twice at once"))
                case .failure(let error): fail(error)
                }
            }
            changes.wake()
            if let failure = state.withLock({ $0.failure }) { throw failure }
        }
    }

    /// All at once, so that one sync serves them, and in order: each child runs up to where its
    /// commit stands in line before the next begins.
    ///
    /// Outcomes do not go through the group: they hold 16-byte aligned values, which Swift 6.3.1
    /// reads from the wrong place there (docs/decisions/0001-wide-arguments.md).
    private func handOn(_ commits: [Commit]) async -> [Result<Appended, AppendError>] {
        let base = base
        let outcomes = Outcomes()
        await withDiscardingTaskGroup { group in
            for (index, commit) in commits.enumerated() {
                group.addImmediateTask {
                    do throws(AppendError) {
                        outcomes.put(.success(try await base.append(commit)), at: index)
                    } catch {
                        outcomes.put(.failure(error), at: index)
                    }
                }
            }
        }
        return outcomes.inOrder()
    }

    private final class Outcomes: Sendable {
        private let outcomes = Mutex<[Int: Result<Appended, AppendError>]>([:])

        func put(_ outcome: Result<Appended, AppendError>, at index: Int) {
            outcomes.withLock { $0[index] = outcome }
        }

        func inOrder() -> [Result<Appended, AppendError>] {
            outcomes.withLock { outcomes in outcomes.sorted { $0.key < $1.key }.map(\.value) }
        }
    }

    /// The store has it: no more to be read from here.
    private func settle(_ commit: Commit) {
        state.withLock { state in
            state.pending -= 1
            state.settled += 1
            state.commands[commit.commandID] = nil
            for event in commit.events {
                let key = Key(log: commit.log, stream: event.stream)
                state.streams[key]?.removeFirst()
                if state.streams[key]?.isEmpty ?? false { state.streams[key] = nil }
            }
        }
    }

    private func fail(_ error: AppendError) {
        state.withLock { state in
            if state.failure == nil { state.failure = error }
        }
    }

    /// Returns once all that was accepted is durable.
    func drain() async throws {
        try await changes.wait {
            self.state.withLock { $0.failure != nil || $0.pending == 0 ? () : nil }
        }
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// Commits that became durable.
    var settled: Int { state.withLock { $0.settled } }

    /// Somebody else changed what a commit was decided on.
    var hasConflict: Bool {
        if case .conflict? = state.withLock({ $0.failure }) { true } else { false }
    }

    // MARK: Reading

    func version(of stream: StreamName, in log: LogID) async throws(ReadError) -> Int64? {
        if let last = pending(stream, log).last { return last.version }
        return try await base.version(of: stream, in: log)
    }

    func readStream(
        _ stream: StreamName, in log: LogID, from version: Int64, limit: Int
    ) async throws(ReadError) -> [RecordedEvent] {
        // First what is pending: what becomes durable meanwhile is seen twice then, not never.
        let pending = state.withLock { state in
            let key = Key(log: log, stream: stream)
            guard let pending = state.streams[key] else { return [RecordedEvent]() }
            state.readPending.insert(key)
            return pending
        }
        var events = try await base.readStream(stream, in: log, from: version, limit: limit)
        let next = events.last.map { $0.version + 1 } ?? version
        events += pending.filter { $0.version >= next }.prefix(max(0, limit - events.count))
        return events
    }

    func find(commandID: UInt128, in log: LogID) async throws(ReadError) -> Appended? {
        if let known = state.withLock({ $0.commands[commandID] }), known.log == log {
            var again = known.appended
            again.repeated = true
            return again
        }
        return try await base.find(commandID: commandID, in: log)
    }

    private func pending(_ stream: StreamName, _ log: LogID) -> [RecordedEvent] {
        state.withLock { $0.streams[Key(log: log, stream: stream)] ?? [] }
    }

    /// Of what is durable, as all that follow.
    func head(of log: LogID) async throws(ReadError) -> Int64 { try await base.head(of: log) }

    func read(
        _ log: LogID, from position: Int64, limit: Int
    ) async throws(ReadError) -> [RecordedEvent] {
        try await base.read(log, from: position, limit: limit)
    }

    func readBackward(
        _ log: LogID, before position: Int64, limit: Int
    ) async throws(ReadError) -> [RecordedEvent] {
        try await base.readBackward(log, before: position, limit: limit)
    }

    func scan(
        after cursor: Cursor?, limit: Int
    ) async throws(ReadError) -> (events: [RecordedEvent], next: Cursor?) {
        try await base.scan(after: cursor, limit: limit)
    }

    func logs() async throws(ReadError) -> [LogID] { try await base.logs() }

    func waitForEvents(in log: LogID, beyond count: Int64) async throws -> Int64 {
        try await base.waitForEvents(in: log, beyond: count)
    }

    func waitForEvents(after cursor: Cursor?) async throws {
        try await base.waitForEvents(after: cursor)
    }
}
