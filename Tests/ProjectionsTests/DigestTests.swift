import EventStore
import Foundation
import Projections
import Testing

/// What a projection shows follows from the log and nothing else.
@Suite("Digest") struct DigestTests {
    @Test("AUD-3 live, replayed and rebuilt show the same at every position", arguments: 1...6)
    func everyPosition(seed: UInt64) async throws {
        let store = MemoryStore()
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let live = try await running(store, in: folder.path) { runner, shelf in
            var history = History(seed: seed)
            var digests: [[ViewDigest]] = []
            for _ in 0..<60 {
                let appended = try store.append(history.commit(in: .north))
                try await runner.caughtUp(.north, store)
                let now = try await Views(shelf).digests(of: .north)
                #expect(now.allSatisfy { $0.applied == appended.last + 1 })
                digests.append(now)
            }
            return digests
        }
        let replay = Replay(store, cores: 1)
        for digests in live {
            let position = try #require(digests.first).applied - 1
            let replayed = try await replay.digests(of: .north, .through(position))
            #expect(replayed == digests, "seed \(seed), position \(position)")
        }

        try FileManager.default.removeItem(atPath: folder.path)
        let rebuilt = try await running(store, in: folder.path) { runner, shelf in
            try await runner.caughtUp(.north, store)
            return try await Views(shelf).digests(of: .north)
        }
        #expect(rebuilt == live.last, "seed \(seed)")
        #expect(rebuilt.contains { $0.rows > 1 })
    }

    @Test(
        "AUD-3 where batches end, and what is kept in memory, changes nothing", arguments: 11...14)
    func batches(seed: UInt64) async throws {
        let store = MemoryStore()
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        var random = Seeded(seed)
        for round in 0..<8 {
            try store.fill([.north], commits: 1 + random.below(40), seed: seed << 8 | UInt64(round))
            let kept = random.below(20)
            let live = try await running(store, in: folder.path, rowsKept: kept) { runner, shelf in
                try await runner.caughtUp(.north, store)
                return try await Views(shelf).digests(of: .north)
            }
            let replayed = try await Replay(store, cores: 1).digests(of: .north)
            #expect(live == replayed, "seed \(seed), round \(round), \(kept) rows kept")
        }
    }

    @Test("REP-4 two organisations are rebuilt side by side as each would be alone")
    func organisations() async throws {
        let both = MemoryStore()
        try both.fill([.north, .south], commits: 200, seed: 21)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let shelf = try ViewShelf(folder: folder.path, .all) { _ in }
        try await Replay(both, cores: 2).run(onto: shelf)

        for log in [LogID.north, .south] {
            let alone = MemoryStore()
            for event in try both.read(log, from: 0, limit: 10_000) {
                _ = try alone.append(
                    Commit(
                        log: log, commandID: event.commandID ^ UInt128(event.position) << 100,
                        now: event.recordedAt, context: event.context,
                        events: [
                            NewEvent(
                                stream: event.stream, type: event.type, schema: event.schema,
                                payload: Array(event.payload))
                        ]))
            }
            let digests = try await Replay(alone, cores: 1).digests(of: log)
            #expect(try await Views(shelf).digests(of: log) == digests)
        }
        let north = try await Views(shelf).digests(of: .north).map(\.bytes)
        #expect(try await Views(shelf).digests(of: .south).map(\.bytes) != north)
        try shelf.close()
    }

    @Test("AUD-3 any one event less, and a digest says so")
    func sensitive() async throws {
        let store = MemoryStore()
        try store.fill([.north], commits: 40, seed: 31)
        let replay = Replay(store, cores: 1)
        let head = try store.head(of: .north)
        let digests = try await replay.digests(of: .north, .through(head - 1))
        let less = try await replay.digests(of: .north, .through(head - 2))
        // The access log shows every event.
        func accessLog(_ digests: [ViewDigest]) throws -> [UInt8] {
            try #require(digests.first { $0.projection == AccessLog.name }).bytes
        }
        #expect(try accessLog(digests) != accessLog(less))
        #expect(Set(digests.map(\.bytes)).count == digests.count)
    }
}
