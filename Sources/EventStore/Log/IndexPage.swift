/// One entry of an index table: a key and the offset of an event from the run's first. Ordered by
/// key, then value.
package struct IndexPair: Hashable, Comparable {
    package var key: UInt64
    package var value: UInt32

    package static func < (one: IndexPair, other: IndexPair) -> Bool {
        one.key != other.key ? one.key < other.key : one.value < other.value
    }
}

/// 4,096 bytes of an index table (docs/log-format.md).
///
/// ```
///  0  CRC-32C of bytes 4..<4096   4      6  bytes in use   2      16  pairs, then zeros
///  4  pairs                       2      8  first key      8
/// ```
/// A pair is: key less the key before it (the first: less the first key, so 0) as a varint, then
/// the value as a varint, less the value before it where the key is the same and it is not the
/// page's first pair.
package enum IndexPage {
    package static let bytes = 4096
    package static let headerBytes = 16
    /// A key of 10 bytes and a value of 5.
    package static let pairBytesMax = 15
}

/// Fills pages, one after the other.
package struct IndexPageWriter {
    package private(set) var page: [UInt8] = []
    package private(set) var count = 0
    private var firstKey: UInt64 = 0
    private var last = IndexPair(key: 0, value: 0)

    package init() { page.reserveCapacity(IndexPage.bytes) }

    /// Adds a pair; false where the page is full.
    /// - Parameter pair: not before the one added last.
    package mutating func add(_ pair: IndexPair) -> Bool {
        if count == 0 {
            page = Array(repeating: 0, count: IndexPage.headerBytes)
            firstKey = pair.key
            last = IndexPair(key: pair.key, value: 0)
        } else if page.count + IndexPage.pairBytesMax > IndexPage.bytes {
            return false
        }
        precondition(count == 0 || last <= pair, "index pairs out of order")
        let keyStep = pair.key - last.key
        page.append(varint: keyStep)
        page.append(varint: UInt64(keyStep == 0 ? pair.value - last.value : pair.value))
        last = pair
        count += 1
        return true
    }

    /// Closes the page.
    package mutating func finish() -> (bytes: [UInt8], firstKey: UInt64) {
        let used = page.count
        page.append(contentsOf: repeatElement(0, count: IndexPage.bytes - used))
        page.put(UInt16(count), at: 4)
        page.put(UInt16(used), at: 6)
        page.put(firstKey, at: 8)
        page.put(crc32c(page[4...]), at: 0)
        count = 0
        return (page, firstKey)
    }
}

/// Walks the pairs of a page whose checksum was found right.
package struct IndexPageReader {
    private let page: [UInt8]
    private var next = IndexPage.headerBytes
    private var left: Int
    private var last: IndexPair
    private let used: Int

    /// Nil where the bytes are not what was written.
    package init?(_ page: [UInt8]) {
        guard page.count == IndexPage.bytes,
            page.number(0, as: UInt32.self) == crc32c(page[4...])
        else { return nil }
        self.page = page
        left = Int(page.number(4, as: UInt16.self))
        used = Int(page.number(6, as: UInt16.self))
        last = IndexPair(key: page.number(8, as: UInt64.self), value: 0)
        guard used <= IndexPage.bytes, left > 0 else { return nil }
    }

    /// Every pair was given, and they took what they should.
    package var isAtEnd: Bool { left == 0 && next == used && page[used...].allSatisfy { $0 == 0 } }

    package mutating func pair() -> IndexPair? {
        guard left > 0, let step = varint(), let value = varint() else { return nil }
        left -= 1
        last.value =
            step == 0
            ? last.value &+ UInt32(truncatingIfNeeded: value)
            : UInt32(truncatingIfNeeded: value)
        last.key &+= step
        return last
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while next < used, shift < 64 {
            let part = page[next]
            next += 1
            value |= UInt64(part & 0x7F) << shift
            if part < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
