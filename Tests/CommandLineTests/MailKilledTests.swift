import API
import Foundation
import Testing

/// A server that sends by a real mail server, and is killed.
@Suite("Mail of a killed server", .timeLimit(.minutes(5))) struct MailKilledTests {
    @Test(
        """
        ACC-1 killed between the mail server's yes and the event, the next start sends that mail \
        once more under the same name, and what waited behind it once
        """)
    func killed() async throws {
        let folder = try Folder()
        guard let postman = try await Postman(in: folder) else { return }
        var server = try await Server.start(in: folder, with: postman.arguments)
        var desk = try Reception(server, folder)
        let clinic = desk.clinics[0]
        for address in ["hold@example.org", "later@example.org"] {
            try desk.send(
                "clinic.send-link", key: "link-to-\(address)",
                ["clinic": .string(clinic), "to": .string(address)])
            // Taken, and never answered: what is queued behind it waits.
            if address.hasPrefix("hold") {
                let first = try await postman.next()
                #expect(first["to"] == ["hold@example.org"])
                let waiting = try desk.ask("GET", "/v1/mails", bearing: desk.token)
                #expect(waiting.json["rows"]?.elements?.first?["status"] == "waiting")
            }
        }
        await server.die()

        server = try await Server.start(in: folder, with: postman.arguments)
        desk = try Reception(server, folder, founded: desk)
        var taken = [try await postman.next(), try await postman.next()]
        taken.sort { ($0["to"]?.description ?? "") < ($1["to"]?.description ?? "") }
        #expect(taken.map { $0["to"] } == [["hold@example.org"], ["later@example.org"]])
        let first = try JSON(
            parsing: #require(FileManager.default.contents(atPath: folder.path("mails/1.json"))))
        let (before, after) = (first["headers"]?["Message-ID"], taken[0]["headers"]?["Message-ID"])
        #expect(before == after && before?.text?.isEmpty == false)
        #expect(first["text"] == taken[0]["text"])
        // Until both events are written; then there are no more attempts than these.
        var rows: [JSON] = []
        repeat {
            rows =
                try desk.ask("GET", "/v1/mails", bearing: desk.token).json["rows"]?.elements ?? []
        } while rows.contains { $0["status"] == "waiting" }
        #expect(rows.map { $0["status"] } == ["sent", "sent"])
        #expect(rows.map { $0["attempts"] } == [1, 1])
        #expect(await server.stop() == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.path("mails/4.json")))
        await postman.end()
    }

    @Test("ACC-6 over a connection of its own, a live stream ends when its session is signed out")
    func signedOut() async throws {
        let folder = try Folder()
        guard let postman = try await Postman(in: folder) else { return }
        let server = try await Server.start(in: folder, with: postman.arguments)
        let desk = try Reception(server, folder)
        let place = JSON.string(desk.organisation)
        let asked = try desk.ask(
            "POST", "/v1/password/forgotten",
            ["organisation": place, "email": .string(Reception.email)])
        #expect(asked.status == 200)
        let text = try #require(try await postman.next()["text"]?.text)
        let link = try #require(text.firstMatch(of: /care\.example\.org\/password#(\S+)/))
        let password: JSON = "a wholly new sentence"
        let set = try desk.ask(
            "POST", "/v1/password/set", ["link": .string(String(link.1)), "password": password])
        #expect(set.status == 200, "\(set.json.description)")
        let begun = try desk.ask(
            "POST", "/v1/sign-in",
            ["organisation": place, "email": .string(Reception.email), "password": password])
        let session = try #require(begun.json["token"]?.text, "\(begun.json.description)")
        let path = "/v1/clinics/\(desk.clinics[0])/waiting-area/live"
        let stream = try LiveConnection(server.port, path, token: session)
        _ = try stream.through { $0.event == "ready" }
        let out = try desk.ask("POST", "/v1/sign-out", [:], bearing: session)
        #expect(out.status == 200)
        let told = try stream.through { $0.event == "ended" }
        #expect(told.map { $0.json["code"]?.text } == ["tokenRefused"])
        // It is over, not only quiet.
        #expect(throws: Connection.Lost.self) { try stream.through { _ in true } }
        #expect(await server.stop() == 0)
        await postman.end()
    }
}
