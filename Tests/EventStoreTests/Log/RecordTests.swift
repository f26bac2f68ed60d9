import EventStore
import Testing

@Suite("Record") struct RecordTests {
    @Test("AUD-1 a record says what the commit and the sequencer said", arguments: 0..<200)
    func roundTrip(seed: UInt64) throws {
        var random = Seeded(seed)
        let commit = random.commit(events: Int.random(in: 1...5, using: &random))
        var encoded = try EncodedCommit(commit)
        for (index, event) in commit.events.enumerated() {
            let position = Int64.random(in: 0...Int64.max, using: &random)
            let version = Int64.random(in: 0...Int64.max, using: &random)
            let time = Int64.random(in: 0...Int64.max, using: &random)
            encoded.stamp(index, position: position, version: version, recordedAt: time)
            let bytes = encoded.bytes[encoded.range(of: index)]
            let read = try Record.parse(bytes)
            #expect(read.log == commit.log && read.stream == event.stream)
            #expect(read.position == position && read.version == version)
            #expect(read.recordedAt == time && read.commandID == commit.commandID)
            #expect(read.type == event.type && read.schema == event.schema)
            #expect(read.context == commit.context)
            #expect(Array(read.payload) == event.payload)
            #expect(read.storedBytes == bytes)
        }
    }

    @Test("OPS-2 a record cut anywhere is refused, never read as another", arguments: 0..<20)
    func truncated(seed: UInt64) throws {
        var random = Seeded(seed)
        let encoded = try EncodedCommit(random.commit(events: 1))
        for length in 0..<encoded.bytes.count {
            #expect(throws: RecordError.self) { try Record.parse(encoded.bytes[..<length]) }
        }
    }

    @Test("OPS-2 any bytes parse to a record that is written the same again, or to an error")
    func mutated() throws {
        for seed in UInt64(0)..<3_000 {
            var random = Seeded(seed)
            var encoded = try EncodedCommit(random.commit(events: 1))
            encoded.stamp(0, position: 7, version: 3, recordedAt: 1_700_000_000_000)
            var bytes = encoded.bytes
            bytes[Int.random(in: bytes.indices, using: &random)] ^= UInt8.random(
                in: 1...255, using: &random)
            guard let read = Record.parsed(bytes) else { continue }
            let event = NewEvent(
                stream: read.stream, type: read.type, schema: read.schema,
                payload: Array(read.payload))
            var again = try EncodedCommit(
                Commit(
                    log: read.log, commandID: read.commandID, now: 0, context: read.context,
                    events: [event]))
            again.stamp(
                0, position: read.position, version: read.version, recordedAt: read.recordedAt)
            #expect(again.bytes == bytes, "seed \(seed)")
        }
    }

    @Test("AUD-1 a commit that breaks a limit is refused before anything is written")
    func limits() {
        var random = Seeded(1)
        var commit = random.commit(events: 1)
        commit.events = []
        #expect(throws: AppendError.self) { try EncodedCommit(commit) }
        commit = random.commit(events: 1)
        commit.commandID = 0
        #expect(throws: AppendError.self) { try EncodedCommit(commit) }
        commit = random.commit(events: Limits.commitEvents)
        #expect(throws: Never.self) { try EncodedCommit(commit) }
        commit.events.append(commit.events[0])
        #expect(throws: AppendError.self) { try EncodedCommit(commit) }
        commit = random.commit(events: 1)
        commit.events[0].payload = Array(repeating: 1, count: Limits.recordBytes)
        #expect(throws: AppendError.self) { try EncodedCommit(commit) }
    }
}

extension Record {
    /// Nil where the bytes are no record.
    static func parsed(_ bytes: [UInt8]) -> RecordedEvent? {
        do { return try Record.parse(bytes[...]) } catch { return nil }
    }
}
