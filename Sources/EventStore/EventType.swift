/// An event type's wire name, such as `visit.staff-joined`: 1 to 32 bytes of a ``Word``'s alphabet,
/// held inline.
///
/// Names are for ever. Comparing two costs two integer comparisons; no allocation.
package struct EventType: Hashable, Sendable {
    // Two halves, not one UInt128: see docs/decisions/0001-wide-arguments.md.
    private let first: Halves
    private let second: Halves

    /// Bytes 1…16 and 17…32, first byte highest, padded with zeros.
    package var high: UInt128 { first.whole }
    package var low: UInt128 { second.whole }

    package static let bytesMax = 32

    package init(high: UInt128, low: UInt128) {
        first = Halves(high)
        second = Halves(low)
    }

    /// Nil where `utf8` is empty, longer than 32 bytes or holds a byte outside the alphabet.
    package init?<Bytes: Collection>(utf8 bytes: Bytes) where Bytes.Element == UInt8 {
        guard (1...EventType.bytesMax).contains(bytes.count),
            let high = Word(utf8: bytes.prefix(Word.bytesMax)),
            let low = Word(utf8: bytes.dropFirst(Word.bytesMax))
        else { return nil }
        self.init(high: high.bits, low: low.bits)
    }

    package init?(_ text: String) { self.init(utf8: text.utf8) }

    /// Bytes in use, 1…32.
    package var count: Int { Word(uncheckedBits: high).count + Word(uncheckedBits: low).count }
}

extension EventType: ExpressibleByStringLiteral {
    package init(stringLiteral text: StaticString) {
        guard let type = EventType(String(describing: text)) else {
            preconditionFailure("not an EventType: \(text)")
        }
        self = type
    }
}

extension EventType: CustomStringConvertible {
    package var description: String { "\(Word(uncheckedBits: high))\(Word(uncheckedBits: low))" }
}
