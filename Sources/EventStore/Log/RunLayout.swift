/// The bytes of an index run (docs/log-format.md). Everything in it follows from the segments: it
/// may be deleted.
///
/// ```
/// pages of 4,096 bytes   stream pairs, then command pairs, then position pairs
/// logs                   40 bytes each, ascending: id 16 (big-endian), first position 8, events 8,
///                        last time 8
/// first keys             8 bytes a page, in the order of the pages
/// Bloom filters          of the streams' keys, of the commands' keys: words of 8 bytes
/// trailer                112 bytes
/// ```
/// A stream pair is (``IndexHash/stream(_:in:)``, event) for every event; a command pair
/// (``IndexHash/command(_:in:)``, first event) for every commit; a position pair (log's place in
/// the table × 2³² + position less the log's first, event) for every row of a log's events that
/// stand next to each other.
package enum RunLayout {
    package static let magic: UInt64 = 0x3144_4E45_4E55_5241  // "ARUNEND1"
    package static let trailerBytes = 112
    package static let logBytes = 40

    /// The last 112 bytes.
    /// ```
    ///   0  "ARUNEND1"         32  pages of each table   4, 4, 4     72  Bloom bytes, streams    8
    ///   8  first ordinal  8   44  logs                  4           80  Bloom bytes, commands   8
    ///  16  end ordinal    8   48  pairs of each table   8, 8, 8     88  zeros                  16
    ///  24  logs begin at  8                                        104  CRC-32C of logs…Bloom   4
    ///                                                              108  CRC-32C of 0..<108      4
    /// ```
    package struct Trailer: Equatable {
        package var range: Range<Int64>
        package var metaOffset: Int64
        package var pages: [Int]
        package var logs: Int
        package var pairs: [Int]
        package var bloomBytes: [Int]
        package var metaChecksum: UInt32

        package var metaBytes: Int {
            logs * RunLayout.logBytes + 8 * pages.reduce(0, +) + bloomBytes.reduce(0, +)
        }

        package var encoded: [UInt8] {
            var bytes = [UInt8](repeating: 0, count: RunLayout.trailerBytes)
            bytes.put(RunLayout.magic, at: 0)
            bytes.put(range.lowerBound, at: 8)
            bytes.put(range.upperBound, at: 16)
            bytes.put(metaOffset, at: 24)
            for table in 0..<3 {
                bytes.put(UInt32(pages[table]), at: 32 + 4 * table)
                bytes.put(UInt64(pairs[table]), at: 48 + 8 * table)
            }
            bytes.put(UInt32(logs), at: 44)
            for filter in 0..<2 { bytes.put(UInt64(bloomBytes[filter]), at: 72 + 8 * filter) }
            bytes.put(metaChecksum, at: 104)
            bytes.put(crc32c(bytes[..<108]), at: 108)
            return bytes
        }

        package init(
            range: Range<Int64>, metaOffset: Int64, pages: [Int], logs: Int, pairs: [Int],
            bloomBytes: [Int], metaChecksum: UInt32
        ) {
            self.range = range
            self.metaOffset = metaOffset
            self.pages = pages
            self.logs = logs
            self.pairs = pairs
            self.bloomBytes = bloomBytes
            self.metaChecksum = metaChecksum
        }

        /// Nil where the bytes are no trailer.
        package init?(_ bytes: [UInt8]) {
            guard bytes.count == RunLayout.trailerBytes,
                bytes.number(0, as: UInt64.self) == RunLayout.magic,
                bytes.number(108, as: UInt32.self) == crc32c(bytes[..<108])
            else { return nil }
            let first = bytes.number(8, as: Int64.self)
            let end = bytes.number(16, as: Int64.self)
            let bloom = (0..<2).map { Int(bytes.number(72 + 8 * $0, as: Int64.self)) }
            guard 0 <= first, first < end, bloom.allSatisfy({ $0 > 0 && $0 % 64 == 0 }) else {
                return nil
            }
            range = first..<end
            metaOffset = bytes.number(24, as: Int64.self)
            pages = (0..<3).map { Int(bytes.number(32 + 4 * $0, as: UInt32.self)) }
            logs = Int(bytes.number(44, as: UInt32.self))
            pairs = (0..<3).map { Int(bytes.number(48 + 8 * $0, as: Int64.self)) }
            bloomBytes = bloom
            metaChecksum = bytes.number(104, as: UInt32.self)
        }
    }

    /// One log's part in a run.
    package struct Log: Hashable {
        package let id: LogID
        /// Position of its first event in the run.
        package let first: Int64
        package let count: Int64
        /// When its last event in the run was recorded.
        package let lastTime: Int64

        package func encode(into bytes: inout [UInt8]) {
            withUnsafeBytes(of: id.bits.bigEndian) { bytes.append(contentsOf: $0) }
            for number in [first, count, lastTime] { bytes.append(number: number) }
        }
    }
}

extension RunLayout.Log {
    package init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        id = LogID(
            bits: UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt128.self)))
        first = bytes.number(offset + 16, as: Int64.self)
        count = bytes.number(offset + 24, as: Int64.self)
        lastTime = bytes.number(offset + 32, as: Int64.self)
    }
}
