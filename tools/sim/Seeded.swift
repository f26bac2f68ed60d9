/// The same numbers for the same seed (SplitMix64).
struct Seeded {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// One for each part of a plan, so that no part's choices depend on how many another made.
    init(_ seed: UInt64, part: Int) {
        state = seed
        state = next() &+ UInt64(bitPattern: Int64(part)) &* 0xD1B5_4A32_D192_ED03
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// 0 ..< `count`.
    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    mutating func happens(percent: Int) -> Bool { below(100) < percent }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// 32 hexadecimal digits.
    mutating func name() -> String { digits() + digits() }

    private mutating func digits() -> String {
        let text = String(next(), radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}
