import EventStore
import Testing

/// Files that are not what they should be at all.
@Suite("Crash: wrong files") struct WrongFileTests {
    /// What stands in a file's place, given what should.
    static let replacements: [(name: String, make: @Sendable ([UInt8], inout Seeded) -> [UInt8])] =
        [
            ("empty", { _, _ in [] }),
            ("one byte", { _, random in random.bytes(1) }),
            (
                "cut in the middle",
                { bytes, random in
                    Array(bytes.prefix(.random(in: 0...bytes.count, using: &random)))
                }
            ),
            ("one byte short", { bytes, _ in bytes.dropLast() }),
            ("one byte more", { bytes, random in bytes + random.bytes(1) }),
            ("random, as long", { bytes, random in random.bytes(bytes.count) }),
            (
                "random behind its beginning",
                { bytes, random in
                    Array(bytes.prefix(40)) + random.bytes(max(0, bytes.count - 40))
                }
            ),
            (
                "random before its end",
                { bytes, random in
                    random.bytes(max(0, bytes.count - 120)) + bytes.suffix(120)
                }
            ),
            ("zeros", { bytes, _ in Array(repeating: 0, count: bytes.count) }),
        ]

    @Test(
        "OPS-2 a wrong file is told or made again, and takes nothing else with it"
    )
    func replaced() async throws {
        let specimen = try await Specimen.make(seed: 7)
        var random = Seeded(71)
        for (path, bytes) in specimen.image.files {
            for replacement in WrongFileTests.replacements {
                for _ in 0..<3 {
                    var image = specimen.image
                    let wrong = replacement.make(bytes, &random)
                    guard wrong != bytes else { continue }
                    image.replace(path, with: wrong)
                    try await expectTold(
                        specimen, image, path, bytes, "\(path): \(replacement.name)")
                }
            }
            var image = specimen.image
            image.remove(path)
            try await expectTold(specimen, image, path, bytes, "\(path): missing")
        }
    }

    private func expectTold(
        _ specimen: Specimen, _ image: Image, _ path: String, _ bytes: [UInt8], _ note: String
    ) async throws {
        let isSegment = path.hasSuffix(".seg") && path != "log/prepared.seg"
        var (after, isWritable) = try await specimen.opened(image, note)
        guard isSegment else {
            // Derived or empty: the log does not need it.
            #expect(isWritable, "\(note)")
            return try await specimen.expectWhole(after, note)
        }
        if isWritable {
            // Sealed segments are not walked at the start: what is missing is told when it is read.
            do {
                let lost = try await specimen.eventsMissing(after, note)
                if lost == 0 { return }
                #expect(isBeyondTelling(specimen, path, image.bytes(path)), "\(note)")
            } catch ReadError.damaged(let file, _, _) {
                #expect("log/\(file)" == path, "\(note)")
            }
        }
        after.replace(path, with: bytes)
        try await specimen.expectWhole(after, note + ", put back")
    }

    /// What nothing in the folder contradicts: the last segment as it is before its first block is
    /// written, or while that one, larger than a segment, is. A checkpoint of the log's tree tells
    /// (AUD-5).
    private func isBeyondTelling(_ specimen: Specimen, _ path: String, _ bytes: [UInt8]?) -> Bool {
        let segments = specimen.image.files.map(\.path).filter {
            $0.hasSuffix(".seg") && $0 != "log/prepared.seg"
        }
        guard path == segments.last, let right = specimen.image.bytes(path) else { return false }
        guard let bytes, bytes.contains(where: { $0 != 0 }) else { return true }
        let firstBlock = 32 + right[20..<24].reversed().reduce(0) { $0 << 8 | Int($1) }
        return bytes.count < firstBlock && right.starts(with: bytes)
    }

    @Test("OPS-1 a log that another process has is refused, and read nonetheless")
    func locked() async throws {
        try await withFolder { folder in
            let store = try SegmentStore.open(folder: "\(folder)/log", options: .tiny)
            try await store.fill(count: 5)
            #expect(throws: OpenError.locked(folder: "\(folder)/log")) {
                try SegmentStore.open(folder: "\(folder)/log", options: .tiny)
            }
            let reader = try SegmentStore.openReadOnly(folder: "\(folder)/log", options: .tiny)
            #expect(try reader.head(of: .one) == 5)
            await #expect(throws: AppendError.self) {
                try await reader.append(commit(1, [.on(.visit)]))
            }
            reader.close()
            store.close()
        }
    }
}
