/// What a reader reads from: a cursor over bytes that outlive it. Every read is bounds-checked, and
/// what could be written in two ways is taken in one only.
package struct WireInput {
    private var next: UnsafeRawPointer
    private let end: UnsafeRawPointer
    /// The payload's first byte: offsets in errors count from here, in nested parts too.
    private let origin: UnsafeRawPointer

    /// - Precondition: `bytes` has an address (an empty buffer may lack one: don't read those).
    init(_ bytes: UnsafeRawBufferPointer) {
        next = bytes.baseAddress!
        end = next + bytes.count
        origin = next
    }

    private init(next: UnsafeRawPointer, end: UnsafeRawPointer, origin: UnsafeRawPointer) {
        self.next = next
        self.end = end
        self.origin = origin
    }

    @inline(__always) var isAtEnd: Bool { next == end }
    @inline(__always) var remaining: Int { end - next }
    @inline(__always) package var offset: Int { next - origin }

    /// The error for what was just met.
    package func flaw(_ flaw: WireError.Flaw, field: Int) -> WireError {
        .malformed(flaw, offset: offset, field: field)
    }

    @inline(__always) package mutating func varint(field: Int) throws(WireError) -> UInt64 {
        guard next != end else { throw flaw(.truncated, field: field) }
        let first = next.load(as: UInt8.self)
        guard first >= 0x80 else {
            next += 1
            return UInt64(first)
        }
        return try longVarint(field: field)
    }

    /// Two bytes and more: up to eight are taken at once, as every instant's are.
    private mutating func longVarint(field: Int) throws(WireError) -> UInt64 {
        guard remaining >= 8 else { return try slowVarint(field: field) }
        let word = UInt64(littleEndian: next.loadUnaligned(as: UInt64.self))
        let ends = ~word & 0x8080_8080_8080_8080
        guard ends != 0 else { return try slowVarint(field: field) }
        // All bits up to the first byte that has no mark, which is the last one.
        let last = UInt64(ends.trailingZeroBitCount)
        guard word &>> (last &- 7) & 0x7F != 0 else { throw flaw(.varintNotMinimal, field: field) }
        next += Int(truncatingIfNeeded: last &>> 3 &+ 1)
        let bytes = word & (ends ^ (ends &- 1)) & 0x7F7F_7F7F_7F7F_7F7F
        // Seven bits of each, pushed together in pairs, fours and eights.
        let pairs = bytes & 0x007F_007F_007F_007F | (bytes & 0x7F00_7F00_7F00_7F00) &>> 1
        let fours = pairs & 0x0000_3FFF_0000_3FFF | (pairs & 0x3FFF_0000_3FFF_0000) &>> 2
        return fours & 0x0FFF_FFFF | (fours & 0x0FFF_FFFF_0000_0000) &>> 4
    }

    private mutating func slowVarint(field: Int) throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        var at = next
        var shift: UInt64 = 0
        while at != end {
            let byte = at.load(as: UInt8.self)
            at += 1
            // The tenth byte has room for one bit.
            if shift == 63, byte > 1 { throw flaw(.varintTooLong, field: field) }
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 {
                if byte == 0 { throw flaw(.varintNotMinimal, field: field) }
                next = at
                return value
            }
            shift += 7
        }
        throw flaw(.truncated, field: field)
    }

    @inline(__always) package mutating func zigZag(field: Int) throws(WireError) -> Int64 {
        let bits = try varint(field: field)
        return Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
    }

    /// A length, checked to lie within what is left.
    @inline(__always) mutating func length(field: Int) throws(WireError) -> Int {
        let length = try varint(field: field)
        guard length <= UInt64(remaining) else { throw flaw(.truncated, field: field) }
        return Int(truncatingIfNeeded: length)
    }

    /// The bytes after a length, valid as long as the payload's are.
    @inline(__always)
    package mutating func bytes(field: Int) throws(WireError) -> UnsafeRawBufferPointer {
        let count = try length(field: field)
        defer { next += count }
        return UnsafeRawBufferPointer(start: next, count: count)
    }

    /// 16 bytes, highest first, without a length.
    @inline(__always) package mutating func bigEndian(field: Int) throws(WireError) -> UInt128 {
        guard remaining >= 16 else { throw flaw(.truncated, field: field) }
        defer { next += 16 }
        return UInt128(bigEndian: next.loadUnaligned(as: UInt128.self))
    }

    /// Everything that is left, valid as long as the payload's bytes are.
    @inline(__always) mutating func rest() -> UnsafeRawBufferPointer {
        defer { next = end }
        return UnsafeRawBufferPointer(start: next, count: remaining)
    }

    /// A text's UTF-8 of at most `bytesMax` bytes with its length in front.
    @inline(__always)
    package mutating func text(bytesMax: Int, field: Int) throws(WireError) -> String {
        var after = self
        let bytes = try after.bytes(field: field)
        guard bytes.count <= bytesMax else { throw flaw(.outOfBounds, field: field) }
        let utf8: UTF8Span
        do {
            utf8 = try UTF8Span(validating: bytes.assumingMemoryBound(to: UInt8.self).span)
        } catch {
            throw flaw(.outOfBounds, field: field)
        }
        self = after
        return String(copying: utf8)
    }

    /// A part of its own behind a length; this input goes on after it.
    @inline(__always) mutating func part(field: Int) throws(WireError) -> WireInput {
        let count = try length(field: field)
        defer { next += count }
        return WireInput(next: next, end: next + count, origin: origin)
    }

    /// Passes over a value nobody asked for.
    @inline(never) mutating func skip(wireType: UInt8, field: Int) throws(WireError) {
        switch WireType(rawValue: wireType) {
        case .varint: _ = try varint(field: field)
        case .bytes: _ = try bytes(field: field)
        case .fixed64: try skip(bytes: 8, field: field)
        case .fixed32: try skip(bytes: 4, field: field)
        case nil: throw flaw(.wireType, field: field)
        }
    }

    private mutating func skip(bytes: Int, field: Int) throws(WireError) {
        guard remaining >= bytes else { throw flaw(.truncated, field: field) }
        next += bytes
    }
}
