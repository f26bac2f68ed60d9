import API
import Domain
import EventStore
import Projections
import Testing

/// Callers of one clinic, whose streams share its queue.
@Suite("Live: places in a queue that is shared") struct SharedQueueTests {
    private static func pace(heartbeat: Duration) -> LivePace {
        var pace = LivePace()
        pace.heartbeat = heartbeat
        return pace
    }

    /// The place on a caller's screen after what was told, as a page shows it.
    private func place(shown heard: [Heard]) -> JSON? {
        var place: JSON?
        var clinic: JSON?
        for message in heard {
            if message.event == "visit" {
                let now = message.json["clinic"]
                if message.json["state"] != "waiting" || now != clinic { place = nil }
                clinic = now
            }
            if message.event == "place" { place = message.json["position"] }
        }
        return place
    }

    @Test(
        "WA-3 whatever happens in a clinic, each caller is told the place that staff see, at once",
        arguments: 0..<6 as Range<UInt64>)
    func manyStreams(seed: UInt64) async throws {
        try await inHospital(pace: Self.pace(heartbeat: .seconds(86_400))) { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.staff([
                "teamMember@\(hospital.clinic)", "teamMember@\(hospital.otherClinic)",
            ])
            var people: [Person] = []
            for number in 0..<6 {
                people.append(try await hospital.caller(firstName: "Grace \(number)"))
            }
            var day = try await BusyClinic(hospital, seed: seed)
            for person in people { day.add(person) }
            let (places, tell) = AsyncStream.makeStream(of: (Int, JSON?).self)
            let screens = try await withThrowingTaskGroup(of: (Int, [Heard]).self) { group in
                for (index, person) in people.enumerated() {
                    group.addTask {
                        let path = "/v1/visits/\(person.id)/live"
                        let heard = try await fixture.live(path, by: person) { screen in
                            var heard = await screen.through { $0.event == "ready" }
                            tell.yield((index, self.place(shown: heard)))
                            while heard.last?.json["state"] != "ended",
                                heard.last?.json["text"] != "Over.",
                                let message = await screen.next()
                            {
                                heard.append(message)
                                tell.yield((index, self.place(shown: heard)))
                            }
                            return heard
                        }
                        return (index, heard)
                    }
                }
                var shown = Shown(places)
                await shown.until { $0.count == people.count }
                var random = Seeded(seed &+ 900)
                for _ in 0..<60 {
                    try await day.step()
                    if random.next() % 3 != 0 { continue }
                    let one = people[Int(random.next() % UInt64(people.count))]
                    let told = try await fixture.post(
                        "visit.send-back", ["visit": .string(one.id), "reason": "other"],
                        by: member)
                    #expect([200, 409].contains(told.status), "\(told.text)")
                }
                try await fixture.caughtUp(hospital.organisation)
                var expected: [Int: JSON?] = [:]
                for (index, person) in people.enumerated() {
                    let asked = try await fixture.get("/v1/visits/\(person.id)", by: person)
                    expected.updateValue(asked.json["position"], forKey: index)
                }
                await shown.until { $0 == expected }
                try await self.write("Over.", by: people, fixture)
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            try await fixture.caughtUp(hospital.organisation)
            for (index, person) in people.enumerated() {
                let heard = try #require(screens[index])
                let asked = try await fixture.get("/v1/visits/\(person.id)", by: person)
                #expect(
                    self.place(shown: heard) == asked.json["position"],
                    "seed \(seed), caller \(index)")
                let words = heard.map(\.data).joined()
                for other in people where other.id != person.id {
                    #expect(!words.contains(other.id))
                }
            }
            #expect(fixture.dispatch.bell.queuesCount == 0)
        }
    }

    /// The places on all screens, as they change.
    private struct Shown {
        private var places: [Int: JSON?] = [:]
        private var changes: AsyncStream<(Int, JSON?)>.Iterator

        init(_ changes: AsyncStream<(Int, JSON?)>) { self.changes = changes.makeAsyncIterator() }

        mutating func until(_ isReached: ([Int: JSON?]) -> Bool) async {
            while !isReached(places), let (index, place) = await changes.next() {
                places.updateValue(place, forKey: index)
            }
        }
    }

    /// Of those whose visit is not over.
    private func write(_ text: String, by people: [Person], _ fixture: Fixture) async throws {
        for person in people {
            let told = try await fixture.post(
                "visit.message", ["visit": .string(person.id), "text": .string(text)], by: person)
            #expect([200, 409].contains(told.status), "\(told.text)")
        }
    }

