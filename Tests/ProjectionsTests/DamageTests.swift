import Domain
import EventStore
import Foundation
import Projections
import Testing

/// `read/` is a cache: whatever becomes of it, the log gives it again.
@Suite("Damage") struct DamageTests {
    enum Damage: CaseIterable {
        case random, empty, text, truncated, zeroed, otherSQLite, header
    }

    @Test("AUD-3 a file of garbage is set aside, said, and rebuilt", arguments: Damage.allCases)
    func garbage(damage: Damage) async throws {
        let store = MemoryStore()
        try store.fill([.north], commits: 150, seed: 91)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let digests = try await running(store, in: folder.path) { runner, shelf in
            try await runner.caughtUp(.north, store)
            return try await Views(shelf).digests(of: .north)
        }
        let path = "\(folder.path)/\(ViewShelf.fileName)"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        var random = Seeded(92)
        switch damage {
        case .random: bytes = Data((0..<40_000).map { _ in UInt8(random.below(256)) })
        case .empty: bytes = Data()
        case .text: bytes = Data("the quick brown fox".utf8)
        case .truncated: bytes = bytes.prefix(bytes.count / 2)
        case .zeroed: for index in 4_096..<bytes.count { bytes[index] = 0 }
        case .otherSQLite: bytes.replaceSubrange(68..<72, with: [1, 2, 3, 4])
        case .header: bytes[20] ^= 0xFF
        }
        try bytes.write(to: URL(fileURLWithPath: path))

        let notices = Notices()
        let rebuilt = try await running(store, in: folder.path, notices: notices) {
            runner, shelf in
            try await runner.caughtUp(.north, store)
            return try await Views(shelf).digests(of: .north)
        }
        #expect(rebuilt == digests)
        let said = notices.all.contains {
            if case .rebuilding(path, path + ViewShelf.asideSuffix, _) = $0 { true } else { false }
        }
        #expect(said || damage == .empty, "an empty file is a new one")
        #expect(notices.all.allSatisfy { "\($0)".contains(path) })
    }

    @Test("AUD-3 rows of another history are dropped and built anew")
    func otherHistory() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let one = MemoryStore()
        try one.fill([.north], commits: 60, seed: 101)
        try await running(one, in: folder.path) {
            try await $0.caughtUp(.north, one)
            _ = $1
        }
        let restored = MemoryStore()
        try restored.fill([.north], commits: 40, seed: 102)

        let notices = Notices()
        let live = try await running(restored, in: folder.path, notices: notices) {
            runner, shelf in
            try await runner.caughtUp(.north, restored)
            return try await Views(shelf).digests(of: .north)
        }
        #expect(try await Replay(restored, cores: 1).digests(of: .north) == live)
        #expect(notices.all.count == 1)
    }
}

/// The same while it is served from.
@Suite("Damage while serving") struct LiveDamageTests {
    @Test("AUD-3 damage found by a reader: told once, and every log's rows are built anew")
    func byReader() async throws {
        let store = MemoryStore()
        try store.fill([.north, .south], commits: 400, seed: 93)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let notices = Notices()
        try await running(store, in: folder.path, notices: notices) { runner, shelf in
            let logs = [LogID.north, .south]
            for log in logs { try await runner.caughtUp(log, store) }
            let views = Views(shelf)
            // Nobody has read yet, so that no connection has pages of its own in memory.
            try LiveDamageTests.damage(folder.path)
            await #expect(throws: ViewError.self) { try await views.digests(of: .north) }
            // Nothing was appended: whoever waits for what was there sees it again all the same.
            for log in logs {
                try await runner.caughtUp(log, store)
                #expect(
                    try await views.digests(of: log)
                        == Replay(store, cores: 1).digests(of: log))
            }
        }
        let path = "\(folder.path)/\(ViewShelf.fileName)"
        let rebuilding = notices.all.filter {
            if case .rebuilding(path, path + ViewShelf.asideSuffix, _) = $0 { true } else { false }
        }
        #expect(rebuilding.count == 1 && notices.all.count == 1, "\(notices.all)")
    }

    @Test("AUD-3 damage found by the writer: the file is set aside, and what comes then shows")
    func byWriter() async throws {
        let store = MemoryStore()
        try store.fill([.north], commits: 400, seed: 94)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let notices = Notices()
        try await running(store, in: folder.path, notices: notices, rowsKept: 0) { runner, shelf in
            try await runner.caughtUp(.north, store)
            try LiveDamageTests.damage(folder.path)
            try store.fill([.north], commits: 50, seed: 95)
            try await runner.caughtUp(.north, store)
            #expect(
                try await Views(shelf).digests(of: .north)
                    == Replay(store, cores: 1).digests(of: .north))
        }
        #expect(!notices.all.isEmpty)
        #expect(notices.all.allSatisfy { "\($0)".contains(folder.path) }, "\(notices.all)")
    }

    /// Overwrites what SQLite has on disk, but for the header that it looks at when opening.
    private static func damage(_ folder: String) throws {
        let path = "\(folder)/\(ViewShelf.fileName)"
        for suffix in ["", "-wal"] {
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path + suffix))
            let length = try handle.seekToEnd()
            guard length > 4_096 else { continue }
            try handle.seek(toOffset: 4_096)
            try handle.write(contentsOf: Data(repeating: 0xA5, count: Int(length) - 4_096))
            try handle.close()
        }
    }
}
