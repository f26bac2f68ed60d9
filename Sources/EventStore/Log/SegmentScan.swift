/// Goes through the blocks of a segment that has no footer, up to the first place where none
/// stands.
package struct SegmentScan {
    /// The whole file.
    package let bytes: [UInt8]
    /// The segment's first ordinal.
    package let first: Int64
    package private(set) var directory = BlockDirectory()
    /// Where it began.
    private var start = 0
    /// What stands behind the last good block.
    package private(set) var rest = Rest.unwritten

    package enum Rest: Hashable {
        /// Zeros to the end of the file.
        case unwritten
        /// A write that was never finished, and so never acknowledged: `range` may be zeroed.
        case torn(Range<Int>)
        /// Something that was there and is not what it was.
        case damaged(offset: Int, reason: String)
    }

    /// A segment is full-grown, zeros and all, before it has its name.
    package static let tooShort = "the file is shorter than any segment"

    /// - Parameter each: gets every block, in order.
    package init(bytes: [UInt8], first: Int64, each: (Block) -> Void) {
        self.bytes = bytes
        self.first = first
        let fault = bytes.withUnsafeBytes { scan($0, each) }
        rest = bytes.withUnsafeBytes { classify($0, fault) }
    }

    /// Only to look for what comes behind a bad block.
    package init(resuming bytes: [UInt8], at offset: Int, ordinal: Int64) {
        self.bytes = bytes
        first = ordinal
        start = offset
    }

    /// The next whole block of later events, behind the bad one.
    package var nextGood: (offset: Int, ordinal: Int64)? {
        bytes.withUnsafeBytes { file in
            guard let last = file.lastNonZero(from: end) else { return nil }
            let from = end + (claimedLength(file) ?? 1)
            guard let at = validBlock(file, from: from, to: last + 1) else { return nil }
            return (at, file.number(at + 8, as: Int64.self))
        }
    }

    private var end: Int { start + Int(directory.endOffset) }
    private var nextOrdinal: Int64 { first + Int64(directory.events) }

    /// Returns why it went no further.
    private mutating func scan(_ file: UnsafeRawBufferPointer, _ each: (Block) -> Void) -> String {
        while end + BlockHeader.bytes <= file.count {
            do throws(Block.Fault) {
                let header = try BlockHeader.read(file, at: end, ordinal: nextOrdinal)
                let stored = file[(end + BlockHeader.bytes)..<(end + header.length)]
                each(try header.block(.init(rebasing: stored)))
                directory.append(events: header.events, length: header.length)
            } catch { return error.reason }
        }
        return "the file ends within a block header"
    }

    /// Tells a write that the power cut short from damage (docs/log-format.md, "Torn or damaged").
    ///
    /// The bytes were zeros before, and a disk writes a sector of 512 bytes whole or not at all: so
    /// an unfinished write leaves at least one sector's worth of it all zeros. It was the last one,
    /// since the next begins only when it is durable.
    private func classify(_ file: UnsafeRawBufferPointer, _ fault: String) -> Rest {
        let start = end
        guard file.count >= BlockHeader.bytes else {
            return .damaged(offset: 0, reason: SegmentScan.tooShort)
        }
        guard let last = file.lastNonZero(from: start) else { return .unwritten }
        let claimed = claimedLength(file)
        let needed = start + (claimed ?? BlockHeader.bytes)
        let stop = max(last + 1, needed)
        if let next = validBlock(file, from: claimed.map { start + $0 } ?? start + 1, to: last + 1)
        {
            return .damaged(
                offset: start, reason: "\(fault); good blocks go on at \(next)")
        }
        if stop > file.count {
            // Only the first block of a segment may lengthen the file: any other end was cut off.
            guard directory.count == 0 else {
                return .damaged(offset: start, reason: "the file ends within the block")
            }
            return .torn(start..<file.count)
        }
        var piece = start
        while piece < stop {
            let next = min(stop, (piece / 512 + 1) * 512)
            if UnsafeRawBufferPointer(rebasing: file[piece..<next]).isZero {
                return .torn(start..<stop)
            }
            piece = next
        }
        return .damaged(offset: start, reason: fault)
    }

    /// Length of the block that begins at the end of the good ones, where its header is whole.
    private func claimedLength(_ file: UnsafeRawBufferPointer) -> Int? {
        guard end + BlockHeader.bytes <= file.count else { return nil }
        do throws(BlockHeader.Fault) {
            let header = try BlockHeader(.init(rebasing: file[end...]))
            return header.first == nextOrdinal ? header.length : nil
        } catch { return nil }
    }

    /// Offset of a whole block of later events.
    private func validBlock(_ file: UnsafeRawBufferPointer, from: Int, to: Int) -> Int? {
        var at = from
        while at + BlockHeader.bytes < min(to, file.count) {
            defer { at += 1 }
            guard file.number(at, as: UInt32.self) == BlockHeader.magic else { continue }
            do throws(BlockHeader.Fault) {
                let header = try BlockHeader(.init(rebasing: file[at...]))
                let stored = (at + BlockHeader.bytes)..<(at + header.length)
                guard header.first >= nextOrdinal, stored.upperBound <= file.count,
                    crc32c(UnsafeRawBufferPointer(rebasing: file[stored])) == header.storedChecksum
                else { continue }
                return at
            } catch { continue }
        }
        return nil
    }
}

extension TailIndex {
    /// The index of a segment whose blocks are known; with what could not be read, behind which
    /// nothing is indexed.
    package static func reading(_ segment: Segment) -> (TailIndex, ReadError?) {
        let tail = TailIndex(base: segment.first)
        for index in 0..<segment.directory.count {
            let place = segment.place(
                of: segment.first + Int64(segment.directory.ordinals[index]))
            do throws(ReadError) {
                let block = try place.read()
                do throws(Block.Fault) { try tail.add(block) } catch {
                    throw place.damaged(error.reason)
                }
            } catch { return (tail, error) }
        }
        return (tail, nil)
    }

    /// Takes in a block's events as recovery finds them.
    package func add(_ block: Block) throws(Block.Fault) {
        var before: CommitName?
        for index in 0..<block.count {
            let event = try block.event(index)
            let name = CommitName(log: event.log, commandID: event.commandID)
            if name != before {
                add(command: IndexHash.command(name.commandID, in: name.log))
                before = name
            }
            let key = StreamKey(event.stream, in: event.log)
            add(
                key, versionIfNew: event.version, position: event.position, time: event.recordedAt)
        }
    }
}
