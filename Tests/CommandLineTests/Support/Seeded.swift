import Foundation

/// The same numbers for the same seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// Of a seed drawn now, or of `ANTEROOM_SEED`; says which, and how to have it again.
    static func told(for test: String) -> Seeded {
        let given = ProcessInfo.processInfo.environment["ANTEROOM_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 0...UInt64.max)
        print("\(test): repeat with ANTEROOM_SEED=\(seed) swift test --filter \(test)")
        return Seeded(seed: seed)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
