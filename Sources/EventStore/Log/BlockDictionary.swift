/// What LZ4 has seen before the first byte of a block of codec 2.
enum BlockDictionary {
    static let bytes: [UInt8] = Array(repeating: 0, count: 64)
}
