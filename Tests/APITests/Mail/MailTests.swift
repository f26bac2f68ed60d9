import API
import Domain
import EventStore
import Foundation
import Projections
import Testing

@Suite("Mail, over a real server") struct MailTests {
    /// In a hospital whose mail goes to a server of its own.
    private func withServer(
        _ options: [String] = [],
        _ settings: @escaping @Sendable (MailServer) throws -> MailSettings = { try $0.settings() },
        _ test: @escaping @Sendable (MailingHospital, MailServer) async throws -> Void
    ) async throws {
        try await MailServer.run(options) { server in
            try await inHospital { hospital in
                try await test(MailingHospital(hospital, try settings(server)), server)
            }
        }
    }

    @Test("WA-10 ACC-1 a mail goes out over STARTTLS with our account, once, and events say so")
    func sent() async throws {
        try await withServer { mailing, server in
            let hospital = mailing.hospital
            let name = "Kardiologia Łódź, å = 1. «พยาบาล» – a name longer than one encoded word"
            try await mailing.fixture.must(
                "clinic.rename",
                [
                    "organisation": .string(hospital.organisation),
                    "clinic": .string(hospital.clinic), "name": .string(name),
                ], by: .operator)
            try await mailing.sendLink(
                to: "Ada.Lovelace+x@example.org", ["name": "Ada\r\nBcc: eve@example.org"])
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "sent 1"])
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "sent 1"], "a second look does nothing")

            let mail = try #require(try server.taken().first)
            #expect(try server.taken().count == 1)
            #expect(mail["from"] == "noreply@clinics.example")
            #expect(mail["to"] == ["Ada.Lovelace+x@example.org"])
            #expect(mail["tls"] == true && mail["account"] == true)
            #expect(mail["greeting"] == "care.example.org")
            #expect(mail["defects"] == [] && mail["isASCII"] == true)
            #expect((mail["longest"]?.whole ?? 1_000) <= 76)
            #expect(mail["fromName"] == "Example")
            let headers = try #require(mail["headers"])
            #expect(headers["Subject"]?.text == "Your link to \(name)")
            #expect(headers["Bcc"] == nil && headers["To"] == "Ada.Lovelace+x@example.org")
            #expect(headers["Date"]?.text == "Wed, 18 Nov 2026 11:06:40 +0000")
            #expect(headers["Auto-Submitted"] == "auto-generated")
            #expect(headers["Message-ID"]?.text?.hasSuffix("@clinics.example>") == true)
            let text = try #require(mail["text"]?.text).replacing("\r\n", with: "\n")
            #expect(text.hasPrefix("Hello Ada Bcc: eve@example.org,\n\nExample sends you"))
            #expect(text.contains("https://care.example.org/c/\(hospital.clinic)\n"))
            #expect(text.contains(name) && !text.contains("{"))
        }
    }

    @Test("ACC-1 refused for now, it is tried again later, the same bytes, until it is taken")
    func refusedForNow() async throws {
        try await withServer { mailing, server in
            try await mailing.sendLink(to: "busy2@example.org")
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "failed refusedForNow"])
            try await mailing.tick()
            #expect(try await mailing.told().count == 2, "not before its time")
            mailing.fixture.clock.advance(seconds: 60)
            try await mailing.tick()
            #expect(try await mailing.told().count == 3)
            mailing.fixture.clock.advance(seconds: 60)
            try await mailing.tick()
            #expect(try await mailing.told().count == 3, "the second pause is longer")
            mailing.fixture.clock.advance(seconds: 60)
            try await mailing.tick()
            #expect(try await mailing.told().suffix(2) == ["failed refusedForNow", "sent 3"])
            #expect(try server.taken().count == 1)
            let shown = try await mailing.fixture.get(
                "/v1/mails", by: mailing.hospital.administrator)
            let row = try #require(shown.json["rows"]?.elements?.first)
            #expect(row["status"] == "sent" && row["attempts"] == 3 && row["reply"] == 451)
            #expect(!shown.text.contains("example.org"))
        }
    }

    @Test("ACC-1 refused for good, it is given up at once")
    func refused() async throws {
        try await withServer { mailing, server in
            try await mailing.sendLink(to: "gone@example.org")
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "given up refused"])
            mailing.fixture.clock.advance(seconds: 86_400)
            try await mailing.tick()
            #expect(try await mailing.told().count == 2)
            #expect(try server.taken() == [])
        }
    }

    @Test("ACC-1 where the connection breaks off in the data, it goes again under the same name")
    func dropped() async throws {
        try await withServer { mailing, server in
            try await mailing.sendLink(to: "drop@example.org")
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "failed noConnection"])
            mailing.fixture.clock.advance(seconds: 60)
            try await mailing.tick()
            #expect(try await mailing.told().last == "sent 2")
            let id = try server.taken().first?["headers"]?["Message-ID"]?.text
            let events = try await mailing.fixture.events(mailing.hospital.organisation, from: 0)
            let stream = try #require(
                events.first { $0.stream.category == Category.mail }?.stream)
            #expect(id == "<\(hex(stream.id))@clinics.example>")
        }
    }

    @Test("ACC-1 a wrong account is nobody's message refused: all wait, and the operator is told")
    func account() async throws {
        try await withServer([], { try $0.settings(password: "wrong") }) { mailing, server in
            try await mailing.sendLink(to: "ada@example.org")
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "failed signInRefused"])
            #expect(
                server.notes() == ["account bad"]
                    || server.notes().allSatisfy {
                        $0 == "account bad"
                    })
            #expect(mailing.said.content.contains { $0.contains("refuses our account") })
            #expect(!mailing.said.content.contains { $0.contains("ada") || $0.contains("wrong") })
            #expect(try server.taken() == [])
        }
    }

    @Test("ACC-1 nothing is sent, nor any password shown, where there is no TLS we trust")
    func trust() async throws {
        try await withServer(["--no-tls"], { try $0.settings(trusting: false) }) {
            mailing, server in
            try await mailing.sendLink(to: "ada@example.org")
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "failed noTrust"])
            #expect(try server.taken() == [] && server.notes() == [])
        }
        try await withServer([], { try $0.settings(trusting: false) }) { mailing, server in
            try await mailing.sendLink(to: "ada@example.org")
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "failed noTrust"])
            #expect(try server.taken() == [] && server.notes() == [])
        }
    }

    @Test("ACC-1 many at once: each goes once")
    func many() async throws {
        try await withServer { mailing, server in
            let member = try await mailing.hospital.teamMember()
            for number in 0..<20 {
                try await mailing.sendLink(to: "person\(number)@example.org", by: member)
            }
            try await mailing.tick()
            let told = try server.taken().map { $0["to"]?.elements?.first?.text ?? "" }
            #expect(told.sorted() == (0..<20).map { "person\($0)@example.org" }.sorted())
            #expect(try await mailing.told().filter { $0 == "sent 1" }.count == 20)
        }
    }

    @Test("ORG-12 a test organisation's mail is kept, whatever server there is")
    func testOrganisation() async throws {
        try await MailServer.run { server in
            try await Fixture.run { fixture in
                let hospital = try await Hospital(fixture, isTest: true)
                let mailing = try MailingHospital(hospital, try server.settings())
                try await mailing.sendLink(to: "ada@example.org")
                try await mailing.tick()
                #expect(try await mailing.told() == ["queued", "captured testOrganisation"])
                #expect(try server.taken() == [] && server.notes() == [])
                #expect(try mailing.captured().count == 1)
            }
        }
    }
}

extension MailingHospital {
    /// Files of mails in the folder.
    func captured() throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map {
            try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
        }
    }
}
