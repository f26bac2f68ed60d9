import API
import Domain
import EventStore
import Foundation
import Projections
import Testing

@Suite("Anonymise: restored backups") struct RestoreTests {
    @Test("ANON-6 an old pair restored opens nothing that was erased since, and all the rest")
    func oldPair() async throws {
        try await OldBackup.run { old in
            let count = try await old.restore(list: old.newestList, atLeast: old.erasures)
            #expect(count == old.erasures)
            try await AnonymisedClinic.during(old.path("restored"), ManualClock()) {
                installation, _ in
                for key in old.erased {
                    #expect(try await installation.vault.key(key) == nil)
                    #expect(try await installation.dispatch.vault.key(key) == nil)
                }
                for key in old.kept { #expect(try await installation.vault.key(key) != nil) }
                // The old log knows of no order; the list says why those keys are not there.
                let report = try await AnonymisationVerifier(installation).run(texts: old.texts)
                #expect(report.isFine, "\(report.lines)")
                let page = try await installation.side.views.clients(in: old.log)
                #expect(page.rows.count == 1)
            }
        }
    }

    @Test("ANON-6 without a list, or with one older than is known of, nothing is laid")
    func refused() async throws {
        try await OldBackup.run { old in
            await #expect(throws: BackupError.missing(old.path("nowhere"))) {
                _ = try await old.restore(list: old.path("nowhere"), atLeast: 0)
            }
            await #expect(throws: BackupError.listBehind(has: 0, needs: old.erasures)) {
                _ = try await old.restore(list: old.oldList, atLeast: old.erasures)
            }
            // The vault of the second backup knows of them itself.
            await #expect(throws: BackupError.listBehind(has: 0, needs: old.erasures)) {
                _ = try await old.restore(list: old.oldList, atLeast: 0, vault: "vault-2")
            }
            for name in [
                "restored", "restored.erasures", "restored.restoring",
                "restored.restoring.erasures",
            ] {
                #expect(!FileManager.default.fileExists(atPath: old.path(name)))
            }
            // A vault that is older than the log would lack keys.
            await #expect(throws: BackupError.vaultOlder) {
                _ = try await old.restore(
                    list: old.newestList, atLeast: 0, logs: "logs-2", vault: "vault-1")
            }
        }
    }

    @Test("ANON-6 an old pair put back by hand is not opened without the list, and follows it")
    func byHand() async throws {
        try await OldBackup.run { old in
            let folder = old.path("by-hand")
            let files = FileManager.default
            try files.copyItem(atPath: old.path("logs-1"), toPath: folder)
            try files.copyItem(
                atPath: old.path("vault-1/keys.sqlite"), toPath: folder + "/keys.sqlite")
            try old.useKey(for: "by-hand")
            let list = folder + ".erasures"
            await #expect(
                throws: OpeningError.vault(.erasureListBehind(file: list, has: 0, needs: 0))
            ) {
                _ = try await Installation.open(folder, Installation.Options { _ in })
            }
            #expect(!files.fileExists(atPath: list))
            try files.copyItem(atPath: old.newestList, toPath: list)
            try await AnonymisedClinic.during(folder, ManualClock()) {
                installation, _ async throws in
                for key in old.erased { #expect(try await installation.vault.key(key) == nil) }
                for key in old.kept { #expect(try await installation.vault.key(key) != nil) }
            }
        }
    }

    @Test("ANON-6 beside a vault newer than the log, no key is given to two records")
    func leftOver() async throws {
        try await OldBackup.run { old in
            _ = try await old.restore(
                list: old.newestList, atLeast: old.erasures, logs: "logs-1", vault: "vault-2")
            var seen: Set<KeyID> = []
            for life in 1...3 {
                let taken = Made<[KeyID]>()
                try await AnonymisedClinic.during(old.path("restored"), ManualClock()) {
                    installation, _ in
                    taken.content = try await old.registerClients(installation)
                }
                for key in try #require(taken.content) {
                    #expect(seen.insert(key).inserted, "life \(life)")
                }
            }
            #expect(seen.isDisjoint(with: old.erased.union(old.kept)))
        }
    }

    @Test("ANON-6 an order that only the newer log knows is carried out where that log is restored")
    func ordersAgain() async throws {
        try await OldBackup.run { old in
            _ = try await old.restore(
                list: old.newestList, atLeast: old.erasures, logs: "logs-2", vault: "vault-2")
            try await AnonymisedClinic.during(old.path("restored"), ManualClock()) {
                installation, _ in
                let report = try await AnonymisationVerifier(installation).run(texts: old.texts)
                #expect(report.isFine, "\(report.lines)")
                #expect(report.checks[0].looked == old.erasures)
            }
        }
    }
}

