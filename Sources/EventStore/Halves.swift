/// A 128-bit number as two words of 64: it has their alignment, 8 bytes and not 16.
///
/// Swift 6.3.1 loses its stack when an async function suspends that was given a 16-byte aligned
/// argument beyond its registers: see docs/decisions/0001-wide-arguments.md. `Domain` has
/// one of its own: the two modules do not know each other.
struct Halves: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    @inline(__always)
    init(_ whole: UInt128) {
        high = UInt64(truncatingIfNeeded: whole >> 64)
        low = UInt64(truncatingIfNeeded: whole)
    }

    @inline(__always)
    var whole: UInt128 { UInt128(high) << 64 | UInt128(low) }
}
