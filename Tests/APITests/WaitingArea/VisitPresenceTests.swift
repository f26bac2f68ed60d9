import API
import Domain
import EventStore
import Projections
import Testing

/// Who told that they are in a visit, and then is silent.
@Suite("Visits: presence") struct VisitPresenceTests {
    private let grace = Int64(Visit.graceSeconds)
    private let silence = Presence.silence.count / 1_000

    private func keeper(_ fixture: Fixture) -> PresenceKeeper {
        PresenceKeeper(dispatch: fixture.dispatch, views: fixture.side.views) {
            Issue.record("\($0)")
        }
    }

    private func timeouts(_ fixture: Fixture) -> VisitTimeouts {
        VisitTimeouts(dispatch: fixture.dispatch, views: fixture.side.views) {
            Issue.record("\($0)")
        }
    }

    private func tell(
        _ place: JSON = [:], by person: Person, _ fixture: Fixture
    ) async throws -> Told {
        try await fixture.request(
            .post, "/v1/presence", by: person, ["Content-Type": "application/json"],
            body: place.bytes)
    }

    private func visit(_ caller: Person) -> JSON { ["visit": .string(caller.id)] }

    @Test(
        "WA-3 a caller who falls silent has lost contact; they return to their place, as one entry")
    func caller() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let keeper = keeper(fixture)
            let first = try await hospital.caller()
            let behind = try await hospital.caller(firstName: "Jean")
            for _ in 0..<2 {
                try await tell(by: first, fixture).accepted()
                fixture.clock.advance(seconds: silence)
                #expect(try await keeper.tick() == 0)
                fixture.clock.advance(seconds: 1)
                let new = try await fixture.appended {
                    let lost = [try await keeper.tick(), try await keeper.tick()]
                    #expect(lost == [1, 0])
                }
                // Jean's app never told: they are not missed.
                #expect(new.map { "\($0.type)" } == ["visit.disconnected"])
                #expect(new.allSatisfy { $0.context.actor == Actor("policy") })
                try await fixture.caughtUp(hospital.organisation)
                let away = try await fixture.get("/v1/visits/\(first.id)", by: first)
                #expect(away.json["isAway"] == true && away.json["position"] == 1)
                let next = try await fixture.get("/v1/visits/\(behind.id)", by: behind)
                #expect(next.json["position"] == 2)
                fixture.clock.advance(seconds: grace - 1)
                try await fixture.must("visit.come-back", visit(first), by: first)
                let rows = try await fixture.waitingArea(hospital)
                #expect(rows.map { $0["visit"] } == [.string(first.id), .string(behind.id)])
                let back = try await fixture.get("/v1/visits/\(first.id)", by: first)
                #expect(back.json["isAway"] == false && back.json["position"] == 1)
            }
        }
    }

    @Test("WA-3 who is silent until the grace time is over too drops out, and is one entry less")
    func dropsOut() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let keeper = keeper(fixture)
            var timeouts = timeouts(fixture)
            let caller = try await hospital.caller()
            try await tell(by: caller, fixture).accepted()
            fixture.clock.advance(seconds: silence + 1)
            #expect(try await keeper.tick() == 1)
            fixture.clock.advance(seconds: grace)
            #expect(try await timeouts.tick() == 0)
            fixture.clock.advance(seconds: 1)
            #expect(try await timeouts.tick() == 1)
            #expect(try await fixture.waitingArea(hospital).isEmpty)
            try await tell(by: caller, fixture).refused(409, "visitEnded")
            #expect(try await keeper.tick() == 0)
        }
    }

    @Test(
        "WA-5 a staff member's lost connection never ends a visit: it goes on hold, and they return"
    )
    func staff() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let keeper = keeper(fixture)
            var timeouts = timeouts(fixture)
            let member = try await hospital.teamMember()
            let caller = try await hospital.caller()
            try await fixture.must("visit.admit", visit(caller), by: member)
            // A set: telling it twice is being there once.
            for _ in 0..<2 { try await tell(visit(caller), by: member, fixture).accepted() }
            fixture.clock.advance(seconds: silence)
            try await tell(by: caller, fixture).accepted()
            fixture.clock.advance(seconds: 1)
            #expect(try await keeper.tick() == 1)
            let lost = try await fixture.waitingArea(hospital)
            #expect(lost.first?["state"] == "beingSeen")
            #expect(lost.first?["participants"]?.elements?.count == 2)
            #expect(lost.first?["away"]?.elements?.map { $0["who"]?["kind"] } == ["staff"])
            fixture.clock.advance(seconds: grace + 1)
            #expect(try await timeouts.tick() == 1)
            let held = try await fixture.waitingArea(hospital)
            #expect(held.first?["state"] == "onHold")
            #expect(held.first?["participants"]?.elements?.count == 1)
            try await fixture.must("visit.admit", visit(caller), by: member)
            let again = try await fixture.waitingArea(hospital)
            #expect(again.first?["state"] == "beingSeen")
            #expect(again.first?["participants"]?.elements?.count == 2)
        }
    }

    @Test("WA-4 an external participant who falls silent is told from the caller, who stays")
    func external() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let keeper = keeper(fixture)
            var timeouts = timeouts(fixture)
            let member = try await hospital.teamMember()
            let caller = try await hospital.caller()
            try await fixture.must("visit.admit", visit(caller), by: member)
            let invited = try await fixture.must(
                "visit.invite",
                visit(caller).setting("name", "Eve Relative").setting("as", "external"),
                by: member)
            let eve = Person.bearing(try #require(invited.result("token")), "eve", id: caller.id)
            try await tell(by: eve, fixture).refused(409, "notPresent")
            try await fixture.must("visit.enter", visit(caller), by: eve)
            try await tell(by: eve, fixture).accepted()
            try await tell(by: caller, fixture).accepted()
            fixture.clock.advance(seconds: silence)
            try await tell(visit(caller), by: caller, fixture).accepted()
            fixture.clock.advance(seconds: 1)
            #expect(try await keeper.tick() == 1)
            let lost = try await fixture.waitingArea(hospital)
            #expect(lost.first?["away"]?.elements?.map { $0["who"]?["kind"] } == ["external"])
            fixture.clock.advance(seconds: grace + 1)
            #expect(try await timeouts.tick() == 1)
            let left = try await fixture.waitingArea(hospital)
            let kinds = left.first?["participants"]?.elements?.map { $0["kind"] }
            #expect(kinds == ["caller", "staff"])
        }
    }

    @Test(
        "WA-3 a caller's own live stream tells that they are there; a staff member's look does not")
    func stream() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let keeper = keeper(fixture)
            let member = try await hospital.teamMember()
            let caller = try await hospital.caller()
            try await fixture.must("visit.admit", visit(caller), by: member)
            for (person, lost) in [(member, 0), (caller, 1)] {
                _ = try await fixture.live("/v1/visits/\(caller.id)/live", by: person) {
                    _ = await $0.through { $0.event == "ready" }
                    // Told after what was shown first was taken.
                    try await fixture.must(
                        "visit.message", visit(caller).setting("text", "Hello"), by: caller)
                    return await $0.through { $0.event == "message" }
                }
                // The tab is closed.
                fixture.clock.advance(seconds: silence + 1)
                #expect(try await keeper.tick() == lost, "\(person)")
            }
            let rows = try await fixture.waitingArea(hospital)
            #expect(rows.first?["away"]?.elements?.map { $0["who"]?["kind"] } == ["caller"])
            #expect(rows.first?["state"] == "beingSeen")
        }
    }
}
