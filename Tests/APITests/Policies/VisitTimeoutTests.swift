import API
import Domain
import EventStore
import Projections
import Testing

/// What the clock alone brings, by a clock that is told.
@Suite("Visits timed out") struct VisitTimeoutTests {
    private let grace = Int64(Visit.graceSeconds)
    private let lifeSeconds = VisitTimeout.life.count / 1000

    private func timeouts(_ fixture: Fixture) -> VisitTimeouts {
        VisitTimeouts(dispatch: fixture.dispatch, views: fixture.side.views) {
            Issue.record("\($0)")
        }
    }

    /// A runner that has been up for longer than the grace time.
    private func settled(_ fixture: Fixture) -> VisitTimeouts {
        let timeouts = timeouts(fixture)
        fixture.clock.advance(seconds: grace + 1)
        return timeouts
    }

    private func events(
        _ hospital: Hospital, of visit: Person
    ) async throws -> [VisitEvent] {
        let log = try hospital.fixture.log(hospital.organisation)
        let bits = try #require(UInt128(visit.id, radix: 16))
        let recorded = try await hospital.fixture.store.readStream(
            StreamName(Category.visit, bits), in: log, from: 0, limit: 1_000)
        return try recorded.compactMap {
            guard case .visit(_, let event) = try EventCoding.fact($0).body else { return nil }
            return event
        }
    }

    private func loseContact(_ hospital: Hospital, _ caller: Person) async throws {
        try await hospital.fixture.must(
            "visit.disconnect", ["visit": .string(caller.id)], by: caller)
    }

