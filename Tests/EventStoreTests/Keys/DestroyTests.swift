import Crypto
import EventStore
import Foundation
import Testing

@Suite("Destroying keys") struct DestroyTests {
    @Test(
        "ANON-1 of a key destroyed no wrapped byte is left in file, write-ahead file or free pages")
    func bytesGone() async throws {
        let bed = try await VaultBed()
        var random = Seeded(3)
        var taken: [KeyID] = []
        for _ in 0..<3000 { taken.append(try await bed.vault.takeKey().id) }
        let wrapped = try wrappedKeys(inCopyOf: bed.folder)
        let doomed = Array(taken.shuffled(using: &random).prefix(700))
        let needles = try doomed.map { try #require(wrapped[$0.bits]) }
        #expect(try found(needles, inFilesOf: bed.folder) == needles.count, "the search works")
        try await bed.vault.destroy(doomed)
        #expect(try found(needles, inFilesOf: bed.folder) == 0)
        for id in doomed { #expect(try await bed.vault.key(id) == nil) }
        let kept = Set(taken).subtracting(doomed)
        for id in kept { #expect(try await bed.vault.key(id) != nil) }
        let others = try kept.map { try #require(wrapped[$0.bits]) }
        #expect(try found(others, inFilesOf: bed.folder) == others.count)
    }

    @Test("ANON-1 nor after a long life of making and destroying, page splits and merges and all")
    func churn() async throws {
        let bed = try await VaultBed()
        var random = Seeded(11)
        var live: [KeyID] = []
        var known: [UInt128: [UInt8]] = [:]
        var gone: [[UInt8]] = []
        for round in 0..<24 {
            for _ in 0..<1500 { live.append(try await bed.vault.takeKey().id) }
            known.merge(try wrappedKeys(inCopyOf: bed.folder)) { old, _ in old }
            live.shuffle(using: &random)
            let count = round % 6 == 5 ? live.count - 10 : live.count / 4
            let doomed = Array(live.suffix(count))
            live.removeLast(count)
            for start in stride(from: 0, to: count, by: 97) {
                try await bed.vault.destroy(Array(doomed[start..<min(start + 97, count)]))
            }
            gone += try doomed.map { try #require(known[$0.bits]) }
        }
        #expect(gone.count > 15_000)
        #expect(try found(gone, inFilesOf: bed.folder) == 0, "seed 11")
        for id in live { #expect(try await bed.vault.key(id) != nil) }
        #expect(try await bed.vault.check().wrong == [])
    }

    @Test("ANON-1 destroying what is gone, or was never there, does nothing, also twice")
    func again() async throws {
        let bed = try await VaultBed()
        let id = try await bed.vault.takeKey().id
        try await bed.vault.destroy([id, KeyID(bits: 4)])
        let list = try Data(contentsOf: URL(fileURLWithPath: bed.erasureList))
        try await bed.vault.destroy([id, id])
        try await bed.vault.destroy([])
        #expect(try Data(contentsOf: URL(fileURLWithPath: bed.erasureList)) == list)
        #expect(String(decoding: list, as: UTF8.self).contains("k \(id)\n"))
        #expect(!String(decoding: list, as: UTF8.self).contains("00000004\n"))
    }

    @Test("ANON-6 an older copy of the vault brings nothing back: the list is followed at opening")
    func restored() async throws {
        let bed = try await VaultBed()
        let early = try await bed.vault.takeKey().id
        let late = try await bed.vault.takeKey().id
        let kept = try await bed.vault.takeKey().id
        let first = try bed.crashed(into: "first")
        try await bed.vault.destroy([early])
        let second = try bed.crashed(into: "second")
        try await bed.vault.destroy([late])
        for backup in [first, second] {
            let needles = try wrappedKeys(inCopyOf: backup).filter { $0.key == late.bits }
            #expect(needles.count == 1)
            let vault = try await SQLiteVault.open(
                backup, key: bed.key, erasureList: bed.erasureList, erasuresAtLeast: 2)
            #expect(try await vault.key(early) == nil)
            #expect(try await vault.key(late) == nil)
            #expect(try await vault.key(kept) != nil)
            #expect(try found(Array(needles.values), inFilesOf: backup) == 0)
            try await vault.close()
        }
    }

    @Test("ANON-6 a list older than the vault, or than what is known outside, opens nothing")
    func listBehind() async throws {
        let bed = try await VaultBed()
        let old = bed.root + "/old.erasures"
        try FileManager.default.copyItem(atPath: bed.erasureList, toPath: old)
        let keys = [try await bed.vault.takeKey().id, try await bed.vault.takeKey().id]
        let backup = try bed.crashed(into: "backup")
        try await bed.vault.destroy([keys[0]])
        try await bed.vault.destroy([keys[1]])
        try await bed.vault.close()
        for (list, has) in [(old, 0), (bed.root + "/none", 0)] {
            await #expect(throws: VaultError.erasureListBehind(file: list, has: has, needs: 2)) {
                try await SQLiteVault.open(bed.folder, key: bed.key, erasureList: list)
            }
            await #expect(throws: VaultError.erasureListBehind(file: list, has: has, needs: 1)) {
                try await SQLiteVault.open(
                    backup, key: bed.key, erasureList: list, erasuresAtLeast: 1)
            }
        }
        #expect(!FileManager.default.fileExists(atPath: bed.root + "/none"))
        try await bed.reopen(erasuresAtLeast: 2)
        await #expect(throws: VaultError.self) { try await bed.reopen(erasuresAtLeast: 3) }
    }

    @Test("ANON-6 every edit and cut of the list is noticed, or cuts only what was not signed")
    func tamperedList() async throws {
        let bed = try await VaultBed()
        for _ in 0..<3 { try await bed.vault.destroy([bed.vault.takeKey().id]) }
        let backup = try bed.crashed(into: "backup")
        try await bed.vault.destroy([bed.vault.takeKey().id, bed.vault.takeKey().id])
        try await bed.vault.close()
        let list = Array(try Data(contentsOf: URL(fileURLWithPath: bed.erasureList)))
        for index in stride(from: 0, to: list.count, by: 3) {
            var changed = list
            changed[index] ^= 1
            try await refuses(changed, bed)
        }
        for count in stride(from: 0, to: list.count, by: 5) {
            try await refuses(Array(list.prefix(count)), bed)
        }
        // What a crash leaves behind the last signature was acknowledged to nobody.
        for torn in [list + Array("k 00".utf8), list + [0, 0, 0]] {
            try Data(torn).write(to: URL(fileURLWithPath: bed.erasureList))
            let vault = try await SQLiteVault.open(
                backup, key: bed.key, erasureList: bed.erasureList, erasuresAtLeast: 5)
            try await vault.close()
            #expect(Array(try Data(contentsOf: URL(fileURLWithPath: bed.erasureList))) == list)
        }
    }

    private func refuses(_ list: [UInt8], _ bed: VaultBed) async throws {
        try Data(list).write(to: URL(fileURLWithPath: bed.erasureList))
        let error = await #expect(throws: VaultError.self) { try await bed.open() }
        switch error {
        case .damaged(let file, _), .erasureListBehind(let file, _, _):
            #expect(file == bed.erasureList)
        default: Issue.record("\(String(describing: error))")
        }
    }

    @Test(
        "ANON-6 killed after the list was written, before the key went: it goes at the next start")
    func killedBetween() async throws {
        let bed = try await VaultBed()
        let id = try await bed.vault.takeKey().id
        let before = try bed.crashed(into: "before")
        try await bed.vault.destroy([id])
        let vault = try await SQLiteVault.open(
            before, key: bed.key, erasureList: bed.erasureList)
        #expect(try await vault.key(id) == nil)
        try await vault.close()
    }

    @Test("ANON-6 a list of another vault is refused")
    func otherList() async throws {
        let bed = try await VaultBed()
        let other = try await VaultBed()
        try await bed.vault.close()
        let error = await #expect(throws: VaultError.self) {
            try await SQLiteVault.open(bed.folder, key: bed.key, erasureList: other.erasureList)
        }
        guard case .damaged(other.erasureList, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
