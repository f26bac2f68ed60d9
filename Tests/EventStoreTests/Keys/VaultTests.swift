import Crypto
import EventStore
import Foundation
import Testing

@Suite("Vault") struct VaultTests {
    @Test("ANON-1 a key taken is found again, by its id, after a restart")
    func durable() async throws {
        let bed = try await VaultBed()
        var taken: [RecordKey] = []
        for _ in 0..<3000 { taken.append(try await bed.vault.takeKey()) }
        #expect(Set(taken.map(\.id)).count == taken.count)
        try await bed.reopen()
        for key in taken {
            let found = try await bed.vault.key(key.id)
            #expect(found.map { bytes(of: $0.key) } == bytes(of: key.key))
        }
        #expect(try await bed.vault.key(KeyID(bits: 1)) == nil)
    }

    @Test("ANON-1 a key taken stands in the files before it is given out")
    func madeAhead() async throws {
        let bed = try await VaultBed()
        let key = try await bed.vault.takeKey()
        let copy = try bed.crashed(into: "crashed")
        let after = try await SQLiteVault.open(
            copy, key: bed.key, erasureList: copy + ".erasures")
        #expect(try await after.key(key.id).map { bytes(of: $0.key) } == bytes(of: key.key))
        try await after.close()
    }

    @Test("ANON-1 many takers at once each get a key of their own")
    func takers() async throws {
        let bed = try await VaultBed()
        let vault = bed.vault
        let ids = try await withThrowingTaskGroup(of: KeyID.self) { group in
            for _ in 0..<5000 { group.addTask { try await vault.takeKey().id } }
            return try await group.reduce(into: Set<KeyID>()) { $0.insert($1) }
        }
        #expect(ids.count == 5000)
    }

    @Test("ANON-1 keys no event names go back into the stock at start, the others stay")
    func putBack() async throws {
        let bed = try await VaultBed()
        var used: [RecordKey] = []
        for number in 0..<2000 {
            let key = try await bed.vault.takeKey()
            if number % 3 == 0 { used.append(key) }
        }
        try await bed.reopen()
        var loose = try await bed.vault.looseKeys()
        let made = loose.ids.count
        #expect(loose.ids.isSuperset(of: used.map(\.id)) && made >= 2000)
        for key in used { loose.saw(key.id) }
        #expect(try await bed.vault.putBack(loose, reached: 77) == made - used.count)
        var again: Set<KeyID> = []
        for _ in 0..<made - used.count { again.insert(try await bed.vault.takeKey().id) }
        #expect(again == loose.ids, "exactly those put back are taken, before any new one")
        for key in used {
            #expect(try await bed.vault.key(key.id).map { bytes(of: $0.key) } == bytes(of: key.key))
        }
        try await bed.reopen()
        let next = try await bed.vault.looseKeys()
        #expect(next.since == 77)
        #expect(next.ids.isDisjoint(with: used.map(\.id)))
        #expect(next.ids.isSuperset(of: again))
    }

    @Test("ANON-1 a batch whose every key is settled is not looked for in the log")
    func settled() async throws {
        let bed = try await VaultBed()
        for _ in 0..<3000 { bed.vault.settle(try await bed.vault.takeKey()) }
        bed.vault.noteLog(reached: 500)
        for _ in 0..<3000 { bed.vault.settle(try await bed.vault.takeKey()) }
        try await bed.reopen()
        let loose = try await bed.vault.looseKeys()
        #expect(loose.ids.count < 6000)
        #expect(loose.since == 500)
    }

    @Test("ANON-1 a key given back is taken again")
    func givenBack() async throws {
        let bed = try await VaultBed()
        let key = try await bed.vault.takeKey()
        bed.vault.giveBack(key)
        #expect(try await bed.vault.takeKey().id == key.id)
    }

    @Test("ANON-3 macs keep purposes apart, and are the same after a restart")
    func macs() async throws {
        let bed = try await VaultBed()
        let before = MACPurpose.allCases.map { bed.vault.mac($0, [1, 2]) }
        #expect(Set(before).count == before.count)
        try await bed.reopen()
        #expect(MACPurpose.allCases.map { bed.vault.mac($0, [1, 2]) } == before)
        let other = try await VaultBed()
        #expect(other.vault.mac(.commandID, [1, 2]) != bed.vault.mac(.commandID, [1, 2]))
        let secret = try await bed.vault.makeSecret()
        #expect(secret.mac(.commandID, [1, 2]) != bed.vault.mac(.commandID, [1, 2]))
    }

