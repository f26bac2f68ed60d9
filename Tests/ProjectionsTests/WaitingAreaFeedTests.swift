import Domain
import EventStore
import Projections
import Testing

/// Live changes, with exact resumption.
@Suite("Waiting area feed") struct WaitingAreaFeedTests {
    /// The first `count` changes after `position`.
    private func changes(
        _ store: MemoryStore, _ clinic: ID<Clinic>, after position: Int64, count: Int
    ) async throws -> [WaitingAreaChange] {
        var seen: [WaitingAreaChange] = []
        if count == 0 { return seen }
        let all = WaitingAreaFeed(store).changes(in: .north, of: clinic, after: position)
        for try await change in all {
            seen.append(change)
            if seen.count == count { break }
        }
        return seen
    }

    @Test(
        "OPS-6 resumed after any position, the changes go on without gap or repeat",
        arguments: 1...4)
    func resumption(seed: UInt64) async throws {
        let store = MemoryStore()
        try store.fill([.north], commits: 240, seed: seed)
        let head = try store.head(of: .north)
        for number in 1...3 {
            let clinic = ID<Clinic>(bits: UInt128(number) << 96 | 0xA)
            // A mark at the end, so that the reader knows when it has seen all.
            let mark = ID<Visit>(bits: UInt128(number))
            try store.add(
                .of(
                    VisitEvent.arrived(
                        CallerArrived(
                            at: .minute(0), clinic: clinic,
                            entry: Sealed(EntryFields(), under: ID(bits: 3)))), .visit(mark)))
            var whole: [WaitingAreaChange] = []
            let feed = WaitingAreaFeed(store).changes(in: .north, of: clinic, after: -1)
            for try await change in feed {
                whole.append(change)
                if change.visit == mark { break }
            }
            #expect(whole.count > 10)
            #expect(whole.map(\.position) == whole.map(\.position).sorted())
            for position in stride(from: Int64(0), to: head, by: 7) {
                let rest = whole.filter { $0.position > position }
                let resumed = try await changes(
                    store, clinic, after: position, count: rest.count)
                #expect(resumed == rest, "seed \(seed), after \(position)")
            }
        }
    }

    @Test(
        "WA-2 the changes, applied to the rows of a position, are the rows of a later one",
        arguments: 5...8)
    func sameAsRows(seed: UInt64) async throws {
        let store = MemoryStore()
        try store.fill([.north], commits: 120, seed: seed)
        let clinic = ID<Clinic>(bits: 2 << 96 | 0xA)
        let replay = Replay(store, cores: 1)
        let head = try store.head(of: .north)
        let middle = head / 2
        let then = try await replay.views(of: .north, at: .through(middle))
        let now = try await replay.views(of: .north, at: .head)
        var rows: [ID<Visit>: CallerRow] = [:]
        for row in try await then.waitingArea(of: clinic, in: .north).rows {
            rows[row.visit] = row
        }
        try store.add(
            .of(
                VisitEvent.arrived(
                    CallerArrived(
                        at: .minute(0), clinic: clinic,
                        entry: Sealed(EntryFields(), under: ID(bits: 3)))),
                .visit(ID(bits: 1))))
        for try await change in WaitingAreaFeed(store).changes(
            in: .north, of: clinic, after: middle)
        {
            if change.position == head { break }
            rows[change.visit] = change.row
        }
        let expected = try await now.waitingArea(of: clinic, in: .north).rows
        #expect(rows.values.sorted { $0.queued < $1.queued } == expected, "seed \(seed)")
    }
}
