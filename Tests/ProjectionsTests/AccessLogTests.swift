import Domain
import EventStore
import Projections
import Testing

/// Who did or saw what, when.
@Suite("Access log") struct AccessLogTests {
    @Test("AUD-2 of each actor and period, every entry is found, in order, once", arguments: 1...3)
    func everyEntry(seed: UInt64) async throws {
        let store = MemoryStore()
        try store.fill([.north], commits: 300, seed: seed)
        let shelf = try ViewShelf(inMemory: "access", .all)
        try await Replay(store, cores: 1).run(onto: shelf)
        let reader = AccessLogReader(shelf, store)
        let events = try store.read(.north, from: 0, limit: 10_000)
        var random = Seeded(seed)
        let actors = Set(events.map(\.context.actor)).sorted { ($0.kind, $0.id) < ($1.kind, $1.id) }
        for actor in [nil] + actors.map(Optional.some) {
            let from = events[random.below(events.count)].recordedAt
            let until = from + Int64(random.below(400_000_000))
            for period in [nil, (from, until)] as [(Int64, Int64)?] {
                let expected = events.filter { event in
                    (actor == nil || event.context.actor == actor)
                        && (period.map { ($0.0..<$0.1).contains(event.recordedAt) } ?? true)
                }
                var found: [Int64] = []
                var after: Int64?
                repeat {
                    let page = try await reader.entries(
                        of: actor, in: .north,
                        from: period.map { Instant(milliseconds: $0.0) },
                        until: period.map { Instant(milliseconds: $0.1) }, after: after, limit: 9)
                    found += page.rows.map(\.position)
                    after = page.next?.sort
                } while after != nil
                #expect(found == expected.map(\.position), "seed \(seed)")
            }
        }
    }

    @Test("AUD-2 a write is its own entry, with role, basis and door of its envelope")
    func write() async throws {
        let store = MemoryStore()
        try store.add(
            .of(
                VisitEvent.opened(VisitOpened(at: .minute(0), clinic: ID(bits: 1))),
                .visit(ID(bits: 9))))
        let event = try #require(try store.read(.north, from: 0, limit: 1).first)
        let entry = AccessLogEntry(try EventCoding.fact(event))
        #expect(entry.actor == Actor("staff", id: 42))
        #expect(entry.role == "teamMember")
        #expect(entry.basis == "treatment")
        #expect(entry.origin == "http")
        #expect(entry.action == .create)
        #expect(entry.outcome == .allowed)
        #expect(entry.objectKind == .visit)
        #expect(entry.stream == .visit(ID(bits: 9)))
    }

    @Test("AUD-2 a refused look is an entry that says so")
    func refused() async throws {
        let store = MemoryStore()
        try store.add(
            .of(
                AccessEvent.noted(
                    AccessNoted(
                        at: .minute(0), event: .watched, action: .read, outcome: .refused,
                        objectKind: .waitingArea, clinic: ID(bits: 1), permission: .useWaitingArea,
                        records: 0)), StreamName(Category.access, 1, part: 19_000)))
        let event = try #require(try store.read(.north, from: 0, limit: 1).first)
        let entry = AccessLogEntry(try EventCoding.fact(event))
        #expect(entry.outcome == .refused)
        #expect(entry.code == .watched)
        #expect(entry.objectKind == .waitingArea)
        #expect(entry.permission == .useWaitingArea)
    }
}
