import API
import Domain
import EventStore
import Projections
import Testing

/// A group call whose staff go, fall silent, and come back or do not.
@Suite("Group calls on hold") struct HeldGroupCallTests {
    private let grace = Int64(Visit.graceSeconds)
    private let silence = Presence.silence.count / 1_000
    private let life = GroupCallTimeout.life.count / 1_000

    @Test(
        "WA-14 WA-5 the last staff member to leave puts the callers on hold; who joins resumes it")
    func byHand() async throws {
        try await inCall { call in
            let late = try await call.hospital.caller(firstName: "Late")
            try await call.must("group-call.ask", ["visits": [.string(late.id)]], by: call.member)
            let held = try await call.changed {
                try await call.must("group-call.leave", by: call.member)
            }
            #expect(held == ["group-call.staff-left", "visit.held", "visit.held"])
            #expect(try await call.states() == ["onHold", "onHold", "waiting"])
            let shown = try await call.shown()
            #expect(shown["state"] == "onHold" && shown["staff"] == [])
            #expect(shown["callers"]?.elements?.count == 2)
            // Nobody is taken in where no staff member is; saying no is.
            try await call.answer(late, true).refused(409, "groupCallOnHold")
            let resumed = try await call.changed {
                try await call.must("group-call.join", by: call.colleague)
            }
            #expect(
                resumed
                    == ["group-call.staff-joined", "visit.group-resumed", "visit.group-resumed"])
            #expect(try await call.states() == ["beingSeen", "beingSeen", "waiting"])
            #expect(try await call.shown()["state"] == "running")
            try await call.answer(late, true).accepted()
            #expect(try await call.states() == ["beingSeen", "beingSeen", "beingSeen"])
            try await call.hospital.replaysTheSame()
        }
    }

    @Test("WA-14 WA-5 a caller on hold in it who is taken in alone has left it; the others wait on")
    func takenInAlone() async throws {
        try await inCall { call in
            try await call.must("group-call.leave", by: call.member)
            let first = call.callers[0]
            try await call.fixture.must("visit.admit", call.visit(first), by: call.colleague)
            #expect(try await call.states() == ["beingSeen", "onHold"])
            let resumed = try await call.changed {
                try await call.must("group-call.join", by: call.member)
            }
            #expect(resumed == ["group-call.staff-joined", "visit.group-resumed"])
            #expect(try await call.shown()["callers"] == [.string(call.callers[1].id)])
        }
    }

    @Test("WA-14 WA-3 staff who lost contact keep their place: back in time, nobody was on hold")
    func backInTime() async throws {
        try await inCall { call in
            let keeper = call.keeper()
            var timeouts = call.timeouts()
            try await call.tell(by: call.member).accepted()
            call.fixture.clock.advance(seconds: silence)
            #expect(try await keeper.tick() == 0)
            call.fixture.clock.advance(seconds: 1)
            let lost = try await call.changed {
                let lost = [try await keeper.tick(), try await keeper.tick()]
                #expect(lost == [1, 0])
            }
            #expect(lost == ["group-call.staff-disconnected"])
            let away = try await call.shown()
            #expect(away["state"] == "running" && away["away"] == [.string(call.member.id)])
            call.fixture.clock.advance(seconds: grace)
            #expect(try await timeouts.tick() == 0)
            let back = try await call.changed {
                try await call.must("group-call.join", by: call.member)
            }
            #expect(back == ["group-call.staff-returned"])
            call.fixture.clock.advance(seconds: 1)
            #expect(try await timeouts.tick() == 0)
            #expect(try await call.states() == ["beingSeen", "beingSeen"])
        }
    }

    @Test("WA-14 WA-5 staff who stay away lose their place: on hold, until they are back")
    func droppedOut() async throws {
        try await inCall { call in
            let keeper = call.keeper()
            var timeouts = call.timeouts()
            try await call.tell(by: call.member).accepted()
            call.fixture.clock.advance(seconds: silence + 1)
            #expect(try await keeper.tick() == 1)
            call.fixture.clock.advance(seconds: grace + 1)
            let dropped = try await call.changed {
                // Whoever looks, on this machine or another: it is done once.
                var other = timeouts
                let done = [try await timeouts.tick(), try await other.tick()]
                #expect(done == [1, 0])
            }
            #expect(dropped == ["group-call.staff-left", "visit.held", "visit.held"])
            #expect(try await call.states() == ["onHold", "onHold"])
            try await call.tell(by: call.member).refused(409, "notInGroupCall")
            try await call.must("group-call.join", by: call.member)
            #expect(try await call.states() == ["beingSeen", "beingSeen"])
            try await call.tell(by: call.member).accepted()
        }
    }

    @Test("WA-14 WA-5 one of two staff who falls silent leaves it running; nobody is on hold")
    func oneOfTwo() async throws {
        try await inCall { call in
            let keeper = call.keeper()
            var timeouts = call.timeouts()
            try await call.must("group-call.join", by: call.colleague)
            try await call.tell(by: call.member).accepted()
            call.fixture.clock.advance(seconds: silence + 1)
            #expect(try await keeper.tick() == 1)
            call.fixture.clock.advance(seconds: grace + 1)
            let dropped = try await call.changed {
                let done = try await timeouts.tick()
                #expect(done == 1)
            }
            #expect(dropped == ["group-call.staff-left"])
            #expect(try await call.shown()["staff"] == [.string(call.colleague.id)])
            #expect(try await call.states() == ["beingSeen", "beingSeen"])
        }
    }

    @Test("WA-14 WA-12 nobody back: it ends by rule, its callers on hold, and then they by theirs")
    func nobodyBack() async throws {
        try await inCall { call in
            var timeouts = call.timeouts()
            var visits = VisitTimeouts(
                dispatch: call.fixture.dispatch, views: call.fixture.side.views
            ) { Issue.record("\($0)") }
            let late = try await call.hospital.caller(firstName: "Late")
            try await call.must("group-call.ask", ["visits": [.string(late.id)]], by: call.member)
            try await call.must("group-call.leave", by: call.member)
            call.fixture.clock.advance(seconds: life - 1)
            #expect(try await timeouts.tick() == 0)
            call.fixture.clock.advance(seconds: 1)
            let ended = try await call.changed {
                let done = try await timeouts.tick()
                #expect(done == 1)
            }
            #expect(
                ended == [
                    "group-call.ended", "visit.group-left", "visit.group-left",
                    "visit.group-answered",
                ])
            // No place of theirs was taken by the rule for visits before.
            #expect(try await visits.tick() == 0)
            call.fixture.clock.advance(seconds: life)
            let over = try await call.changed {
                let done = try await visits.tick()
                #expect(done == 3)
            }
            #expect(over == ["visit.ended", "visit.ended", "visit.ended"])
            #expect(try await timeouts.tick() == 0)
        }
    }

    @Test("WA-14 WA-2 the staff's screen tells hold and resumption as they happen")
    func live() async throws {
        try await inCall { call in
            let path = "/v1/clinics/\(call.hospital.clinic)/waiting-area/live"
            let rows = try await call.fixture.live(path, by: call.colleague) { listening in
                _ = await listening.through { $0.event == "ready" }
                var rows: [[JSON]] = []
                for command in ["group-call.leave", "group-call.join"] {
                    let told = try await call.must(command, by: call.member)
                    let heard = await listening.through { $0.id == told.position }
                    rows.append(heard.map(\.json))
                }
                return rows
            }
            for (rows, state) in zip(rows, ["onHold", "beingSeen"]) {
                let told = Set(rows.filter { $0["state"]?.text == state }.map { $0["visit"]?.text })
                #expect(told == Set(call.callers.map(\.id)), "\(state): \(rows)")
            }
        }
    }

    @Test("WA-14 OPS-6 hold and resumption sent again under their keys happen once")
    func again() async throws {
        try await inCall { call in
            for command in ["group-call.leave", "group-call.join"] {
                let key = call.fixture.newKey()
                let first = try await call.post(command, by: call.member, key: key)
                first.accepted()
                let again = try await call.changed {
                    let again = try await call.post(command, by: call.member, key: key)
                    again.accepted()
                    #expect(again.position == first.position)
                }
                #expect(again == [], "\(command)")
            }
            // Under another key: to join is to be there, to have left is to be there no longer.
            let joined = try await call.changed {
                try await call.must("group-call.join", by: call.member)
            }
            #expect(joined == [])
            try await call.must("group-call.leave", by: call.member)
            try await call.post("group-call.leave", by: call.member).refused(409, "notInGroupCall")
        }
    }

    @Test(
        "WA-14 OPS-6 a group call is ended whatever becomes of its callers while it is being read",
        arguments: ["group-call.end", "visit.end", "visit.leave"])
    func readInPart(meanwhile: String) async throws {
        let store = InterposedStore()
        try await inCall(store: store) { call in
            // The call was read and its callers were not: they are in it no longer.
            store.beforeNextRead(of: Category.visit) {
                let first = call.callers[0]
                let who = meanwhile == "visit.leave" ? first : call.colleague
                let body = meanwhile == "group-call.end" ? ["call": call.id] : call.visit(first)
                try await call.fixture.must(meanwhile, body, by: who)
            }
            try await call.must("group-call.end", by: call.member)
            #expect(store.hasHappened)
            #expect(try await call.shown()["state"] == "ended")
            let left = meanwhile == "group-call.end" ? 2 : 1
            #expect(try await call.states() == Array(repeating: "onHold", count: left))
        }
    }

    @Test("WA-14 OPS-6 what is refused in a group call is refused by field")
    func refused() async throws {
        try await inCall { call in
            let elsewhere = try await call.hospital.caller(in: call.hospital.otherClinic)
            let waiting = try await call.hospital.caller(firstName: "Late")
            let unknown: JSON = ["call": .string(hex(7))]
            let changed = try await call.changed {
                try await call.fixture.post("group-call.join", unknown, by: call.member)
                    .refused(404, "notFound", field: "call")
                try await call.post(
                    "group-call.ask",
                    ["visits": [.string(waiting.id), .string(elsewhere.id)]], by: call.member
                ).refused(404, "notFound", field: "visits[1]")
                try await call.post("group-call.leave", by: call.colleague)
                    .refused(409, "notInGroupCall")
                try await call.tell(by: call.colleague).refused(409, "notInGroupCall")
                try await call.tell(by: call.callers[0]).refused(404, "notFound", field: "call")
                try await call.tell(with: call.visit(waiting), by: call.member)
                    .refused(422, "invalidFields", field: "call")
                // In one call alone: asked into another, they would have to leave this one.
                try await call.fixture.post(
                    "group-call.start",
                    [
                        "clinic": .string(call.hospital.clinic),
                        "visits": [.string(call.callers[0].id)],
                    ], by: call.colleague
                ).refused(409, "alreadyBeingSeen")
            }
            #expect(changed == [])
            try await call.must("group-call.leave", by: call.member)
            try await call.fixture.post(
                "group-call.start",
                [
                    "clinic": .string(call.hospital.clinic),
                    "visits": [.string(call.callers[0].id)],
                ], by: call.colleague
            ).refused(409, "inGroupCall")
            try await call.must("group-call.end", by: call.colleague)
            try await call.tell(by: call.member).refused(409, "groupCallEnded")
            #expect(try await call.states() == ["onHold", "onHold", "waiting"])
        }
    }

    /// Runs a test in a group call of two callers and a staff member.
    private func inCall(
        store: any EventStore = MemoryStore(),
        _ test: @escaping @Sendable (BegunGroupCall) async throws -> Void
    ) async throws {
        try await inHospital(store: store) { hospital in
            try await test(BegunGroupCall(hospital))
        }
    }
}

