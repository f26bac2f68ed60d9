import EventStore

/// A store as it was: each log's events up to a position or a moment, and nothing after. For
/// reading only.
struct PrefixStore: EventStore {
    enum End {
        /// The last position shown, of every log.
        case position(Int64)
        /// Milliseconds since 1970-01-01 UTC: the last `recorded-at` shown.
        case recorded(Int64)
    }

    private let whole: any EventStore
    private let end: End

    init(_ whole: any EventStore, _ end: End) {
        self.whole = whole
        self.end = end
    }

    func append(_ commit: Commit) async throws(AppendError) -> Appended {
        throw .readOnly(reason: "history is not appended to")
    }

    /// `recorded-at` never goes back within a log, so the end can be found by halving.
    func head(of log: LogID) async throws(ReadError) -> Int64 {
        let head = try await whole.head(of: log)
        switch end {
        case .position(let last): return last >= head ? head : last + 1
        case .recorded(let moment):
            var below: Int64 = 0
            var above = head
            while below < above {
                let middle = (below + above) / 2
                guard let event = try await whole.read(log, from: middle, limit: 1).first else {
                    break
                }
                if event.recordedAt <= moment { below = middle + 1 } else { above = middle }
            }
            return below
        }
    }

    func version(of stream: StreamName, in log: LogID) async throws(ReadError) -> Int64? {
        let events = try await readStream(stream, in: log, from: 0, limit: Int.max)
        return events.last?.version
    }

    func read(
        _ log: LogID, from position: Int64, limit: Int
    ) async throws(ReadError) -> [RecordedEvent] {
        let head = try await head(of: log)
        return try await whole.read(log, from: position, limit: limit).filter { $0.position < head }
    }

    func readBackward(
        _ log: LogID, before position: Int64, limit: Int
    ) async throws(ReadError) -> [RecordedEvent] {
        try await whole.readBackward(
            log, before: min(position, try await head(of: log)), limit: limit)
    }

    func readStream(
        _ stream: StreamName, in log: LogID, from version: Int64, limit: Int
    ) async throws(ReadError) -> [RecordedEvent] {
        let head = try await head(of: log)
        return try await whole.readStream(stream, in: log, from: version, limit: limit)
            .filter { $0.position < head }
    }

    func find(commandID: UInt128, in log: LogID) async throws(ReadError) -> Appended? {
        guard let found = try await whole.find(commandID: commandID, in: log) else { return nil }
        return found.last < (try await head(of: log)) ? found : nil
    }

    func scan(
        after cursor: Cursor?, limit: Int
    ) async throws(ReadError) -> (events: [RecordedEvent], next: Cursor?) {
        let page = try await whole.scan(after: cursor, limit: limit)
        var events: [RecordedEvent] = []
        for event in page.events where event.position < (try await head(of: event.log)) {
            events.append(event)
        }
        return (events, page.next)
    }

    func logs() async throws(ReadError) -> [LogID] {
        var logs: [LogID] = []
        for log in try await whole.logs() where try await head(of: log) > 0 { logs.append(log) }
        return logs
    }

    /// Nothing comes any more: waits until the task is cancelled or the store closed.
    func waitForEvents(in log: LogID, beyond count: Int64) async throws -> Int64 {
        let head = try await head(of: log)
        if head > count { return head }
        return try await whole.waitForEvents(in: log, beyond: Int64.max)
    }

    func waitForEvents(after cursor: Cursor?) async throws {
        try await whole.waitForEvents(after: Cursor(number: Int64.max))
    }
}
