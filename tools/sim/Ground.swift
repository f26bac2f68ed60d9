import API
import Foundation

/// The organisations, clinics and staff of a plan, as the operator laid them.
struct Ground: Sendable {
    let organisations: [String]
    let clinics: [String]
    let staff: [Member]
    /// What was acknowledged while laying it.
    let acknowledged: [Acknowledged]

    struct Member: Sendable {
        let id: String
        let token: String
    }
}

/// Lays the ground over the operator's socket.
struct GroundLayer {
    private let wire: Wire
    private let plan: Plan
    private var random: Seeded
    private var acknowledged: [Acknowledged] = []

    init(_ plan: Plan, socket: String) throws {
        wire = try Wire(.socket(socket))
        self.plan = plan
        random = Seeded(plan.seed, part: -2)
    }

    mutating func lay() throws -> Ground {
        var organisations: [String] = []
        var administrators: [String] = []
        for number in 0..<plan.size.organisations {
            let made = try ask(
                "organisation.create",
                [
                    "name": "Simulated Hospital \(number)", "zone": "Europe/Copenhagen",
                    "subdomain": "sim-\(plan.seed)-\(number)",
                    "administrator": ["name": "Administrator \(number)"],
                ])
            organisations.append(made["organisation"]?.text ?? "")
            administrators.append(made["result"]?["administrator"]?.text ?? "")
        }
        var clinics: [String] = []
        for number in 0..<plan.size.clinics {
            let home = plan.size.organisation(of: number)
            let made = try ask(
                "clinic.create",
                [
                    "organisation": .string(organisations[home]), "name": "Clinic \(number)",
                    "administrator": .string(administrators[home]),
                ])
            clinics.append(made["result"]?["clinic"]?.text ?? "")
        }
        let staff = try plan.staff.map { member in
            let home = organisations[plan.size.organisation(of: member.grants[0].clinic)]
            return try self.member(member, in: home, clinics)
        }
        return Ground(
            organisations: organisations, clinics: clinics, staff: staff,
            acknowledged: acknowledged)
    }

    private mutating func member(
        _ member: PlannedStaff, in organisation: String, _ clinics: [String]
    ) throws -> Ground.Member {
        let roles = member.grants.map { grant -> JSON in
            ["role": .string(grant.role), "clinic": .string(clinics[grant.clinic])]
        }
        let added = try ask(
            "staff.add",
            [
                "organisation": .string(organisation), "reason": "simulation",
                "profile": ["name": "Member \(member.number)"], "roles": .array(roles),
            ])
        let id = added["result"]?["staff"]?.text ?? ""
        let issued = try ask(
            "staff.issue-token",
            ["organisation": .string(organisation), "staff": .string(id)])
        guard let token = issued["result"]?["token"]?.text else {
            throw SimError("no token for \(id): a day of this seed was here before")
        }
        return Ground.Member(id: id, token: token)
    }

    private mutating func ask(_ command: String, _ body: JSON) throws -> JSON {
        let key = random.name()
        try wire.send(
            Request.bytes(
                "POST", "/v1/commands/\(command)",
                headers: [("Content-Type", "application/json"), ("Idempotency-Key", key)],
                body: body.bytes))
        let answer = try wire.answer()
        let json = try JSON(parsing: answer.body)
        guard answer.status == 200, answer.header("idempotency-replayed") == nil else {
            let text = String(decoding: answer.body, as: UTF8.self)
            throw SimError("\(command): \(answer.status) \(text)")
        }
        acknowledged.append(try Acknowledged(command, key: key, about: nil, json))
        return json
    }
}

/// An accepted command: what its answer said.
struct Acknowledged: Hashable, Sendable {
    let command: String
    let key: String
    /// The visit, room or group call it was about, or made.
    let about: String?
    let organisation: String
    /// Of its last event.
    let position: Int64

    init(_ command: String, key: String, about: String?, _ answer: JSON) throws {
        guard let position = answer["position"]?.whole,
            let organisation = answer["organisation"]?.text
        else { throw SimError("\(command): an answer without position: \(answer)") }
        self.command = command
        self.key = key
        self.about = about
        self.organisation = organisation
        self.position = position
    }
}

/// The bytes of one request.
enum Request {
    static func bytes(
        _ method: String, _ path: String, headers: [(String, String)], body: [UInt8] = []
    ) -> [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if method != "GET" { head += "Content-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }
}
