/// 64-bit hashes under which the index files streams and commands (docs/log-format.md). Ids are
/// random, so folding products is enough; where two keys share a hash, the record itself decides.
enum IndexHash {
    // The first 64 bits of the fractional parts of the square roots of 2, 3, 5, 7, 11 and 13 (as in
    // SHA-512).
    private static let seeds: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
        0x6A09_E667_F3BC_C908, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B,
        0xA54F_F53A_5F1D_36F1, 0x510E_527F_ADE6_82D1, 0x9B05_688C_2B3E_6C1F
    )

    static func stream(_ stream: StreamName, in log: LogID) -> UInt64 {
        var hash = fold(seed(log), stream.id, seeds.1)
        hash = fold(hash, stream.category.bits, seeds.2)
        return product(hash ^ UInt64(stream.part), seeds.3)
    }

    static func command(_ id: UInt128, in log: LogID) -> UInt64 {
        product(fold(seed(log), id, seeds.4), seeds.3)
    }

    private static func seed(_ log: LogID) -> UInt64 { fold(seeds.0, log.bits, seeds.5) }

    /// Takes 128 more bits into a hash.
    private static func fold(_ hash: UInt64, _ bits: UInt128, _ seed: UInt64) -> UInt64 {
        product(
            hash ^ UInt64(truncatingIfNeeded: bits >> 64), seed ^ UInt64(truncatingIfNeeded: bits))
    }

    /// The 128-bit product, its two halves folded by exclusive or.
    private static func product(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let full = one.multipliedFullWidth(by: other)
        return full.high ^ full.low
    }
}
