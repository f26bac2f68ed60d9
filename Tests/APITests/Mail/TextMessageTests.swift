import API
import Domain
import EventStore
import Foundation
import Projections
import Testing

@Suite("Text messages") struct TextMessageTests {
    /// In a hospital whose first clinic sends text messages, by a gateway of its own.
    private func withGateway(
        password: String = "open sesame",
        _ test: @escaping @Sendable (MailingHospital, MailServer) async throws -> Void
    ) async throws {
        try await MailServer.run(as: "sms_gateway.py") { server in
            try await inHospital { hospital in
                try await switchOn(hospital)
                let gateway = try server.gateway(password: password)
                try await test(MailingHospital(hospital, nil, gateway: gateway), server)
            }
        }
    }

    private func switchOn(_ hospital: Hospital) async throws {
        try await hospital.fixture.must(
            "clinic.set-add-ons", ["clinic": .string(hospital.clinic), "addOns": ["sms"]],
            by: hospital.administrator)
    }

    @Test("WA-10 a clinic's link goes out as a text message, once, and events say so")
    func sent() async throws {
        try await withGateway { mailing, server in
            let hospital = mailing.hospital
            try await mailing.fixture.must(
                "clinic.rename",
                [
                    "organisation": .string(hospital.organisation),
                    "clinic": .string(hospital.clinic), "name": "Kardiologia Łódź",
                ], by: .operator)
            try await mailing.sendLink(
                to: "+45 12 34-56.78", ["by": "sms", "language": "pl", "name": "Ada"])
            try await mailing.tick()
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "sent 1"])
            let message = try #require(try server.taken().first)
            #expect(try server.taken().count == 1)
            #expect(message["to"] == "+4512345678" && message["from"] == "Clinics")
            #expect(message["coding"] == "2" && message["type"] == "text/plain; charset=UTF-8")
            #expect(message["address"] == "/cgi-bin/sendsms", "nothing stands in the address")
            let text = try #require(message["text"]?.text).split(separator: "\n")
            #expect(text.count == 2 && text[0].contains("Kardiologia Łódź"))
            #expect(text[1] == "https://care.example.org/c/\(hospital.clinic)")

