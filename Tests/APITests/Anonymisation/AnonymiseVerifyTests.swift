import API
import Domain
import EventStore
import Foundation
import Projections
import TestSupport
import Testing

@Suite("Anonymise: verify") struct AnonymiseVerifyTests {
    @Test("ANON-5 after a run all is proved, by planted canaries too, and what remains is measured")
    func proof() async throws {
        try await AnonymisedClinic.run { clinic in
            var canaries = SeededCanaries()
            let client = try await clinic.client(canaries.next())
            for daysAgo: Int64 in [40, 4] {
                _ = try await clinic.appointment(
                    of: client, daysAgo: daysAgo, note: canaries.next())
            }
            _ = try await clinic.ask("/v1/appointments", [:])
            try await clinic.begin(days: 30)
            try await clinic.run()
            let report = try await AnonymisationVerifier(clinic.installation)
                .run(texts: canaries.planted)
            #expect(report.isFine, "\(report.lines)")
            #expect(report.checks.map(\.letter) == ["a", "b", "c", "d"])
            #expect(report.checks.allSatisfy { $0.looked > 0 })
            #expect(!report.remains.isEmpty)
            let signed = report.signed(by: clinic.installation.vault)
            let bytes = try #require(signed["report"]).canonical.bytes
            let (key, signature) = clinic.installation.vault.attest(bytes)
            #expect(signed["key"]?.text == hexText(key))
            #expect(SQLiteVault.isAttested(bytes, key: key, signature: signature))
            #expect(!SQLiteVault.isAttested(bytes + [0x20], key: key, signature: signature))
        }
    }

    @Test("ANON-5 a text that was left in any file is found, in whatever form")
    func planted() async throws {
        try await AnonymisedClinic.run { clinic in
            var canaries = SeededCanaries()
            let client = try await clinic.client(canaries.next())
            _ = try await clinic.appointment(of: client, daysAgo: 40, note: canaries.next())
            // Public text stands in the log and in views unsealed: what a search must find.
            let public_ = canaries.next()
            try await clinic.operate(
                "clinic.rename",
                [clinic.member("clinic", clinic.clinic), clinic.member("name", public_)])
            try await clinic.begin(days: 30)
            try await clinic.run()
            let verifier = AnonymisationVerifier(clinic.installation)
            let found = try await verifier.run(texts: canaries.planted)
            let wrong = found.checks[1].wrong
            #expect(!wrong.isEmpty)
            #expect(wrong.allSatisfy { $0.hasPrefix("text 3,") })
            #expect(wrong.contains { $0.contains("unpacked") })
            #expect(wrong.contains { $0.contains("read/") })
            for form in Needles.forms(canaries.planted[1]) {
                let path = clinic.installation.folder + "/left"
                try Data(Array("xx".utf8) + form.bytes + [0]).write(
                    to: URL(fileURLWithPath: path))
                let found = try await verifier.run(texts: [canaries.planted[1]])
                #expect(!found.isFine, "\(form.name)")
                #expect(found.checks[1].wrong.contains { $0.contains("in left at 2") })
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }

    @Test("ANON-5 an order that was not carried out is told until it is")
    func notCarriedOut() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let old = try await clinic.appointment(of: client, daysAgo: 40)
            try await clinic.begin(days: 30)
            let version = try clinic.installation.store.version(
                of: StreamName(Category.anonymisation, clinic.log.bits), in: clinic.log)
            _ = try await clinic.installation.eraser.order(
                in: clinic.log,
                [.init(keys: clinic.keys(old.all).map { ID(bits: $0.bits) }, records: old.all)],
                .init(
                    counts: [.appointment, .visit, .answers].map {
                        RecordCount(kind: $0, count: 1)
                    }, isDue: true, clients: [], decidedOn: version),
                Context(actor: Actor("policy"), role: "policy", basis: "test", origin: "policy"))
            let verifier = AnonymisationVerifier(clinic.installation)
            #expect(try await verifier.run().failed == ["a", "c"])
            try await clinic.installation.eraser.finish(clinic.log)
            let report = try await verifier.run()
            #expect(report.isFine, "\(report.lines)")
        }
    }
}

/// Texts long and random enough that a hit means something.
struct SeededCanaries {
    private(set) var planted: [String] = []

    mutating func next() -> String {
        let text = SeededCanaries.text(UInt64(planted.count) + 41)
        planted.append(text)
        return text
    }

    static func text(_ seed: UInt64) -> String {
        var random = Seeded(seed)
        return "canary"
            + (0..<26).map { _ in
                String(UnicodeScalar(UInt8(ascii: "a") + UInt8(random.next() % 26)))
            }.joined()
    }
}
