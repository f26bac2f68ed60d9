import EventStore
import Foundation
import Testing

@Suite("Keyed index") struct KeyedIndexTests {
    static let log = LogID(bits: 1)
    let vault = MemoryVault()
    let folder: String

    init() throws {
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("anteroom-index-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func term(_ kind: Word, _ value: String, log: LogID = Self.log) -> IndexTerm {
        IndexTerm(kind, value.utf8, log: log, vault: vault)
    }

    @Test("ANON-3 finds the records of a value, of that kind and log alone, over restarts")
    func finds() async throws {
        var index = try await KeyedIndex.open(folder, vault: vault)
        let born = term("client.born", "1815-12-10")
        try await index.apply(
            [
                .add(born, record: 9), .add(born, record: 4), .add(born, record: 9),
                .add(term("client.number", "1815-12-10"), record: 5),
                .add(term("client.born", "1815-12-10", log: LogID(bits: 2)), record: 6),
            ], log: Self.log, next: 12)
        try await index.close()
        index = try await KeyedIndex.open(folder, vault: vault)
        #expect(index.thrownAway == nil)
        #expect(try await index.records(of: born, limit: 10) == [4, 9])
        #expect(try await index.records(of: born, after: 4, limit: 10) == [9])
        #expect(try await index.records(of: born, limit: 1) == [4])
        #expect(try await index.records(of: born, limit: 0) == [])
        #expect(try await index.position(of: Self.log) == 12)
        #expect(try await index.position(of: LogID(bits: 2)) == 0)
        try await index.apply([.remove(born, record: 4)], log: Self.log, next: 11)
        #expect(try await index.records(of: born, limit: 10) == [9])
        #expect(try await index.position(of: Self.log) == 12, "never back")
        try await index.close()
    }

    @Test("ANON-3 a client's appointments are found by the client's id, and forgotten by their own")
    func appointments() async throws {
        let index = try await KeyedIndex.open(folder, vault: vault)
        let ada = IndexTerm("client.visits", id: 77, log: Self.log, vault: vault)
        let bob = IndexTerm("client.visits", id: 78, log: Self.log, vault: vault)
        try await index.apply(
            (1...500).map { .add($0 % 2 == 0 ? ada : bob, record: UInt128($0)) },
            log: Self.log, next: 500)
        #expect(try await index.records(of: ada, limit: 1000).count == 250)
        try await index.erase(records: [2, 4, 6])
        #expect(try await index.records(of: ada, limit: 3) == [8, 10, 12])
        #expect(try await index.records(of: bob, limit: 1000).count == 250)
        try await index.close()
    }

    @Test("ACC-4 one claim id for one value, whoever asks first, until it is released")
    func claims() async throws {
        let index = try await KeyedIndex.open(folder, vault: vault)
        let mail = term("staff.email", "ada@example.org")
        #expect(try await index.claim(of: mail) == nil)
        let ids = try await withThrowingTaskGroup(of: UInt128.self) { group in
            for fresh in 1...50 {
                group.addTask { try await index.claim(mail, fresh: UInt128(fresh)) }
            }
            return try await group.reduce(into: Set<UInt128>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        let id = try #require(ids.first)
        #expect(try await index.claim(term("staff.email", "bob@example.org"), fresh: 99) == 99)
        try await index.apply([.release(claim: id)], log: Self.log, next: 1)
        #expect(try await index.claim(mail, fresh: 100) == 100)
        try await index.apply([.claim(mail, claim: 101)], log: Self.log, next: 2)
        #expect(try await index.claim(mail, fresh: 102) == 101)
        try await index.erase(records: [], claims: [101])
        #expect(try await index.claim(of: mail) == nil)
        try await index.close()
    }

    @Test("ANON-3 of an erased record no row is left in the files, after a long life too")
    func bytesGone() async throws {
        let index = try await KeyedIndex.open(folder, vault: vault)
        var random = Seeded(21)
        var live: [UInt128] = []
        var gone: [[UInt8]] = []
        for round in 0..<12 {
            let fresh = (0..<2000).map { _ in random.bits() }
            try await index.apply(
                fresh.flatMap { record in
                    (0..<3).map { _ in
                        IndexChange.add(
                            IndexTerm("k", id: random.bits(), log: Self.log, vault: vault),
                            record: record)
                    }
                }, log: Self.log, next: Int64(round))
            live += fresh
            live.shuffle(using: &random)
            let count = round % 4 == 3 ? live.count - 5 : live.count / 3
            let doomed = Array(live.suffix(count))
            if round == 0 {
                #expect(try found(doomed.map(bigEndian), inFilesOf: folder) == count)
            }
            live.removeLast(count)
            for start in stride(from: 0, to: count, by: 211) {
                try await index.erase(records: Array(doomed[start..<min(start + 211, count)]))
            }
            gone += doomed.map(bigEndian)
        }
        #expect(try found(gone, inFilesOf: folder) == 0, "seed 21")
        #expect(try found(live.map(bigEndian), inFilesOf: folder) == live.count)
        try await index.close()
    }

    @Test(
        "ANON-3 garbage, a cut file and another vault's index are thrown away, and it begins anew")
    func rebuilt() async throws {
        let path = folder + "/index.sqlite"
        for damage in ["garbage", "cut", "vault"] {
            let index = try await KeyedIndex.open(folder, vault: vault)
            let changes = (1...3000).map {
                IndexChange.add(term("k", "\($0)"), record: UInt128($0))
            }
            try await index.apply(changes, log: Self.log, next: 9)
            try await index.close()
            var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            var other = vault
            switch damage {
            case "garbage":
                var random = Seeded(1)
                bytes = random.bytes(20_000)
            case "cut": bytes.removeLast(bytes.count / 2)
            default: other = MemoryVault(secret: [1])
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let anew = try await KeyedIndex.open(folder, vault: other)
            #expect(anew.thrownAway != nil)
            #expect(try await anew.position(of: Self.log) == 0)
            #expect(try await anew.records(of: term("k", "1"), limit: 5) == [])
            try await anew.apply(changes, log: Self.log, next: 9)
            #expect(try await anew.records(of: term("k", "1"), limit: 5) == [1])
            try await anew.close()
            try FileManager.default.removeItem(atPath: path)
        }
    }

    private func bigEndian(_ bits: UInt128) -> [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: bits >> UInt128(120 - 8 * $0)) }
    }
}
