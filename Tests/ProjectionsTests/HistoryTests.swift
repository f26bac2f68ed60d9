import Domain
import EventStore
import Projections
import Testing

/// Visits and appointments as they were.
@Suite("Histories") struct HistoryTests {
    private let clinic = ID<Clinic>(bits: 1)
    private let grace = ID<Staff>(bits: 42)

    private func visit(_ events: VisitEvent...) async throws -> VisitRow? {
        let store = MemoryStore()
        for event in events { try store.add(.of(event, .visit(ID(bits: 9)))) }
        let views = try await Replay(store, cores: 1).views(of: .north, at: .head)
        return try await views.visit(ID(bits: 9), in: .north).value
    }

    private var opened: VisitEvent { .opened(VisitOpened(at: .minute(0), clinic: clinic)) }
    private var arrived: VisitEvent {
        .arrived(
            CallerArrived(
                at: .minute(1), clinic: clinic, entry: Sealed(EntryFields(), under: ID(bits: 3))))
    }
    private func ended(_ reason: EndReason) -> VisitEvent {
        .ended(VisitEnded(at: .minute(9), by: nil, reason: reason))
    }

    @Test("REP-3 who was taken in was seen, and waited until then")
    func seen() async throws {
        let row = try #require(
            try await visit(
                opened, arrived, .admitted(CallerAdmitted(at: .minute(4), staff: grace)),
                .admitted(CallerAdmitted(at: .minute(6), staff: ID(bits: 43))), ended(.finished)))
        #expect(row.outcome == .seen)
        #expect(row.practitioner == grace)
        #expect(row.openedAt == .minute(0))
        #expect(row.waitingFrom == .minute(1))
        #expect(row.beingSeenAt == .minute(4))
        #expect(row.endedAt == .minute(9))
        #expect(row.wait == .minutes(3))
    }

    @Test("REP-3 who went before being seen gave up, and waited to the end")
    func gaveUp() async throws {
        let row = try #require(
            try await visit(opened, arrived, .gaveUp(CallerGaveUp(at: .minute(5)))))
        #expect(row.outcome == .gaveUp)
        #expect(row.wait == .minutes(4))
        let lost = try #require(try await visit(opened, arrived, ended(.lostContact)))
        #expect(lost.outcome == .gaveUp)
    }

    @Test("REP-3 who never waited has neither outcome nor wait")
    func neverWaited() async throws {
        let row = try #require(try await visit(opened, ended(.neverArrived)))
        #expect(row.outcome == .none)
        #expect(row.wait == nil)
        #expect(row.endedAt == .minute(9))
    }

    @Test(
        "REP-3 pages of visits join to the whole, whatever their length", arguments: [1, 3, 7, 50])
    func pages(limit: Int) async throws {
        let store = MemoryStore()
        try store.fill([.north], commits: 200, seed: 111)
        let views = try await Replay(store, cores: 1).views(of: .north, at: .head)
        let whole = try await views.visits(in: .north).rows
        #expect(whole.count > 5)
        var joined: [VisitRow] = []
        var mark: PageMark?
        repeat {
            let page = try await views.visits(
                in: .north, PageRequest(after: mark, limit: limit))
            #expect(page.rows.count <= limit)
            joined += page.rows
            mark = page.next.flatMap { PageMark($0.description) }
        } while mark != nil
        #expect(joined == whole)
    }

    @Test("SCH-2 an appointment is booked, then done, missed or cancelled; its details stay shut")
    func appointments() async throws {
        let store = MemoryStore()
        let settled: [AppointmentEvent?] = [
            nil, .done(AppointmentDone(at: .minute(3), visit: ID(bits: 9))),
            .noShow(AppointmentNoShow(at: .minute(3))),
            .cancelled(AppointmentCancelled(at: .minute(3), reason: nil)),
        ]
        for (index, event) in settled.enumerated() {
            let stream = StreamName.appointment(ID(bits: UInt128(index) + 1))
            let booked = AppointmentBooked(
                at: .minute(0), clinic: clinic, practitioner: grace, time: .day(19_700 + index),
                details: Sealed(AppointmentDetails(client: ID(bits: 5)), under: ID(bits: 3)))
            try store.add(.of(AppointmentEvent.booked(booked), stream))
            if let event { try store.add(.of(event, stream)) }
        }
        let views = try await Replay(store, cores: 1).views(of: .north, at: .head)
        let rows = try await views.appointments(in: .north, clinic: clinic).rows
        #expect(rows.map(\.status) == [.booked, .done, .noShow, .cancelled])
        #expect(rows.map(\.settledAt) == [nil, .minute(3), .minute(3), .minute(3)])
        #expect(rows[1].visit == ID(bits: 9))
        #expect(rows.allSatisfy { $0.details?.place == .appointmentDetails })
        let day = try #require(LocalDate(day: 19_702))
        let one = try await views.appointments(
            in: .north, practitioner: grace, from: day, through: day)
        #expect(one.rows.map(\.status) == [.noShow])
    }
}
