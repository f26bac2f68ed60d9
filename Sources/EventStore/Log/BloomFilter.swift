/// Says of a key "not here", or "perhaps here" (wrong about once in a hundred). One cache line a
/// question.
///
/// Blocks of 512 bits; the key's high half picks the block, six 9-bit numbers taken from its
/// product with the golden ratio pick the bits. Source: Putze, Sanders, Singler, "Cache-, Hash- and
/// Space-Efficient Bloom Filters", 2007.
package struct BloomFilter: Equatable {
    package static let bitsPerKey = 10
    private static let wordsPerBlock = 8
    private static let golden: UInt64 = 0x9E37_79B9_7F4A_7C15

    package private(set) var words: [UInt64]

    package init(keys: Int) {
        let blocks = max(1, (keys * BloomFilter.bitsPerKey + 511) / 512)
        words = Array(repeating: 0, count: blocks * BloomFilter.wordsPerBlock)
    }

    /// - Parameter bytes: as ``bytes`` gave them, a multiple of 64, not empty.
    package init(bytes: ArraySlice<UInt8>) {
        words = bytes.withUnsafeBytes { raw in
            (0..<(raw.count / 8)).map { raw.number(8 * $0, as: UInt64.self) }
        }
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * words.count)
        for word in words { bytes.append(number: word) }
        return bytes
    }

    package mutating func insert(_ key: UInt64) {
        let block = start(key)
        var picks = key &* BloomFilter.golden
        for _ in 0..<6 {
            words[block + Int(picks >> 61)] |= 1 << ((picks >> 55) & 63)
            picks <<= 9
        }
    }

    package func mayContain(_ key: UInt64) -> Bool {
        let block = start(key)
        var picks = key &* BloomFilter.golden
        for _ in 0..<6 {
            if words[block + Int(picks >> 61)] & (1 << ((picks >> 55) & 63)) == 0 { return false }
            picks <<= 9
        }
        return true
    }

    private func start(_ key: UInt64) -> Int {
        let blocks = UInt64(words.count / BloomFilter.wordsPerBlock)
        return Int(key.multipliedFullWidth(by: blocks).high) * BloomFilter.wordsPerBlock
    }
}
