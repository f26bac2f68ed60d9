/// A random 128-bit name of one `Subject`: a visit's does not fit where a clinic's is asked.
///
/// Never time-ordered: it must not betray when it was made (ANON-3). Written as 32 lower-case hex digits.
package struct ID<Subject>: Hashable, Sendable, Comparable {
    package let bits: UInt128

    package init(bits: UInt128) { self.bits = bits }

    package static func < (one: ID, other: ID) -> Bool { one.bits < other.bits }
}

extension ID: CustomStringConvertible, LosslessStringConvertible {
    package var description: String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }

    /// Nil unless `text` is 32 hexadecimal digits.
    package init?(_ text: String) {
        guard text.utf8.count == 32, !text.hasPrefix("+"), !text.hasPrefix("-"), let bits = UInt128(text, radix: 16)
        else { return nil }
        self.init(bits: bits)
    }
}
