import Crypto
import EventStore
import Foundation
import Testing

@Suite("Rotation of the installation key") struct RotationTests {
    @Test("ANON-1 after it the former key opens nothing, and none of its wrapped bytes are left")
    func whole() async throws {
        let bed = try await VaultBed()
        var taken: [RecordKey] = []
        for _ in 0..<5000 { taken.append(try await bed.vault.takeKey()) }
        let secret = try await bed.vault.makeSecret()
        let mac = bed.vault.mac(.commandID, [1])
        let before =
            Array(try wrappedKeys(inCopyOf: bed.folder).values)
            + Array(try wrappedKeys(inCopyOf: bed.folder, table: "secret").values)
        #expect(try found(before, inFilesOf: bed.folder) == before.count)
        let former = bed.key
        bed.key = .random()
        try await bed.vault.rotate(to: bed.key)
        #expect(!bed.vault.isRotating)
        #expect(try found(before, inFilesOf: bed.folder) == 0)
        try await bed.vault.close()
        await #expect(throws: VaultError.wrongInstallationKey) {
            try await SQLiteVault.open(bed.folder, key: former, erasureList: bed.erasureList)
        }
        try await bed.reopen()
        #expect(try await bed.vault.check().wrong == [])
        #expect(try await bed.vault.secret(secret.id) != nil)
        #expect(bed.vault.mac(.commandID, [1]) == mac)
        for key in taken {
            #expect(try await bed.vault.key(key.id).map { bytes(of: $0.key) } == bytes(of: key.key))
        }
    }

    @Test("ANON-1 killed after any batch, it goes on with the new key; the former one is told so")
    func resumed() async throws {
        let bed = try await VaultBed()
        var taken: [RecordKey] = []
        for _ in 0..<9000 { taken.append(try await bed.vault.takeKey()) }
        let former = bed.key
        bed.key = .random()
        try await bed.vault.beginRotation(to: bed.key)
        var steps = 0
        while true {
            let crashed = try bed.crashed(into: "crashed-\(steps)")
            let list = crashed + ".erasures"
            await #expect(throws: VaultError.rotationUnfinished) {
                try await SQLiteVault.open(crashed, key: former, erasureList: list)
            }
            let vault = try await SQLiteVault.open(crashed, key: bed.key, erasureList: list)
            #expect(vault.isRotating)
            for key in [taken[0], taken[4500], taken[8999]] {
                #expect(try await vault.key(key.id).map { bytes(of: $0.key) } == bytes(of: key.key))
            }
            try await vault.finishRotation()
            #expect(try await vault.check().wrong == [])
            try await vault.close()
            await #expect(throws: VaultError.wrongInstallationKey) {
                try await SQLiteVault.open(crashed, key: former, erasureList: list)
            }
            guard try await bed.vault.rotateBatch() != nil else { break }
            steps += 1
        }
        #expect(steps > 3)
    }

    @Test("ANON-1 keys are taken, read and destroyed while it goes on")
    func online() async throws {
        let bed = try await VaultBed()
        try await bed.vault.close()
        // No cache to speak of, so that reads go to the file.
        let vault = try await SQLiteVault.open(
            bed.folder, key: bed.key, erasureList: bed.erasureList, cacheKeys: 1)
        var old: [RecordKey] = []
        for _ in 0..<12_000 { old.append(try await vault.takeKey()) }
        bed.key = .random()
        try await vault.beginRotation(to: bed.key)
        var new: [RecordKey] = []
        var gone: Set<KeyID> = []
        var random = Seeded(5)
        repeat {
            for _ in 0..<600 { new.append(try await vault.takeKey()) }
            for key in old.shuffled(using: &random).prefix(50) + new.suffix(20) {
                let found = try await vault.key(key.id)
                #expect((found == nil) == gone.contains(key.id))
                if let found { #expect(bytes(of: found.key) == bytes(of: key.key)) }
            }
            let doomed = old.shuffled(using: &random).prefix(20).map(\.id)
            try await vault.destroy(doomed)
            gone.formUnion(doomed)
        } while try await vault.rotateBatch() != nil
        #expect(try await vault.check().wrong == [])
        try await vault.close()
        let again = try await SQLiteVault.open(
            bed.folder, key: bed.key, erasureList: bed.erasureList)
        for key in new { #expect(try await again.key(key.id) != nil) }
        try await again.close()
    }

    @Test("ANON-1 while one goes on, one to another key is refused; to the same key it joins in")
    func second() async throws {
        let bed = try await VaultBed()
        for _ in 0..<3000 { _ = try await bed.vault.takeKey() }
        bed.key = .random()
        try await bed.vault.beginRotation(to: bed.key)
        await #expect(throws: VaultError.rotationUnfinished) {
            try await bed.vault.rotate(to: .random())
        }
        try await bed.vault.rotate(to: bed.key)
        #expect(!bed.vault.isRotating)
        try await bed.vault.rotate(to: bed.key)
        try await bed.reopen()
    }
}
