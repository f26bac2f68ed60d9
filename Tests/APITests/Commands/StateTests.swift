import API
import Testing

/// Each command where the rules say no. What every state answers to every command is tested with
/// the domain; here, that its refusal comes out as a problem with a stable code.
@Suite("Commands: states") struct StateTests {
    private struct Case {
        let command: String
        var by = "operator"
        var with: [String: Story.Value] = [:]
        let code: String

        var step: Story.Step { Story.Step(command: command, person: by, with: with) }
    }

    /// After the day of ``Story`` is over: visits have ended, appointments are settled, a colleague
    /// was removed; one more clinic was closed.
    private static let refused: [Case] = [
        Case(
            command: "organisation.create", with: ["administrator": .json(["name": "Ada"])],
            code: "subdomainTaken"),
        Case(
            command: "organisation.set-package", with: ["staffMax": .json(1)],
            code: "staffMaxTooLow"),
        Case(
            command: "clinic.create", with: ["administrator": .known("colleague")],
            code: "staffRemoved"),
        Case(command: "staff.invite", with: ["role": .json("referrer")], code: refersFirst),
        Case(command: "staff.add", with: ["role": .json("referrer")], code: refersFirst),
        Case(command: "staff.accept", code: "alreadyAccepted"),
        Case(
            command: "staff.give-role",
            with: ["staff": .known("colleague"), "role": .json("clinicClerk")],
            code: "staffRemoved"),
        Case(
            command: "staff.take-role",
            with: [
                "staff": .known("administrator"), "role": .json("orgAdmin"),
                "clinic": .json(.null),
            ], code: "lastOrgAdmin"),
        Case(command: "staff.suspend", with: removed, code: "staffRemoved"),
        Case(command: "staff.resend-invitation", code: "alreadyAccepted"),
        Case(
            command: "support.ask", with: ["staff": .known("administrator")], code: "supportOff"),
        Case(command: "support.approve", by: "administrator", code: "supportOff"),
        Case(
            command: "api-key.make", by: "administrator", with: ["scopes": .json([])],
            code: "scopeMissing"),
        Case(command: "totp.confirm", by: "member", code: "totpNotBegun"),
        Case(command: "totp.renew-recovery", by: "member", code: "totpOff"),
        Case(command: "staff.restore", with: removed, code: "staffRemoved"),
        Case(
            command: "staff.remove", with: ["staff": .known("administrator")],
            code: "lastOrgAdmin"),
        Case(command: "staff.mark-practitioner", with: removed, code: "staffRemoved"),
        Case(command: "staff.unmark-practitioner", with: removed, code: "staffRemoved"),
        Case(command: "staff.issue-token", with: removed, code: "staffRemoved"),
        Case(command: "staff.revoke-token", with: removed, code: "staffRemoved"),
        Case(
            command: "anonymisation.hold", by: "administrator", with: ["record": .known("visit")],
            code: "recordOrClient"),
        Case(
            command: "auditor.grant", by: "administrator",
            with: ["until": .json("2020-01-01T00:00:00Z")], code: "untilPast"),
        Case(
            command: "anonymisation.announce",
            with: ["runsFrom": .json("2020-01-01T00:00:00Z")], code: "noticeTooShort"),
        Case(
            command: "visit.open", by: "nobody", with: ["clinic": .known("closedClinic")],
            code: "clinicClosed"),
        Case(
            command: "visit.arrive", by: "nobody",
            with: ["appointment": .json(.null), "askedFor": .json(.null)], code: "visitEnded"),
        Case(command: "visit.admit", by: "member", code: "visitEnded"),
        Case(command: "visit.join", by: "member", code: "visitEnded"),
        Case(command: "visit.leave", by: "member", code: "visitEnded"),
        Case(command: "visit.give-up", code: "visitEnded"),
        Case(command: "visit.hold", by: "member", code: "visitEnded"),
        Case(command: "visit.resume", by: "member", code: "visitEnded"),
        Case(command: "visit.disconnect", by: "member", code: "visitEnded"),
        Case(command: "visit.come-back", by: "member", code: "visitEnded"),
        Case(command: "visit.drop-out", code: "visitEnded"),
        Case(command: "visit.transfer", by: "member", code: "visitEnded"),
        Case(command: "visit.message", by: "caller", code: "visitEnded"),
        Case(
            command: "clinic.set-waiting-area", by: "administrator",
            with: ["hours": .json(["week": [["weekday": 1, "times": [backwards]]]])],
            code: "hoursBackwards"),
        Case(
            command: "clinic.switch-waiting-area", by: "administrator",
            with: ["mode": .json("disabled"), "text": .json(.null)], code: "disabledTextMissing"),
        Case(
            command: "announcement.make", by: "administrator",
            with: ["expires": .json("2020-01-01T00:00:00Z")], code: "expiresBefore"),
        Case(
            command: "announcement.withdraw", by: "administrator", code: "announcementUnknown"),
        Case(
            command: "walk-in.switch", by: "administrator",
            with: ["staff": .known("administrator")], code: "notAPractitioner"),
        Case(
            command: "walk-in.schedule", by: "administrator",
            with: ["staff": .known("administrator"), "hours": .json(.null)],
            code: "notAPractitioner"),
        Case(
            command: "visit.start", by: "administrator",
            with: ["clinic": .known("closedClinic"), "appointment": .json(.null)],
            code: "clinicClosed"),
        Case(command: "visit.lock", by: "member", code: "visitEnded"),
        Case(command: "visit.unlock", by: "member", code: "visitEnded"),
        Case(command: "visit.call-staff", by: "member", code: "visitEnded"),
        Case(command: "visit.invite", by: "member", code: "visitEnded"),
        Case(command: "visit.revoke-invitation", by: "member", code: "visitEnded"),
        Case(
            command: "visit.enter", by: "waitingExternal", with: ["visit": .known("openRoom")],
            code: "clientAbsent"),
        Case(command: "visit.send-back", by: "member", code: "visitEnded"),
        Case(command: "visit.dismiss", by: "member", code: "visitEnded"),
        Case(
            command: "visit.answer-group", by: "groupCaller",
            with: ["visit": .known("groupVisit")], code: "notAskedToGroup"),
        Case(
            command: "group-call.start", by: "member", with: ["visit": .known("givenUpVisit")],
            code: "visitEnded"),
        Case(
            command: "group-call.ask", by: "member", with: ["visit": .known("groupVisit")],
            code: "groupCallEnded"),
        Case(command: "group-call.join", by: "member", code: "groupCallEnded"),
        Case(command: "client.register", with: ["email": .json("none")], code: "emailMalformed"),
        Case(command: "client.change", with: ["email": .json("none")], code: "emailMalformed"),
        Case(
            command: "appointment.book",
            with: ["clinic": .known("closedClinic"), "practitioner": .json(.null)],
            code: "clinicClosed"),
        Case(
            command: "appointment.done", with: ["appointment": .known("cancelled")],
            code: "appointmentCancelled"),
        Case(
            command: "appointment.no-show", with: ["appointment": .known("cancelled")],
            code: "appointmentCancelled"),
        Case(
            command: "appointment.cancel", with: ["appointment": .known("missed")],
            code: "appointmentNoShow"),
        Case(
            command: "appointment.choose-questionnaire", by: "member",
            with: ["appointment": .known("cancelled")], code: "appointmentCancelled"),
        Case(
            command: "questionnaire.publish",
            with: ["kind": .json("textArea"), "isRequired": .json(true)], code: "choicesDoNotFit"),
        Case(
            command: "answers.give", by: "caller",
            with: ["version": .json(9), "appointment": .json(.null)], code: "versionUnknown"),
        Case(
            command: "room.add", by: "administrator",
            with: ["kind": .json("user"), "owner": .known("staff")], code: "nameNotWanted"),
        Case(command: "room.rename", by: "administrator", with: closed, code: "roomClosed"),
        Case(command: "room.narrow", by: "administrator", with: narrowed, code: "roomClosed"),
        Case(command: "room.make-guest-link", by: "member", with: closed, code: "roomClosed"),
        Case(command: "room.invite", by: "member", with: closed, code: "roomClosed"),
        Case(command: "room.enter", by: "member", with: closed, code: "roomClosed"),
        Case(
            command: "room.enter-by-link", by: "nobody",
            with: ["secret": .json("AAAAAAAAAAAAAAAAAAAAAA")], code: "linkRefused"),
        Case(command: "room.leave", by: "member", code: "notInRoom"),
        Case(command: "room.lock", by: "member", code: "notInRoom"),
        Case(command: "room.unlock", by: "member", code: "notInRoom"),
        Case(
            command: "organisation.set-logo", by: "administrator",
            with: ["picture": .json("bm8gcGljdHVyZQ==")], code: "logoUnknownForm"),
        Case(
            command: "staff.set-photo", by: "member",
            with: ["picture": .json("bm8gcGljdHVyZQ==")], code: "photoUnknownForm"),
        Case(
            command: "staff.set-alerts", by: "member", with: ["bySMS": .json(true)],
            code: "smsOff"),
        Case(
            command: "clinic.send-link", by: "member",
            with: ["by": .json("sms"), "to": .json("+4512345678")], code: "smsOff"),
    ]
    private static let closed: [String: Story.Value] = ["room": .known("closedRoom")]
    private static let narrowed: [String: Story.Value] = [
        "room": .known("closedRoom"), "member": .known("staff"),
    ]
    private static let backwards: JSON = ["from": "17:00", "until": "08:00"]
    private static let refersFirst = "referrerNeedsClinicRole"
    private static let removed: [String: Story.Value] = ["staff": .known("colleague")]

