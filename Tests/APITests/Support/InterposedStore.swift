import EventStore
import Synchronization
import Testing

/// A store that lets something happen right before the next access entry, or another kind of event,
/// is appended: an answer is put together by then, and has not left. Or right before a stream is
/// read next: what was read before is old by then. It can also stop giving what projections read.
final class InterposedStore: EventStore {
    private let store: any EventStore = MemoryStore()
    private struct Waiting: Sendable {
        let category: Word
        let happening: @Sendable () async throws -> Void
    }
    private let waiting = Mutex<Waiting?>(nil)
    private let failsReads = Mutex(false)
    private let awaitingRead = Mutex<Waiting?>(nil)

    /// Once, before the next append of an access entry.
    func beforeNextLook(_ happening: @escaping @Sendable () async throws -> Void) {
        beforeNext("access", happening)
    }

    /// Once, before the next append to a stream of that category.
    func beforeNext(_ category: Word, _ happening: @escaping @Sendable () async throws -> Void) {
        waiting.withLock { $0 = Waiting(category: category, happening: happening) }
    }

    /// From now on what follows a whole log reads nothing more; streams are read as before.
    func failReads() { failsReads.withLock { $0 = true } }

    /// Once, before a stream of that category is read next.
    func beforeNextRead(
        of category: Word, _ happening: @escaping @Sendable () async throws -> Void
    ) {
        awaitingRead.withLock { $0 = Waiting(category: category, happening: happening) }
    }

    /// Whether what was to happen did.
    var hasHappened: Bool {
        waiting.withLock { $0 == nil } && awaitingRead.withLock { $0 == nil }
    }

    func append(_ commit: Commit) async throws(AppendError) -> Appended {
        let happening = waiting.withLock { waiting -> Waiting? in
            guard let next = waiting,
                commit.events.contains(where: { $0.stream.category == next.category })
            else { return nil }
            waiting = nil
            return next
        }
        do {
            try await happening?.happening()
        } catch {
            throw .unacceptable(reason: "what was to happen before failed: \(error)")
        }
        return try await store.append(commit)
    }

    func head(of log: LogID) async throws(ReadError) -> Int64 { try await store.head(of: log) }

    func version(of stream: StreamName, in log: LogID) async throws(ReadError) -> Int64? {
        try await store.version(of: stream, in: log)
    }

    func read(
        _ log: LogID, from position: Int64, limit: Int
    ) async throws(ReadError) -> [RecordedEvent] {
        if failsReads.withLock({ $0 }) { throw .io(file: "log", reason: "a test made it fail") }
        return try await store.read(log, from: position, limit: limit)
    }

    func readBackward(
        _ log: LogID, before position: Int64, limit: Int
    ) async throws(ReadError) -> [RecordedEvent] {
        try await store.readBackward(log, before: position, limit: limit)
    }

    func readStream(
        _ stream: StreamName, in log: LogID, from version: Int64, limit: Int
    ) async throws(ReadError) -> [RecordedEvent] {
        let happening = awaitingRead.withLock { waiting -> Waiting? in
            guard let next = waiting, stream.category == next.category else { return nil }
            waiting = nil
            return next
        }
        do {
            try await happening?.happening()
        } catch {
            Issue.record("what was to happen before failed: \(error)")
        }
        return try await store.readStream(stream, in: log, from: version, limit: limit)
    }

    func find(commandID: UInt128, in log: LogID) async throws(ReadError) -> Appended? {
        try await store.find(commandID: commandID, in: log)
    }

    func scan(
        after cursor: Cursor?, limit: Int
    ) async throws(ReadError) -> (events: [RecordedEvent], next: Cursor?) {
        try await store.scan(after: cursor, limit: limit)
    }

    func logs() async throws(ReadError) -> [LogID] { try await store.logs() }

    func waitForEvents(in log: LogID, beyond count: Int64) async throws -> Int64 {
        try await store.waitForEvents(in: log, beyond: count)
    }

    func waitForEvents(after cursor: Cursor?) async throws {
        try await store.waitForEvents(after: cursor)
    }
}
