import EventStore
import Testing

@Suite("SegmentScan") struct SegmentScanTests {
    /// Blocks of one commit each, one after the other.
    private func blocks(_ random: inout Seeded, count: Int, events: Int) throws -> [[UInt8]] {
        let compressor = BlockCompressor()
        return try (0..<count).map { index in
            let encoded = try EncodedCommit(random.commit(events: events))
            var raw: [UInt8] = []
            for event in 0..<events {
                let record = encoded.bytes[encoded.range(of: event)]
                raw.append(Block.recordTag)
                raw.append(varint: UInt64(record.count))
                raw += record
            }
            var block: [UInt8] = []
            raw.withUnsafeBytes {
                compressor.append($0, events: events, first: Int64(index * events), to: &block)
            }
            return block
        }
    }

    @Test(
        "OPS-2 whichever sectors of the last write are missing, it is torn; complete, it is read",
        arguments: 0..<40)
    func everySubset(seed: UInt64) throws {
        var random = Seeded(seed)
        let events = Int.random(in: 1...8, using: &random)
        let made = try blocks(&random, count: 4, events: events)
        let before = made[..<3].reduce([], +)
        let last = made[3]
        let size = (before.count + last.count) / 512 * 512 + 2048
        let start = before.count
        let sectors = Array((start / 512)...((start + last.count - 1) / 512))
        for kept in 0..<(1 << min(sectors.count, 10)) {
            var file = before + [UInt8](repeating: 0, count: size - before.count)
            for (index, sector) in sectors.enumerated()
            where index >= 10 || kept & (1 << index) != 0 {
                for at in max(start, sector * 512)..<min(start + last.count, (sector + 1) * 512) {
                    file[at] = last[at - start]
                }
            }
            var seen = 0
            let scan = SegmentScan(bytes: file, first: 0) { seen += $0.count }
            let isWhole = file[start..<(start + last.count)].elementsEqual(last)
            #expect(seen == (isWhole ? 4 : 3) * events, "seed \(seed) kept \(kept)")
            switch scan.rest {
            case .unwritten: #expect(isWhole || file[start...].allSatisfy { $0 == 0 })
            case .torn(let range):
                #expect(!isWhole && range.lowerBound == start, "seed \(seed) kept \(kept)")
                #expect(file[range.upperBound...].allSatisfy { $0 == 0 })
            case .damaged: Issue.record("taken for damage: seed \(seed) kept \(kept)")
            }
        }
    }

    @Test(
        "OPS-2 a complete block with a wrong byte is damage, wherever it is",
        arguments: 0..<40)
    func wrongByte(seed: UInt64) throws {
        var random = Seeded(seed)
        let made = try blocks(&random, count: 4, events: 3)
        let file = made.reduce([], +) + [UInt8](repeating: 0, count: 4096)
        let end = file.count - 4096
        for _ in 0..<100 {
            var wrong = file
            let at = Int.random(in: 0..<end, using: &random)
            wrong[at] ^= UInt8.random(in: 1...255, using: &random)
            guard wrong[at] != 0 || !isAlone(at, in: wrong) else { continue }
            let scan = SegmentScan(bytes: wrong, first: 0) { _ in }
            guard case .damaged(let offset, _) = scan.rest else {
                Issue.record("seed \(seed): a wrong byte at \(at) gives \(scan.rest)")
                continue
            }
            #expect(offset <= at)
        }
    }

    /// The byte was all that its sector held of the log, so that nothing tells it from a sector
    /// never written.
    private func isAlone(_ at: Int, in file: [UInt8]) -> Bool {
        file[(at / 512 * 512)..<min(file.count, at / 512 * 512 + 512)].allSatisfy { $0 == 0 }
    }

    @Test("OPS-2 random bytes where a segment should be give no event and no crash")
    func randomBytes() {
        for seed in UInt64(0)..<200 {
            var random = Seeded(seed)
            let file = random.bytes(.random(in: 0...3000, using: &random))
            let scan = SegmentScan(bytes: file, first: 0) { _ in
                Issue.record("seed \(seed): a block")
            }
            #expect(scan.directory.count == 0)
        }
    }
}
