import API
import Domain
import EventStore
import Foundation
import Projections
import Testing

@Suite("Alerts by webhook") struct AlertWebhookTests {
    /// A staff member who is told of the clinic's arrivals by a program at `path`, and what they
    /// were told it is signed with.
    private func listener(
        _ hospital: Hospital, _ server: MailServer, _ path: String
    ) async throws -> (person: Person, secret: String) {
        let person = try await hospital.teamMember()
        try await hospital.fixture.must(
            "staff.set-alerts",
            ["clinics": [.string(hospital.clinic)], "byMail": false, "sound": false], by: person)
        let set = try await hospital.fixture.must(
            "staff.set-alert-webhook", ["url": .string("http://127.0.0.1:\(server.port)\(path)")],
            by: person)
        let secret = try #require(set.result("secret"))
        try secret.write(toFile: server.folder + "/secret", atomically: true, encoding: .utf8)
        return (person, secret)
    }

    /// Somebody comes, and those who want to know are told.
    private func arrive(_ mailing: MailingHospital) async throws {
        let (hospital, fixture) = (mailing.hospital, mailing.fixture)
        _ = try await hospital.caller(firstName: "Secretperson")
        let policy = AlertPolicy(dispatch: fixture.dispatch, views: fixture.side.views) {
            Issue.record("\($0)")
        }
        try await fixture.caughtUp(hospital.organisation)
        await policy.tick()
        try await mailing.tick()
    }

    private func withReceiver(
        reach: WebReach = .anywhere,
        _ test: @escaping @Sendable (MailingHospital, MailServer) async throws -> Void
    ) async throws {
        try await MailServer.run(as: "webhook_receiver.py") { server in
            try await inHospital { hospital in
                let mailing = try MailingHospital(hospital, nil, reach: reach)
                try await test(mailing, server)
            }
        }
    }

    @Test("WA-11 an arrival is told to a program of theirs: signed, once, and nothing about whom")
    func told() async throws {
        try await withReceiver { mailing, server in
            let (person, secret) = try await listener(mailing.hospital, server, "/taken")
            #expect(secret.hasPrefix("whsec_"))
            try await arrive(mailing)
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "sent 1"])
            let taken = try server.taken()
            #expect(taken.count == 1)
            let call = try #require(taken.first)
            #expect(call["problem"] == .null, "\(call)")
            #expect(call["path"] == "/taken")
            #expect(call["body"]?["type"] == "visit.arrived")
            let data = call["body"]?["data"]
            #expect(data?["organisation"]?.text == mailing.hospital.organisation)
            #expect(data?["clinic"]?.text == mailing.hospital.clinic)
            let text = try #require(call["text"]?.text)
            #expect(!text.contains("Secretperson") && !text.contains("Hopper"))
            let shown = try await mailing.fixture.get("/v1/alerts", by: person)
            #expect(shown.json["webhook"] == true)
            // Where it leads and its secret stand in no event, answer or log line in the clear.
            #expect(!shown.text.contains("127.0.0.1") && !shown.text.contains("whsec_"))
            for event in try await mailing.fixture.events(mailing.hospital.organisation, from: 0) {
                let bytes = String(decoding: event.payload, as: UTF8.self)
                #expect(!bytes.contains("whsec_") && !bytes.contains("/taken"))
            }
            #expect(!mailing.fixture.logs.lines.contains { $0.contains("whsec_") })
        }
    }

    @Test("WA-11 what is busy is asked again, with the same id and a signature that holds")
    func again() async throws {
        try await withReceiver { mailing, server in
            _ = try await listener(mailing.hospital, server, "/busy")
            try await arrive(mailing)
            mailing.fixture.clock.advance(seconds: 120)
            try await mailing.tick()
            #expect(
                try await mailing.told() == ["queued", "failed refusedForNow", "sent 2"])
            let calls = try server.taken()
            #expect(calls.map { $0["problem"] } == [.null, .null])
            #expect(Set(calls.map { $0["headers"]?["webhook-id"]?.text }).count == 1)
        }
    }

    @Test("WA-11 what answers that it is gone is asked no more, until it is set again")
    func gone() async throws {
        try await withReceiver { mailing, server in
            let (person, _) = try await listener(mailing.hospital, server, "/gone")
            try await arrive(mailing)
            #expect(try await mailing.told() == ["queued", "given up gone"])
            let shown = try await mailing.fixture.get("/v1/alerts", by: person)
            #expect(shown.json["webhook"] == false)
            try await arrive(mailing)
            #expect(try await mailing.told() == ["queued", "given up gone"])
            #expect(try server.taken().count == 1)
        }
    }

    @Test("WA-11 a redirection is not followed, and what was taken back is asked no more")
    func moved() async throws {
        try await withReceiver { mailing, server in
            let (person, _) = try await listener(mailing.hospital, server, "/moved")
            try await arrive(mailing)
            #expect(try await mailing.told() == ["queued", "failed refusedForNow"])
            #expect(try server.taken().map { $0["path"] } == ["/moved"])
            try await mailing.fixture.must("staff.set-alert-webhook", [:], by: person)
            try await arrive(mailing)
            #expect(try await mailing.told().filter { $0 == "queued" }.count == 1)
        }
    }

    @Test("WA-11 but for trying, no machine of our own network is asked, whatever its name")
    func ownNetwork() async throws {
        try await withReceiver(reach: .publicOnly) { mailing, server in
            _ = try await listener(mailing.hospital, server, "/taken")
            try await arrive(mailing)
            #expect(try await mailing.told() == ["queued", "failed noConnection"])
            #expect(try server.taken().isEmpty)
        }
    }

    @Test(
        "WA-11 addresses of private networks, of machines themselves and of documents are closed",
        arguments: [
            "127.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
            "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.2.1", "198.18.0.1", "203.0.113.9",
            "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd12::1",
            "ff02::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::a00:1", "2002:7f00:1::",
            "2001::1", "2001:db8::1", "not an address", "",
        ])
    func closed(address: String) { #expect(!WebReach.isPublic(address)) }

    @Test(
        "WA-11 other addresses are the whole internet's",
        arguments: [
            "8.8.8.8", "172.15.255.255", "172.32.0.1", "192.167.1.1", "100.128.0.1", "1.1.1.1",
            "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8",
        ])
    func open(address: String) { #expect(WebReach.isPublic(address)) }

    @Test("WA-11 an address of this very machine is refused by its field but for trying")
    func loopback() async throws {
        for (reach, status) in [(WebReach.publicOnly, 422), (.anywhere, 200)] {
            try await Fixture.run(reach: reach) { fixture in
                let member = try await Hospital(fixture).teamMember()
                let told = try await fixture.post(
                    "staff.set-alert-webhook", ["url": "http://127.0.0.1:9/a"], by: member)
                #expect(told.status == status, "\(told.text)")
                #expect(told.fields == (status == 200 ? [] : ["url"]))
                #expect((told.result("secret") != nil) == (status == 200))
            }
        }
    }

    @Test("WA-11 where no alerts can go is refused by its field")
    func refused() async throws {
        try await inHospital { hospital in
            let member = try await hospital.teamMember()
            for url in [
                "http://hooks.example.org/a", "ftp://hooks.example.org", "hooks.example.org",
                "https://hooks.example.org/a?token=1", "https://ada:pw@hooks.example.org/", "",
            ] {
                let told = try await hospital.fixture.post(
                    "staff.set-alert-webhook", ["url": .string(url)], by: member)
                told.refused(422, "invalidFields", field: "url")
            }
        }
    }
}
