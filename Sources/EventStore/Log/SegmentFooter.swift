/// What a sealed segment ends with: where its blocks are, and a trailer in its last 64 bytes
/// (docs/log-format.md).
///
/// ```
/// entries    8 each: ordinal of the block's first event, from the segment's first 4, offset 4
/// trailer    0  "ASEGEND1"      16  end ordinal   8     32  CRC-32C of the entries      4
///            8  first ordinal   24  entries at    8     36  entries                     4
///           40  1 if repacked 1   41  zeros  19   60  CRC-32C of bytes 0..<60           4
/// ```
enum SegmentFooter {
    static let trailerBytes = 64
    static let magic: UInt64 = 0x3144_4E45_4745_5341  // "ASEGEND1"

    static func encode(_ directory: BlockDirectory, first: Int64, isRepacked: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * directory.count + trailerBytes)
        for index in 0..<directory.count {
            bytes.append(number: directory.ordinals[index])
            bytes.append(number: directory.offsets[index])
        }
        let checksum = crc32c(bytes)
        var trailer = [UInt8](repeating: 0, count: trailerBytes)
        trailer.put(magic, at: 0)
        trailer.put(first, at: 8)
        trailer.put(first + Int64(directory.events), at: 16)
        trailer.put(directory.endOffset, at: 24)
        trailer.put(checksum, at: 32)
        trailer.put(UInt32(directory.count), at: 36)
        trailer[40] = isRepacked ? 1 : 0
        trailer.put(crc32c(trailer[..<60]), at: 60)
        return bytes + trailer
    }

    /// What reading a footer came to.
    enum Reading {
        /// The segment was not sealed: its file does not end in a trailer.
        case none
        case sealed(BlockDirectory, isRepacked: Bool)
        /// There is one, and it is not what was written.
        case damaged(offset: Int64, reason: String)
    }

    static func read(_ file: File, first: Int64) throws(DiskError) -> Reading {
        let size = try file.size()
        guard size >= Int64(trailerBytes) else { return .none }
        let at = size - Int64(trailerBytes)
        let trailer = try file.bytes(at: at, count: trailerBytes)
        guard let fields = Trailer(trailer) else { return .none }
        guard fields.fits(first: first, trailerAt: at) else {
            return .damaged(offset: at, reason: "the segment trailer is wrong")
        }
        let entries = try file.bytes(at: fields.entriesAt, count: 8 * fields.count)
        return decode(entries, fields, first: first)
    }

    /// The same from a whole file's bytes.
    static func read(_ file: [UInt8], first: Int64) -> Reading {
        let at = file.count - trailerBytes
        guard at >= 0, let fields = Trailer(Array(file[at...])) else { return .none }
        guard fields.fits(first: first, trailerAt: Int64(at)) else {
            return .damaged(offset: Int64(at), reason: "the segment trailer is wrong")
        }
        return decode(Array(file[Int(fields.entriesAt)..<at]), fields, first: first)
    }

    private struct Trailer {
        let first: Int64
        let end: Int64
        let entriesAt: Int64
        let entriesChecksum: UInt32
        let count: Int
        let isRepacked: Bool
        let isRight: Bool

        /// Nil where the bytes do not say that they are one.
        init?(_ bytes: [UInt8]) {
            guard bytes.number(0, as: UInt64.self) == magic else { return nil }
            isRight = bytes.number(60, as: UInt32.self) == crc32c(bytes[..<60])
            first = bytes.number(8, as: Int64.self)
            end = bytes.number(16, as: Int64.self)
            entriesAt = bytes.number(24, as: Int64.self)
            entriesChecksum = bytes.number(32, as: UInt32.self)
            count = Int(bytes.number(36, as: UInt32.self))
            isRepacked = bytes[40] == 1
        }

        func fits(first: Int64, trailerAt: Int64) -> Bool {
            isRight && self.first == first && end >= first && entriesAt >= 0
                && entriesAt + Int64(8 * count) == trailerAt
        }
    }

    private static func decode(_ entries: [UInt8], _ trailer: Trailer, first: Int64) -> Reading {
        guard trailer.entriesChecksum == crc32c(entries),
            let directory = decode(
                entries, events: trailer.end - first, endOffset: trailer.entriesAt)
        else { return .damaged(offset: trailer.entriesAt, reason: "the block directory is wrong") }
        return .sealed(directory, isRepacked: trailer.isRepacked)
    }

    private static func decode(
        _ entries: [UInt8], events: Int64, endOffset: Int64
    ) -> BlockDirectory? {
        guard let events = UInt32(exactly: events), endOffset <= Int64(UInt32.max) else {
            return nil
        }
        var ordinals: [UInt32] = []
        var offsets: [UInt32] = []
        ordinals.reserveCapacity(entries.count / 8)
        offsets.reserveCapacity(entries.count / 8)
        for at in stride(from: 0, to: entries.count, by: 8) {
            ordinals.append(entries.number(at, as: UInt32.self))
            offsets.append(entries.number(at + 4, as: UInt32.self))
        }
        guard zip(ordinals, ordinals.dropFirst()).allSatisfy({ $0 < $1 }),
            zip(offsets, offsets.dropFirst()).allSatisfy({ $0 + UInt32(BlockHeader.bytes) < $1 }),
            ordinals.first ?? 0 == 0, offsets.first ?? 0 == 0,
            ordinals.last.map({ $0 < events }) ?? (events == 0),
            offsets.last.map({ Int64($0) + Int64(BlockHeader.bytes) < endOffset })
                ?? (endOffset == 0)
        else { return nil }
        return BlockDirectory(
            ordinals: ordinals, offsets: offsets, events: events, endOffset: endOffset)
    }
}
