/// What a block begins with (docs/log-format.md). All numbers little-endian.
///
/// ```
///  0  "ABLK"            8  first ordinal   8      24  CRC-32C of the stored bytes  4
///  4  format       1   16  raw length      4      28  CRC-32C of bytes 0..<28      4
///  5  codec        1   20  stored length   4      32  stored bytes
///  6  events       2
/// ```
package struct BlockHeader: Hashable {
    package static let bytes = 32
    package static let magic: UInt32 = 0x4B4C_4241  // "ABLK"
    package static let format: UInt8 = 1
    /// No commit is larger: 256 records of 60 KiB, each with its tag and length.
    package static let rawMax = Limits.commitEvents * (Limits.recordBytes + 4)

    /// The last stored byte, behind what was packed. Were it zero where it stands alone in its
    /// sector, an acknowledged block could be taken for a write whose last sector never came.
    package static let endMark: UInt8 = 0xFF

    package var codec: BlockCodec
    package var events: Int
    /// Store ordinal of the block's first event.
    package var first: Int64
    package var rawLength: Int
    package var storedLength: Int
    package var storedChecksum: UInt32

    /// Header and stored bytes.
    package var length: Int { BlockHeader.bytes + storedLength }
    package var end: Int64 { first + Int64(events) }

    /// What is wrong with 32 bytes that should be a header.
    package enum Fault: Error, Hashable {
        case notABlock
        case checksum
        case unknownFormat(UInt8)
        case unknownCodec(UInt8)
        case impossible
    }

    package init(
        codec: BlockCodec, events: Int, first: Int64, rawLength: Int, storedLength: Int,
        storedChecksum: UInt32
    ) {
        self.codec = codec
        self.events = events
        self.first = first
        self.rawLength = rawLength
        self.storedLength = storedLength
        self.storedChecksum = storedChecksum
    }

    /// - Parameter bytes: at least 32.
    package init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        guard bytes.number(0, as: UInt32.self) == BlockHeader.magic else { throw .notABlock }
        guard bytes.number(28, as: UInt32.self) == crc32c(.init(rebasing: bytes[0..<28])) else {
            throw .checksum
        }
        guard bytes[4] == BlockHeader.format else { throw .unknownFormat(bytes[4]) }
        guard let codec = BlockCodec(rawValue: bytes[5]) else { throw .unknownCodec(bytes[5]) }
        self.codec = codec
        events = Int(bytes.number(6, as: UInt16.self))
        first = bytes.number(8, as: Int64.self)
        rawLength = Int(bytes.number(16, as: UInt32.self))
        storedLength = Int(bytes.number(20, as: UInt32.self))
        storedChecksum = bytes.number(24, as: UInt32.self)
        guard events > 0, first >= 0, rawLength > 0, rawLength <= BlockHeader.rawMax,
            storedLength > 1, storedLength <= rawLength + 1
        else { throw .impossible }
    }

    package func write(to bytes: UnsafeMutableRawBufferPointer) {
        bytes.put(BlockHeader.magic, at: 0)
        bytes[4] = BlockHeader.format
        bytes[5] = codec.rawValue
        bytes.put(UInt16(events), at: 6)
        bytes.put(first, at: 8)
        bytes.put(UInt32(rawLength), at: 16)
        bytes.put(UInt32(storedLength), at: 20)
        bytes.put(storedChecksum, at: 24)
        bytes.put(crc32c(UnsafeRawBufferPointer(rebasing: bytes[0..<28])), at: 28)
    }
}

extension BlockHeader.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notABlock: "no block begins here"
        case .checksum: "the block header's checksum is wrong"
        case .unknownFormat(let number): "block format \(number) is newer than this program"
        case .unknownCodec(let number): "codec \(number) is newer than this program"
        case .impossible: "the block header says what cannot be"
        }
    }
}

/// How a block's records are stored.
package enum BlockCodec: UInt8 {
    /// As they are: where LZ4 gains nothing.
    case plain = 0
    case lz4 = 1
    /// LZ4 with ``BlockDictionary`` before the first byte: small blocks.
    case lz4Dictionary = 2
}
