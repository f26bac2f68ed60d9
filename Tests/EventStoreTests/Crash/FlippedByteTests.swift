import EventStore
import Testing

/// A byte turns over somewhere under `log/`: it is found and named, and nothing is lost by looking.
@Suite("Crash: damage") struct FlippedByteTests {
    @Test(
        "OPS-2 a flipped byte anywhere under log/ is found by verify, and opening destroys nothing")
    func flippedByte() async throws {
        let specimen = try await Specimen.make()
        #expect(specimen.kinds == ["seg", "run", "cut", "prepared", "lock"])
        #expect(try FlippedByteTests.findings(specimen.image).isEmpty)
        var random = Seeded(61)
        for (path, bytes) in specimen.image.files {
            for offset in FlippedByteTests.offsets(bytes.count, &random) {
                let mask = UInt8.random(in: 1...255, using: &random)
                try await FlippedByteTests.expectFound(specimen, path, offset, mask)
            }
        }
    }

    /// All of a small file; of a large one its ends and some in between.
    static func offsets(_ count: Int, _ random: inout Seeded) -> [Int] {
        guard count > 300 else { return Array(0..<count) }
        let between = (0..<80).map { _ in Int.random(in: 0..<count, using: &random) }
        return Array(0..<80) + between + Array((count - 120)..<count)
    }

    static func expectFound(
        _ specimen: Specimen, _ path: String, _ offset: Int, _ mask: UInt8
    ) async throws {
        let note = "\(path) at \(offset), mask \(mask)"
        var damaged = specimen.image
        damaged.flip(path, at: offset, mask: mask)
        let found = try findings(damaged)
        guard let first = found.first, path == "log/" + first.file, first.offset <= offset else {
            throw Disagreement(description: "verify found \(found) for \(note)")
        }
        var (after, _) = try await specimen.opened(damaged, note)
        // What is mended by hand is whole again: opening has cut nothing that was acknowledged.
        let flipped = damaged.bytes(path)?[offset]
        if let now = after.bytes(path), offset < now.count, now[offset] == flipped,
            now.count == damaged.bytes(path)?.count
        {
            after.flip(path, at: offset, mask: mask)
        }
        try await specimen.expectWhole(after, note)
    }

    static func findings(_ image: Image) throws -> [Verification.Finding] {
        try SegmentStore.verify(folder: "log", disk: FaultyDisk(image)).findings
    }

    @Test(
        "OPS-2 damage in the last acknowledged block is never taken for a torn write"
    )
    func lastBlockIsNotCut() async throws {
        for zeros in 0..<5 {
            for length in stride(from: 0, to: 512, by: 1) {
                var random = Seeded(UInt64(length))
                let payload = random.bytes(300 + length) + Array(repeating: 0, count: zeros)
                let disk = FaultyDisk()
                let store = try SegmentStore.open(folder: "log", options: .tiny, disk: disk)
                _ = try await store.append(commit(1, [.on(.visit, payload)]))
                store.close()
                var damaged = disk.image.afterKill()
                damaged.flip("log/0000000000.seg", at: 250, mask: 1)
                let again = FaultyDisk(damaged)
                let opened = try SegmentStore.open(folder: "log", options: .tiny, disk: again)
                let note = "\(zeros) zeros after \(300 + length) bytes"
                #expect(opened.report.cuts.isEmpty, "\(note)")
                #expect(opened.report.damage.map(\.file) == ["0000000000.seg"], "\(note)")
                opened.close()
                guard opened.report.cuts.isEmpty else { return }
            }
        }
    }
}
