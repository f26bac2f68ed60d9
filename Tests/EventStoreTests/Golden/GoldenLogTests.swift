import EventStore
import Foundation
import Testing

/// One whole log folder of each released format stands in Tests/Golden, `log-1` and on, with what
/// was in it: read for ever, written never again.
///
/// A new format gets a folder of its own:
/// `ANTEROOM_REGENERATE=1 swift test --filter GoldenLogTests` writes the newest where it is missing.
@Suite("Golden logs") struct GoldenLogTests {
    static let newest = 1

    @Test(
        "OPS-2 a log of every format ever released is read event for event", arguments: 1...newest)
    func read(format: Int) async throws {
        let golden = GoldenLogTests.folder(format)
        if GoldenLogTests.regenerates, format == GoldenLogTests.newest,
            !FileManager.default.fileExists(atPath: golden.path)
        {
            try await GoldenLogTests.write(golden)
        }
        let expected = try String(
            contentsOf: golden.appending(path: "events.jsonl"), encoding: .utf8)
        for withIndexes in [true, false] {
            try await withFolder { folder in
                try FileManager.default.copyItem(
                    atPath: golden.appending(path: "log").path, toPath: "\(folder)/log")
                if !withIndexes {
                    try Engine.tinySegments.forgetIndexes(folder)
                }
                let store = try SegmentStore.open(folder: "\(folder)/log", options: .tiny)
                defer { store.close() }
                #expect(store.report.damage.isEmpty && store.report.cuts.isEmpty)
                #expect(try faults(of: store).isEmpty)
                let lines = try await store.scanEverything().map(ReadLogTests.line)
                #expect(lines.joined(separator: "\n") + "\n" == expected)
            }
        }
    }

    private static var regenerates: Bool {
        ProcessInfo.processInfo.environment["ANTEROOM_REGENERATE"] == "1"
    }

    private static func folder(_ format: Int) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Golden/log-\(format)")
    }

    /// Every codec and both states of a segment: sealed and repacked, and still written into.
    private static func write(_ golden: URL) async throws {
        try await withFolder { folder in
            let store = try SegmentStore.open(folder: "\(folder)/log", options: .tiny)
            var random = Seeded(2026)
            for round in 0..<60 {
                if round == 40 { store.settle() }
                let events = round == 5 ? 256 : 1 + round % 4
                _ = try await store.append(
                    random.commit(log: round % 3 == 0 ? .two : .one, events: events))
            }
            let lines = try await store.scanEverything().map(ReadLogTests.line)
            store.close()
            try FileManager.default.createDirectory(
                at: golden, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: "\(folder)/log", toPath: golden.appending(path: "log").path)
            try (lines.joined(separator: "\n") + "\n").write(
                to: golden.appending(path: "events.jsonl"), atomically: true, encoding: .utf8)
        }
    }
}
