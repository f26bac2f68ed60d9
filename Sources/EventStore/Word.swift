/// A short ASCII word held inline: a stream's category, a kind of actor, a role, a basis, an
/// origin.
///
/// 0 to 16 bytes of `a–z A–Z 0–9 . -`; the empty word means "not given". Trivially copyable, so
/// that an append allocates nothing for it. Order is that of its bytes.
package struct Word: Hashable, Sendable {
    // Two halves, not one UInt128: see docs/decisions/0001-wide-arguments.md.
    private let halves: Halves

    /// The bytes, first one highest, padded with zeros.
    package var bits: UInt128 { halves.whole }

    package static let bytesMax = 16
    package static let empty = Word(uncheckedBits: 0)

    package init(uncheckedBits bits: UInt128) { halves = Halves(bits) }

    /// Nil where `utf8` is longer than 16 bytes or holds a byte outside the alphabet.
    package init?<Bytes: Sequence>(utf8 bytes: Bytes) where Bytes.Element == UInt8 {
        var bits: UInt128 = 0
        var count = 0
        for byte in bytes {
            guard Word.isAllowed(byte), count < Word.bytesMax else { return nil }
            count += 1
            bits |= UInt128(byte) << UInt128(128 - 8 * count)
        }
        halves = Halves(bits)
    }

    package init?(_ text: String) { self.init(utf8: text.utf8) }

    package var isEmpty: Bool { bits == 0 }

    /// Bytes in use, 0…16.
    package var count: Int { Word.bytesMax - bits.trailingZeroBitCount / 8 }

    @inlinable
    package static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension Word: ExpressibleByStringLiteral {
    package init(stringLiteral text: StaticString) {
        guard let word = Word(String(describing: text)) else {
            preconditionFailure("not a Word: \(text)")
        }
        self = word
    }
}

extension Word: CustomStringConvertible {
    package var description: String {
        String(
            decoding: (0..<count).map { UInt8(truncatingIfNeeded: bits >> UInt128(120 - 8 * $0)) },
            as: UTF8.self)
    }
}

extension Word: Comparable {
    package static func < (one: Word, other: Word) -> Bool { one.bits < other.bits }
}
