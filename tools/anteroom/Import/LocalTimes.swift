import Foundation

/// Local dates and times of one zone turned into moments.
///
/// A local time that a clock change leaves out counts as that much later; one that comes twice is
/// its first.
struct LocalTimes {
    private let calendar: Calendar

    init(_ zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
    }

    /// Milliseconds since 1970-01-01 UTC of `second` seconds after the local midnight that begins
    /// `day`, by the clock on the wall; 86,400 and more run into the days after. Nil where the day
    /// does not exist.
    func instant(_ day: CivilDay, second: Int) -> Int64? {
        var parts = DateComponents(year: day.year, month: day.month, day: day.day)
        guard parts.isValidDate(in: calendar) else { return nil }
        parts.day = day.day + second / 86_400
        let clock = second % 86_400
        parts.hour = clock / 3_600
        parts.minute = clock / 60 % 60
        parts.second = clock % 60
        return calendar.date(from: parts).map {
            Int64(($0.timeIntervalSince1970 * 1_000).rounded())
        }
    }

    /// `2016-04-29` or `990131` (70 to 99 are 19…, 00 to 69 are 20…); what follows a `T` is not
    /// looked at.
    static func day(_ text: some StringProtocol) -> CivilDay? {
        let date = text.prefix { $0 != "T" && $0 != " " }
        if date.utf8.count == 6, let number = Int(date) {
            let year = number / 10_000
            return CivilDay(
                year: year < 70 ? 2000 + year : 1900 + year, month: number / 100 % 100,
                day: number % 100)
        }
        let words = date.split(separator: "-", omittingEmptySubsequences: false).compactMap {
            Int($0)
        }
        guard words.count == 3, (1900...2200).contains(words[0]) else { return nil }
        return CivilDay(year: words[0], month: words[1], day: words[2])
    }

    /// Seconds since midnight of `9:31:30`; nil where it is no time of day.
    static func second(_ text: some StringProtocol) -> Int? {
        let words = text.split(separator: ":", omittingEmptySubsequences: false).compactMap {
            Int($0)
        }
        guard words.count == 3, (0...23).contains(words[0]), (0...59).contains(words[1]),
            (0...59).contains(words[2])
        else { return nil }
        return words[0] * 3_600 + words[1] * 60 + words[2]
    }
}
