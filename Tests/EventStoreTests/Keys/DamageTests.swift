import Crypto
import EventStore
import Foundation
import Glibc
import Testing

@Suite("Damaged and full") struct DamageTests {
    @Test("OPS-2 garbage, text, another database and cut files are refused by name, never a crash")
    func garbage() async throws {
        let bed = try await VaultBed()
        for _ in 0..<5000 { _ = try await bed.vault.takeKey() }
        try await bed.vault.close()
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: bed.vaultFile)))
        var random = Seeded(31)
        var others = [
            random.bytes(4096), random.bytes(100_000), Array("not a database".utf8),
            Array(whole.prefix(100)) + random.bytes(4000),
        ]
        for part in stride(from: 1000, to: whole.count, by: whole.count / 7) {
            others.append(Array(whole.prefix(part)))
        }
        for bytes in others {
            try Data(bytes).write(to: URL(fileURLWithPath: bed.vaultFile))
            let error = await #expect(throws: VaultError.self) { try await bed.open() }
            guard case .damaged(bed.vaultFile, _) = error else {
                Issue.record("\(bytes.count) bytes: \(String(describing: error))")
                continue
            }
        }
        try Data(whole).write(to: URL(fileURLWithPath: bed.vaultFile))
        try await bed.open().close()
    }

    @Test("OPS-2 an index file where the vault belongs is refused")
    func otherKind() async throws {
        let bed = try await VaultBed()
        let index = try await KeyedIndex.open(bed.folder, vault: bed.vault)
        try await index.close()
        try await bed.vault.close()
        try FileManager.default.removeItem(atPath: bed.vaultFile)
        try FileManager.default.moveItem(
            atPath: bed.folder + "/index.sqlite", toPath: bed.vaultFile)
        let error = await #expect(throws: VaultError.self) { try await bed.open() }
        guard case .damaged(bed.vaultFile, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("OPS-2 a flipped bit in a wrapped key is damage where it is asked for, and in the check")
    func flipped() async throws {
        let bed = try await VaultBed()
        let taken = try await bed.vault.takeKey()
        let other = try await bed.vault.takeKey()
        try await bed.vault.close()
        let wrapped = try #require(try wrappedKeys(inCopyOf: bed.folder)[taken.id.bits])
        var file = try Data(contentsOf: URL(fileURLWithPath: bed.vaultFile))
        let place = try #require(file.range(of: Data(wrapped)))
        file[place.lowerBound + 5] ^= 0x10
        try file.write(to: URL(fileURLWithPath: bed.vaultFile))
        let vault = try await bed.open()
        let error = await #expect(throws: VaultError.self) { try await vault.key(taken.id) }
        guard case .damaged(bed.vaultFile, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(taken.id.description))
        #expect(try await vault.key(other.id) != nil)
        #expect(try await vault.check().wrong.count == 1)
        try await vault.close()
    }

    @Test("OPS-2 random bytes anywhere in the file give an answer or an error, never a crash")
    func noise() async throws {
        let bed = try await VaultBed()
        var taken: [KeyID] = []
        for _ in 0..<500 { taken.append(try await bed.vault.takeKey().id) }
        try await bed.vault.close()
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: bed.vaultFile)))
        for seed in 0..<120 {
            var random = Seeded(UInt64(seed))
            var changed = whole
            for _ in 0..<20 {
                changed[Int.random(in: 0..<whole.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            try Data(changed).write(to: URL(fileURLWithPath: bed.vaultFile))
            do throws(VaultError) {
                try await use(try await bed.open(), taken)
            } catch {
                expectClear(error, bed, "seed \(seed)")
            }
            for suffix in ["-wal", "-shm"] { unlink(bed.vaultFile + suffix) }
        }
    }

    private func use(_ vault: SQLiteVault, _ taken: [KeyID]) async throws(VaultError) {
        var first: VaultError?
        do throws(VaultError) {
            for id in taken { _ = try await vault.key(id) }
            _ = try await vault.takeKey()
            _ = try await vault.check()
        } catch {
            first = error
        }
        try await vault.close()
        if let first { throw first }
    }

    private func expectClear(_ error: VaultError, _ bed: VaultBed, _ hint: Comment) {
        switch error {
        case .damaged(let file, _): #expect(file.hasPrefix(bed.root), hint)
        case .wrongInstallationKey, .rotationUnfinished, .erasureListBehind: break
        case .missing, .diskFull, .io, .closed: Issue.record("\(error), \(hint)")
        }
    }

    @Test("OPS-2 on a full disk keys are refused, reading goes on, and taking when there is room")
    func full() async throws {
        let bed = try await VaultBed()
        let small = bed.root + "/small"
        try FileManager.default.createDirectory(
            atPath: small, withIntermediateDirectories: false)
        guard mount("tmpfs", small, "tmpfs", 0, "size=4m") == 0 else {
            print("DamageTests: not allowed to mount a small disk, so a full one is not tried")
            return
        }
        defer { _ = umount2(small, Int32(MNT_DETACH)) }
        let vault = try await SQLiteVault.open(
            small, key: bed.key, erasureList: bed.root + "/small.erasures", cacheKeys: 1)
        var taken: [RecordKey] = []
        let ballast = small + "/ballast"
        try Data(count: 2_500_000).write(to: URL(fileURLWithPath: ballast))
        await #expect(throws: VaultError.diskFull) {
            while true { taken.append(try await vault.takeKey()) }
        }
        await #expect(throws: VaultError.diskFull, "still") { try await vault.takeKey() }
        #expect(taken.count > 500)
        for key in taken {
            #expect(try await vault.key(key.id).map { bytes(of: $0.key) } == bytes(of: key.key))
        }
        try FileManager.default.removeItem(atPath: ballast)
        taken.append(try await vault.takeKey())
        try await vault.destroy([taken[0].id])
        #expect(try await vault.key(taken[0].id) == nil)
        try await vault.close()
        let again = try await SQLiteVault.open(
            small, key: bed.key, erasureList: bed.root + "/small.erasures")
        for key in taken.dropFirst() { #expect(try await again.key(key.id) != nil) }
        try await again.close()
    }

    @Test("OPS-1 hardening forbids core files and reading by other processes, and says so")
    func hardening() {
        let report = ProcessHardening.apply(lockingMemory: false)
        #expect(report.hasNoCore && report.isNotDumpable && !report.isLocked)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        #expect(limit.rlim_cur == 0 && limit.rlim_max == 0)
    }
}
