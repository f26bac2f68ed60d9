import API
import Domain
import EventStore
import Foundation
import Testing

/// A day in which every place for something personal held a canary, driven over HTTP on files.
struct PlantedDay: Sendable {
    let canaries: [Canary]
    /// Written by the organisation for everyone: found in the log and in a view, or the search
    /// could not find anything.
    let control: Canary
    let client: String
    let records: [String]
    /// Keys by which commands were named, and their bodies: what a thief may have from elsewhere.
    let commands: [(key: String, body: [UInt8])]
    let organisation: String

    /// Runs it in a folder, closes, and hands the folder to `look`.
    static func after(
        _ look: @escaping @Sendable (PlantedDay, StolenFolder) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "anteroom-stolen-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { removeQuietly(folder) }
        let store = try SegmentStore.open(folder: folder + "/log")
        let key = InstallationKey.random()
        let vault = try await SQLiteVault.open(
            folder, key: key, erasureList: folder + ".erasures")
        defer { removeQuietly(folder + ".erasures") }
        try await Fixture.run(store: store, vault: vault) { fixture in
            let day = try await PlantedDay(fixture)
            let head = try await fixture.head(day.organisation)
            let caughtUp = try await fixture.get(
                "/v1/clinics?position=\(head - 1)", token: day.reader)
            try #require(caughtUp.status == 200, "\(caughtUp.json.description)")
            store.close()
            try await vault.close()
            for part in ["read", "index.sqlite", "index.sqlite-wal"] {
                let path = "\(fixture.folder)/\(part)"
                guard FileManager.default.fileExists(atPath: path) else { continue }
                try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/\(part)")
            }
            try await look(day, StolenFolder(folder))
        }
    }

    private let reader: String

    private init(_ fixture: Fixture) async throws {
        let ids = SeededIDs(seed: 2026)
        var planted: [Canary] = []
        func plant(_ place: String, _ ending: String = "") -> JSON {
            let canary = Canary(place, ids)
            planted.append(canary)
            return .string(canary.text + ending)
        }
        var commands: [(key: String, body: [UInt8])] = []
        func post(
            _ command: String, _ body: JSON, _ token: String? = nil
        ) async throws -> Told {
            let key = Canary("key of \(command)", ids)
            planted.append(key)
            commands.append((key.text, body.bytes))
            let told = try await fixture.post(command, body, token: token, key: key.text)
            try #require(told.status == 200, "\(command): \(told.json.description)")
            return told
        }
        let control = Canary("clinic's name", ids)
        let hospital = try await Hospital(fixture)
        let admin = hospital.administratorToken
        _ = try await post(
            "clinic.rename", ["clinic": .string(hospital.clinic), "name": .string(control.text)],
            admin)
        func profile() -> JSON {
            [
                "name": plant("staff name"), "email": plant("staff e-mail", "@example.org"),
                "phone": plant("staff phone"), "externalNumber": plant("staff number"),
            ]
        }
        let roles: JSON = [["role": "teamMember", "clinic": .string(hospital.clinic)]]
        _ = try await post(
            "staff.invite",
            ["profile": profile(), "roles": roles, "reason": plant("reason to invite")], admin)
        let added = try await fixture.operate(
            "staff.add",
            [
                "organisation": .string(hospital.organisation), "profile": profile(),
                "roles": roles, "reason": plant("reason of a role"),
            ])
        let staff = added.result("staff")
        _ = try await post(
            "staff.mark-practitioner",
            ["staff": .string(staff), "clinic": .string(hospital.clinic)], admin)
        let token = try await fixture.operate(
            "staff.issue-token",
            ["organisation": .string(hospital.organisation), "staff": .string(staff)]
        ).result("token")
        planted.append(Canary("staff token", text: token))
        let born = Canary("birth date", text: "1931-07-09")
        let number = plant("client number")
        func details(_ surname: String) -> JSON {
            [
                "initials": plant("initials"), "surname": plant(surname),
                "birthDate": .string(born.text), "email": plant("client e-mail", "@example.org"),
                "phone": plant("client phone"), "externalNumber": number,
            ]
        }
        let registered = try await post("client.register", ["details": details("surname")], token)
        let client = try #require(registered.result("client"))
        _ = try await post(
            "client.change", ["client": .string(client), "details": details("new surname")], token)
        let booked = try await post(
            "appointment.book",
            [
                "clinic": .string(hospital.clinic), "client": .string(client),
                "practitioner": .string(staff), "day": "2026-12-01", "time": "10:00",
                "minutes": 20, "note": plant("note"),
                "externalNumber": plant("appointment number"),
            ], token)
        let appointment = try #require(booked.result("appointment"))
        let opened = try await post(
            "visit.open",
            ["organisation": .string(hospital.organisation), "clinic": .string(hospital.clinic)])
        let visit = try #require(opened.result("visit"))
        let arrived = try await post(
            "visit.arrive",
            [
                "organisation": .string(hospital.organisation), "visit": .string(visit),
                "appointment": .string(appointment), "askedFor": .string(staff),
                "entry": [
                    "firstName": plant("first name"), "lastName": plant("last name"),
                    "phone": plant("phone"), "birthDate": .string(born.text),
                    "externalNumber": plant("caller number"),
                ],
            ])
        let caller = try #require(arrived.result("token"))
        planted += [Canary("caller token", text: caller), born]
        let stay: JSON = ["visit": .string(visit)]
        _ = try await post(
            "visit.message", ["visit": .string(visit), "text": plant("caller's words")], caller)
        _ = try await post("visit.admit", stay, token)
        _ = try await post(
            "visit.message", ["visit": .string(visit), "text": plant("staff's words")], token)
        let published = try await post(
            "questionnaire.publish",
            [
                "title": "Before the visit",
                "questions": [["name": "q", "kind": "textArea", "text": "How are you?"]],
            ], admin)
        let given = try await post(
            "answers.give",
            [
                "questionnaire": .string(try #require(published.result("questionnaire"))),
                "version": 1, "appointment": .string(appointment), "visit": .string(visit),
                "answers": [["question": "q", "text": plant("answer")]],
            ], token)
        let answers = try #require(given.result("answers"))
        for path in [
            "/v1/clients/\(client)", "/v1/visits/\(visit)", "/v1/answers/\(answers)",
            "/v1/appointments", "/v1/clinics/\(hospital.clinic)/waiting-area",
        ] {
            let told = try await fixture.get(path, token: token)
            try #require(told.status == 200, "\(path): \(told.json.description)")
        }
        let found = try await fixture.request(
            .post, "/v1/clients/search", token: token, ["Content-Type": "application/json"],
            body: JSON.object([.init("externalNumber", number)]).bytes)
        try #require(found.status == 200, "search: \(found.json.description)")
        _ = try await post("visit.end", stay, token)
        _ = try await post(
            "appointment.cancel",
            ["appointment": .string(appointment), "reason": plant("reason to cancel")], token)
        canaries = planted
        self.control = control
        self.client = client
        records = [visit, appointment, answers]
        self.commands = commands
        organisation = hospital.organisation
        reader = token
    }
}
