import API
import Domain
import Testing

/// One day on which every command there is goes through: who sends what, and which ids of the
/// answer are wanted later. Bodies are made from the catalogue.
struct Story: Sendable {
    let fixture: Fixture
    /// Ids by the name of the field that takes them, and other values of fields.
    var known: [String: JSON] = [:]
    var people: [String: Person] = ["nobody": .nobody, "operator": .operator]
    /// What every text is that may be any.
    var text = "x"
    /// Every command sent, with what it was answered.
    private(set) var told: [Sent] = []

    struct Sent: Sendable {
        let command: String
        /// Their name in ``people``.
        let person: String
        let body: JSON
        let key: String
        let answer: Told
    }

    struct Step: Sendable {
        let command: String
        let person: String
        /// Values of fields for this step; null: left out.
        var with: [String: Value] = [:]
        /// Members of the result, and the names they are known by from then on.
        var keep: [String: String] = [:]
        /// Whose token the answer holds.
        var token: String?
    }

    enum Value: Sendable {
        case known(String)
        case json(JSON)
    }

    init(_ fixture: Fixture) { self.fixture = fixture }

    /// The same day, known to a program that was started anew.
    init(_ story: Story, in fixture: Fixture) {
        self.init(fixture)
        known = story.known
        people = story.people
        told = story.told
    }

    /// Tells it all, each command under a key of its own, each accepted.
    /// - Parameter after: called with what was sent last.
    mutating func tell(_ after: (Story, Sent) async throws -> Void = { _, _ in }) async throws {
        for step in Story.steps {
            if step.command == "visit.drop-out" { fixture.clock.advance(seconds: 121) }
            try await after(self, try await take(step))
        }
    }

