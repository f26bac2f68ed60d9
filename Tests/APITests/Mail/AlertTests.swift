import API
import Domain
import EventStore
import Projections
import Testing

@Suite("Alerts") struct AlertTests {
    /// A staff member with an address, and mail about these clinics.
    private func listener(
        _ hospital: Hospital, _ roles: [String], name: String, email: String?,
        clinics: [String], byMail: Bool = true
    ) async throws -> Person {
        let person = try await hospital.staff(roles, name: name)
        try await hospital.fixture.must(
            "staff.change-profile",
            [
                "profile": ["name": .string(name), "email": email.map { .string($0) }]
            ], by: person)
        try await hospital.fixture.must(
            "staff.set-alerts",
            [
                "clinics": .array(clinics.map { .string($0) }), "byMail": .bool(byMail),
                "sound": true,
            ], by: person)
        return person
    }

    private func policy(_ fixture: Fixture) -> AlertPolicy {
        AlertPolicy(dispatch: fixture.dispatch, views: fixture.side.views) { words in
            Issue.record("\(words)")
        }
    }

    @Test("WA-11 who asked for it gets one mail for each arrival in their clinics, and no others")
    func told() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let mailing = try MailingHospital(hospital, nil)
            let (here, there) = (hospital.clinic, hospital.otherClinic)
            let one = try await listener(
                hospital, ["teamMember@\(here)"], name: "One", email: "one@example.org",
                clinics: [here, there])
            _ = try await listener(
                hospital, ["teamMember@\(there)"], name: "Elsewhere",
                email: "elsewhere@example.org", clinics: [there])
            _ = try await listener(
                hospital, ["teamMember@\(here)"], name: "Quiet", email: "quiet@example.org",
                clinics: [here], byMail: false)
            _ = try await listener(
                hospital, ["teamMember@\(here)"], name: "Nowhere", email: nil, clinics: [here])
            // May not see that waiting area, whatever they chose.
            _ = try await listener(
                hospital, ["teamMember@\(there)"], name: "Curious", email: "curious@example.org",
                clinics: [here])
            let gone = try await listener(
                hospital, ["teamMember@\(here)"], name: "Gone", email: "gone@example.org",
                clinics: [here])
            try await fixture.must(
                "staff.suspend",
                [
                    "organisation": .string(hospital.organisation), "staff": .string(gone.id),
                    "reason": "test",
                ], by: .operator)

            _ = try await hospital.caller(firstName: "Secretperson")
            let policy = policy(fixture)
            for _ in 0..<2 {
                try await fixture.caughtUp(hospital.organisation)
                await policy.tick()
            }
            // A view that lags shows the arrival once more.
            async let again: Void = policy.tick()
            async let oncemore: Void = policy.tick()
            _ = await (again, oncemore)
            try await mailing.tick()
            let mails = try mailing.captured()
            #expect(mails.count == 1)
            let mail = try #require(mails.first)
            #expect(mail.contains("To: <one@example.org>"))
            #expect(mail.contains("Somebody is waiting in the waiting room of Cardiology"))
            #expect(!mail.contains("Secretperson") && !mail.contains("Hopper"))

            let shown = try await fixture.get("/v1/alerts", by: one)
            #expect(shown.json["sound"] == true && shown.json["byMail"] == true)
            #expect(shown.json["clinics"]?.elements?.count == 2)
        }
    }

    @Test("WA-11 where nobody asked, an arrival leaves nothing; old ones are told to nobody")
    func nobody() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let policy = policy(fixture)
            _ = try await hospital.caller()
            try await fixture.caughtUp(hospital.organisation)
            let none = try await fixture.appended { await policy.tick() }
            #expect(none.isEmpty)
            _ = try await listener(
                hospital, ["teamMember@\(hospital.clinic)"], name: "One",
                email: "one@example.org", clinics: [hospital.clinic])
            _ = try await hospital.caller()
            fixture.clock.advance(seconds: 3_600)
            try await fixture.caughtUp(hospital.organisation)
            let late = try await fixture.appended { await policy.tick() }
            #expect(late.map { "\($0.type)" } == ["alert.raised"])
            try await fixture.caughtUp(hospital.organisation)
            let settled = try await fixture.appended { await policy.tick() }
            #expect(settled.isEmpty)
        }
    }

    @Test("WA-11 a clinic that is none of this organisation's cannot be chosen")
    func unknown() async throws {
        try await inHospital { hospital in
            let member = try await hospital.teamMember()
            let told = try await hospital.fixture.post(
                "staff.set-alerts",
                ["clinics": [.string(hex(7))], "byMail": true, "sound": false], by: member)
            told.refused(404, "notFound", field: "clinics[0]")
        }
    }

    @Test("WA-11 all that one arrival is told by fits one commit, whoever wants it by every way")
    func oneCommit() {
        #expect(Alerts.toldMax * MailWay.allCases.count + 1 <= Limits.commitEvents)
    }
}
