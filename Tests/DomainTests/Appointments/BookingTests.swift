import Domain
import Testing

/// No double booking of a practitioner, over agendas of one UTC day each.
@Suite("Booking") struct BookingTests {
    @Test("SCH-2 a practitioner is never booked twice for one moment")
    func doubleBooking() throws {
        var clinic = Diary()
        try clinic.book(1, from: 0, minutes: 20)
        #expect(clinic.refusal(2, from: 19, minutes: 20) == .agenda(.practitionerTaken))
        #expect(clinic.refusal(2, from: -1, minutes: 60) == .agenda(.practitionerTaken))
        #expect(clinic.refusal(2, from: 5, minutes: 5) == .agenda(.practitionerTaken))
        try clinic.book(2, from: 20, minutes: 20)
        try clinic.book(3, from: -20, minutes: 20)
        #expect(BookingRejection.agenda(.practitionerTaken).field == "start")
    }

    @Test("SCH-2 unless it is allowed, and then the event says so")
    func allowed() throws {
        var clinic = Diary()
        try clinic.book(1, from: 0, minutes: 20)
        let outcome = try clinic.book(2, from: 10, minutes: 20, mayOverlap: true)
        #expect(
            outcome.agendas.map(\.events) == [
                [.taken(Diary.slot(2, from: 10, minutes: 20, mayOverlap: true))]
            ])
    }

    @Test(
        "SCH-2 a booking across midnight (UTC) stands in two agendas, and is seen from both sides")
    func midnight() throws {
        var clinic = Diary()
        let outcome = try clinic.book(1, from: 14 * 60 - 10, minutes: 20)
        #expect(outcome.agendas.map(\.day) == [Diary.day, Diary.day + 1])
        #expect(clinic.refusal(2, from: 14 * 60 - 30, minutes: 25) == .agenda(.practitionerTaken))
        #expect(clinic.refusal(2, from: 14 * 60 + 5, minutes: 20) == .agenda(.practitionerTaken))
        let until = try clinic.book(3, from: 14 * 60 - 30, minutes: 20)
        #expect(until.agendas.map(\.day) == [Diary.day])
        // The end is not taken: up to midnight is one day's.
        let span = Diary.moment(14 * 60 - 20)..<Diary.moment(14 * 60)
        #expect(Agenda.days(of: span) == [Diary.day])
        #expect(
            Agenda.days(of: span.lowerBound..<Diary.moment(38 * 60)) == [Diary.day, Diary.day + 1])
        #expect(Agenda.days(of: span.lowerBound..<Diary.moment(38 * 60 + 1)) == nil)
    }

    @Test("SCH-2 cancelling frees the practitioner's time, in each agenda it stood in")
    func cancel() throws {
        var clinic = Diary()
        try clinic.book(1, from: 14 * 60 - 10, minutes: 20)
        let outcome = try clinic.make(.cancel(at: second(1), reason: nil), of: 1)
        let freed = AgendaEvent.freed(SlotFreed(at: second(1), appointment: id(1)))
        #expect(outcome.agendas.map(\.events) == [[freed], [freed]])
        try clinic.book(2, from: 14 * 60, minutes: 20)
    }

    @Test("SCH-2 with a clinic, or without an hour, no agenda is touched")
    func noAgenda() throws {
        let states = Booking.States(
            appointment: Appointment.initial, client: Diary.client, practitioner: Diary.practitioner
        )
        let clinic = AppointmentTests.request(Diary.time(from: 0, minutes: 20))
        let dayOnly = AppointmentTests.request(AppointmentTests.dayTime, practitioner: id(3))
        for request in [clinic, dayOnly] {
            let command = AppointmentCommand.book(at: second(0), request, key: id(600))
            #expect(Booking.agendas(touchedBy: command, Appointment.initial) == nil)
            let outcome = try Booking.decide(command, of: id(1), states)
            #expect(outcome.appointment.count == 1 && outcome.agendas.isEmpty)
        }
    }

    @Test("SCH-2 the client is on file, the practitioner an active one of that clinic")
    func who() {
        let request = AppointmentTests.request(AppointmentTests.dayTime, practitioner: id(3))
        let command = AppointmentCommand.book(at: second(0), request, key: id(600))
        func refusal(_ client: Client.State, _ practitioner: Staff.State) -> BookingRejection? {
            let states = Booking.States(
                appointment: Appointment.initial, client: client, practitioner: practitioner)
            do throws(BookingRejection) {
                _ = try Booking.decide(command, of: id(1), states)
                return nil
            } catch { return error }
        }
        #expect(refusal(Client.initial, Diary.practitioner) == .clientUnknown)
        #expect(refusal(Diary.client, Staff.initial) == .notAPractitioner)
        var elsewhere = Diary.practitioner
        elsewhere.practisesIn = [id(2)]
        #expect(refusal(Diary.client, elsewhere) == .notAPractitioner)
        var suspended = Diary.practitioner
        suspended.standing = .suspended
        #expect(refusal(Diary.client, suspended) == .notAPractitioner)
        #expect(refusal(Diary.client, Diary.practitioner) == nil)
    }

    @Test(
        "SCH-2 whatever is booked and cancelled, nobody is in two places at once", arguments: 0..<60
    )
    func property(seed: UInt64) {
        var samples = Samples(seed: seed)
        var clinic = Diary()
        for number in 1...120 {
            let from = samples.next(in: -10...200) * 10
            if samples.next(in: 0...3) == 0 {
                clinic.attempt(
                    .cancel(at: second(1), reason: nil), of: samples.next(in: 1...number))
            } else {
                clinic.attempt(
                    Diary.booking(from: from, minutes: samples.next(in: 1...1_440)), of: number)
            }
            let spans = clinic.appointments.values.filter { $0.status == .booked }
                .compactMap { $0.time?.span }.sorted { $0.lowerBound < $1.lowerBound }
            for (one, next) in zip(spans, spans.dropFirst()) {
                #expect(one.upperBound <= next.lowerBound, "seed \(seed), booking \(number)")
            }
        }
    }

    @Test("SCH-2 a day's agenda is bounded")
    func full() {
        let events = (1...Agenda.slotsMax).map {
            AgendaEvent.taken(
                SlotTaken(
                    at: second(0), appointment: id($0), from: second(100 * $0),
                    until: second(100 * $0 + 60), mayOverlap: false))
        }
        let span = second(100)..<second(160)
        Given<Agenda>(events)
            .when(.take(at: second(1), appointment: id(9_999), span: span, mayOverlap: true))
            .refused(.agendaFull(limit: Agenda.slotsMax))
        Given<Agenda>(events)
            .when(.take(at: second(1), appointment: id(1), span: span, mayOverlap: false)).then()
        Given<Agenda>().when(.free(at: second(1), appointment: id(1))).then()
    }
}

