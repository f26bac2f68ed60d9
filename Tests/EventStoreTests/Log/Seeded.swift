import EventStore

/// SplitMix64: the same numbers for the same seed, everywhere.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Seeded {
    mutating func bits() -> UInt128 { UInt128(next()) << 64 | UInt128(next()) | 1 }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    mutating func word(_ lengths: ClosedRange<Int> = 1...16) -> Word {
        let alphabet = Array(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-".utf8)
        let count = Int.random(in: lengths, using: &self)
        return Word(utf8: (0..<count).map { _ in alphabet[Int(next() % 64)] }) ?? "x"
    }

    mutating func type() -> EventType {
        let text = "\(word())\(word())"
        return EventType(String(text.prefix(Int.random(in: 1...text.utf8.count, using: &self))))
            ?? "x"
    }

    mutating func actor() -> Actor { Actor(word(), id: Bool.random(using: &self) ? bits() : 0) }

    mutating func context() -> Context {
        Context(
            actor: actor(), role: word(), basis: word(), origin: word(),
            onBehalfOf: Bool.random(using: &self) ? actor() : nil,
            correlation: Bool.random(using: &self) ? bits() : 0,
            cause: Bool.random(using: &self) ? Int64.random(in: 0...Int64.max, using: &self) : nil,
            fingerprint: Bool.random(using: &self) ? bits() : 0)
    }

    /// A commit of anything that can be said, over streams of its own.
    mutating func commit(log: LogID? = nil, events: Int) -> Commit {
        let made = (0..<events).map { _ in
            NewEvent(
                stream: StreamName(
                    word(), bits(),
                    part: Bool.random(using: &self) ? 0 : .random(in: 0...9, using: &self)),
                type: type(), schema: .random(in: 1...300, using: &self),
                payload: bytes(.random(in: 0...300, using: &self)))
        }
        return Commit(
            log: log ?? LogID(bits: bits()), commandID: bits(),
            now: .random(in: 0...4_000_000_000_000, using: &self), context: context(), events: made)
    }
}
