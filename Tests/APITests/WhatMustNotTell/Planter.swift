import API
import TestSupport
import Testing

/// Drives a day over HTTP, with a canary in every place for something personal.
struct Planter {
    let fixture: Fixture
    let hospital: Hospital
    private let ids = SeededIDs(seed: 2026)
    private(set) var planted: [Canary] = []
    /// Keys commands were named by, and their bodies.
    private(set) var commands: [(key: String, body: [UInt8])] = []

    /// Text for everyone, which a search does find.
    let control: Canary
    private let birthDate = Canary("birth date", text: "1931-07-09")

    init(_ fixture: Fixture) async throws {
        self.fixture = fixture
        hospital = try await Hospital(fixture)
        control = Canary("clinic's name", ids.next())
        planted = [birthDate]
        _ = try await post(
            "clinic.rename",
            ["clinic": .string(hospital.clinic), "name": .string(control.text)],
            hospital.administrator.token)
    }

    private mutating func plant(_ place: String, _ ending: String = "") -> JSON {
        let canary = Canary(place, ids.next())
        planted.append(canary)
        return .string(canary.text + ending)
    }

    /// Posts under a key that is a canary too, and expects it to be accepted.
    private mutating func post(
        _ command: String, _ body: JSON, _ token: String? = nil
    ) async throws -> Told {
        let key = Canary("key of \(command)", ids.next())
        planted.append(key)
        commands.append((key.text, body.bytes))
        let person = token.map { Person.bearing($0) } ?? .nobody
        let told = try await fixture.post(command, body, by: person, key: key.text)
        try #require(told.status == 200, "\(command): \(told.json.description)")
        return told
    }

    // MARK: The day

    /// Two staff members, one of them at work.
    mutating func staff() async throws -> (id: String, token: String) {
        let roles: JSON = [["role": "teamMember", "clinic": .string(hospital.clinic)]]
        _ = try await post(
            "staff.invite",
            ["profile": profile(), "roles": roles, "reason": plant("reason to invite")],
            hospital.administrator.token)
        let organisation = JSON.string(hospital.organisation)
        let added = try await fixture.must(
            "staff.add",
            [
                "organisation": organisation, "profile": profile(), "roles": roles,
                "reason": plant("reason of a role"),
            ], by: .operator)
        let id = try #require(added.result("staff"))
        _ = try await post(
            "staff.mark-practitioner",
            ["staff": .string(id), "clinic": .string(hospital.clinic)],
            hospital.administrator.token)
        let issued = try await fixture.must(
            "staff.issue-token", ["organisation": organisation, "staff": .string(id)],
            by: .operator)
        let token = try #require(issued.result("token"))
        planted.append(Canary("staff token", text: token))
        return (id, token)
    }

    private mutating func profile() -> JSON {
        [
            "name": plant("staff name"), "email": plant("staff e-mail", "@example.org"),
            "phone": plant("staff phone"), "externalNumber": plant("staff number"),
        ]
    }

    /// A client put on file, changed, and searched for.
    mutating func client(_ token: String) async throws -> String {
        let number = plant("client number")
        let registered = try await post(
            "client.register", ["details": details(number, "surname")], token)
        let client = try #require(registered.result("client"))
        _ = try await post(
            "client.change",
            ["client": .string(client), "details": details(number, "new surname")], token)
        let found = try await fixture.request(
            .post, "/v1/clients/search", by: .bearing(token), ["Content-Type": "application/json"],
            body: JSON.object([.init("externalNumber", number)]).bytes)
        try #require(found.status == 200, "search: \(found.json.description)")
        return client
    }

    private mutating func details(_ number: JSON, _ surname: String) -> JSON {
        [
            "initials": plant("initials"), "surname": plant(surname),
            "birthDate": .string(birthDate.text),
            "email": plant("client e-mail", "@example.org"), "phone": plant("client phone"),
            "externalNumber": number,
        ]
    }

    mutating func appointment(
        of client: String, with staff: (id: String, token: String)
    ) async throws -> String {
        let booked = try await post(
            "appointment.book",
            [
                "clinic": .string(hospital.clinic), "client": .string(client),
                "practitioner": .string(staff.id), "day": "2026-12-01", "time": "10:00",
                "minutes": 20, "note": plant("note"),
                "externalNumber": plant("appointment number"),
            ], staff.token)
        return try #require(booked.result("appointment"))
    }

    /// The visit for an appointment, with words from both sides, taken in.
    mutating func visit(
        for appointment: String, with staff: (id: String, token: String)
    ) async throws -> String {
        let organisation = JSON.string(hospital.organisation)
        let opened = try await post(
            "visit.open", ["organisation": organisation, "clinic": .string(hospital.clinic)])
        let visit = try #require(opened.result("visit"))
        let arrived = try await post(
            "visit.arrive",
            [
                "organisation": organisation, "visit": .string(visit),
                "appointment": .string(appointment), "askedFor": .string(staff.id),
                "entry": [
                    "firstName": plant("first name"), "lastName": plant("last name"),
                    "phone": plant("phone"), "birthDate": .string(birthDate.text),
                    "externalNumber": plant("caller number"),
                ],
            ])
        let caller = try #require(arrived.result("token"))
        planted.append(Canary("caller token", text: caller))
        let text = plant("caller's words")
        _ = try await post("visit.message", ["visit": .string(visit), "text": text], caller)
        _ = try await post("visit.admit", ["visit": .string(visit)], staff.token)
        let words = plant("staff's words")
        _ = try await post(
            "visit.message", ["visit": .string(visit), "text": words], staff.token)
        return visit
    }

    mutating func answers(
        in visit: String, for appointment: String, _ token: String
    ) async throws -> String {
        let published = try await post(
            "questionnaire.publish",
            [
                "title": "Before the visit",
                "questions": [["name": "q", "kind": "textArea", "text": "How are you?"]],
            ], hospital.administrator.token)
        let given = try await post(
            "answers.give",
            [
                "questionnaire": .string(try #require(published.result("questionnaire"))),
                "version": 1, "appointment": .string(appointment), "visit": .string(visit),
                "answers": [["question": "q", "text": plant("answer")]],
            ], token)
        return try #require(given.result("answers"))
    }

    /// Everything that opens something personal, once.
    func look(
        at client: String, _ visit: String, _ answers: String, _ token: String
    ) async throws {
        for path in [
            "/v1/clients/\(client)", "/v1/visits/\(visit)", "/v1/answers/\(answers)",
            "/v1/appointments", "/v1/clinics/\(hospital.clinic)/waiting-area",
        ] {
            let told = try await fixture.get(path, by: .bearing(token))
            try #require(told.status == 200, "\(path): \(told.json.description)")
        }
    }

    mutating func end(
        _ visit: String, _ appointment: String, _ token: String
    ) async throws {
        _ = try await post("visit.end", ["visit": .string(visit)], token)
        let reason = plant("reason to cancel")
        _ = try await post(
            "appointment.cancel", ["appointment": .string(appointment), "reason": reason], token)
    }
}
