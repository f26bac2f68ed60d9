import Domain
import EventStore
import Projections
import Testing

/// The waiting area as its staff see it.
@Suite("Waiting area") struct WaitingAreaTests {
    private let heart = ID<Clinic>(bits: 1)
    private let skin = ID<Clinic>(bits: 2)
    private let grace = ID<Staff>(bits: 42)
    private let alan = ID<Staff>(bits: 43)

    private func arrived(
        _ minute: Int64, _ clinic: ID<Clinic>, start: Int64? = nil
    ) -> VisitEvent {
        .arrived(
            CallerArrived(
                at: .minute(minute), clinic: clinic,
                entry: Sealed(EntryFields(firstName: "Ada"), under: ID(bits: 3)),
                appointmentStart: start.map { .minute($0) }, askedFor: grace))
    }

    /// The row after `events` of one visit, by the whole way: log, projection, query.
    private func rows(
        of clinic: ID<Clinic>, _ events: [(ID<Visit>, VisitEvent)]
    ) async throws -> [CallerRow] {
        let store = MemoryStore()
        for (visit, event) in events { try store.add(.of(event, .visit(visit))) }
        let views = try await Replay(store, cores: 1).views(of: .north, at: .head)
        return try await views.waitingArea(of: clinic, in: .north).rows
    }

    private func row(_ events: VisitEvent...) async throws -> CallerRow? {
        try await rows(of: heart, events.map { (ID(bits: 9), $0) }).first
    }

    @Test(
        "WA-2 a caller who waits is shown with arrival, wait, whom they asked for, and shut fields")
    func waiting() async throws {
        let row = try #require(try await row(arrived(10, heart)))
        #expect(row.state == .waiting)
        #expect(row.arrivedAt == .minute(10))
        #expect(row.firstArrivedAt == .minute(10))
        #expect(row.waited(at: .minute(17)) == .minutes(7))
        #expect(row.askedFor == grace)
        #expect(row.inside == [.caller])
        let entry = try #require(row.entry)
        #expect(entry.place.type == "visit.arrived")
        #expect(entry.sealed.key == ID(bits: 3))
    }

    @Test(
        "WA-2 the colour is green until the appointment's start, red after it, yellow without",
        arguments: [(nil, CallerColour.yellow), (11, .green), (10, .green), (9, .red)]
            as [(Int64?, CallerColour)])
    func colour(start: Int64?, colour: CallerColour) async throws {
        #expect(try await row(arrived(10, heart, start: start))?.colour == colour)
    }

    @Test("WA-4 who takes the caller in is shown, and everyone in the call; the wait stands still")
    func beingSeen() async throws {
        let row = try #require(
            try await row(
                arrived(10, heart), .admitted(CallerAdmitted(at: .minute(12), staff: grace)),
                .staffJoined(StaffJoined(at: .minute(13), staff: alan))))
        #expect(row.state == .beingSeen)
        #expect(row.practitioner == grace)
        #expect(row.admittedAt == .minute(12))
        #expect(row.inside == [.caller, .staff(grace), .staff(alan)])
        #expect(row.waited(at: .minute(30)) == .minutes(2))
    }

    @Test("WA-5 the waiting-area hold is a state, the in-call hold a mark of one participant")
    func holds() async throws {
        let admitted = VisitEvent.admitted(CallerAdmitted(at: .minute(12), staff: grace))
        let marked = try #require(
            try await row(
                arrived(10, heart), admitted,
                .participantHeld(
                    ParticipantHeld(at: .minute(13), participant: .caller, by: grace))))
        #expect(marked.state == .beingSeen)
        #expect(marked.held == [.caller])
        let held = try #require(
            try await row(
                arrived(10, heart), admitted,
                .left(
                    ParticipantLeft(
                        at: .minute(14), participant: .staff(grace), cause: .onPurpose)),
                .held(VisitHeld(at: .minute(14)))))
        #expect(held.state == .onHold)
        #expect(held.heldSince == .minute(14))
        #expect(held.inside == [.caller])
    }

    @Test("WA-3 lost contact is marked and keeps the place; who returns is as before")
    func lostContact() async throws {
        let lost = VisitEvent.disconnected(
            ParticipantDisconnected(at: .minute(11), participant: .caller))
        let away = try #require(try await row(arrived(10, heart), lost))
        #expect(away.state == .waiting)
        #expect(away.lostContactAt == .minute(11))
        let back = try await row(
            arrived(10, heart), lost,
            .returned(ParticipantReturned(at: .minute(12), participant: .caller)))
        #expect(back == (try await row(arrived(10, heart))))
    }

    @Test(
        "WA-6 a transfer moves the row; the receiving side sees from where, by whom and all waits")
    func transfer() async throws {
        let events: [(ID<Visit>, VisitEvent)] = [
            (ID(bits: 9), arrived(10, heart, start: 20)),
            (
                ID(bits: 9),
                .transferred(
                    VisitTransferred(at: .minute(16), from: heart, to: skin, by: grace))
            ),
        ]
        #expect(try await rows(of: heart, events).isEmpty)
        let row = try #require(try await rows(of: skin, events).first)
        #expect(row.firstArrivedAt == .minute(10))
        #expect(row.arrivedAt == .minute(16))
        #expect(row.colour == .green, "fixed at first arrival")
        #expect(row.waited(at: .minute(18)) == .minutes(2))
        let stay = try #require(row.stays.first)
        #expect(stay.clinic == heart)
        #expect(stay.by == grace)
        #expect(stay.waitedMilliseconds == 360_000)
    }

    @Test("WA-7 messages of the caller count until a staff member writes")
    func messages() async throws {
        func message(_ minute: Int64, _ sender: Participant) -> VisitEvent {
            .messageSent(
                MessageSent(
                    at: .minute(minute), message: ID(bits: UInt128(minute)), sender: sender,
                    text: Sealed(MessageText("?"), under: ID(bits: 4))))
        }
        let asked = try await row(arrived(10, heart), message(11, .caller), message(12, .caller))
        #expect(asked?.unanswered == 2)
        let answered = try await row(
            arrived(10, heart), message(11, .caller), message(12, .staff(grace)))
        #expect(answered?.unanswered == 0)
        #expect(answered?.messages == 2)
    }

    @Test("WA-3 the queue is the order of arrival in the clinic; who is seen or held is not in it")
    func queue() async throws {
        let visits = (1...4).map { ID<Visit>(bits: UInt128($0)) }
        let rows = try await rows(
            of: heart,
            [
                (visits[2], arrived(1, heart)), (visits[0], arrived(2, heart)),
                (visits[3], arrived(3, skin)), (visits[1], arrived(4, heart)),
                (visits[2], .admitted(CallerAdmitted(at: .minute(5), staff: grace))),
                (
                    visits[3],
                    .transferred(
                        VisitTransferred(at: .minute(6), from: skin, to: heart, by: grace))
                ),
            ])
        #expect(rows.map(\.visit) == [visits[2], visits[0], visits[1], visits[3]])
        let places = visits.map { WaitingQueue.position(of: $0, among: rows) }
        #expect(places == [1, 2, nil, 3])
    }
}
