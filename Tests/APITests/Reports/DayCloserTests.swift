import API
import Domain
import EventStore
import Projections
import Synchronization
import Testing

@Suite("Closing of days") struct DayCloserTests {
    /// 2026-11-18T08:26:40Z, when the fixture's clock begins, is the 18th in Copenhagen.
    static let first = 20_775

    private func closer(_ fixture: Fixture) -> DayCloser {
        DayCloser(dispatch: fixture.dispatch) { Issue.record("\($0)") }
    }

    private func closed(_ fixture: Fixture, _ organisation: String) async throws -> [DaySpan] {
        let log = LogID(bits: try #require(UInt128(organisation, radix: 16)))
        let stream = StreamName(Category.day, log.bits)
        var spans: [DaySpan] = []
        let events = try await fixture.store.readStream(stream, in: log, from: 0, limit: 1000)
        for event in events {
            guard case .days(_, .closed(let closed)) = try EventCoding.fact(event).body else {
                continue
            }
            #expect(event.context.actor == Actor("policy"))
            spans.append(closed.span)
        }
        return spans
    }

    @Test("REP-1 a day is closed at the organisation's own midnight, and once")
    func midnight() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            let closer = closer(fixture)
            #expect(try await closer.tick() == 0)
            let midnight = Instant(milliseconds: Int64(Self.first + 1) * 86_400_000 - 3_600_000)
            let wait = (midnight - fixture.clock.now()).count
            fixture.clock.advance(seconds: wait / 1000 - 1)
            #expect(try await closer.tick() == 0)
            fixture.clock.advance(seconds: 1)
            #expect(try await closer.tick() == 1)
            #expect(try await closer.tick() == 0)
            let head = try await fixture.head(hospital.organisation)
            #expect(try await closer.tick() == 0)
            #expect(try await fixture.head(hospital.organisation) == head)
            let spans = try await closed(fixture, hospital.organisation)
            #expect(spans.map(\.until) == [midnight])
            #expect(spans.first?.day.day == Self.first)
            #expect(spans.first?.zone.description == "Europe/Copenhagen")
        }
    }

    @Test("REP-1 after a time out of service days are caught up one by one, 25 hours and 23 too")
    func caughtUp() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            fixture.clock.advance(seconds: 400 * 86_400)
            let closer = closer(fixture)
            #expect(try await closer.tick() == 400)
            let spans = try await closed(fixture, hospital.organisation)
            #expect(spans.map(\.day.day) == Array(Self.first..<Self.first + 400))
            for (one, next) in zip(spans, spans.dropFirst()) { #expect(one.until == next.from) }
            let lengths = Dictionary(grouping: spans) { ($0.until - $0.from).count / 3_600_000 }
            #expect(lengths.mapValues(\.count) == [24: 398, 23: 1, 25: 1])
        }
    }

    @Test("REP-1 an organisation made later is closed from its own first day on")
    func later() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            let closer = closer(fixture)
            fixture.clock.advance(seconds: 5 * 86_400)
            #expect(try await closer.tick() == 5)
            let other = try await Hospital(fixture, subdomain: "other")
            fixture.clock.advance(seconds: 2 * 86_400)
            #expect(try await closer.tick() == 4)
            #expect(try await closed(fixture, hospital.organisation).count == 7)
            let days = try await closed(fixture, other.organisation).map(\.day.day)
            #expect(days == [Self.first + 5, Self.first + 6])
        }
    }

    @Test("REP-1 while history comes in, only the import closes days")
    func held() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            let log = try fixture.log(hospital.organisation)
            let stream = StreamName(Category.day, log.bits)
            func append(_ event: DayEvent, _ number: UInt128) async throws {
                let new = try EventCoding.newEvent(event, in: stream)
                _ = try await fixture.store.append(
                    Commit(
                        log: log, commandID: number, now: fixture.clock.now().milliseconds,
                        context: Context(
                            actor: Actor("operator"), role: "operator", basis: "installation",
                            origin: "import"), events: [new]))
            }
            let by = ID<Import>(bits: 9)
            try await append(.held(DaysHeld(at: fixture.clock.now(), by: by)), 1)
            fixture.clock.advance(seconds: 3 * 86_400)
            let told = Mutex<[String]>([])
            let closer = DayCloser(dispatch: fixture.dispatch) { words in
                told.withLock { $0.append(words) }
            }
            #expect(try await closer.tick() == 0)
            #expect(try await closer.tick() == 0)
            #expect(told.withLock(\.count) == 1, "told once")
            let organisation = ID<Organisation>(bits: log.bits)
            let outcome = try await closer.close(
                organisation, until: fixture.clock.now(), during: by)
            #expect(outcome.closed == 3)
            fixture.clock.advance(seconds: 86_400)
            try await append(.released(DaysReleased(at: fixture.clock.now(), by: by)), 2)
            #expect(try await closer.tick() == 1)
        }
    }

    @Test("REP-1 two servers over one log close each day once")
    func twoServers() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            fixture.clock.advance(seconds: 30 * 86_400)
            // The second has caches of its own, as after a restart.
            let second = Dispatch(
                store: fixture.store, vault: fixture.dispatch.vault, clock: fixture.clock,
                ids: SeededIDs(seed: 7), catalogue: .all, began: { _ in })
            let closers = [
                closer(fixture), DayCloser(dispatch: second) { Issue.record("\($0)") },
            ]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for closer in closers { group.addTask { _ = try await closer.tick() } }
                try await group.waitForAll()
            }
            let days = try await closed(fixture, hospital.organisation).map(\.day.day)
            #expect(days == Array(Self.first..<Self.first + 30))
        }
    }

    @Test("REP-1 nobody closes a day by hand")
    func notByHand() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            fixture.clock.advance(seconds: 3 * 86_400)
            let told = try await fixture.post(
                "day.close", ["day": "2026-11-18"], by: hospital.administrator)
            #expect(told.status == 404)
            #expect(try await closed(fixture, hospital.organisation).isEmpty)
        }
    }
}