    /// What is so already and may be asked again: true once, asked twice.
    private static let harmless: [Case] = [
        Case(
            command: "organisation.change", with: ["name": .json("Renamed")], code: ""),
        Case(command: "clinic.rename", with: ["name": .json("Heart")], code: ""),
        Case(command: "clinic.close", with: ["clinic": .known("closedClinic")], code: ""),
        Case(command: "clinic.reopen", code: ""),
        Case(command: "staff.remove", with: removed, code: ""),
        Case(command: "room.close", by: "administrator", with: closed, code: ""),
        Case(command: "room.revoke-guest-link", by: "member", code: ""),
        Case(
            command: "organisation.set-call-interface", by: "administrator",
            with: ["fixed": .json([])], code: ""),
        Case(command: "clinic.set-call-interface", by: "administrator", code: ""),
        Case(command: "clinic.set-add-ons", by: "administrator", code: ""),
        Case(command: "visit.end", by: "member", code: ""),
        Case(
            command: "answers.start", by: "caller", with: ["appointment": .json(.null)], code: ""),
        Case(command: "announcement.withdraw-all", by: "administrator", code: ""),
        Case(command: "group-call.leave", by: "member", code: ""),
        Case(command: "group-call.end", by: "member", code: ""),
        Case(
            command: "security.set-second-factor", by: "administrator",
            with: ["rule": .json("offered")], code: ""),
        Case(
            command: "security.switch-support", by: "administrator",
            with: ["isOn": .json(false)], code: ""),
        Case(command: "api-key.revoke", by: "administrator", code: ""),
        Case(command: "support.end", code: ""),
        Case(command: "totp.switch-off", by: "member", code: ""),
        Case(command: "staff.excuse-second-factor", by: "administrator", code: ""),
        Case(command: "reports.configure", with: Story.openReports, code: ""),
        Case(command: "anonymisation.set-days", code: ""),
        Case(command: "anonymisation.erase-client", code: ""),
        Case(command: "auditor.revoke", by: "administrator", code: ""),
        Case(
            command: "appointment.cancel", by: "member", with: ["appointment": .known("cancelled")],
            code: ""),
    ]