/// A group call that two callers are in, begun by a staff member; a colleague is at hand.
private struct BegunGroupCall: Sendable {
    let hospital: Hospital
    let member: Person
    let colleague: Person
    let callers: [Person]
    let id: JSON

    var fixture: Fixture { hospital.fixture }

    init(_ hospital: Hospital) async throws {
        self.hospital = hospital
        member = try await hospital.teamMember()
        colleague = try await hospital.teamMember()
        callers = [try await hospital.caller(), try await hospital.caller(firstName: "Jean")]
        let begun = try await hospital.fixture.must(
            "group-call.start",
            [
                "clinic": .string(hospital.clinic),
                "visits": .array(callers.map { .string($0.id) }),
            ], by: member)
        id = .string(try #require(begun.result("call")))
        for caller in callers { try await answer(caller, true).accepted() }
    }

    func keeper() -> PresenceKeeper {
        PresenceKeeper(dispatch: fixture.dispatch, views: fixture.side.views) {
            Issue.record("\($0)")
        }
    }

    func timeouts() -> GroupCallTimeouts {
        GroupCallTimeouts(dispatch: fixture.dispatch, views: fixture.side.views) {
            Issue.record("\($0)")
        }
    }

    func visit(_ caller: Person) -> JSON { ["visit": .string(caller.id)] }

    func answer(_ caller: Person, _ accepts: Bool) async throws -> Told {
        try await post(
            "visit.answer-group", visit(caller).setting("accept", .bool(accepts)), by: caller)
    }

    func post(
        _ command: String, _ body: JSON = [:], by person: Person, key: String? = nil
    ) async throws -> Told {
        try await fixture.post(command, body.setting("call", id), by: person, key: key)
    }

    @discardableResult
    func must(
        _ command: String, _ body: JSON = [:], by person: Person,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> Told {
        try await fixture.must(command, body.setting("call", id), by: person, location)
    }

    /// Tells that one is in it.
    func tell(with place: JSON = [:], by person: Person) async throws -> Told {
        try await fixture.request(
            .post, "/v1/presence", by: person, ["Content-Type": "application/json"],
            body: place.setting("call", id).bytes)
    }

    /// As a staff member is shown it.
    func shown() async throws -> JSON {
        let told = try await fixture.get("/v1/group-calls/\(id.text ?? "")", by: colleague)
        told.accepted()
        return told.json
    }

    /// Of the clinic's callers as staff see them, in the order in which they came.
    func states() async throws -> [String] {
        try await fixture.waitingArea(hospital).map { $0["state"]?.text ?? "" }
    }

    /// What `body` brings about in group calls and visits, in the order of the log.
    func changed(_ body: () async throws -> Void) async throws -> [String] {
        try await fixture.appended(body).map { "\($0.type)" }.filter {
            $0.hasPrefix("group-call.") || $0.hasPrefix("visit.")
        }
    }
}