    @Test("WA-3 who lost contact drops out after the grace time, once, and not before")
    func dropOut() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            var timeouts = settled(fixture)
            let caller = try await hospital.caller()
            let other = try await hospital.caller(firstName: "Jean")
            try await loseContact(hospital, caller)
            fixture.clock.advance(seconds: grace)
            #expect(try await timeouts.tick() == 0)
            fixture.clock.advance(seconds: 1)
            #expect(try await timeouts.tick() == 1)
            #expect(try await timeouts.tick() == 0)
            guard case .ended(let ended)? = try await events(hospital, of: caller).last else {
                Issue.record("not ended")
                return
            }
            #expect(ended.reason == .lostContact)
            #expect(ended.by == nil)
            #expect(try await events(hospital, of: other).count == 2)
            let head = try await fixture.head(hospital.organisation)
            let last = try await fixture.events(hospital.organisation, from: head - 1)
            #expect(last.first?.context.actor == Actor("policy"))
        }
    }

    @Test("WA-3 who comes back in time keeps their place; lost again, they have all of it again")
    func comeBack() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            var timeouts = settled(fixture)
            let caller = try await hospital.caller()
            try await loseContact(hospital, caller)
            fixture.clock.advance(seconds: grace - 10)
            #expect(try await timeouts.tick() == 0)
            try await fixture.must("visit.come-back", ["visit": .string(caller.id)], by: caller)
            fixture.clock.advance(seconds: 5)
            try await loseContact(hospital, caller)
            fixture.clock.advance(seconds: grace)
            #expect(try await timeouts.tick() == 0)
            fixture.clock.advance(seconds: 1)
            #expect(try await timeouts.tick() == 1)
        }
    }

    @Test("WA-3 after a start nobody is dropped before a full grace time, and may come back in it")
    func afterStart() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let caller = try await hospital.caller()
            let other = try await hospital.caller(firstName: "Jean")
            for caller in [caller, other] { try await loseContact(hospital, caller) }
            fixture.clock.advance(seconds: 3_000)  // The server was away.
            var timeouts = timeouts(fixture)
            #expect(try await timeouts.tick() == 0)
            fixture.clock.advance(seconds: grace - 1)
            #expect(try await timeouts.tick() == 0)
            try await fixture.must("visit.come-back", ["visit": .string(caller.id)], by: caller)
            fixture.clock.advance(seconds: 1)
            #expect(try await timeouts.tick() == 1)
            #expect(try await events(hospital, of: caller).last?.isReturn == true)
        }
    }

    @Test("WA-12 a visit that nobody ends is closed by rule, and one that was only opened sooner")
    func nobodyEnds() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let seen = try await hospital.caller()
            let waits = try await hospital.caller(firstName: "Jean")
            try await fixture.must("visit.admit", ["visit": .string(seen.id)], by: member)
            let opened = Person.bearing("", id: try await hospital.opened())
            // Begun after them: from the view; and before: from the log. Both find them all.
            var timeouts = timeouts(fixture)
            fixture.clock.advance(seconds: 3_600)
            #expect(try await timeouts.tick() == 1)
            fixture.clock.advance(seconds: lifeSeconds - 3_600 - 1)
            #expect(try await timeouts.tick() == 0)
            fixture.clock.advance(seconds: 1)
            #expect(try await timeouts.tick() == 2)
            #expect(try await reason(hospital, opened) == .neverArrived)
            #expect(try await reason(hospital, seen) == .timedOut)
            #expect(try await reason(hospital, waits) == .timedOut)
            let told = try await fixture.post(
                "visit.admit", ["visit": .string(waits.id)], by: member)
            #expect(told.code == "visitEnded")
        }
    }

    private func reason(_ hospital: Hospital, _ visit: Person) async throws -> EndReason? {
        guard case .ended(let ended)? = try await events(hospital, of: visit).last else {
            return nil
        }
        return ended.reason
    }

    @Test("WA-12 two servers over one log end a visit once, and a day of many by random turns")
    func twoServers() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            // The second has caches of its own, as after a restart.
            let second = Dispatch(
                store: fixture.store, vault: fixture.dispatch.vault, clock: fixture.clock,
                ids: SeededIDs(seed: 7), catalogue: .all, began: { _ in })
            var one = timeouts(fixture)
            var other = VisitTimeouts(dispatch: second, views: fixture.side.views) {
                Issue.record("\($0)")
            }
            fixture.clock.advance(seconds: grace)
            var callers: [Person] = []
            for _ in 0..<6 {
                let caller = try await hospital.caller()
                callers.append(caller)
                try await loseContact(hospital, caller)
                fixture.clock.advance(seconds: 40)
                _ = try await one.tick()
                _ = try await other.tick()
            }
            fixture.clock.advance(seconds: grace + 1)
            _ = try await other.tick()
            _ = try await one.tick()
            for caller in callers {
                let ends = try await events(hospital, of: caller).filter {
                    if case .ended = $0 { true } else { false }
                }
                #expect(ends.count == 1)
            }
        }
    }

    @Test("WA-3 a refused policy command is settled: it is not tried again until something happens")
    func settledOnce() async throws {
        let store = InterposedStore()
        try await inHospital(store: store) { hospital in
            let fixture = hospital.fixture
            var timeouts = settled(fixture)
            let caller = try await hospital.caller()
            try await loseContact(hospital, caller)
            fixture.clock.advance(seconds: grace + 1)
            // While the policy's command is on its way, they come back.
            store.beforeNext(Category.visit) {
                try await fixture.must(
                    "visit.come-back", ["visit": .string(caller.id)], by: caller)
            }
            #expect(try await timeouts.tick() == 0)
            #expect(store.hasHappened)
            let head = try await fixture.head(hospital.organisation)
            for _ in 0..<3 {
                fixture.clock.advance(seconds: 60)
                #expect(try await timeouts.tick() == 0)
            }
            #expect(try await fixture.head(hospital.organisation) == head)
            #expect(try await events(hospital, of: caller).last?.isReturn == true)
        }
    }

    @Test("WA-3 nobody asks for the policy's end by hand before it is due")
    func notByHand() async throws {
        try await inHospital { hospital in
            let caller = try await hospital.caller()
            let told = try await hospital.fixture.post(
                "visit.drop-out", ["visit": .string(caller.id)], by: hospital.administrator)
            #expect(told.code == "notForThisActor")
        }
    }
}

extension VisitEvent {
    fileprivate var isReturn: Bool {
        if case .returned = self { true } else { false }
    }
}
