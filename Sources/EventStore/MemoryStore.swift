import Synchronization

/// The whole contract without a disk, for tests: same answers and stored bytes as `SegmentStore`,
/// gone with the process. Every operation takes one lock; only ``Limits`` and memory are bounds.
package final class MemoryStore: EventStore {
    private let state = Mutex(State())
    private let waiters = Waiters()

    package init() {}

    package func append(_ commit: Commit) throws(AppendError) -> Appended {
        var encoded = try EncodedCommit(commit)
        let answer = try state.withLock { (state) throws(AppendError) in
            try state.append(commit, &encoded)
        }
        if !answer.repeated { waiters.wake() }
        return answer
    }

    package func head(of log: LogID) throws(ReadError) -> Int64 {
        try read { Int64($0.logs[log]?.events.count ?? 0) }
    }

    package func version(of stream: StreamName, in log: LogID) throws(ReadError) -> Int64? {
        try read { $0.logs[log]?.version(of: stream) }
    }

    package func read(
        _ log: LogID, from position: Int64, limit: Int
    ) throws(ReadError) -> [RecordedEvent] {
        try read { state in
            guard limit > 0, let events = state.logs[log]?.events, position < events.count else {
                return []
            }
            return Array(events[Int(max(0, position))...].prefix(limit))
        }
    }

    package func readBackward(
        _ log: LogID, before position: Int64, limit: Int
    ) throws(ReadError) -> [RecordedEvent] {
        try read { state in
            guard limit > 0, position > 0, let events = state.logs[log]?.events else { return [] }
            return events[..<Int(min(position, Int64(events.count)))].suffix(limit).reversed()
        }
    }

    package func readStream(
        _ stream: StreamName, in log: LogID, from version: Int64, limit: Int
    ) throws(ReadError) -> [RecordedEvent] {
        try read { state in
            guard limit > 0, let history = state.logs[log],
                let positions = history.streams[stream], version < positions.count
            else { return [] }
            return positions[Int(max(0, version))...].prefix(limit).map { history.events[$0] }
        }
    }

    package func find(commandID: UInt128, in log: LogID) throws(ReadError) -> Appended? {
        try read { $0.logs[log]?.answers[commandID] }
    }

    package func scan(
        after cursor: Cursor?, limit: Int
    ) throws(ReadError) -> (events: [RecordedEvent], next: Cursor?) {
        try read { $0.scan(after: cursor, limit: limit) }
    }

    package func logs() throws(ReadError) -> [LogID] {
        try read { $0.logs.keys.sorted() }
    }

    package func waitForEvents(in log: LogID, beyond count: Int64) async throws -> Int64 {
        try await waiters.wait {
            self.state.withLock { state in
                let head = Int64(state.logs[log]?.events.count ?? 0)
                return head > count ? head : nil
            }
        }
    }

    package func waitForEvents(after cursor: Cursor?) async throws {
        try await waiters.wait {
            self.state.withLock { $0.commits.count > cursor?.number ?? 0 ? () : nil }
        }
    }

    /// From here on everything is refused as closed; those who wait are told.
    package func close() {
        state.withLock { $0.isClosed = true }
        waiters.close()
    }

    private func read<Answer: Sendable>(
        _ body: (borrowing State) -> Answer
    ) throws(ReadError) -> Answer {
        try state.withLock { (state) throws(ReadError) in
            guard !state.isClosed else { throw .closed }
            return body(state)
        }
    }
}

/// All that is known, guarded by the store's lock.
private struct State {
    var isClosed = false
    var logs: [LogID: History] = [:]
    /// Every commit in the order it came; a ``Cursor``'s number is how many of them were scanned.
    var commits: [(log: LogID, positions: Range<Int>)] = []

    mutating func append(
        _ commit: Commit, _ encoded: inout EncodedCommit
    ) throws(AppendError) -> Appended {
        guard !isClosed else { throw .closed }
        if let answer = logs[commit.log]?.answers[commit.commandID] { return answer }
        let history = logs[commit.log] ?? History()
        for (stream, expected) in commit.expectations {
            let actual = history.version(of: stream)
            guard expected.isMet(by: actual) else {
                throw .conflict(stream: stream, expected: expected, actual: actual)
            }
        }
        let positions = logs[commit.log, default: History()].add(commit, &encoded)
        commits.append((commit.log, positions))
        return Appended(first: Int64(positions.lowerBound), count: positions.count, repeated: false)
    }

    func scan(after cursor: Cursor?, limit: Int) -> (events: [RecordedEvent], next: Cursor?) {
        let start = Int(cursor?.number ?? 0)
        guard limit > 0, start < commits.count else { return ([], cursor) }
        var events: [RecordedEvent] = []
        var next = start
        while next < commits.count {
            let (log, positions) = commits[next]
            guard events.isEmpty || events.count + positions.count <= limit else { break }
            events += logs[log]?.events[positions] ?? []
            next += 1
        }
        return (events, Cursor(number: Int64(next)))
    }
}

/// One log.
private struct History {
    var events: [RecordedEvent] = []
    /// Positions of each stream's events, by version.
    var streams: [StreamName: [Int]] = [:]
    /// What each command id is answered when it comes again.
    var answers: [UInt128: Appended] = [:]

    func version(of stream: StreamName) -> Int64? {
        streams[stream].map { Int64($0.count) - 1 }
    }

    mutating func add(_ commit: Commit, _ encoded: inout EncodedCommit) -> Range<Int> {
        let first = events.count
        let recordedAt = max(commit.now, events.last?.recordedAt ?? 0)
        for (index, event) in commit.events.enumerated() {
            let version = streams[event.stream]?.count ?? 0
            streams[event.stream, default: []].append(first + index)
            encoded.stamp(
                index, position: Int64(first + index), version: Int64(version),
                recordedAt: recordedAt)
        }
        for index in commit.events.indices {
            do {
                events.append(try Record.parse(encoded.bytes[encoded.range(of: index)]))
            } catch {
                preconditionFailure("a record just written does not parse: \(error)")
            }
        }
        answers[commit.commandID] = Appended(
            first: Int64(first), count: commit.events.count, repeated: true)
        return first..<events.count
    }
}

extension Expectation {
    /// Whether a stream whose last event has version `actual` (nil: it has none) is as expected.
    package func isMet(by actual: Int64?) -> Bool {
        switch self {
        case .exactly(let version): actual == version
        case .noneYet: actual == nil
        case .any: true
        }
    }
}
