import API
import Domain
import EventStore
import HTTPTypes
import Testing

/// A staff member who signs in with a password.
struct AccountHolder: Sendable {
    let hospital: Hospital
    let person: Person
    let email: String
    static let password = "correct horse battery staple"

    var fixture: Fixture { hospital.fixture }

    /// Somebody with these roles and a password, set by a link as it is sent.
    init(
        _ hospital: Hospital, _ roles: [String]? = nil, email: String = "grace@example.org",
        name: String = "Grace Hopper", password: String = AccountHolder.password
    ) async throws {
        self.hospital = hospital
        self.email = email
        let grants = (roles ?? ["teamMember@\(hospital.clinic)"]).map { role -> JSON in
            let words = role.split(separator: "@").map { JSON.string(String($0)) }
            return ["role": words[0], "clinic": words.count == 2 ? words[1] : nil]
        }
        let added = try await hospital.fixture.must(
            "staff.add",
            [
                "organisation": .string(hospital.organisation),
                "profile": ["name": .string(name), "email": .string(email)],
                "roles": .array(grants), "reason": "test",
            ], by: .operator)
        let staff = try #require(added.result("staff"))
        person = try await Hospital.signIn(
            hospital.fixture, hospital.organisation, staff, "account holder")
        let link = try await hospital.link(.reset, to: staff)
        let set = try await hospital.fixture.account(
            "password/set", ["link": .string(link), "password": .string(password)])
        set.accepted()
    }

    func body(password: String = AccountHolder.password, code: String? = nil) -> JSON {
        [
            "organisation": .string(hospital.organisation), "email": .string(email),
            "password": .string(password), "code": code.map(JSON.string),
        ]
    }

    func signIn(
        password: String = AccountHolder.password, code: String? = nil
    ) async throws -> Told {
        try await fixture.account("sign-in", body(password: password, code: code))
    }

    /// A session's bearer.
    func session(
        password: String = AccountHolder.password, code: String? = nil
    ) async throws -> Person {
        let told = try await signIn(password: password, code: code)
        told.accepted()
        return .bearing(try #require(told.json["token"]?.text), "session", id: person.id)
    }
}

extension Hospital {
    /// A link as it would be sent to somebody.
    func link(_ purpose: LinkPurpose, to staff: String) async throws -> String {
        let id = try #require(ID<Staff>(staff))
        let organisation = try #require(ID<Organisation>(organisation))
        let token = SecretToken<Link>(
            organisation: organisation, subject: ID(bits: id.bits),
            secret: fixture.keys.next())
        let entry = CommandEntry(.passwordForgotten, "A link.", body: { _ in }) {
            _, work throws(Refusal) in
            work.allowByBeing()
            try await work.decide(
                Account.self, StreamName(accountOf: id),
                .makeLink(at: work.at, purpose, secretHash: token.digest))
        }
        _ = try await fixture.dispatch.run(
            CommandRequest(
                name: entry.name, body: ["organisation": .string(self.organisation)],
                key: try IdempotencyKey(fixture.newKey()), actor: .nobody), as: entry)
        return token.text
    }
}

extension Fixture {
    /// A session of somebody, begun without asking for a password: its id.
    func beginSession(of staff: String, in organisation: String) async throws -> String {
        let id = try #require(ID<Staff>(staff))
        let organisation = try #require(ID<Organisation>(organisation))
        let session = ID<Session>(bits: keys.next())
        let hash = Digest(high: keys.next(), low: 0)
        let entry = CommandEntry(.sessionBegin, "A session.", body: { _ in }) {
            _, work throws(Refusal) in
            try await work.allow(in: nil)
            let key = try await work.load(Staff.self, id).state.key
            guard let key else { throw .notFound(field: "staff") }
            let account = StreamName(accountOf: id)
            try await work.decide(
                Account.self, account,
                .putPassword(at: work.at, PasswordHash("x"), key: key, .operator, keeping: nil))
            try await work.decide(
                Account.self, account,
                .beginSession(at: work.at, session, secretHash: hash, .app, .none))
        }
        _ = try await dispatch.run(
            CommandRequest(
                name: entry.name, body: [:], key: try IdempotencyKey(newKey()),
                actor: .staff(organisation: organisation, id)), as: entry)
        return session.description
    }

    /// Asks one of the requests about one's own account.
    func account(
        _ name: String, _ body: JSON, by person: Person = .nobody, _ more: [String: String] = [:]
    ) async throws -> Told {
        try await request(
            .post, "/v1/\(name)", by: person,
            more.merging(
                ["Content-Type": "application/json"], uniquingKeysWith: { mine, _ in mine }
            ), body: body.bytes)
    }
}