/// One practitioner's appointments and agendas, as folded from what was decided. Minutes count from
/// 10:00 UTC.
struct Diary {
    static let day: UInt32 = 20_000
    static let start = Int64(day) * 86_400_000 + 10 * 3_600_000
    static var client: Client.State {
        Client.fold([
            .registered(
                ClientRegistered(at: second(0), details: Sealed(ClientDetails(), under: id(700))))
        ])
    }
    static var practitioner: Staff.State {
        var state = Staff.initial
        state.standing = .active
        state.practisesIn = [id(1)]
        return state
    }

    var appointments: [ID<Appointment>: Appointment.State] = [:]
    var agendas: [UInt32: Agenda.State] = [:]

    static func moment(_ minute: Int) -> Instant {
        Instant(milliseconds: start + Int64(minute) * 60_000)
    }
    static func time(from minute: Int, minutes: Int) -> AppointmentTime {
        AppointmentTests.time(clock: "10:00", start: moment(minute), minutes: minutes)
    }
    static func slot(_ number: Int, from: Int, minutes: Int, mayOverlap: Bool) -> SlotTaken {
        SlotTaken(
            at: second(0), appointment: id(number), from: moment(from),
            until: moment(from + minutes), mayOverlap: mayOverlap)
    }
    static func booking(from minute: Int, minutes: Int) -> AppointmentCommand {
        let time = time(from: minute, minutes: minutes)
        return .book(
            at: second(0), AppointmentTests.request(time, practitioner: id(3)), key: id(600))
    }

    @discardableResult
    mutating func book(
        _ number: Int, from minute: Int, minutes: Int, mayOverlap: Bool = false
    ) throws(BookingRejection) -> Booking.Outcome {
        try make(Diary.booking(from: minute, minutes: minutes), of: number, mayOverlap: mayOverlap)
    }

    @discardableResult
    mutating func make(
        _ command: AppointmentCommand, of number: Int, mayOverlap: Bool = false
    ) throws(BookingRejection) -> Booking.Outcome {
        let before = appointments[id(number), default: Appointment.initial]
        let outcome = try Booking.decide(
            command, of: id(number),
            Booking.States(
                appointment: before, client: Diary.client, practitioner: Diary.practitioner,
                agendas: agendas),
            mayOverlap: mayOverlap)
        appointments[id(number)] = Appointment.fold(outcome.appointment, into: before)
        for change in outcome.agendas {
            agendas[change.day] = Agenda.fold(
                change.events, into: agendas[change.day, default: Agenda.initial])
        }
        return outcome
    }

    /// Refused or not.
    mutating func attempt(_ command: AppointmentCommand, of number: Int) {
        do throws(BookingRejection) { try make(command, of: number) } catch {}
    }

    /// Nil where it would be accepted.
    func refusal(_ number: Int, from minute: Int, minutes: Int) -> BookingRejection? {
        var copy = self
        do throws(BookingRejection) {
            try copy.book(number, from: minute, minutes: minutes)
            return nil
        } catch { return error }
    }
}
