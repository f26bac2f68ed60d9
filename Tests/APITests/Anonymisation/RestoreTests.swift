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
            for name in ["restored", "restored.erasures", "restored.restoring"] {
                #expect(!FileManager.default.fileExists(atPath: old.path(name)))
            }
            // A vault that is older than the log would lack keys.
            await #expect(throws: BackupError.vaultOlder) {
                _ = try await old.restore(
                    list: old.newestList, atLeast: 0, logs: "logs-2", vault: "vault-1")
            }
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
        let made = Made()
        try await AnonymisedClinic.during("\(folder)/data", ManualClock()) { installation, clock in
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
            let manifest = try await backup.make(
                logs: "\(folder)/logs-2", vault: "\(folder)/vault-2")
            made.backup = OldBackup(
                folder: folder, log: clinic.log, erased: erased, kept: kept,
                texts: canaries.planted, erasures: manifest.erasures)
        }
        try await test(try #require(made.backup))
    }

    /// `@unchecked Sendable`: written by one task before another reads it.
    private final class Made: @unchecked Sendable {
        var backup: OldBackup?
    }

    func restore(
        list: String, atLeast: Int, logs: String = "logs-1", vault: String = "vault-1"
    ) async throws -> Int {
        try await Restore(
            logs: path(logs), vault: path(vault), erasures: list, erasuresAtLeast: atLeast,
            keyFile: path("data.key")
        ).run(into: path("restored"))
    }
}
