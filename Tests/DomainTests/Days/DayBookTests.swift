import Domain
import Testing

@Suite("Days") struct DayBookTests {
    /// Days of 24 hours in UTC.
    struct Plain: DayCalendar {
        func day(of instant: Instant) -> LocalDate {
            guard let day = LocalDate(day: Int(instant.milliseconds / 86_400_000)) else {
                preconditionFailure("beyond the calendar")
            }
            return day
        }

        func span(of day: LocalDate, from: Instant?) -> DaySpan? {
            let begin = Int64(day.day) * 86_400_000
            return DaySpan(
                day: day, zone: zone("UTC"), from: from ?? Instant(milliseconds: begin),
                until: Instant(milliseconds: begin + 86_400_000), offsetSeconds: 0)
        }
    }

    private func span(_ name: String) -> DaySpan {
        guard let span = Plain().span(of: day(name), from: nil) else {
            preconditionFailure("no day: \(name)")
        }
        return span
    }

    private func closed(_ name: String) -> DayEvent {
        .closed(DayClosed(at: span(name).until, span: span(name)))
    }

    @Test("REP-1 a day is closed once it is over, and each once")
    func once() {
        let first = span("2026-11-20")
        Given<DayBook>().when(.close(at: first.until, first)).then(closed("2026-11-20"))
            .when(.close(at: first.until, first)).then()
        Given<DayBook>(closed("2026-11-20"), closed("2026-11-21"))
            .when(.close(at: first.until, first)).then()
        Given<DayBook>()
            .when(.close(at: first.until - Milliseconds(1), first)).refused(.dayNotOver)
    }

    @Test("REP-4 days follow each other without a gap")
    func inARow() {
        let later = span("2026-11-22")
        Given<DayBook>(closed("2026-11-20")).when(.close(at: later.until, later))
            .refused(.dayNotNext)
        let next = span("2026-11-21")
        let torn = DaySpan(
            day: next.day, zone: next.zone, from: next.from + Milliseconds(1), until: next.until,
            offsetSeconds: 0)
        Given<DayBook>(closed("2026-11-20")).when(.close(at: next.until, torn))
            .refused(.dayNotNext)
        let backwards = DaySpan(
            day: next.day, zone: next.zone, from: next.until, until: next.from, offsetSeconds: 0)
        Given<DayBook>().when(.close(at: next.until, backwards)).refused(.endsBeforeItBegins)
        let long = DaySpan(
            day: next.day, zone: next.zone, from: next.from, until: later.until + .hours(3),
            offsetSeconds: 0)
        Given<DayBook>().when(.close(at: long.until, long)).refused(.dayTooLong(limit: 50))
    }

    @Test("REP-1 an import holds the days and lets them go, each once")
    func held() {
        let held = DayEvent.held(DaysHeld(at: second(1), by: id(1)))
        let released = DayEvent.released(DaysReleased(at: second(2), by: id(1)))
        Given<DayBook>().when(.hold(at: second(1), by: id(1))).then(held)
            .when(.hold(at: second(1), by: id(1))).then()
            .when(.release(at: second(2), by: id(2))).then()
            .when(.release(at: second(2), by: id(1))).then(released)
            .when(.release(at: second(2), by: id(1))).then()
    }

    @Test("REP-1 the policy names the first day by the organisation's birth, then one by one")
    func policy() {
        let created = Instant(milliseconds: span("2026-11-20").from.milliseconds + 40_000_000)
        var book = DayBook.initial
        var days: [String] = []
        let now = span("2026-11-23").from
        while let due = DayClosing.due(book, created: created, now: now, calendar: Plain()) {
            days.append(due.day.description)
            DayBook.evolve(&book, .closed(DayClosed(at: now, span: due)))
        }
        #expect(days == ["2026-11-20", "2026-11-21", "2026-11-22"])
        #expect(DayClosing.key(of: day("2026-11-20")) == "day-closing-2026-11-20")
    }

    @Test("REP-4 the hour on the wall follows the shifts of the day")
    func hours() {
        // Amsterdam, 2026-10-25: 25 hours, the hour from 2 to 3 twice.
        let from = Instant(milliseconds: 1_792_879_200_000)
        let back = from + .hours(3)
        let span = DaySpan(
            day: day("2026-10-25"), zone: zone("Europe/Amsterdam"), from: from,
            until: from + .hours(25), offsetSeconds: 7_200,
            shifts: [ZoneShift(at: back, offsetSeconds: 3_600)])
        let hours = (0..<25).map { span.hour(at: from + .hours(Int64($0))) }
        #expect(hours == [0, 1, 2, 2] + Array(3...23))
        #expect(span.contains(from) && !span.contains(span.until))
    }
}
