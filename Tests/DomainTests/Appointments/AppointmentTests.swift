import Domain
import Testing

@Suite("Appointment") struct AppointmentTests {
    @Test(
        "SCH-2 booked, done, no-show, cancelled: each command in each status",
        arguments: table.indices)
    func row(index: Int) {
        let (command, cells) = Self.table[index]
        let answers = Self.statuses.map { answer(Appointment.self, command, after: $0).cell }
        #expect(answers == cells, "\(command)")
    }

    @Test(
        "SCH-2 an appointment with a clinic on a day, hour and length unknown; booked when it says")
    func dayOnly() {
        // History: booked after its day.
        let late = Instant(milliseconds: 1_463_000_000_000)
        Given<Appointment>().when(.book(at: late, Self.request(Self.dayTime), key: id(600)))
            .then(Self.booked(Self.dayTime, at: late))
            .when(.markNoShow(at: late)).then(.noShow(AppointmentNoShow(at: late)))
    }

    @Test("SCH-2 hour, moment and length belong together")
    func time() {
        let whole = Self.time(clock: "10:00", start: second(864_000), minutes: 20)
        #expect(whole.span == second(864_000)..<second(864_000 + 1_200))
        Given<Appointment>().when(.book(at: second(0), Self.request(whole), key: id(600)))
            .then(Self.booked(whole, at: second(0)))
        let wrong: [(AppointmentTime, AppointmentRejection)] = [
            (Self.time(clock: "10:00", start: nil, minutes: nil), .startIncomplete),
            (Self.time(clock: nil, start: second(864_000), minutes: nil), .startIncomplete),
            (Self.time(clock: nil, start: nil, minutes: 20), .lengthWithoutStart),
            (
                Self.time(clock: "10:00", start: second(864_000), minutes: 0),
                .lengthOutOfRange(limit: 1_440)
            ),
            (
                Self.time(clock: "10:00", start: second(864_000), minutes: 1_441),
                .lengthOutOfRange(limit: 1_440)
            ),
            (Self.time(clock: "10:00", start: second(1_000), minutes: 20), .startOutOfRange),
            (
                Self.time(clock: "10:00", start: Instant(milliseconds: .max), minutes: 20),
                .startOutOfRange
            ),
        ]
        for (time, refusal) in wrong {
            Given<Appointment>().when(.book(at: second(0), Self.request(time), key: id(600)))
                .refused(refusal)
        }
    }

    @Test("SCH-2 a closed clinic takes no bookings; notes and numbers are bounded, by name")
    func bounds() {
        var request = Self.request(Self.dayTime)
        request.door = ClinicDoor(id(1), isOpen: false)
        Given<Appointment>().when(.book(at: second(0), request, key: id(600)))
            .refused(.clinicClosed)
        request = Self.request(Self.dayTime)
        request.details.note = long(AppointmentDetails.noteMax + 1)
        Given<Appointment>().when(.book(at: second(0), request, key: id(600)))
            .refused(.fieldTooLong(.note, limit: AppointmentDetails.noteMax))
        request.details.note = nil
        request.details.externalNumber = long(AppointmentDetails.externalNumberMax + 1)
        Given<Appointment>().when(.book(at: second(0), request, key: id(600)))
            .refused(.fieldTooLong(.externalNumber, limit: AppointmentDetails.externalNumberMax))
        Given<Appointment>(Self.booked(Self.dayTime, at: second(0)))
            .when(.cancel(at: second(1), reason: Reason(long(Reason.textMax + 1))))
            .refused(.reasonTooLong(limit: Reason.textMax))
    }

    @Test("SCH-2 why it was cancelled is sealed under the appointment's key")
    func reason() {
        Given<Appointment>(Self.booked(Self.dayTime, at: second(0)))
            .when(.cancel(at: second(1), reason: Reason("ill")))
            .then(
                .cancelled(
                    AppointmentCancelled(
                        at: second(1), reason: Sealed(Reason("ill"), under: id(600)))))
    }

    @Test("WA-8 an appointment knows the last visit somebody came in for it, each told once")
    func visited() {
        let came = AppointmentEvent.visited(AppointmentVisited(at: second(1), visit: id(7)))
        let again = AppointmentEvent.visited(AppointmentVisited(at: second(3), visit: id(8)))
        Given<Appointment>(Self.one)
            .when(.visit(at: second(1), visit: id(7))).then(came)
            .when(.visit(at: second(2), visit: id(7))).then()
            .when(.visit(at: second(3), visit: id(8))).then(again)
        #expect(Appointment.fold([Self.one, came, again]).visit == id(8))
        #expect(Appointment.fold([Self.one, came]).status == .booked)
    }

    static let dayTime = AppointmentTime(day: day("2016-04-29"), zone: zone("America/Sao_Paulo"))

    static func time(clock: String?, start: Instant?, minutes: Int?) -> AppointmentTime {
        AppointmentTime(
            day: day("2026-11-21"), zone: zone("UTC"), clock: clock.map(DomainTests.clock),
            start: start, minutes: minutes)
    }
    static func request(_ time: AppointmentTime, practitioner: ID<Staff>? = nil)
        -> AppointmentRequest
    {
        AppointmentRequest(
            door: ClinicDoor(id(1), isOpen: true), practitioner: practitioner, time: time,
            details: AppointmentDetails(client: id(5)))
    }
    static func booked(
        _ time: AppointmentTime, at: Instant, practitioner: ID<Staff>? = nil
    ) -> AppointmentEvent {
        .booked(
            AppointmentBooked(
                at: at, clinic: id(1), practitioner: practitioner, time: time,
                details: Sealed(AppointmentDetails(client: id(5)), under: id(600))))
    }

    private static let one = booked(dayTime, at: second(0))
    private static let statuses: [[AppointmentEvent]] = [
        [], [one], [one, .done(AppointmentDone(at: second(1)))],
        [one, .noShow(AppointmentNoShow(at: second(1)))],
        [one, .cancelled(AppointmentCancelled(at: second(1)))],
    ]

    /// Columns: unknown, booked, done, no-show, cancelled.
    private static let table: [(AppointmentCommand, [String])] = [
        (
            .book(at: second(2), request(dayTime), key: id(600)),
            [
                "yes", "appointmentExists", "appointmentExists", "appointmentExists",
                "appointmentExists",
            ]
        ),
        (
            .markDone(at: second(2), visit: nil),
            ["appointmentUnknown", "yes", "nothing", "appointmentNoShow", "appointmentCancelled"]
        ),
        (
            .markNoShow(at: second(2)),
            ["appointmentUnknown", "yes", "appointmentDone", "nothing", "appointmentCancelled"]
        ),
        (
            .cancel(at: second(2), reason: nil),
            ["appointmentUnknown", "yes", "appointmentDone", "appointmentNoShow", "nothing"]
        ),
        (.visit(at: second(2), visit: id(7)), ["appointmentUnknown", "yes", "yes", "yes", "yes"]),
        (
            .markQuestionnaire(at: second(2), QuestionnaireMark(id(4), .new)),
            [
                "appointmentUnknown", "yes", "appointmentDone", "appointmentNoShow",
                "appointmentCancelled",
            ]
        ),
    ]
}