            let listed = try await mailing.fixture.get(
                "/v1/mails", by: hospital.administrator)
            #expect(listed.json["rows"]?.elements?.first?["by"] == "sms", "\(listed.text)")
            for event in try await mailing.fixture.events(hospital.organisation, from: 0) {
                #expect(!String(decoding: event.payload, as: UTF8.self).contains("12345678"))
            }
        }
    }

    @Test("WA-10 a gateway that is busy is asked again; a number it cannot reach is given up")
    func again() async throws {
        try await withGateway { mailing, server in
            try await mailing.sendLink(to: "+4512340002", ["by": "sms"])
            for _ in 0..<3 {
                try await mailing.tick()
                mailing.fixture.clock.advance(seconds: 600)
            }
            #expect(
                try await mailing.told()
                    == ["queued", "failed refusedForNow", "failed refusedForNow", "sent 3"])
            #expect(try server.taken().count == 1)
            // Kannel says of a number without a network what it says of an account: 403.
            for number in ["+4512340404", "+4512340403"] {
                try await mailing.sendLink(to: number, ["by": "sms"])
                try await mailing.tick()
                #expect(try await mailing.told().suffix(2) == ["queued", "given up refused"])
            }
        }
    }

    @Test("WA-10 what was asked for while the gateway was down goes out once it is up, and once")
    func down() async throws {
        try await withGateway { mailing, server in
            let hospital = mailing.hospital
            let port = try freePort()
            let gone = SMSSettings(
                url: try #require(WebAddress("http://127.0.0.1:\(port)/cgi-bin/sendsms")),
                user: "anteroom", password: "open sesame")
            let before = try MailingHospital(hospital, nil, gateway: gone)
            try await before.sendLink(to: "+4512345678", ["by": "sms"])
            try await before.tick()
            #expect(try await mailing.told() == ["queued", "failed noConnection"])
            // Not before its time.
            try await mailing.tick()
            #expect(try server.taken().isEmpty)
            for _ in 0..<2 {
                mailing.fixture.clock.advance(seconds: 120)
                try await mailing.tick()
            }
            #expect(try await mailing.told() == ["queued", "failed noConnection", "sent 2"])
            #expect(try server.taken().count == 1)
            #expect(!before.said.content.contains { $0.contains("12345678") })
        }
    }

    @Test("WA-10 a gateway that does not take our account keeps nothing, and is asked again")
    func account() async throws {
        try await withGateway(password: "wrong") { mailing, server in
            try await mailing.sendLink(to: "+4512345678", ["by": "sms"])
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "failed signInRefused"])
            #expect(server.notes() == ["account bad"])
            #expect(try server.taken().isEmpty)
            #expect(!mailing.said.content.contains { $0.contains("wrong") })
        }
    }

    @Test(
        "ORG-12 of a test organisation, and without a gateway, text messages go into the folder",
        arguments: [true, false])
    func captured(isTest: Bool) async throws {
        try await MailServer.run(as: "sms_gateway.py") { server in
            try await Fixture.run { fixture in
                let hospital = try await Hospital(fixture, isTest: isTest)
                try await switchOn(hospital)
                let mailing = try MailingHospital(
                    hospital, nil, gateway: isTest ? try server.gateway() : nil)
                try await mailing.sendLink(to: "+4512345678", ["by": "sms"])
                try await mailing.tick()
                let cause = isTest ? "testOrganisation" : "noServer"
                #expect(try await mailing.told() == ["queued", "captured \(cause)"])
                #expect(try server.taken().isEmpty)
                let names = try FileManager.default.contentsOfDirectory(atPath: mailing.folder)
                let name = try #require(names.first { $0.hasSuffix(".txt") })
                let text = try String(contentsOfFile: mailing.folder + "/" + name, encoding: .utf8)
                #expect(text.hasPrefix("To: +4512345678\n\n"))
                #expect(text.contains("https://care.example.org/c/\(hospital.clinic)"))
            }
        }
    }

    @Test("WA-10 ORG-7 ROLE-5 where add-on or package hold no text messages, they are refused")
    func switchedOff() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let body: JSON = [
                "clinic": .string(hospital.clinic), "by": "sms", "to": "+4512345678",
            ]
            func refused(_ body: JSON, _ code: String, field: String) async throws {
                let new = try await fixture.appended {
                    let told = try await fixture.post("clinic.send-link", body, by: member)
                    #expect(told.code == code, "\(told.text)")
                    #expect(told.text.contains("\"\(field)\""), "\(told.text)")
                }
                #expect(!new.contains { $0.stream.category == Category.mail })
            }
            try await refused(body, "smsOff", field: "by")
            try await switchOn(hospital)
            for number in ["12345678", "+045123456", "+45 12", "ada@example.org", "+45x1234567"] {
                try await refused(body.setting("to", .string(number)), "invalidFields", field: "to")
            }
            try await fixture.must("clinic.send-link", body, by: member)
            try await fixture.must(
                "organisation.set-package",
                ["organisation": .string(hospital.organisation), "functions": ["rating"]],
                by: .operator)
            try await refused(body, "smsOff", field: "by")
        }
    }

    @Test("WA-11 who asked for it gets a text message of an arrival, which says nothing about whom")
    func alert() async throws {
        try await withGateway { mailing, server in
            let (hospital, fixture) = (mailing.hospital, mailing.fixture)
            let member = try await hospital.teamMember()
            func choose(_ clinic: String) async throws -> Told {
                try await fixture.post(
                    "staff.set-alerts",
                    [
                        "clinics": [.string(clinic)], "byMail": false, "sound": false,
                        "bySMS": true,
                    ], by: member)
            }
            #expect(try await choose(hospital.otherClinic).code == "smsOff")
            #expect(try await choose(hospital.clinic).code == "noPhone")
            try await fixture.must(
                "staff.change-profile",
                ["profile": ["name": "One", "phone": "+45 87 65 43 21"]], by: member)
            #expect(try await choose(hospital.clinic).status == 200)
            try await fixture.caughtUp(hospital.organisation)
            let shown = try await fixture.get("/v1/alerts", by: member)
            #expect(shown.json["bySMS"] == true && shown.json["byMail"] == false)

            _ = try await hospital.caller(firstName: "Secretperson")
            let policy = AlertPolicy(dispatch: fixture.dispatch, views: fixture.side.views) {
                Issue.record("\($0)")
            }
            for _ in 0..<2 {
                try await fixture.caughtUp(hospital.organisation)
                await policy.tick()
            }
            try await mailing.tick()
            let messages = try server.taken()
            #expect(messages.count == 1)
            #expect(messages.first?["to"] == "+4587654321")
            #expect(
                messages.first?["text"]
                    == "Somebody is waiting: Cardiology\nhttps://care.example.org/")
        }
    }

    @Test(
        "OPS-1 a file of settings for the gateway is refused in words, none of them the password",
        arguments: [
            ("[]", "not a JSON object"), ("{", "not JSON"), (#"{"host":"a"}"#, "«host»"),
            (#"{"user":"a","password":"SECRET"}"#, "«url»"),
            (#"{"url":"http://sms.example.org/","user":"a","password":"SECRET"}"#, "«url»"),
            (#"{"url":"https://sms.example.org/?password=SECRET","user":"a"}"#, "«url»"),
            (#"{"url":"https://sms.example.org/send","password":"SECRET"}"#, "go together"),
            (#"{"url":"https://sms.example.org/send"}"#, "must be there"),
        ])
    func settings(json: String, words: String) async throws {
        try await withFolder { folder in
            let path = folder + "/sms.json"
            try json.write(toFile: path, atomically: true, encoding: .utf8)
            let flaw = #expect(throws: SettingsFlaw.self) { try SMSSettings(file: path) }
            let said = try #require(flaw).words
            #expect(said.hasPrefix(path) && said.contains(words), "\(said)")
            #expect(!said.contains("SECRET"))
        }
    }
}
