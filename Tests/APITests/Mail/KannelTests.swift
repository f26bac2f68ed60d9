import API
import Domain
import Testing

/// Kannel itself, set up as docs/operations.md says, with a network that takes `+45` alone:
/// Tests/Interop/kannel.py.
@Suite("Text messages, by Kannel") struct KannelTests {
    private func withKannel(
        password: String = "open sesame",
        _ test: @escaping @Sendable (MailingHospital, MailServer) async throws -> Void
    ) async throws {
        try await MailServer.run(as: "kannel.py") { server in
            try await inHospital { hospital in
                try await hospital.fixture.must(
                    "clinic.set-add-ons",
                    ["clinic": .string(hospital.clinic), "addOns": ["sms"]],
                    by: hospital.administrator)
                let gateway = try server.gateway(password: password)
                try await test(MailingHospital(hospital, nil, gateway: gateway), server)
            }
        }
    }

    /// What arrives at a telephone after the clinic was called `name`, in parts on the air.
    private func arrived(
        _ name: String, _ language: String, _ mailing: MailingHospital, _ server: MailServer
    ) async throws -> (text: String, parts: Int64) {
        let hospital = mailing.hospital
        try await mailing.fixture.must(
            "clinic.rename",
            [
                "organisation": .string(hospital.organisation),
                "clinic": .string(hospital.clinic), "name": .string(name),
            ], by: .operator)
        try await mailing.sendLink(
            to: "+45 12345678", ["by": "sms", "language": .string(language)])
        try await mailing.tick()
        #expect(try await mailing.told().last == "sent 1")
        let message = try #require(try server.taken().last)
        #expect(message["to"] == "+4512345678" && message["from"] == "Clinics")
        return (try #require(message["text"]?.text), try #require(message["parts"]?.whole))
    }

    @Test("WA-10 a text message arrives whole, of any language, and its link is never cut")
    func whole() async throws {
        try await withKannel { mailing, server in
            let link = "\nhttps://care.example.org/c/\(mailing.hospital.clinic)"
            let short = try await arrived("Ортопедія", "uk", mailing, server)
            #expect(short.text == "Ваше посилання: Ортопедія" + link)
            #expect(short.parts == 2)
            // Characters of three units each, and of two, each more than a message holds.
            for (letter, language) in [("ที่", "th"), ("🫀", "en")] {
                let name = String(repeating: letter, count: 50)
                let long = try await arrived(name, language, mailing, server)
                #expect(long.text.hasSuffix(letter + link), "\(long.text)")
                #expect(long.parts == 2)
                let units = Letters.textMax - long.text.utf16.count
                #expect((0..<letter.utf16.count).contains(units), "as many as there is room for")
            }
            #expect(try server.taken().count == 3)
        }
    }

    @Test("WA-10 a number no network takes is given up; an account it does not know is not")
    func refused() async throws {
        try await withKannel { mailing, server in
            try await mailing.sendLink(to: "+46 12345678", ["by": "sms"])
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "given up refused"])
            #expect(try server.taken().isEmpty)
        }
        try await withKannel(password: "wrong") { mailing, server in
            try await mailing.sendLink(to: "+45 12345678", ["by": "sms"])
            try await mailing.tick()
            #expect(try await mailing.told() == ["queued", "failed signInRefused"])
            #expect(try server.taken().isEmpty)
        }
    }
}
