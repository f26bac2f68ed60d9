import CISAL

/// CRC-32C (Castagnoli), as iSCSI and ext4 use it: "123456789" gives E3069283. Source: RFC 3720,
/// appendix B.4.
package func crc32c(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard let base = bytes.baseAddress else { return 0 }
    // The library only reads, whatever its header says; it neither inverts at the start nor at the
    // end.
    let pointer = UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
    return ~crc32_iscsi(pointer, Int32(bytes.count), ~0)
}

package func crc32c<Bytes: Sequence>(_ bytes: Bytes) -> UInt32 where Bytes.Element == UInt8 {
    if let sum = bytes.withContiguousStorageIfAvailable({ crc32c(UnsafeRawBufferPointer($0)) }) {
        return sum
    }
    return Array(bytes).withUnsafeBytes { crc32c($0) }
}

extension UnsafeRawBufferPointer {
    /// The little-endian number at `offset`.
    package func number<Number: FixedWidthInteger>(_ offset: Int, as: Number.Type) -> Number {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// Offset of the last byte that is not zero, from `start` on.
    package func lastNonZero(from start: Int) -> Int? {
        var end = count
        while end - 4096 >= start, UnsafeRawBufferPointer(rebasing: self[(end - 4096)..<end]).isZero
        {
            end -= 4096
        }
        return self[start..<end].lastIndex { $0 != 0 }
    }

    /// Offset of the first byte that is not zero, from `start` on.
    package func firstNonZero(from start: Int) -> Int? {
        var begin = start
        while begin + 4096 <= count,
            UnsafeRawBufferPointer(rebasing: self[begin..<(begin + 4096)]).isZero
        {
            begin += 4096
        }
        return self[begin...].firstIndex { $0 != 0 }
    }

    package var isZero: Bool {
        var offset = 0
        while offset + 64 <= count {
            let lanes = loadUnaligned(fromByteOffset: offset, as: SIMD8<UInt64>.self)
            if lanes != .zero { return false }
            offset += 64
        }
        return self[offset...].allSatisfy { $0 == 0 }
    }
}

extension UnsafeMutableRawBufferPointer {
    package func put<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }
}

extension [UInt8] {
    package mutating func put<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        withUnsafeMutableBytes { $0.put(number, at: offset) }
    }

    package func number<Number: FixedWidthInteger>(_ offset: Int, as type: Number.Type) -> Number {
        withUnsafeBytes { $0.number(offset, as: type) }
    }

    package mutating func append<Number: FixedWidthInteger>(number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    package mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}

/// Bytes a number takes as a varint, 1…10.
package func varintBytes(_ value: UInt64) -> Int {
    max(1, (UInt64.bitWidth - value.leadingZeroBitCount + 6) / 7)
}
