import API
import Domain
import EventStore
import Testing

/// An organisation with an administrator and two clinics.
struct Hospital: Sendable {
    let fixture: Fixture
    let organisation: String
    let administrator: Person
    let clinic: String
    let otherClinic: String

    init(
        _ fixture: Fixture, subdomain: String = "example", isTest: Bool = false
    ) async throws {
        self.fixture = fixture
        let made = try await fixture.must(
            "organisation.create",
            [
                "name": "Example", "zone": "Europe/Copenhagen", "subdomain": .string(subdomain),
                "administrator": ["name": "Ada Administrator"], "isTest": .bool(isTest),
            ], by: .operator)
        organisation = try #require(made.json["organisation"]?.text)
        let administrator = try #require(made.result("administrator"))
        var clinics: [String] = []
        for name in ["Cardiology", "Dermatology"] {
            let clinic = try await fixture.must(
                "clinic.create",
                [
                    "organisation": .string(organisation), "name": .string(name),
                    "administrator": .string(administrator),
                ], by: .operator)
            clinics.append(try #require(clinic.result("clinic")))
        }
        clinic = clinics[0]
        otherClinic = clinics[1]
        self.administrator = try await Hospital.signIn(
            fixture, organisation, administrator, "administrator")
    }

    /// A staff member with a fresh token.
    static func signIn(
        _ fixture: Fixture, _ organisation: String, _ staff: String, _ description: String
    ) async throws -> Person {
        let issued = try await fixture.must(
            "staff.issue-token",
            ["organisation": .string(organisation), "staff": .string(staff)], by: .operator)
        return .bearing(try #require(issued.result("token")), description, id: staff)
    }

    /// Somebody with these roles: `teamMember@CLINIC`, `orgAdmin`.
    func staff(_ roles: [String], name: String = "Somebody") async throws -> Person {
        let grants = roles.map { role -> JSON in
            let words = role.split(separator: "@").map { JSON.string(String($0)) }
            return ["role": words[0], "clinic": words.count == 2 ? words[1] : nil]
        }
        let added = try await fixture.must(
            "staff.add",
            [
                "organisation": .string(organisation), "profile": ["name": .string(name)],
                "roles": .array(grants), "reason": "test",
            ], by: .operator)
        return try await Hospital.signIn(
            fixture, organisation, try #require(added.result("staff")),
            roles.map { $0.prefix { $0 != "@" } }.joined(separator: " and "))
    }

    func teamMember() async throws -> Person { try await staff(["teamMember@\(clinic)"]) }

    /// A room of the clinic.
    func room(
        _ kind: String = "meeting", named name: JSON? = "Council", owner: Person? = nil
    ) async throws -> String {
        let added = try await fixture.must(
            "room.add",
            [
                "clinic": .string(clinic), "kind": .string(kind), "name": name,
                "owner": owner.map { .string($0.id) },
            ], by: administrator)
        return try #require(added.result("room"))
    }

    /// The secret of a fresh guest link, and the link's id.
    func link(
        to room: String, by person: Person? = nil
    ) async throws -> (secret: String, link: String) {
        let made = try await fixture.must(
            "room.make-guest-link", ["room": .string(room)], by: person ?? administrator)
        return (try #require(made.result("secret")), try #require(made.result("link")))
    }

    /// What entering by a link is answered.
    func enter(
        _ room: String, by secret: String, as name: String = "Grace"
    ) async throws -> Told {
        try await fixture.post(
            "room.enter-by-link",
            [
                "organisation": .string(organisation), "room": .string(room),
                "secret": .string(secret), "name": .string(name),
            ], by: .nobody)
    }

    /// A guest in a room; in a fresh group room where none is named. `id` is the stay.
    func guest(in room: String? = nil, named name: String = "Grace") async throws -> Person {
        var place = room ?? ""
        if room == nil { place = try await self.room("group") }
        let entered = try await enter(place, by: link(to: place).secret, as: name)
        return .bearing(
            try #require(entered.result("token")), "guest",
            id: try #require(entered.result("guest")))
    }

    /// Another system that may do all a key can be made for. It was used: that is noted once in a
    /// while, here and not in what is tested.
    func key() async throws -> Person {
        let made = try await fixture.must(
            "api-key.make",
            [
                "name": "Patient record",
                "scopes": .array(KeyScope.allCases.map { .string($0.word) }),
            ], by: administrator)
        let key = Person.bearing(
            try #require(made.result("token")), "key", id: try #require(made.result("key")))
        let used = try await fixture.appended {
            _ = try await fixture.request(.get, "/v1/clinics", by: key)
        }
        try #require(used.contains { $0.described.hasSuffix("api-key.used") })
        return key
    }

    /// Somebody invited from outside into a running call; `id` is the visit.
    func external() async throws -> Person {
        let member = try await teamMember()
        let started = try await fixture.must(
            "visit.start", ["clinic": .string(clinic)], by: member)
        let visit = try #require(started.result("visit"))
        let invited = try await fixture.must(
            "visit.invite", ["visit": .string(visit), "name": "Greta Guide", "as": "external"],
            by: member)
        return .bearing(try #require(invited.result("token")), "external", id: visit)
    }

    /// Somebody who may read history for a day.
    func auditor(opensPersonal: Bool = false) async throws -> Person {
        let granted = try await fixture.must(
            "auditor.grant",
            [
                "name": "Vera Verifier", "purpose": "The yearly audit",
                "until": .string((fixture.clock.now() + .days(1)).description),
                "opensPersonal": .bool(opensPersonal),
            ], by: administrator)
        return .bearing(
            try #require(granted.result("token")), "auditor",
            id: try #require(granted.result("auditor")))
    }

    /// A visit that was opened: its id.
    func opened(in clinic: String? = nil) async throws -> String {
        let opened = try await fixture.must(
            "visit.open",
            [
                "organisation": .string(organisation), "clinic": .string(clinic ?? self.clinic),
            ], by: .nobody)
        return try #require(opened.result("visit"))
    }

    /// An appointment of a client on file, later on the day that tests begin on.
    func booked(by member: Person) async throws -> JSON {
        let client = try await fixture.must(
            "client.register",
            [
                "details": [
                    "initials": "G", "surname": "Hopper", "birthDate": "1906-12-09",
                    "email": "grace@example.org",
                ]
            ], by: member)
        let booked = try await fixture.must(
            "appointment.book",
            [
                "client": .string(try #require(client.result("client"))),
                "clinic": .string(clinic), "day": "2026-11-18", "time": "14:00", "minutes": 20,
            ], by: member)
        return .string(try #require(booked.result("appointment")))
    }

    /// A caller who waits; `id` is their visit.
    func caller(firstName: String = "Grace", in clinic: String? = nil) async throws -> Person {
        let visit = try await opened(in: clinic)
        let arrived = try await fixture.must(
            "visit.arrive",
            [
                "organisation": .string(organisation), "visit": .string(visit),
                "entry": ["firstName": .string(firstName), "lastName": "Hopper"],
            ], by: .nobody)
        return .bearing(try #require(arrived.result("token")), "caller", id: visit)
    }
}

/// Runs a test in a hospital of its own, in memory.
func inHospital(
    store: any EventStore = MemoryStore(), pace: LivePace = LivePace(),
    patience: Duration = .testing, _ test: @escaping @Sendable (Hospital) async throws -> Void
) async throws {
    try await Fixture.run(store: store, pace: pace, patience: patience) { fixture in
        try await test(Hospital(fixture))
    }
}