    @Test("ANON-3 an ending secret lives through restarts until it is destroyed, then never again")
    func secrets() async throws {
        let bed = try await VaultBed()
        let secret = try await bed.vault.makeSecret()
        let other = try await bed.vault.makeSecret()
        try await bed.reopen()
        let found = try await bed.vault.secret(secret.id)
        #expect(found?.mac(.commandID, [5]) == secret.mac(.commandID, [5]))
        let backup = try bed.crashed(into: "backup")
        try await bed.vault.destroySecret(secret.id)
        #expect(try await bed.vault.secret(secret.id) == nil)
        try await bed.reopen()
        #expect(try await bed.vault.secret(secret.id) == nil)
        #expect(try await bed.vault.secret(other.id) != nil)
        let restored = try await SQLiteVault.open(
            backup, key: bed.key, erasureList: bed.erasureList)
        #expect(try await restored.secret(secret.id) == nil)
        try await restored.close()
        #expect(try await bed.vault.secret(SecretID(bits: 0)) == nil, "the vault's own")
    }

    @Test("ANON-1 another installation key opens nothing, and the vault is not touched")
    func wrongKey() async throws {
        let bed = try await VaultBed()
        let key = try await bed.vault.takeKey()
        try await bed.vault.close()
        await #expect(throws: VaultError.wrongInstallationKey) {
            try await SQLiteVault.open(bed.folder, key: .random(), erasureList: bed.erasureList)
        }
        let again = try await bed.open()
        #expect(try await again.key(key.id) != nil)
        try await again.close()
    }

    @Test("ANON-1 where events need its keys, a lost vault is not replaced by a new one")
    func lost() async throws {
        let bed = try await VaultBed()
        try await bed.vault.close()
        try FileManager.default.removeItem(atPath: bed.vaultFile)
        await #expect(throws: VaultError.missing(file: bed.vaultFile)) {
            try await SQLiteVault.open(
                bed.folder, key: bed.key, erasureList: bed.erasureList, mayCreate: false)
        }
        #expect(!FileManager.default.fileExists(atPath: bed.vaultFile))
    }

    @Test("OPS-1 a vault that is open is not opened a second time")
    func exclusive() async throws {
        let bed = try await VaultBed()
        await #expect(throws: VaultError.self) { try await bed.open() }
        _ = try await bed.vault.takeKey()
    }

    @Test("OPS-1 once closed it answers that it is closed")
    func closed() async throws {
        let bed = try await VaultBed()
        let key = try await bed.vault.takeKey()
        try await bed.vault.close()
        try await bed.vault.close()
        await #expect(throws: VaultError.closed) { try await bed.vault.takeKey() }
        await #expect(throws: VaultError.closed) { try await bed.vault.key(key.id) }
        await #expect(throws: VaultError.closed) { try await bed.vault.destroy([key.id]) }
    }

    @Test("ANON-1 a key takes at most 110 bytes on disk, loose or settled")
    func size() async throws {
        let bed = try await VaultBed()
        let count = 50 * 1024
        for _ in 0..<count { _ = try await bed.vault.takeKey() }
        try await bed.vault.close()
        let size = try FileManager.default.attributesOfItem(atPath: bed.vaultFile)[.size] as? Int
        #expect(try #require(size) / count <= 110)
    }

    @Test("ANON-1 a small cache forgets keys, and the file has them")
    func cache() async throws {
        let bed = try await VaultBed()
        try await bed.vault.close()
        let vault = try await SQLiteVault.open(
            bed.folder, key: bed.key, erasureList: bed.erasureList, cacheKeys: 10)
        var taken: [RecordKey] = []
        for _ in 0..<200 { taken.append(try await vault.takeKey()) }
        for key in taken + taken.reversed() {
            #expect(try await vault.key(key.id).map { bytes(of: $0.key) } == bytes(of: key.key))
        }
        try await vault.close()
    }

    @Test("ANON-1 a vault in memory keeps and destroys as the one on disk does")
    func memory() async throws {
        let vault = MemoryVault()
        let key = try await vault.takeKey()
        let other = try await vault.takeKey()
        #expect(try await vault.key(key.id).map { bytes(of: $0.key) } == bytes(of: key.key))
        try await vault.destroy([key.id])
        #expect(try await vault.key(key.id) == nil)
        #expect(try await vault.key(other.id) != nil)
        vault.giveBack(other)
        #expect(try await vault.takeKey().id == other.id)
        try await vault.setErasuresDone(5, in: LogID(bits: 1))
        try await vault.setErasuresDone(3, in: LogID(bits: 1))
        #expect(try await vault.erasuresDone(in: LogID(bits: 1)) == 5)
    }
}
