package import Domain
import Foundation

/// The days of one time zone, by the machine's table of zones: the only place that asks it what a
/// day is. What comes of it stands in `day.closed`, so that nobody has to ask again.
///
/// A day begins at the first moment at which the clocks show its date or a later one. So days are
/// in a row without gaps; where clocks were turned back across midnight (St John's until 2011, at
/// 00:01), the repeated minutes belong to the new day.
package struct ZonedDays: DayCalendar {
    package let zone: ZoneName
    private let table: TimeZone

    /// Seconds that a zone's clocks were ever away from UTC, with something to spare.
    private static let offsetMax: Int64 = 16 * 3600
    /// Changes of the clocks closer together than this would not all be seen. Seconds.
    private static let step: Int64 = 1800

    /// Nil where this machine does not know the zone.
    package init?(_ zone: ZoneName) {
        guard let table = TimeZone(identifier: zone.description) else { return nil }
        self.zone = zone
        self.table = table
    }

    package func day(of instant: Instant) -> LocalDate {
        let second = floorDivided(instant.milliseconds, by: 1000)
        let number = floorDivided(second + Int64(offset(at: second)), by: 86_400)
        guard var day = LocalDate(day: Int(number)) else {
            preconditionFailure("a moment beyond year 9999")
        }
        // Turned back across midnight, the clocks show the old day once more.
        while let next = LocalDate(day: day.day + 1), start(of: next) <= second { day = next }
        return day
    }

    package func span(of day: LocalDate, from begin: Instant?) -> DaySpan? {
        guard let next = LocalDate(day: day.day + 1) else { return nil }
        let from = begin ?? Instant(milliseconds: start(of: day) * 1000)
        let until = max(from, Instant(milliseconds: start(of: next) * 1000))
        let first = floorDivided(from.milliseconds, by: 1000)
        let last = floorDivided(until.milliseconds, by: 1000)
        return DaySpan(
            day: day, zone: zone, from: from, until: until, offsetSeconds: offset(at: first),
            shifts: shifts(after: first, before: last))
    }

    /// How the zone's clocks stand from one moment up to another.
    package func clocks(from: Instant, until: Instant) -> ZoneClocks {
        let first = floorDivided(from.milliseconds, by: 1000)
        let last = floorDivided(until.milliseconds, by: 1000) + 1
        return ZoneClocks(
            from: from, until: until, offsetSeconds: offset(at: first),
            shifts: shifts(after: first, before: last))
    }

    /// The second since 1970 at which `day` begins.
    private func start(of day: LocalDate) -> Int64 {
        let midnight = Int64(day.day) * 86_400
        let first = midnight - Self.offsetMax
        var from = first
        var offset = offset(at: first)
        let end = midnight + Self.offsetMax
        for shift in shifts(after: first, before: end) {
            let until = floorDivided(shift.at.milliseconds, by: 1000)
            let start = max(from, midnight - Int64(offset))
            if start < until { return start }
            (from, offset) = (until, shift.offsetSeconds)
        }
        return max(from, midnight - Int64(offset))
    }

    /// Changes of the clocks after one second and before another, in order.
    private func shifts(after first: Int64, before end: Int64) -> [ZoneShift] {
        var shifts: [ZoneShift] = []
        var at = first
        var known = offset(at: first)
        while at < end {
            let next = min(at + Self.step, end)
            let offset = offset(at: next)
            if offset != known {
                let change = change(from: at, to: next, leaving: known)
                if change < end {
                    shifts.append(
                        ZoneShift(
                            at: Instant(milliseconds: change * 1000), offsetSeconds: offset))
                }
                known = offset
            }
            at = next
        }
        return shifts
    }

    /// The first second after `from`, up to `to`, at which the offset is another.
    private func change(from: Int64, to: Int64, leaving known: Int) -> Int64 {
        var (low, high) = (from, to)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == known { low = middle } else { high = middle }
        }
        return high
    }

    private func offset(at second: Int64) -> Int {
        table.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(second)))
    }
}

/// Towards minus infinity, so that what was before 1970 falls into its own day too.
private func floorDivided(_ number: Int64, by divisor: Int64) -> Int64 {
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
}
