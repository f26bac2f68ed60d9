import API
import Foundation
import Testing

/// A server with as many live streams as a hospital has screens and callers.
@Suite("Live streams of one process", .timeLimit(.minutes(10)))
struct LiveStreamTests {
    private static let screens = 400
    private static let callers = 4_600
    /// Callers whose visit ends while everybody listens.
    private static let leaving = 100

    @Test("OPS-6 5,000 streams are open at once, and each is told what is its own and no more")
    func many() async throws {
        guard OpenFiles.raise() >= 2 * (LiveStreamTests.screens + LiveStreamTests.callers) else {
            print("notice: this machine lets no process open so many files; nothing was checked")
            return
        }
        let folder = try Folder()
        let server = try await Server.start(in: folder)
        // One clinic whose screens are watched, another in which the callers wait.
        let desk = try Desk(server, folder)
        let people = try (0..<LiveStreamTests.callers).map { try desk.caller($0, in: 1) }
        let before = try Memory.resident(of: server.program.processID)
        let callers = try people.map { person in
            let path = "/v1/visits/\(person.visit)/live"
            let stream = try LiveConnection(server.port, path, token: person.token)
            _ = try stream.through { $0.event == "ready" }
            return stream
        }
        let screens = try (0..<LiveStreamTests.screens).map { _ in
            let path = "/v1/clinics/\(desk.clinics[0])/waiting-area/live"
            let stream = try LiveConnection(server.port, path, token: desk.token)
            _ = try stream.through { $0.event == "ready" }
            return stream
        }
        let after = try Memory.resident(of: server.program.processID)
        let each = (after - before) / (LiveStreamTests.screens + LiveStreamTests.callers)
        print("live: \(each / 1024) KiB of memory for each open stream, \(after >> 20) MiB in all")

        // Acknowledged, it stands on every screen, with nothing asked meanwhile.
        let newcomer = try desk.caller(LiveStreamTests.callers, in: 0)
        for screen in screens {
            let told = try screen.through { $0.event == "caller" }
            #expect(told.map { $0.json["visit"]?.text } == [newcomer.visit])
        }
        // Of all the callers, one is told.
        let one = LiveStreamTests.callers / 2
        try desk.message("Come in.", to: people[one].visit)
        let message = try callers[one].through { $0.event == "message" }
        #expect(message.map { $0.json["text"] } == ["Come in."])
        for number in 0..<LiveStreamTests.leaving {
            try desk.end(people[number].visit)
            // Those behind who left moved up, and are told their place.
            let told = try callers[number].through { $0.json["state"] == "ended" }
                .filter { $0.event != "place" }
            #expect(told.map { $0.json["visit"]?.text } == [people[number].visit])
        }
        #expect(await server.stop() == 0)
    }
}

/// An organisation of two clinics and its staff, over HTTP.
private struct Desk {
    let organisation: String
    let clinics: [String]
    let token: String
    private let connection: Connection

    init(_ server: Server, _ folder: Folder) throws {
        let socket = try Connection(socket: folder.path("data/anteroom.sock"))
        let made = try Desk.send(
            "organisation.create", key: "organisation", over: socket,
            [
                "name": "Hospital", "zone": "UTC", "subdomain": "hospital",
                "administrator": ["name": "Ada"],
            ])
        let organisation = try #require(made["organisation"]?.text)
        self.organisation = organisation
        let administrator = made["result"]?["administrator"]
        clinics = try ["A", "B"].map { name in
            let clinic = try Desk.send(
                "clinic.create", key: "clinic-\(name)", over: socket,
                [
                    "organisation": .string(organisation), "name": .string(name),
                    "administrator": administrator,
                ])
            return try #require(clinic["result"]?["clinic"]?.text)
        }
        let issued = try Desk.send(
            "staff.issue-token", key: "token", over: socket,
            ["organisation": .string(organisation), "staff": administrator])
        token = try #require(issued["result"]?["token"]?.text)
        connection = try Connection(port: server.port)
    }

    /// Somebody who waits.
    func caller(_ number: Int, in clinic: Int) throws -> (visit: String, token: String) {
        let opened = try send(
            "visit.open", key: "open-\(number)", ["clinic": .string(clinics[clinic])])
        let visit = try #require(opened["result"]?["visit"]?.text)
        let arrived = try send(
            "visit.arrive", key: "arrive-\(number)",
            [
                "visit": .string(visit),
                "entry": [
                    "firstName": "Caller", "lastName": "\(number)", "phone": "+4500000000",
                    "birthDate": "1980-02-29",
                ],
            ])
        return (visit, try #require(arrived["result"]?["token"]?.text))
    }

    func message(_ text: String, to visit: String) throws {
        _ = try send(
            "visit.message", key: "message-\(visit)",
            ["visit": .string(visit), "text": .string(text)])
    }

    func end(_ visit: String) throws {
        _ = try send("visit.end", key: "end-\(visit)", ["visit": .string(visit)])
    }

    private func send(_ command: String, key: String, _ body: JSON) throws -> JSON {
        try Desk.send(
            command, key: key, over: connection, body, [("Authorization", "Bearer \(token)")])
    }

    private static func send(
        _ command: String, key: String, over connection: Connection, _ body: JSON,
        _ more: [(String, String)] = []
    ) throws -> JSON {
        let answer = try connection.request(
            "POST", "/v1/commands/\(command)",
            headers: [("Content-Type", "application/json"), ("Idempotency-Key", key)] + more,
            body: body.bytes)
        let json = try JSON(parsing: answer.body)
        try #require(answer.status == 200, "\(command): \(json.description)")
        return json
    }
}
