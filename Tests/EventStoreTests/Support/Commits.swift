import EventStore

/// Logs, streams and commits that differ only in what a test is about.
extension LogID {
    static let one = LogID(bits: 0x0001)
    static let two = LogID(bits: 0x0002 << 64)
    static let three = LogID(bits: UInt128.max)
}

extension StreamName {
    /// Streams that differ in one part of their name each.
    static let visit = StreamName("visit", 7)
    static let other = StreamName("visit", 8)
    static let agenda = StreamName("agenda", 7, part: 19_723)
    static let nextDay = StreamName("agenda", 7, part: 19_724)
}

extension Context {
    static let nurse = Context(
        actor: Actor("staff", id: 42), role: "practitioner", basis: "treatment", origin: "http")
}

extension NewEvent {
    static func on(_ stream: StreamName, _ payload: [UInt8] = [1, 2, 3]) -> NewEvent {
        NewEvent(stream: stream, type: "visit.arrived", schema: 1, payload: payload)
    }
}

func commit(
    _ commandID: UInt128, in log: LogID = .one, at now: Int64 = 1_000,
    expecting expectations: [(stream: StreamName, version: Expectation)] = [],
    _ events: [NewEvent]
) -> Commit {
    Commit(
        log: log, commandID: commandID, now: now, context: .nurse, expectations: expectations,
        events: events)
}

extension EventStore {
    /// `count` commits of one event each, on `streams` in turn; command ids from `firstID`.
    func fill(
        _ log: LogID = .one, streams: [StreamName] = [.visit, .other, .agenda], count: Int,
        firstID: UInt128 = 1_000
    ) async throws {
        for index in 0..<count {
            let event = NewEvent.on(streams[index % streams.count], [UInt8(index & 0xFF)])
            _ = try await append(commit(firstID + UInt128(index), in: log, [event]))
        }
    }

    /// Every event of `log`, read in pages of `page`.
    func everything(in log: LogID, page: Int = 100) async throws -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        while true {
            let more = try await read(log, from: Int64(events.count), limit: page)
            if more.isEmpty { return events }
            events += more
        }
    }

    /// Every event of the store in the order it was stored, scanned in pages of `page`.
    func scanEverything(page: Int = 100) async throws -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        var cursor: Cursor?
        while true {
            let (more, next) = try await scan(after: cursor, limit: page)
            if more.isEmpty { return events }
            events += more
            cursor = next
        }
    }
}
