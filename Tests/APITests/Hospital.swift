import API
import Testing

/// An organisation with an administrator, two clinics, and somebody in each role.
struct Hospital: Sendable {
    let fixture: Fixture
    let organisation: String
    let administrator: String
    let administratorToken: String
    let clinic: String
    let otherClinic: String

    init(_ fixture: Fixture, subdomain: String = "example") async throws {
        self.fixture = fixture
        let made = try await fixture.operate(
            "organisation.create",
            [
                "name": "Example", "zone": "Europe/Copenhagen", "subdomain": .string(subdomain),
                "administrator": ["name": "Ada Administrator"],
            ])
        organisation = made.organisation.description
        administrator = made.result("administrator")
        var clinics: [String] = []
        for name in ["Cardiology", "Dermatology"] {
            let clinic = try await fixture.operate(
                "clinic.create",
                [
                    "organisation": .string(organisation), "name": .string(name),
                    "administrator": .string(administrator),
                ])
            clinics.append(clinic.result("clinic"))
        }
        clinic = clinics[0]
        otherClinic = clinics[1]
        administratorToken = try await Hospital.token(fixture, organisation, administrator)
    }

    private static func token(
        _ fixture: Fixture, _ organisation: String, _ staff: String
    ) async throws -> String {
        try await fixture.operate(
            "staff.issue-token",
            ["organisation": .string(organisation), "staff": .string(staff)]
        ).result("token")
    }

    /// Somebody with these roles, and their token.
    func staff(
        _ roles: [(role: String, clinic: String?)], name: String = "Somebody"
    ) async throws -> (id: String, token: String) {
        let grants = roles.map { role -> JSON in
            ["role": .string(role.role), "clinic": role.clinic.map(JSON.string)]
        }
        let id = try await fixture.operate(
            "staff.add",
            [
                "organisation": .string(organisation), "profile": ["name": .string(name)],
                "roles": .array(grants), "reason": "test",
            ]
        ).result("staff")
        return (id, try await Hospital.token(fixture, organisation, id))
    }

    func teamMember() async throws -> (id: String, token: String) {
        try await staff([("teamMember", clinic)])
    }

    /// A caller who waits: their visit and token.
    func caller(
        firstName: String = "Grace", in clinic: String? = nil
    ) async throws -> (visit: String, token: String) {
        let opened = try await fixture.must(
            "visit.open",
            [
                "organisation": .string(organisation), "clinic": .string(clinic ?? self.clinic),
            ])
        let visit = try #require(opened.result("visit"))
        let arrived = try await fixture.must(
            "visit.arrive",
            [
                "organisation": .string(organisation), "visit": .string(visit),
                "entry": ["firstName": .string(firstName), "lastName": "Hopper"],
            ])
        return (visit, try #require(arrived.result("token")))
    }
}