    /// Refused by no rule in any state that a door leads to.
    private static let neverRefused: Set = [
        "staff.change-profile", "app.report-error",
        "organisation.remove-logo", "staff.remove-photo", "staff.set-alert-webhook", "sign-on.set",
        "sign-on.switch", "sign-on.remove",
        "session.end", "session.end-others",  // A session that is over is not found.
        "totp.enrol",  // After this day none is enrolled.
        "anonymisation.lift",  // A hold that is lifted is not found.
    ]

    @Test("OPS-6 what the rules refuse is a problem with their code, and nothing is appended")
    func rules() async throws {
        try await afterTheDay { story in
            for refusal in StateTests.refused {
                let body = try story.body(refusal.step)
                let person = try #require(story.people[refusal.by])
                try await story.fixture.appendsNothing("\(refusal.command) \(refusal.code)") {
                    let told = try await story.fixture.post(refusal.command, body, by: person)
                    told.refused(409, refusal.code, refusal.command)
                }
            }
        }
    }

    @Test("OPS-6 what is so already is accepted, and noted as nothing to do")
    func nothingToDo() async throws {
        try await afterTheDay { story in
            for harmless in StateTests.harmless {
                let body = try story.body(harmless.step)
                let person = try #require(story.people[harmless.by])
                let new = try await story.fixture.appended {
                    let told = try await story.fixture.post(harmless.command, body, by: person)
                    told.accepted(harmless.command)
                }
                #expect(new.map { "\($0.type)" } == ["nothing.to-do"], "\(harmless.command)")
            }
        }
    }

    @Test("OPS-6 no command is left out of these two")
    func all() {
        let named = (StateTests.refused + StateTests.harmless).map(\.command)
        let left = Set(Catalogue.all.commands.map(\.name)).subtracting(named)
        #expect(left == StateTests.neverRefused)
    }

    private func afterTheDay(
        _ test: @escaping @Sendable (Story) async throws -> Void
    ) async throws {
        try await Fixture.run { fixture in
            var story = Story(fixture)
            try await story.tell()
            for (command, keep) in [
                ("clinic.create", ["clinic": "closedClinic"]), ("clinic.close", [:]),
            ] {
                let clinic = story.known["closedClinic"].map { ["clinic": Story.Value.json($0)] }
                try await story.take(
                    Story.Step(
                        command: command, person: "operator", with: clinic ?? [:], keep: keep))
            }
            try await test(story)
        }
    }
}
