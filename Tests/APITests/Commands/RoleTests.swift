import API
import Domain
import Testing

/// Each command by each role of the golden table, in the clinic it is about and in another; what is
/// expected comes from the table, which DomainTests compares with requirements.md.
@Suite("Commands: roles") struct RoleTests {
    @Test("ROLE-1 the golden table decides over every command, and each refusal is an access entry")
    func everyRole() async throws {
        try await Fixture.run { fixture in
            var story = Story(fixture)
            try await story.tell()
            story.known["visit"] = story.known["givenUpVisit"]  // One that stayed in the clinic.
            story.known["guide"] = story.known["staff"]  // They keep their role.
            let clinic = try #require(story.known["clinic"]?.text)
            let otherClinic = try #require(story.known["otherClinic"]?.text)
            var refused = 0
            for role in Role.allCases {
                for held in role.isOfClinic ? [clinic, otherClinic] : [nil] {
                    let grants = try await story.grants(with: role, in: held)
                    let person = try await story.staff(grants)
                    try await story.renewTarget(in: clinic)
                    for entry in Catalogue.all.commands {
                        if try await !story.ask(entry, by: person, holding: grants) { refused += 1 }
                    }
                }
            }
            #expect(refused > 100)
        }
    }

    @Test("ROLE-7 each actor that is not staff has its closed list of commands")
    func closedLists() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            for (kind, person) in try await hospital.ofEachKind() {
                for entry in Catalogue.all.commands where !entry.operation.isOpen(to: kind) {
                    let body = Bodies().body(entry.fields(askedBy: kind))
                    let what = "\(entry.name) by a \(kind)"
                    let ask = {
                        let told = try await fixture.post(entry.name, body, by: person)
                        if kind == .nobody {
                            told.refused(401, "notSignedIn", what)
                            #expect(told.headers[.wwwAuthenticate] == "Bearer")
                        } else {
                            told.refused(403, "notForThisActor", what)
                        }
                    }
                    if kind != .nobody && kind != .operator {
                        try await fixture.appendsRefusalOnly(in: hospital.organisation, what) {
                            try await ask()
                        }
                    } else {
                        // Nobody's refusals are counted; the operator is in no organisation's log.
                        try await fixture.appendsNothing(what) { try await ask() }
                    }
                }
            }
        }
    }

    @Test("ROLE-1 somebody with several roles may choose one, and may then do no more than it")
    func actingAs() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let both = try await hospital.staff(["orgReporter", "teamMember@\(hospital.clinic)"])
            let caller = try await hospital.caller()
            let visit: JSON = ["visit": .string(caller.id)]
            let reporter = try await fixture.post(
                "visit.admit", visit, by: both, ["Anteroom-Role": "orgReporter"])
            reporter.refused(403, "notPermitted")
            let elsewhere = try await fixture.post(
                "visit.admit", visit, by: both,
                ["Anteroom-Role": "teamMember@\(hospital.otherClinic)"])
            elsewhere.refused(403, "notPermitted")
            for role in ["", "nothing", "teamMember@", "teamMember@x"] {
                let told = try await fixture.post(
                    "visit.admit", visit, by: both, ["Anteroom-Role": role])
                told.refused(422, "invalidFields", field: "Anteroom-Role", role)
            }
            let member = try await fixture.post(
                "visit.admit", visit, by: both,
                ["Anteroom-Role": "teamMember@\(hospital.clinic)"])
            member.accepted()
        }
    }

    @Test("ROLE-3 a role taken away, a suspension and a revoked token take effect at once")
    func atOnce() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let organisation = JSON.string(hospital.organisation)
            let member = try await hospital.staff([
                "teamMember@\(hospital.clinic)", "clinicClerk@\(hospital.otherClinic)",
            ])
            let caller = try await hospital.caller()
            let message: JSON = ["visit": .string(caller.id), "text": "Hello"]
            let staff: JSON = [
                "organisation": organisation, "staff": .string(member.id), "reason": "test",
            ]
            try await fixture.must("visit.message", message, by: member)
            let taken = staff.setting("role", "teamMember")
                .setting("clinic", .string(hospital.clinic))
            try await fixture.must("staff.take-role", taken, by: .operator)
            let without = try await fixture.post("visit.message", message, by: member)
            without.refused(403, "notPermitted")
            try await fixture.must("staff.suspend", staff, by: .operator)
            let suspended = try await fixture.post("visit.message", message, by: member)
            suspended.refused(401, "tokenRefused")
            try await fixture.must("staff.restore", staff, by: .operator)
            let restored = try await fixture.get("/v1/profile", by: member)
            restored.accepted()
            let issued = try await fixture.must(
                "staff.issue-token", ["organisation": organisation, "staff": .string(member.id)],
                by: .operator)
            let second = Person.bearing(try #require(issued.result("token")))
            let id = try #require(issued.result("id"))
            try await fixture.must(
                "staff.revoke-token", ["staff": .string(member.id), "token": .string(id)],
                by: second)
            let revoked = try await fixture.get("/v1/profile", by: second)
            revoked.refused(401, "tokenRefused")
            let first = try await fixture.get("/v1/profile", by: member)
            first.accepted()
        }
    }
}

