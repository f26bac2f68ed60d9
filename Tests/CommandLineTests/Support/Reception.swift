import API
import Foundation
import Testing

/// An organisation of clinics and its staff, over HTTP.
struct Reception {
    let organisation: String
    let clinics: [String]
    let token: String
    /// Of the administrator.
    static let email = "ada@example.org"
    private let connection: Connection

    init(_ server: Server, _ folder: Folder, clinics count: Int = 2) throws {
        let socket = try Connection(socket: folder.path("data/anteroom.sock"))
        let made = try Reception.send(
            "organisation.create", key: "organisation", over: socket,
            [
                "name": "Hospital", "zone": "UTC", "subdomain": "hospital",
                "administrator": ["name": "Ada", "email": .string(Reception.email)],
            ])
        let organisation = try #require(made["organisation"]?.text)
        self.organisation = organisation
        let administrator = made["result"]?["administrator"]
        clinics = try (0..<count).map { name in
            let clinic = try Reception.send(
                "clinic.create", key: "clinic-\(name)", over: socket,
                [
                    "organisation": .string(organisation), "name": "Clinic \(name)",
                    "administrator": administrator,
                ])
            return try #require(clinic["result"]?["clinic"]?.text)
        }
        let issued = try Reception.send(
            "staff.issue-token", key: "token", over: socket,
            ["organisation": .string(organisation), "staff": administrator])
        token = try #require(issued["result"]?["token"]?.text)
        connection = try Connection(port: server.port)
    }

    /// The same organisation, of a server that was started anew.
    init(_ server: Server, _ folder: Folder, founded desk: Reception) throws {
        organisation = desk.organisation
        clinics = desk.clinics
        token = desk.token
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

    /// As the administrator.
    @discardableResult
    func send(_ command: String, key: String, _ body: JSON) throws -> JSON {
        try Reception.send(
            command, key: key, over: connection, body, [("Authorization", "Bearer \(token)")])
    }

    /// Another request of theirs, or of nobody's.
    func ask(
        _ method: String, _ path: String, _ body: JSON? = nil, bearing token: String? = nil
    ) throws -> (status: Int, json: JSON) {
        var headers = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let answer = try connection.request(
            method, path, headers: headers, body: body?.bytes ?? [])
        return (answer.status, try JSON(parsing: answer.body))
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
