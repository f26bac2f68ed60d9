import API
import Domain
import EventStore
import Foundation
import TestSupport
import Testing

/// The report as others get it, and what a sample finds.
@Suite("Anonymise: verify reports") struct VerifyReportTests {
    @Test("ANON-5 a program that is not ours checks the signed report, and refuses a changed one")
    func signature() async throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Interop/check_report.py").path
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            _ = try await clinic.appointment(of: client, daysAgo: 40)
            try await clinic.begin(days: 30)
            try await clinic.run()
            let vault = clinic.installation.vault
            let canary = SeededCanaries.text(5)
            // A name that a program which writes JSON in its own way would write in another.
            let left = clinic.installation.folder + "/left ü€𝄞 \"\\ of it"
            try Data(canary.utf8).write(to: URL(fileURLWithPath: left))
            let report = try await AnonymisationVerifier(clinic.installation).run(
                texts: [canary])
            let signed = report.signed(by: vault)
            let key = try #require(signed["key"]?.text)
            let file = NSTemporaryDirectory() + "anteroom-report-\(UUID().uuidString).json"
            defer { removeQuietly(file) }
            func check(_ text: String, _ key: String) async throws -> Int32 {
                try Data(text.utf8).write(to: URL(fileURLWithPath: file))
                return try await RunningProgram.run(["python3", script, file, key]).status
            }
            let text = signed.description
            #expect(try await check(text, key) == 0)
            // Members in another order, and white space, say the same.
            let other = try JSONSerialization.data(
                withJSONObject: JSONSerialization.jsonObject(with: Data(text.utf8)),
                options: [.prettyPrinted])
            #expect(try await check(String(decoding: other, as: UTF8.self), key) == 0)
            for (from, to) in [
                ("\"answer\":\"yes\"", "\"answer\":\"no\""),
                ("\"isFine\":false", "\"isFine\":true"),
                ("Ed25519", "RSA"),
            ] {
                try #require(text.contains(from))
                #expect(try await check(text.replacingOccurrences(of: from, with: to), key) == 1)
            }
            #expect(try await check(text, String(repeating: "0", count: 64)) == 1)
            // Our own check agrees.
            let signature = vault.attest(report.json.canonical.bytes)
            #expect(
                SQLiteVault.isAttested(
                    report.json.canonical.bytes, key: signature.key, signature: signature.signature)
            )
            #expect(
                !SQLiteVault.isAttested(
                    report.json.canonical.bytes + [0x20], key: signature.key,
                    signature: signature.signature))
        }
    }

    @Test("ANON-5 (b) nothing known, nothing answered: texts too short or too plain are refused")
    func canaries() async throws {
        try await AnonymisedClinic.run { clinic in
            let verifier = AnonymisationVerifier(clinic.installation)
            let none = try await verifier.run()
            #expect(none.isFine)
            #expect(
                none.lines.contains { $0.hasPrefix("(b)") && $0.contains("nothing to look at") })
            for text in ["short", "fifteen letters", "aaaaaaaaaaaaaaaaaaaaaaaa"] {
                let report = try await verifier.run(texts: [text])
                #expect(report.failed == ["b"], "\(text)")
                #expect(report.wrong("b").contains { $0.hasPrefix("text 1 is too short") })
            }
        }
    }

    @Test("ANON-5 (b) a sample taken before a run finds what the run left, in any form")
    func sample() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let note = "Called about the letter, wants to be called back"
            let old = try await clinic.appointment(of: client, daysAgo: 40, note: note)
            // What an organisation publishes itself stands in its streams.
            _ = try await clinic.appointment(of: client, daysAgo: 41, note: "Cardiology")
            try await clinic.begin(days: 30)
            let key = try #require(try clinic.keys(old.all).min())
            let wrapped = try await clinic.installation.vault.wrappedKeys([key])
            var sample = PlainSample()
            try await sample.take(from: clinic.log, of: clinic.installation)
            try await clinic.run()
            let verifier = AnonymisationVerifier(clinic.installation)
            let report = try await verifier.run(sample: sample)
            #expect(report.isFine, "\(report.lines)")
            // The note, and six records; the other's is published.
            #expect(report.checks[1].looked == 7)
            let words = try #require(report.notes.first { $0.hasPrefix("the sample") })
            #expect(words.contains("1 texts and 6 whole records of 6 records"))
            #expect(words.hasSuffix("1 are published by an organisation itself"))
            let path = clinic.installation.folder + "/left"
            let entry = try EntryFields(firstName: note).plainBytes()
            for (bytes, letter) in [
                (Array(note.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }), "b"),
                (Array(Data([7, 7] + entry).base64EncodedData()), "b"), (wrapped[0], "a"),
            ] {
                try Data(Array("xx".utf8) + bytes).write(to: URL(fileURLWithPath: path))
                let report = try await verifier.run(sample: sample)
                #expect(report.failed == [letter], "\(report.lines)")
                #expect(report.wrong(letter).contains { $0.contains("stands in left at ") })
                #expect(!report.lines.joined().contains("letter, wants"))
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }
}
