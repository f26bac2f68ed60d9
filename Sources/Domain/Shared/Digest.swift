/// 32 opaque bytes: a SHA-256 of something random or sealed, made above. Never a bare hash of
/// something guessable, such as an e-mail address: that would say what it is (ANON-3).
package struct Digest: Hashable, Sendable {
    // Two halves, not one UInt128: see docs/decisions/0001-wide-arguments.md.
    private let first: Halves
    private let second: Halves

    /// The first and last 16 bytes, first byte highest.
    package var high: UInt128 { first.whole }
    package var low: UInt128 { second.whole }

    package static let bytesCount = 32

    package init(high: UInt128, low: UInt128) {
        first = Halves(high)
        second = Halves(low)
    }

    /// Nil unless there are 32 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.bytesCount else { return nil }
        func number(_ part: some Sequence<UInt8>) -> UInt128 {
            part.reduce(0) { $0 << 8 | UInt128($1) }
        }
        self.init(high: number(bytes.prefix(16)), low: number(bytes.dropFirst(16)))
    }

    package var bytes: [UInt8] {
        [high, low].flatMap { half in
            (0..<16).map { UInt8(truncatingIfNeeded: half >> UInt128(120 - 8 * $0)) }
        }
    }
}

extension Digest: Plain {
    @inline(__always) package static var wireType: WireType { .bytes }

    @inline(__always) package func write(_ output: inout WireOutput) {
        output.varint(UInt64(Self.bytesCount))
        output.bigEndian(high)
        output.bigEndian(low)
    }

    package static func read(_ input: inout WireInput, field: Int) throws(WireError) -> Digest {
        guard try input.length(field: field) == bytesCount else {
            throw input.flaw(.outOfBounds, field: field)
        }
        return Digest(
            high: try input.bigEndian(field: field), low: try input.bigEndian(field: field))
    }

    package func writeJSON(_ output: inout JSONOutput) { output.hex(bytes) }

    package static func describe() -> ValueDescription {
        .scalar("bytes", meaning: "32 bytes of a hash")
    }

    package static func sample(_ samples: inout Samples) -> Digest {
        Digest(high: samples.next128(), low: samples.next128())
    }
}
