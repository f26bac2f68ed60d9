/// A random 128-bit name of one `Subject`: a visit's does not fit where a clinic's is asked.
///
/// Never time-ordered: it must not betray when it was made (ANON-3). Written as 32 lower-case hex
/// digits.
package struct ID<Subject>: Hashable, Sendable, Comparable {
    // Two halves, not one UInt128: see docs/decisions/0001-wide-arguments.md.
    private let halves: Halves

    package var bits: UInt128 { halves.whole }

    package init(bits: UInt128) { halves = Halves(bits) }

    package static func < (one: ID, other: ID) -> Bool { one.bits < other.bits }
}

extension ID: CustomStringConvertible, LosslessStringConvertible {
    package var description: String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }

    /// Nil unless `text` is 32 hexadecimal digits.
    package init?(_ text: String) {
        guard text.utf8.count == 32, !text.hasPrefix("+"), !text.hasPrefix("-"),
            let bits = UInt128(text, radix: 16)
        else { return nil }
        self.init(bits: bits)
    }
}

extension ID: Plain {
    @inline(__always) package static var wireType: WireType { .bytes }

    @inline(__always) package func write(_ output: inout WireOutput) {
        output.byte(16)
        output.bigEndian(bits)
    }

    @inline(__always)
    package static func read(_ input: inout WireInput, field: Int) throws(WireError) -> ID {
        guard try input.length(field: field) == 16 else {
            throw input.flaw(.outOfBounds, field: field)
        }
        return ID(bits: try input.bigEndian(field: field))
    }

    package func writeJSON(_ output: inout JSONOutput) { output.string(description) }

    package static func describe() -> ValueDescription {
        .scalar("bytes", meaning: "ID of \(typeName(Subject.self)), 16 bytes")
    }

    package static func sample(_ samples: inout Samples) -> ID { ID(bits: samples.next128()) }
}
