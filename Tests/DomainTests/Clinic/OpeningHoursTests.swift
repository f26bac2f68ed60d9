import Domain
import Testing

@Suite("Opening hours") struct OpeningHoursTests {
    /// Offices with a lunch break on weekdays, Saturday mornings, a night that ends at midnight.
    static let office = OpeningHours(
        week: (1...5).map { WeekdayTimes(weekday: $0, times: lunch) } + [
            WeekdayTimes(weekday: 6, times: [times("09:00", "12:00"), times("20:00", "24:00")])
        ],
        exceptions: [
            DayTimes(day: day("2026-12-25"), times: []),
            DayTimes(day: day("2026-12-26"), times: [times("10:00", "11:00")]),
        ])
    static let lunch = [times("08:00", "12:00"), times("13:00", "17:00")]

    static func times(_ from: String, _ until: String) -> OpenTimes {
        OpenTimes(from: clock(from), until: clock(until))
    }

    /// A moment of UTC.
    static func at(_ date: String, _ time: String) -> Instant {
        Instant(
            milliseconds: Int64(day(date).day) * 86_400_000 + Int64(clock(time).minutes) * 60_000)
    }

    private func utc(_ from: Instant, days: Int64 = 30) -> ZoneClocks {
        ZoneClocks(from: from, until: from + .days(days), offsetSeconds: 0)
    }

    @Test("ORG-6 open between the times of a day, both ends as said, closed in the break")
    func openings() {
        let cases = [
            ("2026-11-20", "07:59", false), ("2026-11-20", "08:00", true),
            ("2026-11-20", "11:59", true), ("2026-11-20", "12:00", false),
            ("2026-11-20", "13:00", true), ("2026-11-20", "17:00", false),
            ("2026-11-21", "23:59", true), ("2026-11-22", "00:00", false),
            ("2026-12-25", "10:00", false), ("2026-12-26", "10:30", true),
            ("2026-12-26", "09:30", false),
        ]
        for (date, time, isOpen) in cases {
            let now = Self.at(date, time)
            #expect(Self.office.isOpen(at: now, utc(now)) == isOpen, "\(date) \(time)")
        }
    }

    @Test("ORG-6 closed, it opens next after the break, tomorrow, or after the holidays")
    func opensNext() {
        let cases = [
            ("2026-11-20", "12:30", "2026-11-20", "13:00"),
            ("2026-11-20", "17:00", "2026-11-21", "09:00"),
            ("2026-11-21", "12:00", "2026-11-21", "20:00"),
            ("2026-11-22", "00:00", "2026-11-23", "08:00"),
            ("2026-12-24", "18:00", "2026-12-26", "10:00"),
            ("2026-11-20", "10:00", "2026-11-20", "10:00"),
        ]
        for (date, time, nextDate, nextTime) in cases {
            let now = Self.at(date, time)
            let next = Self.office.opensNext(after: now, utc(now))
            #expect(next == Self.at(nextDate, nextTime), "\(date) \(time)")
        }
        let never = OpeningHours(week: [])
        let now = Self.at("2026-11-20", "12:30")
        #expect(never.opensNext(after: now, utc(now, days: 400)) == nil)
        #expect(!never.isOpen(at: now, utc(now)))
    }

    @Test("ORG-6 a time that clocks leave out in spring is not there; in autumn it is there twice")
    func changes() {
        let hours = OpeningHours(
            week: [WeekdayTimes(weekday: 7, times: [Self.times("02:15", "02:45")])])
        // Copenhagen: 01:00 UTC on 2026-03-29 and 2026-10-25, a Sunday each.
        let spring = Self.at("2026-03-28", "12:00")
        let forward = ZoneClocks(
            from: spring, until: spring + .days(3), offsetSeconds: 3_600,
            shifts: [ZoneShift(at: Self.at("2026-03-29", "01:00"), offsetSeconds: 7_200)])
        #expect(hours.opensNext(after: spring, forward) == nil)
        let autumn = Self.at("2026-10-24", "12:00")
        let back = ZoneClocks(
            from: autumn, until: autumn + .days(3), offsetSeconds: 7_200,
            shifts: [ZoneShift(at: Self.at("2026-10-25", "01:00"), offsetSeconds: 3_600)])
        let first = Self.at("2026-10-25", "00:15")
        #expect(hours.opensNext(after: autumn, back) == first)
        #expect(hours.isOpen(at: first, back))
        let closed = Self.at("2026-10-25", "00:45")
        #expect(!hours.isOpen(at: closed, back))
        #expect(hours.opensNext(after: closed, back) == Self.at("2026-10-25", "01:15"))
    }

