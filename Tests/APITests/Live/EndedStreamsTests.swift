import API
import Domain
import Testing

/// What was opened by a session, a key or remote support does not outlive it.
@Suite("Live: whatever lets a reader in may be taken from them") struct EndedStreamsTests {
    /// Opens the waiting area's stream by `person`, does `change`, lets a caller come, and expects
    /// the stream to have ended before.
    private func ends(
        _ hospital: Hospital, _ person: Person, _ what: Comment,
        _ change: @Sendable () async throws -> Void
    ) async throws {
        let path = "/v1/clinics/\(hospital.clinic)/waiting-area/live"
        let heard = try await hospital.fixture.live(path, by: person) {
            _ = await $0.through { $0.event == "ready" }
            try await change()
            _ = try await hospital.caller(firstName: "Unseen")
            return await $0.through { _ in false }
        }
        #expect(heard.map(\.event) == ["ended"], what)
        #expect(heard.first?.json["code"] == "tokenRefused", what)
        (try await hospital.fixture.get("/v1/profile", by: person)).refused(401, "tokenRefused")
    }

    private func staff(_ hospital: Hospital, _ person: Person) -> JSON {
        [
            "organisation": .string(hospital.organisation), "staff": .string(person.id),
            "reason": "test",
        ]
    }

    @Test("ACC-6 a session that is ended, in any way, ends its streams at once")
    func sessions() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital)
            func open() async throws -> (Person, String) {
                let told = try await holder.signIn()
                told.accepted()
                let token = try #require(told.json["token"]?.text)
                let id = try #require(told.json["session"]?.text)
                return (.bearing(token, "session", id: holder.person.id), id)
            }
            let (out, _) = try await open()
            try await ends(hospital, out, "signed out") {
                (try await fixture.account("sign-out", [:], by: out)).accepted()
            }
            let (kept, keptID) = try await open()
            let (revoked, id) = try await open()
            try await ends(hospital, revoked, "revoked from another device") {
                try await fixture.must("session.end", ["session": .string(id)], by: kept)
            }
            let (other, _) = try await open()
            try await ends(hospital, other, "all but one were ended") {
                try await fixture.must(
                    "session.end-others", ["keeping": .string(keptID)], by: kept)
            }
            let (stale, _) = try await open()
            try await ends(hospital, stale, "the password was changed elsewhere") {
                let changed = try await fixture.account(
                    "password/change",
                    [
                        "current": .string(AccountHolder.password),
                        "password": "another correct horse",
                    ], by: kept)
                changed.accepted()
            }
            (try await fixture.get("/v1/profile", by: kept)).accepted()
        }
    }

    @Test("ROLE-3 staff who are suspended or removed lose streams opened by a session, too")
    func standings() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            for (command, email) in [
                ("staff.suspend", "one@example.org"), ("staff.remove", "two@example.org"),
            ] {
                let holder = try await AccountHolder(hospital, email: email)
                fixture.clock.advance(seconds: 1)
                try await ends(hospital, try await holder.session(), "\(command)") {
                    try await fixture.must(command, staff(hospital, holder.person), by: .operator)
                }
            }
        }
    }

    @Test("ACC-6 a bearer token that is revoked ends its streams at once")
    func tokens() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let issued = try await fixture.must(
                "staff.issue-token",
                ["organisation": .string(hospital.organisation), "staff": .string(member.id)],
                by: .operator)
            let second = Person.bearing(try #require(issued.result("token")), "second token")
            let id = try #require(issued.result("id"))
            try await ends(hospital, second, "revoked") {
                try await fixture.must(
                    "staff.revoke-token", ["staff": .string(member.id), "token": .string(id)],
                    by: member)
            }
            (try await fixture.get("/v1/profile", by: member)).accepted()
        }
    }

    @Test(
        "ROLE-4 remote support that is ended, by whomever, ends the supporter's streams at once",
        arguments: ["administrator", "operator", "supporter", "switch", "suspended"])
    func support(ends how: String) async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let (supporter, id) = try await SupportTests.letIn(hospital, as: member.id)
            try await ends(hospital, supporter, "\(how)") {
                let body: JSON = ["support": .string(id)]
                switch how {
                case "administrator":
                    try await fixture.must("support.end", body, by: hospital.administrator)
                case "operator":
                    let named = body.setting("organisation", .string(hospital.organisation))
                    try await fixture.must("support.end", named, by: .operator)
                case "supporter": try await fixture.must("support.end", body, by: supporter)
                case "switch":
                    try await fixture.must(
                        "security.switch-support", ["isOn": false], by: hospital.administrator)
                default:
                    try await fixture.must(
                        "staff.suspend", staff(hospital, member), by: .operator)
                }
            }
        }
    }

    @Test("ACC-5 a key can be made for no live stream: none of them outlives it")
    func keys() async throws {
        try await inHospital { hospital in
            let key = try await hospital.key()
            for entry in LiveCatalogue.all {
                #expect(!KeyScope.allCases.contains { $0.operation == entry.operation })
            }
            (try await hospital.fixture.get(
                "/v1/clinics/\(hospital.clinic)/waiting-area/live", by: key))
                .refused(403, "notForThisActor")
        }
    }
}
