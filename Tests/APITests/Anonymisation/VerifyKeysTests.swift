import API
import Domain
import EventStore
import Foundation
import Testing

/// Each way in which a key can be left, or lost, is told.
@Suite("Anonymise: verify finds keys") struct VerifyKeysTests {
    @Test("ANON-5 where nothing was tampered with, nothing is told")
    func untouched() async throws {
        let report = try await Tampering.report { _ in }
        #expect(report.isFine, "\(report.lines)")
        #expect(report.checks.map { $0.looked > 0 } == [true, false, true, true])
    }

    @Test("ANON-5 (a) a row left in the space between the rows of a page is found")
    func freeBlock() async throws {
        let report = try await Tampering.report { folder in
            // As a vault without secure deletion would have left it.
            let (key, wrapped) = folder.erased[0]
            try SQLiteSample.execute(
                folder.vault,
                """
                PRAGMA secure_delete = OFF;
                INSERT INTO key VALUES (\(blob(bytes(key.bits))), \(blob(wrapped)));
                DELETE FROM key WHERE id = \(blob(bytes(key.bits)));
                """)
        }
        #expect(report.failed == ["a"])
        #expect(report.wrong("a").contains { $0.contains("the row of key") }, "\(report.lines)")
    }

    @Test("ANON-5 (a) a row left in a free page is found")
    func freePage() async throws {
        let report = try await Tampering.report { folder in
            try SQLiteSample.execute(
                folder.vault,
                """
                PRAGMA secure_delete = OFF;
                CREATE TABLE other (value BLOB);
                INSERT INTO other VALUES (\(blob(folder.row)));
                DROP TABLE other;
                """)
        }
        #expect(report.failed == ["a"])
        #expect(report.wrong("a").contains { $0.contains("keys.sqlite at") }, "\(report.lines)")
    }