extension Story {
    /// Asks a command and says whether it was let on; compares that with the golden table.
    fileprivate func ask(
        _ entry: CommandEntry, by person: Person, holding grants: [Grant]
    ) async throws -> Bool {
        guard entry.operation.isOpen(to: .staff) else { return true }
        var bodies = Bodies(known)
        bodies.values["role"] = "teamMember"
        bodies.values["member"] = known["guide"]
        for left in ["practitioner", "askedFor", "keeping", "owner", "createdClinic"] {
            bodies.values[left] = .null
        }
        if entry.name == "questionnaire.publish" { bodies.values["questionnaire"] = .null }
        if entry.name == "visit.transfer" { bodies.values["clinic"] = known["otherClinic"] }
        if entry.name == "staff.revoke-token" { bodies.values["staff"] = .string(person.id) }
        if entry.name == "anonymisation.lift" { bodies.values["hold"] = try await freshHold() }
        if entry.name == "session.end" {
            let session = try await fixture.beginSession(of: person.id, in: organisation)
            bodies.values["session"] = .string(session)
        }
        let body = bodies.body(entry.fields(askedBy: .staff))
        let what = "\(entry.name) by \(grants)"
        guard mayAsk(entry.operation, body, grants) else {
            try await fixture.appendsRefusalOnly(in: organisation, what) {
                let told = try await fixture.post(entry.name, body, by: person)
                told.refused(403, "notPermitted", what)
            }
            return false
        }
        let new = try await fixture.appended {
            let told = try await fixture.post(entry.name, body, by: person)
            #expect([200, 409, 422].contains(told.status), "\(what): \(told.text)")
        }
        #expect(!new.contains { $0.described.hasSuffix("refused") }, "\(what)")
        return true
    }

    /// A hold that was not lifted yet.
    private func freshHold() async throws -> JSON? {
        let held = try await fixture.must(
            "anonymisation.hold",
            [
                "organisation": .string(organisation), "ground": "litigation",
                "client": known["client"],
            ], by: .operator)
        return held.result("hold").map(JSON.string)
    }

    /// What the golden table says of a command about this body's clinic.
    private func mayAsk(_ operation: Domain.Operation, _ body: JSON, _ grants: [Grant]) -> Bool {
        let clinic: ID<Clinic>? = known["clinic"]?.text.flatMap { ID($0) }
        let other: ID<Clinic>? = known["otherClinic"]?.text.flatMap { ID($0) }
        guard let clinic, let other else { return false }
        let teamMember = Grant(.teamMember, in: clinic)
        switch operation.need {
        case .never: return false
        case .reports: return Roles.allows(.organisationReports, grants, in: nil)
        case .addRooms: return Roles.allows(.addMeetingRooms, grants, in: clinic)
        case .useRooms: return Roles.allows(.useMeetingRooms, grants, in: clinic)
        case .manage: return Roles.mayManage([teamMember], holding: grants) != nil
        case .transfer: return Roles.mayTransfer(grants, from: clinic, to: other) != nil
        case .permission(let permission):
            let isOfClinic = ["clinic", "visit", "appointment", "call"].contains { body[$0] != nil }
            return Roles.allows(permission, grants, in: isOfClinic ? clinic : nil)
        }
    }

    /// That role; a referrer holds another one first, in a clinic nothing here is about.
    fileprivate func grants(with role: Role, in clinic: String?) async throws -> [Grant] {
        let grant = Grant(role, in: clinic.flatMap { ID($0) })
        guard role == .referrer else { return [grant] }
        let made = try await fixture.must(
            "clinic.create",
            [
                "organisation": .string(organisation), "name": "Elsewhere",
                "administrator": known["administrator"],
            ], by: .operator)
        return [Grant(.teamMember, in: made.result("clinic").flatMap { ID($0) }), grant]
    }

    /// Somebody who holds these, and nothing else.
    fileprivate func staff(_ grants: [Grant]) async throws -> Person {
        let added = try await fixture.must(
            "staff.add",
            [
                "organisation": .string(organisation), "profile": ["name": "Somebody"],
                "reason": "test",
                "roles": .array(
                    grants.map { grant in
                        [
                            "role": .string(grant.role.word),
                            "clinic": grant.clinic.map { .string($0.description) },
                        ]
                    }),
            ], by: .operator)
        return try await Hospital.signIn(
            fixture, organisation, try #require(added.result("staff")), "\(grants)")
    }

    /// Somebody for staff commands to be about: they end with removing them.
    fileprivate mutating func renewTarget(in clinic: String) async throws {
        let grant = Grant(.teamMember, in: ID(clinic))
        known["staff"] = .string(try await staff([grant]).id)
    }
}
