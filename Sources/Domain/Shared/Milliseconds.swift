/// A length of time in milliseconds; may be negative. About 292 million years at most.
package struct Milliseconds: Hashable, Sendable, Comparable {
    package let count: Int64

    package init(_ count: Int64) { self.count = count }

    package static func seconds(_ count: Int64) -> Milliseconds { times(count, 1000) }
    package static func minutes(_ count: Int64) -> Milliseconds { times(count, 60_000) }
    package static func hours(_ count: Int64) -> Milliseconds { times(count, 3_600_000) }
    package static func days(_ count: Int64) -> Milliseconds { times(count, 86_400_000) }

    /// What is beyond 64 bits stays at their end, as everywhere in times: numbers out of a log must
    /// not stop a fold.
    private static func times(_ count: Int64, _ length: Int64) -> Milliseconds {
        let (product, overflow) = count.multipliedReportingOverflow(by: length)
        return Milliseconds(overflow ? (count < 0 ? .min : .max) : product)
    }

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
