import Domain
import EventStore
import Projections
import Testing

/// More happens in a minute than one row holds, and a day ends in the middle of it.
@Suite("Busy minutes") struct BusyMinuteTests {
    private let log = LogID.north
    private let clinic = ID<Clinic>(bits: 1)
    /// Visits opened before and after the day's end, 50 ms apart.
    private let before = 600
    private let after = 550
    private var midnight: Instant { moment(before) }

    private func moment(_ number: Int) -> Instant {
        Instant(milliseconds: Instant.minute(0).milliseconds + Int64(number) * 50)
    }

    private func opened(_ number: Int) -> NewEvent {
        .of(
            VisitEvent.opened(VisitOpened(at: moment(number), clinic: clinic)),
            .visit(ID(bits: UInt128(number + 1))))
    }

    private func closed(_ day: Int, from: Instant, until: Instant) throws -> NewEvent {
        let span = DaySpan(
            day: try #require(LocalDate(day: day)), zone: .utc, from: from, until: until,
            offsetSeconds: 0)
        return .of(
            DayEvent.closed(DayClosed(at: until, span: span)), StreamName(Category.day, log.bits))
    }

    @Test(
        "REP-4 each fact of a minute counts once and on its own day, also where the days part in it"
    )
    func parted() async throws {
        let store = MemoryStore()
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        // Not in order of time: what the log learned last may have happened first.
        let numbers = Array(0..<before + after).map { ($0 * 7) % (before + after) }
        #expect(Set(numbers).count == before + after)
        let live = try await running(store, in: folder.path) { runner, shelf in
            for (index, number) in numbers.enumerated() {
                try store.add(opened(number))
                // Written now and then, so that rows are looked up again.
                if index % 100 == 0 { try await runner.caughtUp(log, store) }
            }
            let start = Instant(milliseconds: midnight.milliseconds - 86_400_000)
            try store.add(try closed(19_675, from: start, until: midnight))
            try await runner.caughtUp(log, store)
            let end = Instant(milliseconds: midnight.milliseconds + 86_400_000)
            try store.add(try closed(19_676, from: midnight, until: end))
            try await runner.caughtUp(log, store)
            return try await Views(shelf).digests(of: log)
        }
        let views = try await Replay(store, cores: 1).views(of: log, at: .head)
        let days = try await views.reportSource(in: log, from: 19_675, through: 19_676).value
        #expect(days?.rows.map(\.opened) == [before, after])
        #expect(days?.rows.map(\.lateVisits) == [0, 0])
        #expect(try await Replay(store, cores: 1).digests(of: log) == live)
    }
}
