/// A moment: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted. May be negative.
package struct Instant: Hashable, Sendable, Comparable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (one: Instant, other: Instant) -> Bool { one.milliseconds < other.milliseconds }
}
