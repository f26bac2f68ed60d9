/// When a clinic's waiting area is open, by the clocks on its wall (ORG-6).
///
/// A day's breaks are what lies between its times. It is open whenever those clocks show a time
/// within: a time that clocks leave out in spring is not there, one they show twice in autumn is
/// there twice.
package struct OpeningHours: Hashable, Sendable {
    package let week: [WeekdayTimes]
    /// Days with times of their own, in place of the weekday's; none: closed all day.
    package let exceptions: [DayTimes]

    package init(week: [WeekdayTimes], exceptions: [DayTimes] = []) {
        self.week = week
        self.exceptions = exceptions
    }

    /// Times of one weekday, or of one day that is an exception.
    package static let timesMax = 12
    package static let exceptionsMax = 200

    /// Those of a day, in order.
    package func times(of day: LocalDate) -> [OpenTimes] {
        if let own = exceptions.first(where: { $0.day == day }) { return own.times }
        return week.first { $0.weekday == day.weekday }?.times ?? []
    }

    package func isOpen(at now: Instant, _ clocks: ZoneClocks) -> Bool {
        let local = clocks.local(now)
        guard let day = LocalDate(day: Int(local.floored(by: Self.dayLength))) else { return false }
        let ofDay = local - Int64(day.day) * Self.dayLength
        return times(of: day).contains {
            $0.from.milliseconds <= ofDay && ofDay < $0.until.milliseconds
        }
    }

    /// The first moment from `now` on at which it is open: `now` where it is; nil where `clocks`
    /// end before there is one.
    package func opensNext(after now: Instant, _ clocks: ZoneClocks) -> Instant? {
        for stretch in clocks.stretches where stretch.until > now {
            let offset = Int64(stretch.offsetSeconds) * 1000
            let from = max(now, stretch.from).milliseconds + offset
            let until = stretch.until.milliseconds + offset
            var number = Int(from.floored(by: Self.dayLength))
            while Int64(number) * Self.dayLength < until, let day = LocalDate(day: number) {
                let midnight = Int64(number) * Self.dayLength
                for times in times(of: day) {
                    let first = max(midnight + times.from.milliseconds, from)
                    if first < min(midnight + times.until.milliseconds, until) {
                        return Instant(milliseconds: first - offset)
                    }
                }
                number += 1
            }
        }
        return nil
    }

    /// The first moment after `now` at which it opens or closes; nil where `clocks` end before.
    package func changesNext(after now: Instant, _ clocks: ZoneClocks) -> Instant? {
        guard isOpen(at: now, clocks) else { return opensNext(after: now, clocks) }
        return closesNext(after: now, clocks)
    }

    /// The first moment after `now`, at which it is open, at which it is not.
    private func closesNext(after now: Instant, _ clocks: ZoneClocks) -> Instant? {
        for stretch in clocks.stretches where stretch.until > now {
            let offset = Int64(stretch.offsetSeconds) * 1000
            var local = max(now, stretch.from).milliseconds + offset
            let until = stretch.until.milliseconds + offset
            // What ends when the next begins goes on.
            while local < until {
                guard let day = LocalDate(day: Int(local.floored(by: Self.dayLength))) else {
                    return nil
                }
                let midnight = Int64(day.day) * Self.dayLength
                let open = times(of: day).first {
                    midnight + $0.from.milliseconds <= local
                        && local < midnight + $0.until.milliseconds
                }
                guard let open else { return Instant(milliseconds: local - offset) }
                local = midnight + open.until.milliseconds
            }
        }
        return nil
    }

    private static let dayLength: Int64 = 86_400_000

    /// What is wrong with them; nil: nothing.
    var fault: ClinicRejection? {
        for times in week.map(\.times) + exceptions.map(\.times) {
            guard times.count <= Self.timesMax else { return .tooManyTimes(limit: Self.timesMax) }
            for one in times where one.from >= one.until { return .hoursBackwards }
            for (one, next) in zip(times, times.dropFirst()) where one.until > next.from {
                return .hoursOverlap
            }
        }
        guard Set(week.map(\.weekday)).count == week.count,
            Set(exceptions.map(\.day)).count == exceptions.count
        else { return .dayTwice }
        guard week.allSatisfy({ (1...7).contains($0.weekday) }) else { return .weekdayUnknown }
        guard exceptions.count <= Self.exceptionsMax else {
            return .tooManyTimes(limit: Self.exceptionsMax)
        }
        return nil
    }
}

extension OpeningHours: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        week = try f(1, "week", \.week)
        exceptions = try f(2, "exceptions", \.exceptions)
    }
}

/// From a time up to another, which is no longer open.
package struct OpenTimes: Hashable, Sendable {
    package let from: LocalTime
    package let until: LocalTime

    package init(from: LocalTime, until: LocalTime) {
        self.from = from
        self.until = until
    }
}

extension OpenTimes: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        from = try f(1, "from", \.from)
        until = try f(2, "until", \.until)
    }
}

/// Times of a weekday, in order.
package struct WeekdayTimes: Hashable, Sendable {
    /// 1 Monday … 7 Sunday.
    package let weekday: Int
    package let times: [OpenTimes]

    package init(weekday: Int, times: [OpenTimes]) {
        self.weekday = weekday
        self.times = times
    }
}

extension WeekdayTimes: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        weekday = try f(1, "weekday", \.weekday)
        times = try f(2, "times", \.times)
    }
}

/// Times of one day of the calendar, in order.
package struct DayTimes: Hashable, Sendable {
    package let day: LocalDate
    package let times: [OpenTimes]

    package init(day: LocalDate, times: [OpenTimes]) {
        self.day = day
        self.times = times
    }
}

extension DayTimes: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        day = try f(1, "day", \.day)
        times = try f(2, "times", \.times)
    }
}

/// How a zone's clocks stand from a moment up to another; told from above, where zones are known.
package struct ZoneClocks: Hashable, Sendable {
    package let from: Instant
    package let until: Instant
    /// Seconds ahead of UTC at `from`.
    package let offsetSeconds: Int
    /// Where they were changed after `from`, in the order of time.
    package let shifts: [ZoneShift]

    package init(
        from: Instant, until: Instant, offsetSeconds: Int, shifts: [ZoneShift] = []
    ) {
        self.from = from
        self.until = until
        self.offsetSeconds = offsetSeconds
        self.shifts = shifts
    }

    struct Stretch {
        let from: Instant
        let until: Instant
        let offsetSeconds: Int
    }

    /// Between two changes each.
    var stretches: [Stretch] {
        var stretches: [Stretch] = []
        var begin = (at: from, offset: offsetSeconds)
        for shift in shifts {
            stretches.append(
                Stretch(from: begin.at, until: shift.at, offsetSeconds: begin.offset))
            begin = (shift.at, shift.offsetSeconds)
        }
        return stretches + [Stretch(from: begin.at, until: until, offsetSeconds: begin.offset)]
    }

    /// What they show, as milliseconds since their own 1970-01-01 00:00.
    func local(_ instant: Instant) -> Int64 {
        let offset = shifts.last { $0.at <= instant }?.offsetSeconds ?? offsetSeconds
        return instant.milliseconds.addingClamped(Int64(offset) * 1000)
    }
}

extension LocalTime {
    /// Since 00:00.
    var milliseconds: Int64 { Int64(minutes) * 60_000 }
}

extension Int64 {
    /// Divided, towards minus infinity.
    func floored(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