    @Test("WA-3 who comes back by Last-Event-ID is told their place at once")
    func resumed() async throws {
        try await inHospital(pace: Self.pace(heartbeat: .seconds(86_400))) { hospital in
            let fixture = hospital.fixture
            let first = try await hospital.caller(firstName: "Ada")
            let last = try await hospital.caller(firstName: "Jean")
            let position = try await fixture.head(hospital.organisation) - 1
            try await fixture.must("visit.give-up", ["visit": .string(first.id)], by: first)
            let heard = try await fixture.live(
                "/v1/visits/\(last.id)/live", by: last, after: position
            ) {
                await $0.through { _ in true }
            }
            #expect(heard.map(\.event) == ["place"])
            #expect(heard.first?.json["position"] == 1)
            #expect(heard.first?.id == nil)
        }
    }

    @Test("ORG-6 a queue is kept while somebody is told their place from it, and no longer")
    func dropped() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let bell = fixture.dispatch.bell
            let member = try await hospital.teamMember()
            let waiting = try await hospital.caller(firstName: "Ada")
            let next = try await hospital.caller(firstName: "Jean")
            let elsewhere = try await hospital.caller(in: hospital.otherClinic)
            let path = "/v1/visits/\(next.id)/live"
            #expect(bell.queuesCount == 0)
            try await fixture.live("/v1/visits/\(waiting.id)/live", by: waiting) { one in
                _ = await one.through { $0.event == "ready" }
                #expect(bell.queuesCount == 1)
                try await fixture.live(path, by: next) { other in
                    _ = await other.through { $0.event == "ready" }
                    #expect(bell.queuesCount == 1)
                }
                try await fixture.live("/v1/visits/\(elsewhere.id)/live", by: elsewhere) {
                    _ = await $0.through { $0.event == "ready" }
                    #expect(bell.queuesCount == 2)
                }
                #expect(bell.queuesCount == 1)
                try await fixture.must(
                    "visit.admit", ["visit": .string(waiting.id)], by: member)
                _ = await one.through { $0.json["state"] == "beingSeen" }
                #expect(bell.queuesCount == 0)
            }
            try await fixture.must(
                "clinic.set-waiting-area",
                ["clinic": .string(hospital.clinic), "showsPosition": false],
                by: hospital.administrator)
            try await fixture.live(path, by: next) {
                let heard = await $0.through { $0.event == "ready" }
                #expect(!heard.contains { $0.event == "place" })
                #expect(bell.queuesCount == 0)
            }
        }
    }

    @Test("WA-3 what is appended past the bell moves places with the next heartbeat")
    func foreign() async throws {
        try await inHospital(pace: Self.pace(heartbeat: .milliseconds(5))) { hospital in
            let fixture = hospital.fixture
            let callers = [
                try await hospital.caller(firstName: "Ada"),
                try await hospital.caller(firstName: "Jean"),
            ]
            let last = try await hospital.caller(firstName: "Grace")
            let heard = try await fixture.live("/v1/visits/\(last.id)/live", by: last) { screen in
                var heard = await screen.through { $0.event == "ready" }
                try await self.end(callers[0], behindTheBackOf: hospital)
                heard += await screen.through { $0.event == "place" }
                // And from then on by appends again.
                try await fixture.must(
                    "visit.give-up", ["visit": .string(callers[1].id)], by: callers[1])
                heard += await screen.through { $0.event == "place" }
                return heard
            }
            let places = heard.filter { $0.event == "place" }.map { $0.json["position"] }
            #expect(places == [3, 2, 1])
        }
    }

    /// As another process would, or an import: past the bell.
    private func end(_ caller: Person, behindTheBackOf hospital: Hospital) async throws {
        let fixture = hospital.fixture
        let stream = StreamName(Category.visit, try #require(UInt128(caller.id, radix: 16)))
        let now = fixture.clock.now()
        let event = VisitEvent.ended(VisitEnded(at: now, by: nil, reason: .finished))
        _ = try await fixture.store.append(
            Commit(
                log: fixture.log(hospital.organisation), commandID: 77, now: now.milliseconds,
                context: Context(
                    actor: Actor("operator"), role: "operator", basis: "installation",
                    origin: "import"),
                events: [try EventCoding.newEvent(event, in: stream)]))
    }
}