/// `@unchecked Sendable`: written by one task before another reads it.
private final class Made<Content>: @unchecked Sendable {
    var content: Content?
}

/// A clinic backed up before and after a run of anonymisation.
private struct OldBackup: Sendable {
    let folder: String
    let log: LogID
    let erased: Set<KeyID>
    let kept: Set<KeyID>
    let texts: [String]
    let erasures: Int

    var newestList: String { path("data.erasures") }
    var oldList: String { path("old.erasures") }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    static func run(_ test: @escaping @Sendable (OldBackup) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "anteroom-restore-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { removeQuietly(folder) }
        let made = Made<OldBackup>()
        let clock = ManualClock()
        let data = "\(folder)/data"
        try await AnonymisedClinic.during(data, clock) { installation, clock in
            let clinic = try await AnonymisedClinic(installation, clock)
            var canaries = SeededCanaries()
            let client = try await clinic.client("Lovelace")
            let old = try await clinic.appointment(of: client, daysAgo: 40, note: canaries.next())
            let young = try await clinic.appointment(of: client, daysAgo: 4)
            let erased = try clinic.keys(old.all)
            let kept = try clinic.keys(young.all)
            let backup = Backup(installation)
            _ = try await backup.make(logs: "\(folder)/logs-1", vault: "\(folder)/vault-1")
            try FileManager.default.copyItem(
                atPath: "\(folder)/data.erasures", toPath: "\(folder)/old.erasures")
            clock.advance(seconds: 60)
            try await clinic.begin(days: 30)
            try await clinic.run()
            made.content = OldBackup(
                folder: folder, log: clinic.log, erased: erased, kept: kept,
                texts: canaries.planted, erasures: installation.vault.erasures)
        }
        // In its second life the vault has seen more of the log than the first backup holds.
        try await AnonymisedClinic.during(data, clock) { installation, _ in
            let old = try #require(made.content)
            _ = try await old.registerClients(installation)
            let manifest = try await Backup(installation).make(
                logs: "\(folder)/logs-2", vault: "\(folder)/vault-2")
            #expect(manifest.erasures == old.erasures)
        }
        try await test(try #require(made.content))
    }

    /// Puts some clients on file.
    /// - Returns: their records' keys.
    func registerClients(_ installation: Installation) async throws -> [KeyID] {
        var keys: [KeyID] = []
        for number in 0..<5 {
            let answer = try await AnonymisedClinic.run(
                installation.dispatch, "client.register",
                [
                    "organisation": .string("\(ID<Organisation>(bits: log.bits))"),
                    "details": ["surname": .string("Nobody \(number)")],
                ], at: nil)
            let event = try #require(
                try installation.store.read(log, from: answer.position, limit: 1).first)
            keys += try Coding.sealedKeys(Coding.new(event))
        }
        return keys
    }

    /// The installation key, where a folder of that name looks for it.
    func useKey(for name: String) throws {
        let key = path("\(name).key")
        guard !FileManager.default.fileExists(atPath: key) else { return }
        try FileManager.default.copyItem(atPath: path("data.key"), toPath: key)
    }

    func restore(
        list: String, atLeast: Int, logs: String = "logs-1", vault: String = "vault-1"
    ) async throws -> Int {
        try useKey(for: "restored")
        return try await Restore(
            logs: path(logs), vault: path(vault), erasures: list, erasuresAtLeast: atLeast
        ).run(into: path("restored"))
    }
}
