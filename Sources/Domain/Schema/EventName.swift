/// An event's wire name, such as `visit.staff-joined`: 1 to 32 bytes, held as the store's
/// `EventType` holds it.
package struct EventName: Hashable, Sendable {
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

    /// - Precondition: 1 to 32 bytes; names are constants of ours, and a test reads them all.
    package init(_ text: String) {
        var text = text
        let (high, low) = text.withUTF8 { bytes in
            precondition(
                (1...EventName.bytesMax).contains(bytes.count), "an event's name is 1…32 bytes")
            var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
            withUnsafeMutableBytes(of: &words) {
                $0.copyMemory(from: UnsafeRawBufferPointer(bytes))
            }
            return (
                UInt128(truncatingIfNeeded: words.0.bigEndian) << 64 | UInt128(words.1.bigEndian),
                UInt128(truncatingIfNeeded: words.2.bigEndian) << 64 | UInt128(words.3.bigEndian)
            )
        }
        self.init(high: high, low: low)
    }
}

extension EventName: CustomStringConvertible {
    package var description: String {
        let bytes = [high, low].flatMap { half in
            (0..<16).map { UInt8(truncatingIfNeeded: half >> UInt128(120 - 8 * $0)) }
        }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
