import EventStore
import Testing

@Suite("Block") struct BlockTests {
    @Test("OPS-2 CRC-32C gives the check value everybody knows")
    func checksum() {
        #expect(crc32c(Array("123456789".utf8)) == 0xE306_9283)
        #expect(crc32c([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)  // RFC 3720, B.4.
    }

    @Test("OPS-2 the dictionary is the one docs/log-dictionary.bin holds")
    func dictionary() throws {
        let file = try File(PosixDisk(), "docs/log-dictionary.bin", .read)
        #expect(try file.bytes(at: 0, count: 1 << 16) == BlockDictionary.bytes)
    }

    @Test("OPS-2 a block gives back the bytes it was made of, by every codec", arguments: 0..<60)
    func roundTrip(seed: UInt64) throws {
        var random = Seeded(seed)
        let events = seed % 3 == 0 ? 1 : Int.random(in: 1...60, using: &random)
        let encoded = try EncodedCommit(random.commit(events: events))
        var raw: [UInt8] = []
        for event in 0..<events {
            raw.append(Block.recordTag)
            raw.append(varint: UInt64(encoded.range(of: event).count))
            raw += encoded.bytes[encoded.range(of: event)]
        }
        for effort in [BlockCompressor.Effort.fast, .high] {
            var made: [UInt8] = [1, 2, 3]
            raw.withUnsafeBytes {
                BlockCompressor().append($0, events: events, first: 77, effort: effort, to: &made)
            }
            #expect(made[..<3] == [1, 2, 3])
            let block = Array(made[3...])
            let header = try block.withUnsafeBytes { try BlockHeader.read($0, at: 0, ordinal: 77) }
            #expect(header.events == events && header.length == block.count)
            let read = try block.withUnsafeBytes {
                try header.block(.init(rebasing: $0[BlockHeader.bytes...]))
            }
            #expect(read.count == events && Array(read.raw(from: 0, through: events - 1)) == raw)
            for event in 0..<events {
                #expect(read.record(event) == encoded.bytes[encoded.range(of: event)])
            }
        }
    }

    @Test("OPS-2 a lone typical record shrinks, thanks to the dictionary")
    func small() throws {
        let commit = Commit(
            log: LogID(bits: 5), commandID: 9, now: 1_763_000_000_000,
            context: Context(
                actor: Actor("staff", id: 11), role: "teamMember", basis: "role", origin: "http"),
            events: [
                NewEvent(
                    stream: StreamName("visit", 3), type: "visit.staff-joined", schema: 1,
                    payload: Array(1...40))
            ])
        let encoded = try EncodedCommit(commit)
        var raw: [UInt8] = [Block.recordTag]
        raw.append(varint: UInt64(encoded.bytes.count))
        raw += encoded.bytes
        var block: [UInt8] = []
        raw.withUnsafeBytes { BlockCompressor().append($0, events: 1, first: 0, to: &block) }
        #expect(block[5] == BlockCodec.lz4Dictionary.rawValue)
        #expect(block.count - BlockHeader.bytes < raw.count * 3 / 4)
    }

    @Test(
        "OPS-2 a wrong byte in a block is told, and never read as another record", arguments: 0..<10
    )
    func wrong(seed: UInt64) throws {
        var random = Seeded(seed)
        let encoded = try EncodedCommit(random.commit(events: 1))
        var raw: [UInt8] = [Block.recordTag]
        raw.append(varint: UInt64(encoded.bytes.count))
        raw += encoded.bytes
        var block: [UInt8] = []
        raw.withUnsafeBytes { BlockCompressor().append($0, events: 1, first: 0, to: &block) }
        for at in block.indices {
            var wrong = block
            wrong[at] ^= UInt8.random(in: 1...255, using: &random)
            #expect(throws: Block.Fault.self) {
                try wrong.withUnsafeBytes {
                    let header = try BlockHeader.read($0, at: 0, ordinal: 0)
                    _ = try header.block(.init(rebasing: $0[BlockHeader.bytes..<header.length]))
                }
            }
        }
    }
}