    @Test("ANON-5 (a) a row in the write-ahead file is found while the vault is open")
    func writeAhead() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let old = try await clinic.appointment(of: client, daysAgo: 40)
            let key = try #require(try clinic.keys(old.all).min())
            let wrapped = try await clinic.installation.vault.wrappedKeys([key])
            try await clinic.begin(days: 30)
            try await clinic.run()
            let verifier = AnonymisationVerifier(clinic.installation)
            #expect(try await verifier.run().isFine)
            let path = "\(clinic.installation.folder)/\(SQLiteVault.fileName)-wal"
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            let end = try file.seekToEnd()
            let frame = [UInt8](repeating: 0, count: 100) + bytes(key.bits) + wrapped[0]
            try file.write(contentsOf: frame)
            let report = try await verifier.run()
            try file.truncate(atOffset: end)
            try file.close()
            #expect(report.failed == ["a"])
            #expect(report.wrong("a").contains { $0.contains("keys.sqlite-wal at") })
        }
    }

    @Test("ANON-5 (a) a row in any other file is found", arguments: ["log/copy", "a.sqlite"])
    func elsewhere(name: String) async throws {
        let report = try await Tampering.report { folder in
            try folder.write(Array("before".utf8) + folder.row, to: name)
        }
        #expect(report.failed == ["a"])
        #expect(report.wrong("a").contains { $0.hasSuffix("in \(name) at 6") }, "\(report.lines)")
    }

    @Test(
        "ANON-5 (a) an id behind which the key is zeroed is no key; one with most of it is",
        arguments: [(2, true), (16, true), (17, false), (48, false)])
    func remnant(left: Int, isFine: Bool) async throws {
        let report = try await Tampering.report { folder in
            // No byte of it is zero by chance.
            let key = [UInt8](repeating: 7, count: left) + [UInt8](repeating: 0, count: 48 - left)
            try folder.write(
                [7, 7, 7] + bytes(folder.erased[0].key.bits) + key, to: "keys.sqlite.part")
        }
        #expect(report.isFine == isFine, "\(report.lines)")
        #expect(isFine || report.wrong("a").contains { $0.hasSuffix("keys.sqlite.part at 3") })
    }

    @Test("ANON-5 (a) an erased record in the keyed index is found")
    func indexed() async throws {
        let report = try await Tampering.report { folder in
            try SQLiteSample.execute(
                folder.index,
                "INSERT INTO entry VALUES (randomblob(16), \(blob(bytes(folder.erasedRecords[0]))))"
            )
        }
        #expect(report.failed == ["a"])
        #expect(report.wrong("a").contains { $0.contains("an erased record") }, "\(report.lines)")
    }

    @Test("ANON-5 (a) what is due and was not ordered is told, and only once staff were told")
    func due() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            _ = try await clinic.appointment(of: client, daysAgo: 40)
            let verifier = AnonymisationVerifier(clinic.installation)
            try await clinic.operate("anonymisation.set-days", [JSON.Member("days", 30)])
            #expect(try await verifier.run().isFine)
            try await clinic.begin(days: 30)
            let report = try await verifier.run()
            #expect(report.failed == ["a"])
            #expect(report.wrong("a").contains { $0.contains("3 records are due and open") })
            try await clinic.run()
            #expect(try await verifier.run().isFine)
        }
    }

    @Test("ANON-5 (a) a hold keeps what is due from being told; an urgent request does not wait")
    func heldAndAsked() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            _ = try await clinic.appointment(of: client, daysAgo: 40)
            try await clinic.begin(days: 30)
            let hold = try await clinic.operate(
                "anonymisation.hold",
                [
                    clinic.member("ground", "litigation"),
                    clinic.member("client", client),
                ])
            let verifier = AnonymisationVerifier(clinic.installation)
            #expect(try await verifier.run().isFine)
            try await clinic.operate("anonymisation.lift", [clinic.member("hold", hold)])
            try await clinic.run()
            #expect(try await verifier.run().isFine)
            try await clinic.operate(
                "anonymisation.erase-client",
                [clinic.member("client", client), JSON.Member("urgent", true)])
            let report = try await verifier.run()
            #expect(report.failed == ["a"])
            #expect(report.wrong("a").contains { $0.contains("client \(client)") })
            try await clinic.run()
            let done = try await verifier.run()
            #expect(done.isFine, "\(done.lines)")
            let mixed = done.remains.filter { $0.dataSet.hasPrefix("clients") }
            #expect(mixed.contains { $0.risk == .linkability && $0.count == 0 && $0.of == 1 })
        }
    }

    @Test("ANON-5 (c) a record whose key is back opens, and is told")
    func opens() async throws {
        let report = try await Tampering.report { folder in
            let (key, wrapped) = folder.erased[0]
            try SQLiteSample.execute(
                folder.vault,
                "INSERT INTO key VALUES (\(blob(bytes(key.bits))), \(blob(wrapped)))")
        }
        #expect(report.failed == ["a", "c"])
        #expect(report.wrong("c").contains { $0.hasSuffix("it opens") }, "\(report.lines)")
        #expect(report.wrong("a").contains { $0.hasSuffix("is in the vault") })
    }

    @Test("ANON-5 (d) a key that was not to go, taken out of the vault by hand, is told as lost")
    func lost() async throws {
        let report = try await Tampering.report { folder in
            try SQLiteSample.execute(
                folder.vault,
                "DELETE FROM key WHERE id = \(blob(bytes(folder.kept[0].bits)))")
        }
        #expect(report.failed == ["d"])
        #expect(report.wrong("d").contains { $0.hasSuffix("its key is lost") }, "\(report.lines)")
    }

    @Test("ANON-5 (d) a key destroyed without an order is told, unless the folder was restored")
    func unordered() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let record = try #require(ID<AnyRecord>(client))
            let lost = try #require(try clinic.keys([record]).first)
            try await clinic.installation.vault.destroy([lost])
            let verifier = AnonymisationVerifier(clinic.installation)
            let report = try await verifier.run()
            #expect(report.failed == ["d"])
            #expect(report.wrong("d").contains { $0.hasSuffix("nobody ordered it") })
            try Data(#"{"restored":"anteroom 1","erasures":1}"#.utf8).write(
                to: URL(fileURLWithPath: clinic.installation.folder + "/restored.json"))
            let restored = try await verifier.run()
            #expect(restored.isFine, "\(restored.lines)")
            #expect(restored.notes.contains { $0.contains("restored from a backup") })
        }
    }
}
