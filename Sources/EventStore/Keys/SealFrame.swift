import CLZ4

/// What is encrypted: plain text, compressed or not, with its length, padded to a ``SizeClass``.
/// The picture is above ``Sealer``.
enum SealFrame {
    private static let stored: UInt8 = 0
    private static let lz4: UInt8 = 1
    private static let storedHeader = 3
    private static let lz4Header = 5

    /// - Throws: ``SealError/tooLong(bytes:)``.
    static func frame(_ plain: [UInt8]) throws(SealError) -> [UInt8] {
        guard plain.count <= Sealer.plainMax else { throw .tooLong(bytes: plain.count) }
        let size = SizeClass.holding(storedHeader + plain.count)
        if plain.count >= Sealer.compressionWorthwhile,
            let smaller = compressed(plain, below: size ?? SizeClass.max + 1)
        {
            return smaller
        }
        guard let size else { throw .tooLong(bytes: plain.count) }
        var frame = [UInt8]()
        frame.reserveCapacity(size)
        frame.append(stored)
        frame.append(bigEndian: plain.count)
        frame.append(contentsOf: plain)
        frame.append(contentsOf: repeatElement(0, count: size - frame.count))
        return frame
    }

    /// - Throws: ``SealError/malformed(reason:)``. The bytes are authentic, so that this means a
    ///   newer or a broken program sealed them.
    static func plain(_ frame: [UInt8]) throws(SealError) -> [UInt8] {
        guard frame.count >= lz4Header else { throw .malformed(reason: "frame too short") }
        let count = Int(frame[1]) << 8 | Int(frame[2])
        switch frame[0] {
        case stored:
            let body = try body(frame, after: storedHeader, count: count)
            return Array(body)
        case lz4:
            let plainCount = Int(frame[3]) << 8 | Int(frame[4])
            let body = try body(frame, after: lz4Header, count: count)
            let plain = [UInt8](unsafeUninitializedCapacity: plainCount) { buffer, filled in
                body.withUnsafeBytes { source in
                    let written = LZ4_decompress_safe(
                        source.baseAddress, buffer.baseAddress, Int32(count), Int32(plainCount))
                    filled = max(0, Int(written))
                }
            }
            guard plain.count == plainCount else { throw .malformed(reason: "not an LZ4 block") }
            return plain
        default: throw .malformed(reason: "frame of kind \(frame[0])")
        }
    }

    private static func body(
        _ frame: [UInt8], after header: Int, count: Int
    ) throws(SealError) -> ArraySlice<UInt8> {
        guard header + count <= frame.count else {
            throw .malformed(reason: "length \(count) in a frame of \(frame.count)")
        }
        return frame[header..<header + count]
    }

    /// Nil unless it comes out in a class below `size`.
    private static func compressed(_ plain: [UInt8], below size: Int) -> [UInt8]? {
        let smaller = SizeClass.below(size)
        guard smaller > lz4Header else { return nil }
        var count = 0
        var frame = [UInt8](unsafeUninitializedCapacity: smaller) { buffer, filled in
            buffer.update(repeating: 0)
            plain.withUnsafeBytes { source in
                count = Int(
                    LZ4_compress_default(
                        source.baseAddress, buffer.baseAddress.map { $0 + lz4Header },
                        Int32(plain.count), Int32(smaller - lz4Header)))
            }
            filled = smaller
        }
        guard count > 0, let fitting = SizeClass.holding(lz4Header + count) else { return nil }
        frame[0] = lz4
        frame[1] = UInt8(count >> 8)
        frame[2] = UInt8(count & 0xFF)
        frame[3] = UInt8(plain.count >> 8)
        frame[4] = UInt8(plain.count & 0xFF)
        frame.removeLast(frame.count - fitting)
        // The compressor may write beyond what it reports; padding is zeros.
        for index in lz4Header + count..<fitting { frame[index] = 0 }
        return frame
    }
}

/// Why something could not be sealed or opened.
package enum SealError: Error, Hashable, Sendable {
    /// Longer than ``Sealer/plainMax``, or than the largest size class after compression: refuse
    /// the command, or store it as a sealed file.
    case tooLong(bytes: Int)
    /// Changed, moved from another place, or sealed under another key.
    case notAuthentic
    /// Authentic, but not of a form known here.
    case malformed(reason: String)
}

extension [UInt8] {
    /// Two bytes, highest first.
    fileprivate mutating func append(bigEndian count: Int) {
        append(UInt8(count >> 8))
        append(UInt8(count & 0xFF))
    }
}
