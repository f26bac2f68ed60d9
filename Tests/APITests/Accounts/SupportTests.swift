import API
import Domain
import EventStore
import Projections
import Testing

@Suite("Accounts: remote support") struct SupportTests {
    @Test(
        "ROLE-4 a supporter acts once let in, both names in each event, and no longer than let in")
    func session() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let ask: JSON = [
                "organisation": .string(hospital.organisation), "staff": .string(member.id),
                "supporter": "Sam Supporter", "reason": "ticket 7",
            ]
            (try await fixture.post("support.ask", ask, by: .operator)).refused(409, "supportOff")
            try await fixture.must(
                "security.switch-support", ["isOn": true], by: hospital.administrator)
            let asked = try await fixture.must("support.ask", ask, by: .operator)
            let supporter = Person.bearing(try #require(asked.result("token")), "supporter")
            let id = try #require(asked.result("support"))
            (try await fixture.get("/v1/clinics", by: supporter)).refused(401, "tokenRefused")
            (try await fixture.post("support.approve", ["support": .string(id)], by: member))
                .refused(403, "notPermitted")
            try await fixture.must(
                "support.approve", ["support": .string(id)], by: hospital.administrator)
            let caller = try await hospital.caller()
            let head = try await fixture.head(hospital.organisation)
            try await fixture.must(
                "visit.message", ["visit": .string(caller.id), "text": "Hello"], by: supporter)
            (try await fixture.get("/v1/clinics", by: supporter)).accepted()
            let events = try await fixture.events(hospital.organisation, from: head)
            #expect(events.count > 1)
            for event in events {
                #expect("\(event.context.actor.kind)" == "support")
                #expect(hex(event.context.actor.id) == id)
                #expect(event.context.onBehalfOf.map { hex($0.id) } == member.id)
            }
            fixture.clock.advance(seconds: 4 * 3600 + 1)
            (try await fixture.get("/v1/clinics", by: supporter)).refused(401, "tokenRefused")
        }
    }

    @Test("ROLE-4 no exports, no change of roles or keys, by whomever they act as")
    func closed() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let (supporter, _) = try await SupportTests.letIn(
                hospital, as: hospital.administrator.id)
            for command in [
                "staff.give-role", "staff.invite", "staff.remove", "api-key.make",
                "api-key.revoke", "support.approve", "security.switch-support", "totp.enrol",
            ] {
                let entry = try #require(Catalogue.all.command(command))
                let told = try await fixture.post(
                    command, Bodies().body(entry.fields()), by: supporter)
                told.refused(403, "notForThisActor", command)
            }
            (try await fixture.get("/v1/staff-export", by: supporter))
                .refused(403, "notForThisActor")
            (try await fixture.get("/v1/staff", by: supporter)).accepted()
        }
    }

    @Test("ROLE-4 ended by either side, or by switching it off, it is over at once")
    func ended() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            for ends in ["administrator", "operator", "supporter", "switch"] {
                let (supporter, id) = try await SupportTests.letIn(hospital, as: member.id)
                (try await fixture.get("/v1/clinics", by: supporter)).accepted()
                switch ends {
                case "administrator":
                    try await fixture.must(
                        "support.end", ["support": .string(id)], by: hospital.administrator)
                case "operator":
                    try await fixture.must(
                        "support.end",
                        [
                            "organisation": .string(hospital.organisation),
                            "support": .string(id),
                        ], by: .operator)
                case "supporter":
                    try await fixture.must("support.end", ["support": .string(id)], by: supporter)
                default:
                    try await fixture.must(
                        "security.switch-support", ["isOn": false], by: hospital.administrator)
                }
                (try await fixture.get("/v1/clinics", by: supporter))
                    .refused(401, "tokenRefused", ends)
            }
            try await fixture.caughtUp(hospital.organisation)
            let list = try await fixture.get("/v1/support", by: hospital.administrator)
            let rows = try #require(list.json["rows"]?.elements)
            #expect(rows.count == 4)
            #expect(rows.allSatisfy { $0["supporter"] == "Sam Supporter" })
        }
    }

    @Test(
        "ROLE-4 a supporter ends their own session whatever the roles of whom they act as, no other"
    )
    func own() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let weak = try await hospital.staff(["orgReporter"])
            let (own, ownID) = try await SupportTests.letIn(hospital, as: weak.id)
            // Even one who acts as the administrator.
            let (other, otherID) = try await SupportTests.letIn(
                hospital, as: hospital.administrator.id)
            for (person, id) in [(own, otherID), (other, ownID)] {
                (try await fixture.post("support.end", ["support": .string(id)], by: person))
                    .refused(403, "notPermitted")
            }
            let head = try await fixture.head(hospital.organisation)
            try await fixture.must("support.end", ["support": .string(ownID)], by: own)
            let event = try #require(
                try await fixture.events(hospital.organisation, from: head).first)
            #expect("\(event.type)" == "support.ended")
            let ended: SupportEvent = try EventCoding.decode(event)
            guard case .ended(let told) = ended else { return }
            #expect(told.why == .bySupporter)
            // Both names, and the role they ended it in.
            #expect("\(event.context.actor.kind)" == "support")
            #expect(hex(event.context.actor.id) == ownID)
            #expect(event.context.onBehalfOf.map { hex($0.id) } == weak.id)
            #expect("\(event.context.role)" == "supporter")
            (try await fixture.get("/v1/profile", by: own)).refused(401, "tokenRefused")
            (try await fixture.get("/v1/profile", by: other)).accepted()
        }
    }

    @Test("ROLE-4 every command that is closed to supporters is refused to them, from the data")
    func everyCommand() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let (supporter, _) = try await SupportTests.letIn(
                hospital, as: hospital.administrator.id)
            var closed = 0
            for entry in Catalogue.all.commands
            where entry.operation.isOpen(to: .staff) && !entry.operation.isOpenToSupport {
                let body = Bodies().body(entry.fields(askedBy: .staff))
                let told = try await fixture.post(entry.name, body, by: supporter)
                told.refused(403, "notForThisActor", "\(entry.name)")
                closed += 1
            }
            #expect(closed > 20)
        }
    }

    /// A supporter who may act as that staff member, and their session.
    static func letIn(
        _ hospital: Hospital, as staff: String
    ) async throws -> (Person, String) {
        let fixture = hospital.fixture
        try await fixture.must(
            "security.switch-support", ["isOn": true], by: hospital.administrator)
        let asked = try await fixture.must(
            "support.ask",
            [
                "organisation": .string(hospital.organisation), "staff": .string(staff),
                "supporter": "Sam Supporter", "reason": "ticket 7",
            ], by: .operator)
        let id = try #require(asked.result("support"))
        try await fixture.must(
            "support.approve", ["support": .string(id)], by: hospital.administrator)
        return (.bearing(try #require(asked.result("token")), "supporter"), id)
    }
}
