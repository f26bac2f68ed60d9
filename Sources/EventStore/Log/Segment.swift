import Synchronization

/// One segment file and where its blocks are.
///
/// `@unchecked Sendable`: `directory`, `isFull` and `isSealed` are touched only under the
/// ``Catalog``'s lock, but by recovery before anybody else has it.
package final class Segment: @unchecked Sendable {
    private static let numbers = Atomic(0)

    package let file: File
    /// Tells this file from every other one in the block cache.
    package let number: Int
    /// Ordinal of the first event.
    package let first: Int64
    /// Bytes of the file, but for what blocks larger than it add.
    package let size: Int64
    package var directory: BlockDirectory
    /// No block is added any more.
    package var isFull = false
    /// It has its footer.
    package var isSealed = false
    /// The blocks are large and pressed hard.
    package let isRepacked: Bool

    package init(
        file: File, first: Int64, size: Int64, directory: BlockDirectory = BlockDirectory(),
        isRepacked: Bool = false
    ) {
        self.file = file
        self.first = first
        self.size = size
        self.directory = directory
        self.isRepacked = isRepacked
        number = Segment.numbers.add(1, ordering: .relaxed).newValue
    }

    /// Ordinal after the last event.
    package var end: Int64 { first + Int64(directory.events) }
    package var name: String { Layout.segment(first) }

    /// Where the block stands that holds an ordinal of this segment.
    package func place(of ordinal: Int64) -> BlockPlace {
        let index = directory.index(of: UInt32(ordinal - first))
        let offsets = directory.range(of: index)
        return BlockPlace(
            file: file, number: number, segment: first, offset: offsets.lowerBound,
            length: Int(offsets.upperBound - offsets.lowerBound))
    }
}

/// Where a block stands in a file.
package struct BlockPlace {
    package let file: File
    package let number: Int
    /// The segment's first ordinal, which names it.
    package let segment: Int64
    package let offset: Int64
    /// Header and stored bytes.
    package let length: Int

    var key: BlockCache.Key { .init(file: number, offset: offset) }

    package func damaged(_ reason: String) -> ReadError {
        .damaged(file: Layout.segment(segment), offset: offset, reason: reason)
    }

    /// Reads and checks the block.
    package func read() throws(ReadError) -> Block {
        let bytes: [UInt8]
        do {
            bytes = try file.bytes(at: offset, count: length)
        } catch { throw ReadError(error) }
        guard bytes.count == length, length >= BlockHeader.bytes else {
            throw damaged("the file ends within the block")
        }
        return try block(in: bytes)
    }

    /// - Parameter bytes: the block, header and all.
    package func block(in bytes: [UInt8]) throws(ReadError) -> Block {
        let result: Result<Block, ReadError> = bytes.withUnsafeBytes { buffer in
            do throws(ReadError) { return .success(try block(in: buffer)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func block(in bytes: UnsafeRawBufferPointer) throws(ReadError) -> Block {
        let header: BlockHeader
        do {
            header = try BlockHeader(bytes)
        } catch { throw damaged("\(error)") }
        guard header.length == bytes.count else { throw damaged("the block has another length") }
        return try header.block(
            UnsafeRawBufferPointer(rebasing: bytes[BlockHeader.bytes...]), at: self)
    }
}

extension BlockHeader {
    /// The header at `offset` of a file, where a block must stand that begins with `ordinal` and
    /// ends within the file.
    package static func read(
        _ file: UnsafeRawBufferPointer, at offset: Int, ordinal: Int64
    ) throws(Block.Fault) -> BlockHeader {
        guard offset + BlockHeader.bytes <= file.count else {
            throw Block.Fault(reason: "the file ends within a block header")
        }
        let header: BlockHeader
        do {
            header = try BlockHeader(UnsafeRawBufferPointer(rebasing: file[offset...]))
        } catch { throw Block.Fault(reason: "\(error)") }
        guard header.first == ordinal else {
            throw Block.Fault(reason: "the block begins with event \(header.first), not \(ordinal)")
        }
        guard offset + header.length <= file.count else {
            throw Block.Fault(reason: "the file ends within the block")
        }
        return header
    }

    /// Checks and unpacks the block's stored bytes.
    package func block(_ stored: UnsafeRawBufferPointer, at place: BlockPlace) throws(ReadError)
        -> Block
    {
        do {
            return try block(stored)
        } catch { throw place.damaged(error.reason) }
    }

    /// Checks and unpacks the block's stored bytes.
    package func block(_ stored: UnsafeRawBufferPointer) throws(Block.Fault) -> Block {
        guard crc32c(stored) == storedChecksum else {
            throw Block.Fault(reason: "the block's checksum is wrong")
        }
        guard let raw = decompress(stored) else {
            throw Block.Fault(reason: "the block does not decompress")
        }
        return try Block(first: first, raw: raw, events: events)
    }
}

/// Where each block of a segment begins, by ordinal and by offset: 8 bytes a block.
package struct BlockDirectory: Equatable {
    /// Ordinal of each block's first event, counted from the segment's first.
    package private(set) var ordinals: [UInt32] = []
    package private(set) var offsets: [UInt32] = []
    /// Events in all blocks.
    package private(set) var events: UInt32 = 0
    /// Offset after the last block.
    package private(set) var endOffset: Int64 = 0

    package var count: Int { ordinals.count }

    package mutating func append(events: Int, length: Int) {
        ordinals.append(self.events)
        offsets.append(UInt32(endOffset))
        self.events += UInt32(events)
        endOffset += Int64(length)
    }

    /// From a footer, where they were found in order.
    package init(ordinals: [UInt32], offsets: [UInt32], events: UInt32, endOffset: Int64) {
        self.ordinals = ordinals
        self.offsets = offsets
        self.events = events
        self.endOffset = endOffset
    }

    package init() {}

    /// The block that holds the event `ordinal` (counted from the segment's first).
    package func index(of ordinal: UInt32) -> Int {
        var (low, high) = (0, ordinals.count)
        while low + 1 < high {
            let middle = (low + high) / 2
            if ordinals[middle] <= ordinal { low = middle } else { high = middle }
        }
        return low
    }

    /// Offsets block `index` takes.
    package func range(of index: Int) -> Range<Int64> {
        let end = index + 1 < offsets.count ? Int64(offsets[index + 1]) : endOffset
        return Int64(offsets[index])..<end
    }
}
