import API
import Domain
import EventStore
import Foundation
import Projections
import Synchronization
import Testing

@Suite("Mail, without a server") struct MailWithoutServerTests {
    @Test("ORG-12 where no server is set, mails are written to a folder, and that is said")
    func folder() async throws {
        try await inHospital { hospital in
            let mailing = try MailingHospital(hospital, nil)
            try await mailing.sendLink(to: "ada@example.org", ["language": "nl-BE"])
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "captured noServer"])
            let mail = try #require(try mailing.captured().first)
            #expect(mail.contains("To: <ada@example.org>\r\n"))
            #expect(mail.contains("Content-Language: nl\r\n"))
            #expect(mail.contains("Subject: Uw link naar Cardiology\r\n"))
            let attributes = try FileManager.default.attributesOfItem(atPath: mailing.folder)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
            try await mailing.tick()
            #expect(try mailing.captured().count == 1)
        }
    }

    @Test("ACC-1 a server that is never there: tried ever more seldom, then given up, as events")
    func unreachable() async throws {
        try await inHospital { hospital in
            // A port that nothing listens at: ours for a moment, then free.
            let settings = MailSettings(
                host: "127.0.0.1", port: try freePort(), security: .starttls,
                from: try #require(EmailAddress("noreply@clinics.example")))
            let mailing = try MailingHospital(hospital, settings)
            try await mailing.sendLink(to: "ada@example.org")
            var minutes = 0
            while try await mailing.told().last != "given up noConnection", minutes < 3_000 {
                try await mailing.tick()
                mailing.fixture.clock.advance(seconds: 600)
                minutes += 10
            }
            let told = try await mailing.told()
            #expect(told.last == "given up noConnection" && told.count > 8 && told.count < 25)
            #expect((60 * 20...60 * 25).contains(minutes), "\(minutes)")
        }
    }

    @Test(
        "ACC-1 a mail that was sent while the log took nothing is told of later, and not sent again"
    )
    func logRefuses() async throws {
        let store = InterposedStore()
        try await inHospital(store: store) { hospital in
            let carrier = Remembering()
            let mailing = try MailingHospital(hospital, nil, carrier: carrier)
            try await mailing.sendLink(to: "ada@example.org")
            for tick in 1...3 {
                store.beforeNext(Category.mail) { throw StoreClosed() }
                try await mailing.tick()
                #expect(store.hasHappened && carrier.messages.count == 1, "tick \(tick)")
                #expect(try await mailing.told() == ["queued"])
            }
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "sent 1"])
            try await mailing.tick()
            #expect(carrier.messages.count == 1)
        }
    }

    @Test("ACC-1 a server's yes whose event was lost is asked again for the same message")
    func lostEvent() async throws {
        try await inHospital { hospital in
            let carrier = Remembering()
            let mailing = try MailingHospital(hospital, nil, carrier: carrier)
            try await mailing.sendLink(to: "ada@example.org")
            try await mailing.fixture.caughtUp(hospital.organisation)
            // Two senders look at once, as where one was killed after the yes.
            async let one: Void = mailing.sender.tick()
            async let other: Void = mailing.sender.tick()
            _ = await (one, other)
            #expect(Set(carrier.messages).count == 1)
            #expect(try await mailing.told() == ["queued", "sent 1"])
        }
    }

    @Test("ANON-2 a mail is erased before it is sent: it never goes out, and is given up")
    func erased() async throws {
        let vault = MemoryVault()
        try await Fixture.run(vault: vault) { fixture in
            let hospital = try await Hospital(fixture)
            let carrier = Remembering()
            let mailing = try MailingHospital(hospital, nil, carrier: carrier)
            try await mailing.sendLink(to: "ada@example.org")
            let events = try await fixture.events(hospital.organisation, from: 0)
            let queued = try #require(events.first { $0.stream.category == Category.mail })
            let keys = try Coding.sealedKeys(Coding.new(queued))
            #expect(keys.count == 1)
            try await vault.destroy(keys)
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "given up erased"])
            #expect(carrier.messages == [])
        }
    }

    @Test("ANON-1 neither log nor views hold in the clear to whom a mail goes, or what it says")
    func sealed() async throws {
        try await inHospital { hospital in
            let mailing = try MailingHospital(hospital, nil)
            try await mailing.sendLink(to: "plantedaddress@example.org", ["name": "Plantedname"])
            try await mailing.tick()
            for event in try await mailing.fixture.events(hospital.organisation, from: 0) {
                let bytes = String(decoding: event.payload, as: UTF8.self)
                #expect(!bytes.contains("planted") && !bytes.contains("Planted"))
            }
            #expect(!mailing.fixture.logs.lines.contains { $0.lowercased().contains("planted") })
        }
    }

    @Test("WA-10 what is no address is refused, and nothing is queued")
    func refused() async throws {
        try await inHospital { hospital in
            let member = try await hospital.teamMember()
            let body: JSON = ["clinic": .string(hospital.clinic), "to": "+4512345678"]
            func refused(_ body: JSON, _ code: String, field: String) async throws {
                let new = try await hospital.fixture.appended {
                    try await hospital.fixture.post("clinic.send-link", body, by: member)
                        .refused(422, code, field: field)
                }
                #expect(new.isEmpty)
            }
            for address in ["+4512345678", "ada", "ada@", "a@b", "a b@example.org", "ada@ex_.org"] {
                try await refused(
                    body.setting("to", .string(address)), "invalidFields", field: "to")
            }
        }
    }
}

/// Takes everything, and keeps it.
private final class Remembering: MailCarrier {
    private let kept = Mutex<[MailMessage]>([])
    var messages: [MailMessage] { kept.withLock { $0 } }

    func carry(_ message: MailMessage) async -> Delivery {
        kept.withLock { $0.append(message) }
        return .accepted
    }
}
