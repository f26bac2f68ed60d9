/// Where a writer puts its bytes: a cursor into memory that ``WireMemory`` owns and lets grow.
///
/// Three words without reference counting, so that the optimiser keeps them in registers while an
/// event's fields go by.
package struct WireOutput {
    /// Where the next byte goes, and where the memory ends.
    private var next: UnsafeMutableRawPointer
    private var end: UnsafeMutableRawPointer
    /// Lives as long as the write; changed by `grow` only.
    let memory: UnsafeMutablePointer<WireMemory>

    init(_ memory: UnsafeMutablePointer<WireMemory>) {
        self.memory = memory
        next = memory.pointee.base
        end = next + memory.pointee.capacity
    }

    /// Bytes written so far.
    @inline(__always) var count: Int { next - memory.pointee.base }

    @inline(__always) mutating func reserve(_ bytes: Int) {
        if end - next < bytes { grow(bytes) }
    }

    @inline(never) private mutating func grow(_ bytes: Int) {
        let used = count
        memory.pointee.grow(used: used, atLeast: used + bytes)
        next = memory.pointee.base + used
        end = memory.pointee.base + memory.pointee.capacity
    }

    @inline(__always) package mutating func byte(_ byte: UInt8) {
        reserve(1)
        next.storeBytes(of: byte, as: UInt8.self)
        next += 1
    }

    /// As few bytes as hold `value`, 1…10, lowest seven bits first.
    @inline(__always) package mutating func varint(_ value: UInt64) {
        reserve(10)
        var rest = value
        while rest >= 0x80 {
            next.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            next += 1
            rest >>= 7
        }
        next.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        next += 1
    }

    /// Small magnitudes of either sign in few bytes (protobuf's sint64).
    @inline(__always) package mutating func zigZag(_ value: Int64) {
        varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    @inline(__always) package mutating func tag(_ number: Int, _ type: WireType) {
        varint(UInt64(truncatingIfNeeded: number) << 3 | UInt64(type.rawValue))
    }

    /// 16 bytes, highest first, without a length.
    @inline(__always) package mutating func bigEndian(_ value: UInt128) {
        reserve(16)
        next.storeBytes(of: value.bigEndian, as: UInt128.self)
        next += 16
    }

    @inline(__always) package mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        if let base = bytes.baseAddress {
            next.copyMemory(from: base, byteCount: bytes.count)
            next += bytes.count
        }
    }

    /// The text's UTF-8 with its length in front.
    @inline(__always) package mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            varint(UInt64(utf8.count))
            raw(UnsafeRawBufferPointer(utf8))
        }
    }

    /// Runs `body` and puts the length of what it wrote in front of it, in as few bytes as hold it.
    @inline(__always)
    mutating func lengthPrefixed(_ body: (inout WireOutput) throws(WireError) -> Void)
        throws(WireError)
    {
        reserve(1)
        let start = count
        next += 1
        try body(&self)
        let length = count - start - 1
        if length < 0x80 {
            memory.pointee.base.storeBytes(of: UInt8(length), toByteOffset: start, as: UInt8.self)
        } else {
            makeRoom(at: start, length: length)
        }
    }

    /// The rare long part: it moves up by what its length takes beyond the one byte set aside.
    @inline(never) private mutating func makeRoom(at start: Int, length: Int) {
        let extra = (UInt64(length).bitWidth - length.leadingZeroBitCount + 6) / 7 - 1
        reserve(extra)
        let first = memory.pointee.base + start
        (first + 1 + extra).copyMemory(from: first + 1, byteCount: length)
        next = first
        varint(UInt64(length))
        next += length
    }
}

/// Memory of one write, and what the writer was given to shut sealed records with.
struct WireMemory {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var capacity: Int
    private var isOurs = false
    let event: EventName
    let sealing: Sealing?

    init(lent: UnsafeMutableRawBufferPointer, event: EventName, sealing: Sealing?) {
        precondition(!lent.isEmpty)
        base = lent.baseAddress!
        capacity = lent.count
        self.event = event
        self.sealing = sealing
    }

    mutating func grow(used: Int, atLeast: Int) {
        let capacity = max(atLeast, 2 * self.capacity)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: base, byteCount: used)
        release()
        base = larger
        self.capacity = capacity
        isOurs = true
    }

    /// Gives back what `grow` took; the lent memory is its lender's.
    func release() {
        if isOurs { base.deallocate() }
    }
}
