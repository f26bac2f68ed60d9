/// A length of time in milliseconds; may be negative.
package struct Milliseconds: Hashable, Sendable, Comparable {
    package let count: Int64

    package init(_ count: Int64) { self.count = count }

    package static func seconds(_ count: Int64) -> Milliseconds { Milliseconds(count * 1000) }
    package static func minutes(_ count: Int64) -> Milliseconds { seconds(count * 60) }
    package static func hours(_ count: Int64) -> Milliseconds { minutes(count * 60) }
    package static func days(_ count: Int64) -> Milliseconds { hours(count * 24) }

    package static let zero = Milliseconds(0)

    package static func < (one: Milliseconds, other: Milliseconds) -> Bool {
        one.count < other.count
    }
}

extension Milliseconds: Plain {
    @inline(__always) package static var wireType: WireType { .varint }

    @inline(__always) package func write(_ output: inout WireOutput) { output.zigZag(count) }

    @inline(__always)
    package static func read(
        _ input: inout WireInput, field: Int
    ) throws(WireError) -> Milliseconds {
        Milliseconds(try input.zigZag(field: field))
    }

    package func writeJSON(_ output: inout JSONOutput) { output.integer(count) }

    package static func describe() -> ValueDescription {
        .scalar("sint64", meaning: "milliseconds")
    }

    package static func sample(_ samples: inout Samples) -> Milliseconds {
        Milliseconds(samples.integer())
    }
}
