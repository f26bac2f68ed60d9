import Domain
import EventStore
import Foundation
import Projections
import Testing

/// What a screen showed then can be shown now.
@Suite("Time travel") struct TimeTravelTests {
    private let clinic = ID<Clinic>(bits: 5)
    private let visit = ID<Visit>(bits: 9)

    private func store() throws -> MemoryStore {
        let store = MemoryStore()
        try store.add(
            at: 1,
            .of(VisitEvent.opened(VisitOpened(at: .minute(1), clinic: clinic)), .visit(visit)),
            .of(
                VisitEvent.arrived(
                    CallerArrived(
                        at: .minute(1), clinic: clinic,
                        entry: Sealed(EntryFields(), under: ID(bits: 3)))), .visit(visit)))
        try store.add(
            at: 4,
            .of(
                VisitEvent.admitted(CallerAdmitted(at: .minute(4), staff: ID(bits: 42))),
                .visit(visit)))
        try store.add(
            at: 9,
            .of(
                VisitEvent.ended(
                    VisitEnded(at: .minute(9), by: ID(bits: 42), reason: .finished)),
                .visit(visit)))
        return store
    }

    @Test(
        "AUD-4 the waiting area of a moment is shown as it was, that moment included",
        arguments: [
            (0, nil), (1, CallerState.waiting), (3, .waiting), (4, .beingSeen), (8, .beingSeen),
            (9, nil), (99, nil),
        ] as [(Int64, CallerState?)])
    func moment(minute: Int64, state: CallerState?) async throws {
        let replay = Replay(try store(), cores: 1)
        let views = try await replay.views(of: .north, at: .moment(.minute(minute)))
        let page = try await views.waitingArea(of: clinic, in: .north)
        #expect(page.rows.map(\.state) == (state.map { [$0] } ?? []))
    }

    @Test("AUD-4 the waiting area of a position is shown as it was, that event included")
    func position() async throws {
        let replay = Replay(try store(), cores: 1)
        var states: [[CallerState]] = []
        for position in Int64(0)...3 {
            let views = try await replay.views(of: .north, at: .through(position))
            let page = try await views.waitingArea(of: clinic, in: .north)
            #expect(page.applied == position + 1)
            states.append(page.rows.map(\.state))
        }
        #expect(states == [[], [.waiting], [.beingSeen], []])
    }

    @Test("AUD-4 beginning at a snapshot or at the first event, the state is the same")
    func snapshots() async throws {
        let store = MemoryStore()
        try store.fill([.north], commits: 400, seed: 41)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let snapshots = Snapshots(folder: folder.path + "/snapshots", every: 300)
        try await running(store, in: folder.path, snapshots: snapshots) { runner, _ in
            try await runner.caughtUp(.north, store)
            try store.fill([.north], commits: 200, seed: 42)
            try await runner.caughtUp(.north, store)
            try store.fill([.north], commits: 20, seed: 43)
        }
        let files = try FileManager.default.subpathsOfDirectory(atPath: snapshots.folder)
        let count = files.filter { $0.hasSuffix(".snap") }.count
        #expect(count == 2 * ViewSet.all.projections.count)

        let head = try store.head(of: .north)
        let replay = Replay(store, cores: 1)
        let from = try await replay.digests(of: .north, .head, from: snapshots)
        #expect(try await replay.digests(of: .north) == from)
        #expect(from.allSatisfy { $0.applied == head })
        // A snapshot that lies behind the end is not used, and a damaged one neither.
        for position in [Int64(50), 500, head - 300, head - 2] {
            let there = try await replay.digests(of: .north, .through(position), from: snapshots)
            #expect(try await replay.digests(of: .north, .through(position)) == there)
        }
        for file in files where file.hasSuffix(".snap") {
            let path = "\(snapshots.folder)/\(file)"
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(fileURLWithPath: path))
        }
        #expect(try await replay.digests(of: .north, .head, from: snapshots) == from)
    }
}
