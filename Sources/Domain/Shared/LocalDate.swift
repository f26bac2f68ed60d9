/// A day of the (proleptic Gregorian) calendar, without a zone.
package struct LocalDate: Hashable, Sendable, Comparable {
    /// Days since 1970-01-01, within years 0000…9999.
    package let day: Int

    private static let dayMin = LocalDate.dayNumber(year: 0, month: 1, day: 1)
    private static let dayMax = LocalDate.dayNumber(year: 9999, month: 12, day: 31)

    /// Nil outside years 0000…9999.
    package init?(day: Int) {
        guard (Self.dayMin...Self.dayMax).contains(day) else { return nil }
        self.day = day
    }

    /// Nil where there is no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
            return nil
        }
        self.day = Self.dayNumber(year: year, month: month, day: day)
        guard parts.day == day else { return nil }
    }

    /// Year, month 1…12, day 1…31. Source: Howard Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms", civil_from_days.
    package var parts: (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468  // Days since 0000-03-01, so that a leap day ends its year.
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }

    /// 1 Monday … 7 Sunday. Source: ISO 8601.
    package var weekday: Int {
        let sinceMonday = (day + 3) % 7  // 1970-01-01 was a Thursday.
        return (sinceMonday < 0 ? sinceMonday + 7 : sinceMonday) + 1
    }

    /// The same paper's days_from_civil.
    private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    package static func < (one: LocalDate, other: LocalDate) -> Bool { one.day < other.day }
}

extension LocalDate: LosslessStringConvertible {
    /// `2026-11-21`
    package var description: String {
        let (year, month, day) = parts
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// Nil unless `text` is `YYYY-MM-DD` and such a day exists.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            text.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: "-") }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }
}

/// `number` in decimal, zeros in front up to `digits`.
func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

extension LocalDate: Plain {
    @inline(__always) package static var wireType: WireType { .varint }

    @inline(__always) package func write(_ output: inout WireOutput) { output.zigZag(Int64(day)) }

    package static func read(
        _ input: inout WireInput, field: Int
    ) throws(WireError) -> LocalDate {
        let day = Int(try input.zigZag(field: field))
        guard let date = LocalDate(day: day) else { throw input.flaw(.outOfBounds, field: field) }
        return date
    }

    package func writeJSON(_ output: inout JSONOutput) { output.string(description) }

    package static func describe() -> ValueDescription {
        .scalar("sint64", meaning: "calendar day, days since 1970-01-01")
    }

    package static func sample(_ samples: inout Samples) -> LocalDate {
        guard let date = LocalDate(day: samples.next(in: dayMin...dayMax)) else {
            preconditionFailure("out of its own range")
        }
        return date
    }
}
