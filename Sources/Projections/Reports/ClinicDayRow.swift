/// One clinic's day as reports count it. Changes until the day is closed, and never afterwards.
///
/// Each fact counts once: on its own day, or, where that was closed when it was recorded, as a
/// correction on the day that was open (REP-4).
package struct ClinicDayRow: Hashable, Sendable {
    package let place: DayClinic

    // Appointments for this day, by the day they were booked for.
    package var appointments = 0
    package var done = 0
    package var noShows = 0
    package var cancelled = 0
    /// Bookings and outcomes among them that are corrections.
    package var lateAppointments = 0
    /// Lengths booked, in minutes.
    package var minutes: [ValueCount] = []

    // Visits, each fact on the day it happened.
    package var opened = 0
    package var openedByHour: [HourCount] = []
    package var arrivals = 0
    /// Corrections are in no hour.
    package var arrivalsByHour: [HourCount] = []
    /// Waits that ended in being taken in, in whole seconds; 0: taken in at once.
    package var waitsSeen: [ValueCount] = []
    /// Waits that the caller ended, by leaving or by being lost.
    package var waitsLeft: [ValueCount] = []
    /// Waits that ended otherwise.
    package var otherwise = 0
    /// Lengths of calls that lasted long enough to count, in whole seconds.
    package var calls: [ValueCount] = []
    package var shortCalls = 0
    package var transfersIn = 0
    /// By the number of the clinic they went to.
    package var transfersOut: [ValueCount] = []
    /// Facts among them, and of rooms and apps, that are corrections.
    package var lateVisits = 0

    // Rooms and apps, each fact on the day it happened.
    /// Lengths of calls in meeting rooms and user rooms that count, in whole seconds.
    package var roomCalls: [ValueCount] = []
    /// The same of group rooms.
    package var groupCalls: [ValueCount] = []
    package var shortRoomCalls = 0
    package var shortGroupCalls = 0
    /// By the number of the error.
    package var errors: [ValueCount] = []

    /// In the order of their codes.
    package var staff: [StaffDay] = []

    package init(place: DayClinic) { self.place = place }

    mutating func countRoomCall(_ seconds: UInt32, _ minimumSeconds: Int, isGroup: Bool) {
        switch (seconds >= minimumSeconds, isGroup) {
        case (true, false): roomCalls.add(seconds)
        case (true, true): groupCalls.add(seconds)
        case (false, false): shortRoomCalls += 1
        case (false, true): shortGroupCalls += 1
        }
    }
}

/// A day, and the number of a clinic.
package struct DayClinic: RowKey {
    /// Since 1970-01-01.
    package let day: Int
    /// See ``ClinicCodeRow``.
    package let clinic: Int

    package init(day: Int, clinic: Int) {
        self.day = day
        self.clinic = clinic
    }

    package static func < (one: DayClinic, other: DayClinic) -> Bool {
        (one.day, one.clinic) < (other.day, other.clinic)
    }

    package func bind(to binder: inout Binder) {
        binder.bind(day)
        binder.bind(clinic)
    }
}

extension ClinicDayRow: TableRow {
    package static let table = "report_clinic_days"
    package var key: DayClinic { place }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        place = DayClinic(
            day: try c.key("day", \.place.day), clinic: try c.key("clinic", \.place.clinic))
        appointments = try c("appointments", \.appointments)
        done = try c("done", \.done)
        noShows = try c("no_shows", \.noShows)
        cancelled = try c("cancelled", \.cancelled)
        lateAppointments = try c("late_appointments", \.lateAppointments)
        minutes = try c("minutes", \.minutes)
        opened = try c("opened", \.opened)
        openedByHour = try c("opened_by_hour", \.openedByHour)
        arrivals = try c("arrivals", \.arrivals)
        arrivalsByHour = try c("arrivals_by_hour", \.arrivalsByHour)
        waitsSeen = try c("waits_seen", \.waitsSeen)
        waitsLeft = try c("waits_left", \.waitsLeft)
        otherwise = try c("otherwise", \.otherwise)
        calls = try c("calls", \.calls)
        shortCalls = try c("short_calls", \.shortCalls)
        transfersIn = try c("transfers_in", \.transfersIn)
        transfersOut = try c("transfers_out", \.transfersOut)
        lateVisits = try c("late_visits", \.lateVisits)
        staff = try c("staff", \.staff)
        roomCalls = try c("room_calls", \.roomCalls)
        groupCalls = try c("group_calls", \.groupCalls)
        shortRoomCalls = try c("short_room_calls", \.shortRoomCalls)
        shortGroupCalls = try c("short_group_calls", \.shortGroupCalls)
        errors = try c("errors", \.errors)
    }
}
