import API
import Testing

/// A live stream, however often it breaks: the changes of the log in their order, each once, and at
/// the end what the query says.
@Suite("Live: resumption") struct ResumptionTests {
    @Test(
        "OPS-6 broken off anywhere and resumed, nothing is missed, nothing comes twice",
        arguments: 0..<8 as Range<UInt64>)
    func waitingArea(seed: UInt64) async throws {
        try await inHospital(pace: .quick) { hospital in
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area"
            let member = try await hospital.teamMember()
            var clinic = try await BusyClinic(hospital, seed: seed)
            for _ in 0..<10 { try await clinic.step() }
            let reader = Reader(hospital.fixture, path + "/live", member, seed: seed)
            let heard = try await reader.listen(while: &clinic, steps: 60)
            // Whoever heard it all from the beginning heard the same.
            let from = try #require(heard.first { $0.event == "ready" }?.id)
            let last = try #require(heard.last?.id)
            let all = try await hospital.fixture.live(path + "/live", by: member, after: -1) {
                await $0.through { $0.id == last }
            }
            let changes = heard.filter { $0.id != nil && $0.event != "ready" }
            #expect(changes == all.filter { ($0.id ?? 0) > from }, "seed \(seed)")
            #expect(changes.compactMap(\.id) == changes.compactMap(\.id).sorted())
            #expect(Set(changes.compactMap(\.id)).count == changes.count)
            // And what it adds up to is what the query says.
            let query = try await hospital.fixture.get("\(path)?position=\(last)", by: member)
            let rows = try #require(query.json["rows"]?.elements).map { $0.withoutWaited }
            #expect(Set(area(heard).values) == Set(rows), "seed \(seed)")
        }
    }

    @Test("OPS-6 so it is for one visit, told to its caller", arguments: 0..<4 as Range<UInt64>)
    func visit(seed: UInt64) async throws {
        try await inHospital(pace: .quick) { hospital in
            let fixture = hospital.fixture
            let caller = try await hospital.caller()
            var clinic = try await BusyClinic(hospital, seed: seed)
            clinic.add(caller)
            let reader = Reader(fixture, "/v1/visits/\(caller.id)/live", caller, seed: seed)
            let heard = try await reader.listen(while: &clinic, steps: 40, ending: caller)
            let ids = heard.filter { $0.event != "ready" }.compactMap(\.id)
            #expect(ids == ids.sorted() && Set(ids).count == ids.count, "seed \(seed)")
            let query = try await fixture.get("/v1/visits/\(caller.id)", by: caller)
            let last = try #require(heard.last { $0.event == "visit" })
            let told = query.json.setting("messages", nil).setting("position", nil)
            #expect(last.json == told, "seed \(seed)")
            let messages = heard.filter { $0.event == "message" }.map(\.json)
            #expect(.array(messages) == query.json["messages"], "seed \(seed)")
            #expect(!heard.contains { $0.event == "visit" && $0.json["visit"] != told["visit"] })
        }
    }

    /// The rows that snapshot and changes add up to.
    private func area(_ heard: [Heard]) -> [String: JSON] {
        var rows: [String: JSON] = [:]
        for message in heard {
            guard let visit = message.json["visit"]?.text else { continue }
            rows[visit] = message.event == "gone" ? nil : message.json.withoutWaited
        }
        return rows
    }

    @Test("OPS-6 a position that is none, or not reached yet, is refused")
    func positions() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let head = try await fixture.head(hospital.organisation)
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area/live"
            for position in ["x", "-2", "1.5", "99999999999999999999", "\(head)", "\(Int64.max)"] {
                let told = try await fixture.get(
                    path, by: hospital.administrator, ["Last-Event-ID": position])
                told.refused(422, "invalidFields", field: "Last-Event-ID", position)
            }
        }
    }
}

/// A reader whose connection breaks again and again, after some messages or inside one.
private struct Reader {
    let fixture: Fixture
    let path: String
    let person: Person
    var random: Seeded

    init(_ fixture: Fixture, _ path: String, _ person: Person, seed: UInt64) {
        self.fixture = fixture
        self.path = path
        self.person = person
        random = Seeded(seed &+ 500)
    }

    /// Listens while the clinic goes on; all that was heard, whole messages only.
    func listen(
        while clinic: inout BusyClinic, steps: Int, ending last: Person? = nil
    ) async throws -> [Heard] {
        let end = Box<Int64?>(nil)
        let reader = self
        var going = clinic
        return try await withThrowingTaskGroup(of: [Heard].self) { group in
            group.addTask {
                var reader = reader
                return try await reader.listen(until: end)
            }
            for _ in 0..<steps { try await going.step() }
            end.content = try await going.end(last)
            return try await group.next() ?? []
        }
    }

    private mutating func listen(until end: Box<Int64?>) async throws -> [Heard] {
        var heard: [Heard] = []
        while end.content == nil || (heard.last?.id ?? -1) < (end.content ?? 0) {
            let after = heard.last?.id
            let most = Int(random.next() % 6)
            let bytes = random.next() % 3 == 0 ? Int(random.next() % 4_000) : nil
            let more = try await fixture.live(
                path, by: person, after: after, breaksAfter: bytes
            ) { listening in
                await listening.until { more in
                    guard let seen = more.last?.id ?? (more.isEmpty ? after : nil) else {
                        return false
                    }
                    if let end = end.content, seen >= end { return true }
                    return more.count > most
                }
            }
            // A snapshot that did not come to its end is taken anew.
            if after == nil, !more.contains(where: { $0.event == "ready" }) { continue }
            heard += more
        }
        return heard
    }
}

extension LivePace {
    /// Heartbeats come soon, so that a reader sees in time that there is no more to come.
    fileprivate static var quick: LivePace {
        var pace = LivePace()
        pace.heartbeat = .milliseconds(5)
        return pace
    }
}

extension JSON {
    /// A row without what depends on now.
    fileprivate var withoutWaited: JSON { setting("waitedMilliseconds", nil) }
}
