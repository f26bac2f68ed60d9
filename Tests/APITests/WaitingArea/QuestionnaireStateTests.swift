import API
import Testing

@Suite("Questionnaires: their state, everywhere") struct QuestionnaireStateTests {
    /// Nil: nobody may see it.
    private func states(_ json: JSON) -> [String]? {
        json["questionnaires"]?.elements?.map { $0["state"]?.text ?? "" }
    }

    private func questionnaire(_ hospital: Hospital) async throws -> JSON {
        let published = try await hospital.fixture.must(
            "questionnaire.publish",
            [
                "title": "Intake",
                "questions": [["name": "why", "kind": "textArea", "text": "Why?"]],
            ], by: hospital.administrator)
        return .string(try #require(published.result("questionnaire")))
    }

    private func client(_ hospital: Hospital, for appointment: JSON) async throws -> Person {
        let arrived = try await hospital.fixture.must(
            "visit.arrive",
            [
                "organisation": .string(hospital.organisation),
                "visit": .string(try await hospital.opened()),
                "entry": ["firstName": "Grace"], "appointment": appointment,
            ], by: .nobody)
        return .bearing(
            try #require(arrived.result("token")), "client",
            id: try #require(arrived.result("visit")))
    }

    private func appointments(_ hospital: Hospital, _ member: Person) async throws -> [JSON] {
        try await hospital.fixture.caughtUp(hospital.organisation)
        let told = try await hospital.fixture.get("/v1/appointments", by: member)
        told.accepted()
        return told.json["rows"]?.elements ?? []
    }

    @Test("WA-2, QST-2 staff see live what becomes of what was chosen: new, started, completed")
    func rises() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let appointment = try await hospital.booked(by: member)
            let questionnaire = try await self.questionnaire(hospital)
            try await fixture.must(
                "appointment.choose-questionnaire",
                ["appointment": appointment, "questionnaire": questionnaire], by: member)
            #expect(try await appointments(hospital, member).map(states) == [["new"]])
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area/live"
            let (client, heard) = try await fixture.live(path, by: member) {
                (listening: inout Listening) -> (Person, [Heard]) in
                _ = await listening.through { $0.event == "ready" }
                let client = try await self.client(hospital, for: appointment)
                let own: JSON = ["visit": .string(client.id), "questionnaire": questionnaire]
                for _ in 0..<2 { try await fixture.must("answers.start", own, by: client) }
                let answers: JSON = [["question": "why", "text": "Cough"]]
                try await fixture.must(
                    "answers.give", own.setting("version", 1).setting("answers", answers),
                    by: client)
                let heard = await listening.through { states($0.json) == ["completed"] }
                return (client, heard)
            }
            var told: [[String]] = []
            for states in heard.compactMap({ states($0.json) }) where told.last != states {
                told.append(states)
            }
            #expect(told.suffix(3) == [["new"], ["started"], ["completed"]])
            let rows = try await fixture.waitingArea(hospital)
            #expect(rows.map(states) == [["completed"]])
            #expect(
                rows.first?["questionnaires"]?.elements?.first?["questionnaire"] == questionnaire)
            let own = try await fixture.get("/v1/visits/\(client.id)", by: client)
            #expect(states(own.json) == ["completed"])
            #expect(try await appointments(hospital, member).map(states) == [["completed"]])
            try await hospital.replaysTheSame()
        }
    }

    @Test("QST-2 what is chosen, or no longer, while they wait is seen at once")
    func whileWaiting() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let appointment = try await hospital.booked(by: member)
            let chosen: JSON = [
                "appointment": appointment, "questionnaire": try await questionnaire(hospital),
            ]
            _ = try await client(hospital, for: appointment)
            try await fixture.must("appointment.choose-questionnaire", chosen, by: member)
            #expect(try await fixture.waitingArea(hospital).map(states) == [["new"]])
            try await fixture.must(
                "appointment.choose-questionnaire", chosen.setting("isChosen", false), by: member)
            #expect(try await fixture.waitingArea(hospital).map(states) == [[]])
            #expect(try await appointments(hospital, member).map(states) == [[]])
        }
    }

    @Test("WA-8, QST-2 a room opened without the client knows them; who was invited is not shown")
    func room() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let appointment = try await hospital.booked(by: member)
            try await fixture.must(
                "appointment.choose-questionnaire",
                [
                    "appointment": appointment,
                    "questionnaire": try await questionnaire(hospital),
                ], by: member)
            let started = try await fixture.must(
                "visit.start",
                ["clinic": .string(hospital.clinic), "appointment": appointment], by: member)
            let visit = try #require(started.result("visit"))
            #expect(try await fixture.waitingArea(hospital).map(states) == [["new"]])
            let invited = try await fixture.must(
                "visit.invite", ["visit": .string(visit), "name": "Greta", "as": "external"],
                by: member)
            let guide = Person.bearing(try #require(invited.result("token")), "external")
            let seen = try await fixture.get("/v1/visits/\(visit)", by: guide)
            seen.accepted()
            #expect(states(seen.json) == nil)
            let live = try await fixture.live("/v1/visits/\(visit)/live", by: guide) {
                await $0.through { $0.event == "ready" }
            }
            #expect(!live.contains { $0.data.contains("questionnaires") })
        }
    }

    @Test("QST-2 answers in a visit without an appointment are marked there; after it, nowhere")
    func withoutAppointment() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let questionnaire = try await self.questionnaire(hospital)
            let caller = try await hospital.caller()
            let own: JSON = ["visit": .string(caller.id), "questionnaire": questionnaire]
            try await fixture.must("answers.start", own, by: caller)
            #expect(try await fixture.waitingArea(hospital).map(states) == [["started"]])
            try await fixture.must("visit.end", ["visit": .string(caller.id)], by: member)
            let answers: JSON = [["question": "why", "text": "Cough"]]
            let new = try await fixture.appended {
                try await fixture.must(
                    "answers.give", own.setting("version", 1).setting("answers", answers),
                    by: caller)
            }
            #expect(new.map { "\($0.type)" } == ["answers.given"])
        }
    }
}
