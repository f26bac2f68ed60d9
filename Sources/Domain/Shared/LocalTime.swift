/// A time on the wall clock, to the minute, without a zone: 00:00…24:00, the last being the end
/// of the day (a clinic open till midnight).
package struct LocalTime: Hashable, Sendable, Comparable {
    /// Since 00:00, 0…1440.
    package let minutes: Int

    package static let minutesMax = 24 * 60

    /// Nil outside 0…1440.
    package init?(minutes: Int) {
        guard (0...Self.minutesMax).contains(minutes) else { return nil }
        self.minutes = minutes
    }

    /// Nil where there is no such time.
    package init?(hour: Int, minute: Int) {
        guard (0...24).contains(hour), (0...59).contains(minute) else { return nil }
        self.init(minutes: 60 * hour + minute)
    }

    package static func < (one: LocalTime, other: LocalTime) -> Bool {
        one.minutes < other.minutes
    }
}

extension LocalTime: LosslessStringConvertible {
    /// `07:30`
    package var description: String { "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))" }

    /// Nil unless `text` is `HH:MM` and such a time exists.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [2, 2],
            text.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ":") }),
            let hour = Int(parts[0]), let minute = Int(parts[1])
        else { return nil }
        self.init(hour: hour, minute: minute)
    }
}

extension LocalTime: Plain {
    @inline(__always) package static var wireType: WireType { .varint }

    @inline(__always) package func write(_ output: inout WireOutput) {
        output.varint(UInt64(minutes))
    }

    package static func read(
        _ input: inout WireInput, field: Int
    ) throws(WireError) -> LocalTime {
        let minutes = try input.varint(field: field)
        guard let time = LocalTime(minutes: Int(clamping: minutes)) else {
            throw input.flaw(.outOfBounds, field: field)
        }
        return time
    }

    package func writeJSON(_ output: inout JSONOutput) { output.string(description) }

    package static func describe() -> ValueDescription {
        .scalar("uint32", meaning: "local time, minutes since 00:00, at most 1440")
    }

    package static func sample(_ samples: inout Samples) -> LocalTime {
        guard let time = LocalTime(minutes: samples.next(in: 0...minutesMax)) else {
            preconditionFailure("out of its own range")
        }
        return time
    }
}