    /// Sends again what was sent.
    func repeated(_ sent: Sent) async throws -> Told {
        try await fixture.post(
            sent.command, sent.body, by: try #require(people[sent.person]), key: sent.key)
    }

    @discardableResult
    mutating func take(_ step: Step) async throws -> Sent {
        let person = try #require(people[step.person])
        if step.command == "session.end-others", let staff = known["staff"]?.text {
            let session = try await fixture.beginSession(of: staff, in: organisation)
            known["keeping"] = .string(session)
            known["session"] = .string(session)
        }
        if step.command == "totp.confirm", let secret = known["secret"]?.text {
            let totp = TOTP(secret: try #require(Base32.bytes(secret)))
            known["code"] = .string(totp.code(step: TOTP.step(at: fixture.clock.now())))
        }
        let body = try body(step)
        let key = fixture.newKey()
        let answer = try await fixture.post(step.command, body, by: person, key: key)
        try #require(answer.status == 200, "\(step.command): \(body.description) \(answer.text)")
        let sent = Sent(
            command: step.command, person: step.person, body: body, key: key, answer: answer)
        if let name = step.keep["organisation"] { known[name] = answer.json["organisation"] }
        for (member, name) in step.keep where member != "organisation" {
            known[name] = .string(try #require(answer.result(member), "\(step.command)"))
        }
        if let name = step.token {
            people[name] = .bearing(try #require(answer.result("token")), name)
        }
        told.append(sent)
        return sent
    }

    /// A body with all its fields, from what is known by now.
    func body(_ step: Step) throws -> JSON {
        let entry = try #require(Catalogue.all.command(step.command), "no \(step.command)")
        var values = known
        for (field, value) in step.with {
            switch value {
            case .known(let name): values[field] = try #require(known[name] as JSON?, "no \(name)")
            case .json(let json): values[field] = json
            }
        }
        var bodies = Bodies(values)
        bodies.text = text
        return bodies.body(entry.fields(askedBy: try kind(step.person)))
    }

    func kind(_ person: String) throws -> ActorKind {
        switch person {
        case "nobody": .nobody
        case "operator": .operator
        case "guest": .guest
        case "caller", "startedCaller", "groupCaller": .caller
        case "external", "waitingExternal": .external
        default: .staff
        }
    }

    var organisation: String { known["organisation"]?.text ?? "" }
}

extension Story {
    private static let teamMember: JSON = "teamMember"
    private static let profile: [String: Value] = [
        "role": .json(teamMember), "email": .json("ada@example.org"),
    ]

    static let steps: [Step] =
        founding + staffing + rooms + records + waitingArea + visits + startedRooms + groups
        + anonymisation + security + leaving

    private static let founding = [
        Step(
            command: "organisation.create", person: "operator",
            with: ["staffMax": .json(100), "isTest": .json(false), "holdsDays": .json(false)],
            keep: ["organisation": "organisation", "administrator": "administrator"]),
        Step(
            command: "clinic.create", person: "operator",
            keep: ["clinic": "clinic"]),
        Step(
            command: "clinic.create", person: "operator", with: ["name": .json("Dermatology")],
            keep: ["clinic": "otherClinic"]),
        Step(
            command: "staff.issue-token", person: "operator",
            with: ["staff": .known("administrator")], token: "administrator"),
        Step(
            command: "organisation.change", person: "administrator",
            with: ["name": .json("Renamed")]),
        Step(
            command: "organisation.set-package", person: "operator",
            with: ["staffMax": .json(1_000), "functions": .json(.null)]),
        Step(command: "organisation.set-logo", person: "administrator"),
        Step(command: "organisation.remove-logo", person: "administrator"),
        Step(command: "organisation.set-logo", person: "administrator"),
        Step(
            command: "organisation.set-call-interface", person: "administrator",
            with: ["fixed": .json([])]),
        Step(command: "clinic.set-call-interface", person: "administrator"),
        Step(command: "clinic.set-add-ons", person: "administrator"),
        Step(command: "clinic.rename", person: "administrator", with: ["name": .json("Heart")]),
        Step(
            command: "clinic.close", person: "administrator",
            with: ["clinic": .known("otherClinic")]),
        Step(
            command: "clinic.reopen", person: "administrator",
            with: ["clinic": .known("otherClinic")]),
        Step(command: "reports.configure", person: "administrator", with: openReports),
    ]

    /// Every count is published.
    static let openReports: [String: Value] = ["suppressBelow": .json(.null)]

    private static let staffing = [
        Step(
            command: "staff.invite", person: "administrator", with: profile,
            keep: ["staff": "staff"]),
        Step(command: "staff.resend-invitation", person: "administrator"),
        Step(command: "staff.accept", person: "operator"),
        Step(
            command: "staff.issue-token", person: "operator", token: "member"),
        Step(
            command: "staff.add", person: "operator", with: profile, keep: ["staff": "colleague"]),
        Step(
            command: "staff.issue-token", person: "operator", with: ["staff": .known("colleague")],
            token: "colleague"),
        Step(
            command: "staff.give-role", person: "administrator",
            with: ["role": .json("teamMember"), "clinic": .known("otherClinic")]),
        Step(
            command: "staff.give-role", person: "administrator",
            with: ["role": .json("clinicClerk")]
        ),
        Step(
            command: "staff.take-role", person: "administrator",
            with: ["role": .json("clinicClerk")]
        ),
        Step(command: "staff.mark-practitioner", person: "administrator"),
        Step(command: "staff.unmark-practitioner", person: "administrator"),
        Step(command: "staff.mark-practitioner", person: "administrator"),
        Step(command: "staff.change-profile", person: "member"),
        Step(command: "staff.set-photo", person: "member"),
        Step(command: "staff.remove-photo", person: "member"),
        Step(command: "staff.set-photo", person: "member"),
        Step(
            command: "staff.suspend", person: "administrator",
            with: ["staff": .known("colleague")]),
        Step(
            command: "staff.restore", person: "administrator",
            with: ["staff": .known("colleague")]),
    ]

    /// A meeting room of the clinic.
    private static let meeting: [String: Value] = ["owner": .json(.null)]

    private static let rooms = [
        Step(
            command: "room.add", person: "administrator", with: meeting,
            keep: ["room": "closedRoom"]),
        Step(
            command: "room.close", person: "administrator",
            with: ["room": .known("closedRoom")]),
        Step(
            command: "room.add", person: "administrator", with: meeting, keep: ["room": "room"]),
        Step(
            command: "room.rename", person: "administrator", with: ["name": .json("Council")]),
        Step(
            command: "room.narrow", person: "administrator", with: ["member": .known("staff")]),
        Step(
            command: "room.make-guest-link", person: "member",
            keep: ["link": "link", "secret": "secret"]),
        Step(command: "room.enter", person: "member"),
        Step(
            command: "room.enter-by-link", person: "nobody", keep: ["guest": "guest"],
            token: "guest"),
        Step(command: "room.leave", person: "guest"),
        Step(command: "room.enter", person: "guest"),
        Step(command: "app.report-error", person: "guest"),
        Step(command: "room.lock", person: "member"),
        Step(command: "room.unlock", person: "member"),
        Step(command: "room.invite", person: "member"),
        Step(command: "room.revoke-guest-link", person: "member"),
    ]

    private static let records = [
        Step(
            command: "client.register", person: "member",
            with: ["email": .json("grace@example.org")], keep: ["client": "client"]),
        Step(
            command: "client.change", person: "member", with: ["email": .json("hopper@example.org")]
        ),
        Step(
            command: "appointment.book", person: "member", with: ["practitioner": .known("staff")],
            keep: ["appointment": "cancelled"]),
        Step(
            command: "appointment.book", person: "member", with: ["practitioner": .json(.null)],
            keep: ["appointment": "missed"]),
        Step(
            command: "appointment.book", person: "member", with: ["practitioner": .json(.null)],
            keep: ["appointment": "appointment"]),
        Step(
            command: "appointment.cancel", person: "member",
            with: ["appointment": .known("cancelled")]),
        Step(
            command: "appointment.no-show", person: "member",
            with: ["appointment": .known("missed")]),
        Step(
            command: "questionnaire.publish", person: "administrator",
            with: [
                "questionnaire": .json(.null), "kind": .json("textArea"),
                "questions[0].choices": .json(.null), "isRequired": .json(true),
            ], keep: ["questionnaire": "questionnaire"]),
        Step(
            command: "appointment.choose-questionnaire", person: "member",
            with: ["isChosen": .json(true)]),
    ]

    private static let visits = [
        Step(command: "staff.set-alerts", person: "member"),
        Step(command: "staff.set-alert-webhook", person: "member"),
        Step(command: "clinic.send-link", person: "member"),
        Step(
            command: "sign-on.set", person: "administrator",
            with: [
                "name": .json("work"), "createdRole": .json(.null), "createdClinic": .json(.null),
            ]),
        Step(
            command: "sign-on.switch", person: "administrator",
            with: ["name": .json("work"), "isOn": .json(false)]),
        Step(
            command: "sign-on.remove", person: "administrator", with: ["name": .json("work")]),
        Step(command: "visit.open", person: "nobody", keep: ["visit": "visit"]),
        Step(
            command: "visit.arrive", person: "nobody",
            with: byLink(["askedFor": .known("staff"), "walkIn": .json(true)]),
            token: "caller"),
        Step(
            command: "answers.start", person: "caller", with: ["appointment": .json(.null)]),
        Step(
            command: "answers.give", person: "caller",
            with: [
                "appointment": .json(.null), "answers[0].choices": .json(.null),
                "answers[0].date": .json(.null), "answers[0].country": .json(.null),
            ], keep: ["answers": "answers"]),
        Step(command: "visit.message", person: "caller"),
        Step(command: "visit.disconnect", person: "caller", with: oneself),
        Step(command: "visit.come-back", person: "caller", with: oneself),
        Step(command: "visit.admit", person: "member"),
        Step(command: "visit.join", person: "colleague", with: ["staff": .known("colleague")]),
        Step(
            command: "visit.hold", person: "member",
            with: ["staff": .known("colleague"), "invitee": .json(.null)]),
        Step(
            command: "visit.resume", person: "member",
            with: ["staff": .known("colleague"), "invitee": .json(.null)]),
        Step(command: "visit.leave", person: "colleague", with: ["staff": .known("colleague")]),
        Step(
            command: "visit.transfer", person: "member", with: ["clinic": .known("otherClinic")]),
        Step(command: "appointment.done", person: "member"),
        Step(command: "visit.end", person: "member"),
        Step(command: "visit.open", person: "nobody", keep: ["visit": "lostVisit"]),
        Step(
            command: "visit.arrive", person: "nobody",
            with: byLink(["visit": .known("lostVisit"), "askedFor": .json(.null)]),
            token: "lostCaller"),
        Step(
            command: "visit.disconnect", person: "operator",
            with: oneself.merging(["visit": .known("lostVisit")]) { $1 }),
        Step(
            command: "visit.drop-out", person: "operator",
            with: oneself.merging(["visit": .known("lostVisit")]) { $1 }),
        Step(command: "visit.open", person: "nobody", keep: ["visit": "givenUpVisit"]),
        Step(
            command: "visit.arrive", person: "nobody",
            with: byLink([
                "visit": .known("givenUpVisit"), "askedFor": .json(.null),
                "appointment": .json(.null),
            ])),
        Step(
            command: "visit.give-up", person: "operator", with: ["visit": .known("givenUpVisit")]),
    ]

    private static let oneself: [String: Value] = [
        "staff": .json(.null), "invitee": .json(.null),
    ]

    /// Not invited, and in nobody's walk-in hours unless it says so.
    private static func byLink(_ with: [String: Value]) -> [String: Value] {
        ["invitation": .json(.null), "walkIn": .json(.null)].merging(with) { $1 }
    }

    /// Mondays, so that there are times that do not begin when they end.
    private static let mondays: JSON = [
        "week": [["weekday": 1, "times": [["from": "08:00", "until": "17:00"]]]]
    ]

    private static let waitingArea = [
        Step(
            command: "clinic.set-waiting-area", person: "administrator",
            with: ["hours": .json(.null), "peopleMax": .json(6)]),
        Step(command: "clinic.switch-waiting-area", person: "administrator"),
        Step(
            command: "announcement.make", person: "administrator",
            keep: ["announcement": "announcement"]),
        Step(command: "announcement.withdraw", person: "administrator"),
        Step(command: "announcement.make", person: "administrator"),
        Step(command: "announcement.withdraw-all", person: "administrator"),
        Step(
            command: "walk-in.schedule", person: "administrator", with: ["hours": .json(mondays)]),
        Step(command: "walk-in.switch", person: "administrator"),
    ]

    private static let started: [String: Value] = ["visit": .known("startedVisit")]

    private static let startedRooms = [
        Step(
            command: "visit.start", person: "member", with: ["appointment": .json(.null)],
            keep: ["visit": "startedVisit"]),
        Step(command: "visit.lock", person: "member", with: started),
        Step(command: "visit.unlock", person: "member", with: started),
        Step(
            command: "visit.call-staff", person: "member",
            with: started.merging(["staff": .known("colleague")]) { $1 }),
        Step(
            command: "visit.invite", person: "member",
            with: started.merging(["as": .json("client")]) { $1 }, keep: ["token": "invitation"]),
        Step(
            command: "visit.arrive", person: "nobody",
            with: [
                "visit": .known("startedVisit"), "askedFor": .json(.null),
                "appointment": .json(.null), "walkIn": .json(.null),
            ], token: "startedCaller"),
        Step(
            command: "visit.invite", person: "member", with: started,
            keep: ["invitee": "invitee"], token: "external"),
        Step(command: "visit.enter", person: "external", with: started),
        Step(command: "visit.revoke-invitation", person: "member", with: started),
        Step(command: "visit.send-back", person: "member", with: started),
        Step(command: "visit.dismiss", person: "member", with: started),
        Step(
            command: "visit.start", person: "member", with: ["appointment": .json(.null)],
            keep: ["visit": "openRoom"]),
        Step(
            command: "visit.invite", person: "member", with: ["visit": .known("openRoom")],
            token: "waitingExternal"),
    ]

    private static let grouped: [String: Value] = ["visit": .known("groupVisit")]

    private static let groups = [
        Step(command: "visit.open", person: "nobody", keep: ["visit": "groupVisit"]),
        Step(
            command: "visit.arrive", person: "nobody",
            with: byLink([
                "visit": .known("groupVisit"), "askedFor": .json(.null),
                "appointment": .json(.null),
            ]), token: "groupCaller"),
        Step(
            command: "group-call.start", person: "member", with: grouped, keep: ["call": "call"]),
        Step(command: "visit.answer-group", person: "groupCaller", with: grouped),
        Step(command: "group-call.join", person: "colleague"),
        Step(command: "group-call.leave", person: "colleague"),
        Step(command: "visit.open", person: "nobody", keep: ["visit": "askedVisit"]),
        Step(
            command: "visit.arrive", person: "nobody",
            with: byLink([
                "visit": .known("askedVisit"), "askedFor": .json(.null),
                "appointment": .json(.null),
            ]), token: "askedCaller"),
        Step(
            command: "group-call.ask", person: "member", with: ["visit": .known("askedVisit")]),
        Step(command: "group-call.end", person: "member"),
    ]

    private static let anonymisation = [
        Step(command: "anonymisation.set-days", person: "administrator"),
        Step(
            command: "anonymisation.announce", person: "administrator",
            with: ["runsFrom": .json("2030-01-01T00:00:00Z")]),
        Step(
            command: "anonymisation.hold", person: "administrator",
            with: ["record": .json(.null)], keep: ["hold": "hold"]),
        Step(command: "anonymisation.lift", person: "administrator"),
        Step(command: "anonymisation.erase-client", person: "administrator"),
        Step(
            command: "auditor.grant", person: "administrator",
            with: ["until": .json("2026-12-31T00:00:00Z")], keep: ["auditor": "auditor"],
            token: "auditor"),
        Step(command: "auditor.revoke", person: "administrator"),
    ]

    private static let security = [
        Step(
            command: "security.set-second-factor", person: "administrator",
            with: ["rule": .json("offered")]),
        Step(command: "security.switch-support", person: "administrator"),
        Step(
            command: "support.ask", person: "operator", with: ["staff": .known("administrator")],
            keep: ["support": "support"]),
        Step(command: "support.approve", person: "administrator"),
        Step(command: "support.end", person: "administrator"),
        Step(
            command: "security.switch-support", person: "administrator",
            with: ["isOn": .json(false)]),
        Step(command: "api-key.make", person: "administrator", keep: ["key": "key"]),
        Step(command: "api-key.revoke", person: "administrator"),
        Step(command: "totp.enrol", person: "member", keep: ["secret": "secret"]),
        Step(command: "totp.confirm", person: "member"),
        Step(command: "totp.renew-recovery", person: "member"),
        Step(command: "totp.switch-off", person: "member"),
        Step(command: "staff.excuse-second-factor", person: "administrator"),
    ]

    private static let leaving = [
        Step(command: "session.end-others", person: "member"),
        Step(command: "session.end", person: "member"),
        Step(command: "room.leave", person: "member"),
        // Another than the one they sign in with.
        Step(command: "staff.issue-token", person: "operator", keep: ["id": "token"]),
        Step(command: "staff.revoke-token", person: "member"),
        Step(
            command: "staff.remove", person: "administrator", with: ["staff": .known("colleague")]),
    ]
}
