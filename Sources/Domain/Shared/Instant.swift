/// A moment: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted. May be negative.
package struct Instant: Hashable, Sendable, Comparable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (one: Instant, other: Instant) -> Bool {
        one.milliseconds < other.milliseconds
    }
}

extension Instant {
    package static func + (instant: Instant, length: Milliseconds) -> Instant {
        Instant(milliseconds: instant.milliseconds.addingClamped(length.count))
    }

    package static func - (instant: Instant, length: Milliseconds) -> Instant {
        Instant(milliseconds: instant.milliseconds.subtractingClamped(length.count))
    }

    /// How long after `other` this is.
    package static func - (instant: Instant, other: Instant) -> Milliseconds {
        Milliseconds(instant.milliseconds.subtractingClamped(other.milliseconds))
    }
}

extension Int64 {
    /// The sum, or the end of the range it lies beyond.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// The difference, or the end of the range it lies beyond.
    func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds, `2026-11-21T09:52:00.000Z`; outside years 0000…9999 the
    /// bare number of milliseconds.
    package var description: String {
        let dayLength: Int64 = 86_400_000
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: dayLength)
        let ofDay = Int(remainder < 0 ? remainder + dayLength : remainder)
        guard let date = LocalDate(day: Int(remainder < 0 ? quotient - 1 : quotient)) else {
            return String(milliseconds)
        }
        let time = [ofDay / 3_600_000, ofDay / 60_000 % 60, ofDay / 1000 % 60]
            .map { padded($0, 2) }.joined(separator: ":")
        return "\(date)T\(time).\(padded(ofDay % 1000, 3))Z"
    }
}

extension Instant: Plain {
    @inline(__always) package static var wireType: WireType { .varint }

    @inline(__always) package func write(_ output: inout WireOutput) {
        output.zigZag(milliseconds)
    }

    @inline(__always)
    package static func read(_ input: inout WireInput, field: Int) throws(WireError) -> Instant {
        Instant(milliseconds: try input.zigZag(field: field))
    }

    package func writeJSON(_ output: inout JSONOutput) { output.string(description) }

    package static func describe() -> ValueDescription {
        .scalar("sint64", meaning: "instant, milliseconds since 1970 (UTC)")
    }

    package static func sample(_ samples: inout Samples) -> Instant {
        Instant(milliseconds: 1_500_000_000_000 + Int64(samples.next(in: 0...1_000_000_000_000)))
    }
}