    @Test(
        "ORG-6 it says the same as looking at every minute does", arguments: 0..<60 as Range<UInt64>
    )
    func everyMinute(seed: UInt64) {
        var samples = Samples(seed: seed)
        let hours = Self.made(&samples)
        let begin = Instant(milliseconds: Int64(samples.next(in: 29_000_000...30_000_000)) * 60_000)
        let days = 4
        let shifts = (1...3).map { number in
            ZoneShift(
                at: begin + .hours(Int64(number * 24) + Int64(samples.next(in: 0...20))),
                offsetSeconds: samples.next(in: -24...24) * 1_800)
        }
        let clocks = ZoneClocks(
            from: begin, until: begin + .days(Int64(days)),
            offsetSeconds: samples.next(in: -24...24) * 1_800, shifts: shifts)
        var next: Instant?
        var change: Instant?
        var later = hours.isOpen(at: begin + .minutes(Int64(days * 1_440 - 1)), clocks)
        for minute in (0..<days * 1_440).reversed() {
            let now = begin + .minutes(Int64(minute))
            let isOpen = hours.isOpen(at: now, clocks)
            if isOpen { next = now }
            if isOpen != later { change = now + .minutes(1) }
            later = isOpen
            guard minute % 17 == 0 else { continue }
            #expect(hours.opensNext(after: now, clocks) == next, "seed \(seed), minute \(minute)")
            #expect(hours.changesNext(after: now, clocks) == change, "seed \(seed), \(minute)")
        }
    }

    private static func made(_ samples: inout Samples) -> OpeningHours {
        func times() -> [OpenTimes] {
            var minutes = Set((0..<4).map { _ in samples.next(in: 0...1_440) }).sorted()
            if minutes.count % 2 == 1 { minutes.removeLast() }
            return stride(from: 0, to: minutes.count, by: 2).compactMap { index in
                guard let from = LocalTime(minutes: minutes[index]),
                    let until = LocalTime(minutes: minutes[index + 1])
                else { return nil }
                return OpenTimes(from: from, until: until)
            }
        }
        return OpeningHours(
            week: (1...7).filter { _ in samples.next(in: 0...4) > 0 }.map {
                WeekdayTimes(weekday: $0, times: times())
            })
    }

    @Test("ORG-6 times that end before they begin, overlap or name a day twice are refused")
    func faults() {
        let cases: [(OpeningHours, ClinicRejection)] = [
            (week(1, [Self.times("17:00", "08:00")]), .hoursBackwards),
            (week(1, [Self.times("08:00", "08:00")]), .hoursBackwards),
            (
                week(1, [Self.times("08:00", "12:00"), Self.times("11:00", "13:00")]),
                .hoursOverlap
            ),
            (
                OpeningHours(
                    week: [
                        WeekdayTimes(weekday: 1, times: []), WeekdayTimes(weekday: 1, times: []),
                    ]), .dayTwice
            ),
            (week(8, []), .weekdayUnknown),
        ]
        for (hours, fault) in cases {
            Given<Clinic>(created).when(
                .setWaitingArea(at: second(1), WaitingAreaSettings(hours: hours))
            ).refused(fault)
        }
    }

    @Test("ORG-6 all of it is told anew, is an event, and changes nothing where it is so already")
    func settings() {
        var settings = WaitingAreaSettings.standard
        #expect(settings.longWaitMinutes == 30)
        #expect(settings.peopleMax == 6)
        #expect(
            settings.entry.map(\.question) == [.firstName, .lastName, .phone, .birthDate])
        settings.hours = Self.office
        settings.allowsLocks = true
        let set = ClinicEvent.waitingAreaSet(WaitingAreaSet(at: second(1), settings: settings))
        Given<Clinic>(created).when(.setWaitingArea(at: second(1), settings)).then(set)
            .when(.setWaitingArea(at: second(2), settings)).then()
        settings.peopleMax = 7
        Given<Clinic>(created).when(.setWaitingArea(at: second(1), settings))
            .refused(.peopleMaxOutOfRange(limit: 6))
        #expect(CallRules(peopleMax: 99).peopleMax == 6)
    }

    @Test("ORG-6 closed, disabled and suspended are three different answers at the door")
    func door() {
        var state = Clinic.fold([created])
        let now = Self.at("2026-11-20", "12:30")
        #expect(state.door(at: now, utc(now)) == .open)
        state.settings.hours = Self.office
        #expect(
            state.door(at: now, utc(now)) == .outsideHours(opens: Self.at("2026-11-20", "13:00")))
        for (mode, answer) in [
            (WaitingAreaMode.disabled, DoorAnswer.disabled("Moved.")), (.suspended, .suspended),
        ] {
            Clinic.evolve(
                &state,
                .waitingAreaSwitched(
                    WaitingAreaSwitched(at: second(1), mode: mode, text: text("Moved."))))
            #expect(state.door(at: now, utc(now)) == answer)
        }
        Clinic.evolve(&state, .closed(ClinicClosed(at: second(2))))
        #expect(state.door(at: now, utc(now)) == .closedForGood)
        Given<Clinic>(created).when(.switchWaitingArea(at: second(1), .disabled, text: nil))
            .refused(.disabledTextMissing)
    }

    private let created = ClinicEvent.created(
        ClinicCreated(at: second(0), name: text("Heart"), zone: zone("UTC")))

    private func week(_ weekday: Int, _ times: [OpenTimes]) -> OpeningHours {
        OpeningHours(week: [WeekdayTimes(weekday: weekday, times: times)])
    }
}
