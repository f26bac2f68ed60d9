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
    // By hand: every answer holds some, and the library's way takes ten times as long.
    package var description: String {
        String(unsafeUninitializedCapacity: 32) { digits in
            for index in 0..<32 {
                let value = UInt8(truncatingIfNeeded: bits >> UInt128(4 * (31 - index))) & 15
                digits[index] =
                    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
            }
            return 32
        }
    }

    /// Nil unless `text` is 32 hexadecimal digits.
    package init?(_ text: String) {
        guard text.utf8.count == 32 else { return nil }
        var bits: UInt128 = 0
        for byte in text.utf8 {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            bits = bits << 4 | UInt128(value)
        }
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
