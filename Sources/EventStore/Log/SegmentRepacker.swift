import Glibc

/// Writes a sealed segment anew in large blocks pressed hard. The records' bytes stay what they
/// were.
///
/// The new file is durable before it takes the old one's name, so that at every moment the name
/// leads to all the events; who has the old one open reads on in it.
struct SegmentRepacker {
    let disk: any Disk
    let folder: String
    let segment: Segment
    /// Raw bytes of a block; one commit may be larger.
    let blockBytes: Int

    private static let flushBytes = 1 << 20

    enum Failure: Error {
        /// Nothing changed; try again later.
        case disk(DiskError)
        /// A block is not what was written: the segment stays as it is.
        case unreadable(ReadError)
    }

    /// - Parameter isCancelled: asked now and then; where true, nothing changes.
    /// - Returns: the new segment; nil where cancelled.
    func run(isCancelled: () -> Bool) throws(Failure) -> Segment? {
        let path = "\(folder)/\(segment.name)"
        let temporary = path + Layout.temporarySuffix
        do throws(Failure) {
            guard let made = try write(temporary, isCancelled) else {
                remove(temporary)
                return nil
            }
            do throws(DiskError) {
                try disk.rename(temporary, to: path)
                try disk.syncFolder(folder)
            } catch { throw .disk(error) }
            return made
        } catch {
            remove(temporary)
            throw error
        }
    }

    /// The next start removes it, should it stay.
    private func remove(_ path: String) { do { try disk.remove(path) } catch {} }

    private func write(_ path: String, _ isCancelled: () -> Bool) throws(Failure) -> Segment? {
        var packer = BlockPacker(first: segment.first, blockBytes: blockBytes)
        do throws(DiskError) {
            let file = try File(disk, path, .create)
            var offset: Int64 = 0
            for index in 0..<segment.directory.count {
                if isCancelled() { return nil }
                let ordinal = segment.first + Int64(segment.directory.ordinals[index])
                guard packer.take(segment.place(of: ordinal)) else {
                    throw DiskError(call: "repack", path: path, code: EIO)
                }
                guard packer.output.count >= SegmentRepacker.flushBytes else { continue }
                try file.write(packer.output, at: offset)
                offset += Int64(packer.output.count)
                packer.output.removeAll(keepingCapacity: true)
            }
            return try finish(file, &packer, at: offset)
        } catch {
            if let damage = packer.damage { throw .unreadable(damage) }
            throw .disk(error)
        }
    }

    private func finish(
        _ file: File, _ packer: inout BlockPacker, at offset: Int64
    ) throws(DiskError) -> Segment {
        packer.close()
        let footer = SegmentFooter.encode(packer.directory, first: segment.first, isRepacked: true)
        try file.write(packer.output + footer, at: offset)
        try file.sync()
        let made = Segment(
            file: file, first: segment.first, size: try file.size(), directory: packer.directory,
            isRepacked: true)
        made.isFull = true
        made.isSealed = true
        return made
    }
}

/// Gathers whole commits into blocks of about the same size.
struct BlockPacker {
    var output: [UInt8] = []
    private(set) var directory = BlockDirectory()
    /// What could not be read.
    private(set) var damage: ReadError?
    private let first: Int64
    private let blockBytes: Int
    private let compressor = BlockCompressor()
    private var raw: [UInt8] = []
    private var events = 0

    init(first: Int64, blockBytes: Int) {
        self.first = first
        self.blockBytes = blockBytes
    }

    /// Takes a block's commits; false where ``damage`` says why not.
    mutating func take(_ place: BlockPlace) -> Bool {
        do throws(ReadError) {
            let block = try place.read()
            do throws(Block.Fault) { try take(block) } catch { throw place.damaged(error.reason) }
            return true
        } catch {
            damage = error
            return false
        }
    }

    mutating func take(_ block: Block) throws(Block.Fault) {
        var start = 0
        while start < block.count {
            let name = try block.commit(of: start)
            var last = start
            while last + 1 < block.count, try block.commit(of: last + 1) == name { last += 1 }
            let commit = block.raw(from: start, through: last)
            if !raw.isEmpty, raw.count + commit.count > blockBytes { close() }
            raw += commit
            events += last - start + 1
            start = last + 1
        }
    }

    /// Writes the block at hand.
    mutating func close() {
        guard events > 0 else { return }
        let before = output.count
        raw.withUnsafeBytes { bytes in
            compressor.append(
                bytes, events: events, first: first + Int64(directory.events), effort: .high,
                to: &output)
        }
        directory.append(events: events, length: output.count - before)
        raw.removeAll(keepingCapacity: true)
        events = 0
    }
}
