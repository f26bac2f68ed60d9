import Domain
import Testing

@Suite("Walk-in hours") struct WalkInTests {
    private let schedule = OpeningHours(
        week: [WeekdayTimes(weekday: 5, times: OpeningHoursTests.lunch)])

    private func hours(_ events: WalkInEvent...) -> WalkIn.Hours? {
        WalkIn.fold(events).practitioners[id(1)]
    }

    /// A Friday.
    private func at(_ time: String) -> Instant { OpeningHoursTests.at("2026-11-20", time) }

    private func isAvailable(_ hours: WalkIn.Hours?, _ time: String) -> Bool {
        let from = OpeningHoursTests.at("2026-11-19", "00:00")
        let clocks = ZoneClocks(from: from, until: from + .days(8), offsetSeconds: 0)
        return hours?.isAvailable(at: at(time), clocks) ?? false
    }

    private func switched(_ on: Bool, _ time: String) -> WalkInEvent {
        .switched(WalkInSwitched(at: at(time), staff: id(1), isOn: on))
    }

    private var scheduled: WalkInEvent {
        .scheduled(WalkInScheduled(at: at("00:00"), staff: id(1), schedule: schedule))
    }

    @Test("WALK-2 by one action, on and off, where there is no schedule")
    func bySwitch() {
        #expect(!isAvailable(hours(), "10:00"))
        #expect(isAvailable(hours(switched(true, "09:00")), "23:00"))
        #expect(!isAvailable(hours(switched(true, "09:00"), switched(false, "10:00")), "10:00"))
    }

    @Test("WALK-2 by schedule; the switch wins until the schedule next changes")
    func untilNextChange() {
        #expect(isAvailable(hours(scheduled), "08:00"))
        #expect(!isAvailable(hours(scheduled), "12:30"))
        // Off in the morning: back after the break.
        let off = hours(scheduled, switched(false, "09:00"))
        #expect(!isAvailable(off, "11:59"))
        #expect(!isAvailable(off, "12:30"))
        #expect(isAvailable(off, "13:00"))
        // On in the break: until the afternoon begins, and goes on by schedule.
        let on = hours(scheduled, switched(true, "12:10"))
        #expect(isAvailable(on, "12:30"))
        #expect(isAvailable(on, "13:00"))
        #expect(!isAvailable(on, "17:00"))
        // On in the evening: all night, until the next change.
        #expect(isAvailable(hours(scheduled, switched(true, "18:00")), "23:59"))
    }

    @Test("WALK-2 a schedule is an event, and one with faults is refused")
    func schedules() {
        Given<WalkIn>().when(.schedule(at: at("00:00"), staff: id(1), schedule)).then(scheduled)
            .when(.schedule(at: at("01:00"), staff: id(1), schedule)).then()
        let faulty = OpeningHours(week: [WeekdayTimes(weekday: 9, times: [])])
        Given<WalkIn>().when(.schedule(at: at("00:00"), staff: id(1), faulty))
            .refused(.hours(.weekdayUnknown))
    }
}

@Suite("Announcements") struct AnnouncementsTests {
    private func made(_ number: Int, expires: Instant? = nil) -> AnnouncementEvent {
        .made(
            AnnouncementMade(
                at: second(1), announcement: id(number), text: text("Busy."), expires: expires))
    }

    @Test("TXT-3 an expired announcement is kept, and shown no longer")
    func expiry() {
        let state = Announcements.fold([made(1, expires: second(10)), made(2)])
        #expect(state.standing.map { $0.isShown(at: second(9)) } == [true, true])
        #expect(state.standing.map { $0.isShown(at: second(10)) } == [false, true])
        #expect(state.standing.count == 2)
        Given<Announcements>().when(
            .make(at: second(10), announcement: id(1), text: text("Busy."), expires: second(10))
        ).refused(.expiresBefore)
        Given<Announcements>().when(
            .make(at: second(10), announcement: id(1), text: text(""), expires: nil)
        ).refused(.announcementEmpty)
    }

    @Test("TXT-3 one is deleted, or all; how many stand is bounded")
    func deleted() {
        Given<Announcements>(made(1), made(2))
            .when(.withdraw(at: second(2), announcement: id(1)))
            .then(.withdrawn(AnnouncementWithdrawn(at: second(2), announcement: id(1))))
            .when(.withdraw(at: second(3), announcement: id(1))).refused(.announcementUnknown)
        Given<Announcements>(made(1), made(2)).when(.withdrawAll(at: second(2)))
            .then(.allWithdrawn(AnnouncementsWithdrawn(at: second(2))))
            .when(.withdrawAll(at: second(3))).then()
        let many = (0..<Announcements.countMax).map { made($0) }
        Given<Announcements>(many).when(
            .make(at: second(10), announcement: id(1_000), text: text("Busy."), expires: nil)
        ).refused(.tooManyAnnouncements(limit: Announcements.countMax))
    }
}
