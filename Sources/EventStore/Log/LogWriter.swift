/// The one thread that writes: it takes the batch that was gathered, writes it as a block, syncs
/// it, and only then answers.
///
/// `@unchecked Sendable`: everything in it is used by its own thread alone once that runs.
final class LogWriter: @unchecked Sendable {
    private let disk: any Disk
    private let folder: String
    private let options: SegmentOptions
    private let reader: LogReader
    private let sequencer: Sequencer
    private let preparer: Preparer
    private let waiters: EventWaiters
    /// Told of a segment that is full.
    private let upkeep: Upkeep
    private let compressor = BlockCompressor()
    /// The block being written; kept for its memory.
    private var bytes: [UInt8] = []
    /// The segment being written; nil before the first of a new log.
    private var segment: Segment?

    private var catalog: Monitor<Catalog> { reader.catalog }

    init(
        disk: any Disk, folder: String, options: SegmentOptions, reader: LogReader,
        sequencer: Sequencer, preparer: Preparer, waiters: EventWaiters, upkeep: Upkeep
    ) {
        self.disk = disk
        self.folder = folder
        self.options = options
        self.reader = reader
        self.sequencer = sequencer
        self.preparer = preparer
        self.waiters = waiters
        self.upkeep = upkeep
        segment = reader.catalog.withLock { catalog in
            guard let last = catalog.segments.last, !last.isFull else { return nil }
            catalog.line.room = CommitLine.Room(last)
            return last
        }
    }

    /// The thread's body: until nothing is taken any more and nothing is left in line.
    func run() {
        preparer.want(size: nextSegmentBytes())
        while true {
            switch catalog.wait({ $0.line.nextStep() }) {
            case .write(let batch): write(batch)
            case .takeIn(let held): takeIn(held)
            case .end: return
            }
        }
    }

    /// Takes no more; what is in line is still written.
    func close() { catalog.update { $0.line.isClosing = true } }

    /// Decides about commits that came when the segment or the batch was full.
    private func takeIn(_ held: [HeldCommit]) {
        var rest = held[...]
        while let next = rest.first {
            do throws(AppendError) {
                if try sequencer.takeIn(next) {
                    rest.removeFirst()
                    continue
                }
            } catch {
                next.continuation.resume(returning: .failure(error))
                rest.removeFirst()
                continue
            }
            // It found no room: what was taken in is written first.
            guard catalog.withLock({ $0.line.open.isEmpty }) else { break }
            do throws(AppendError) { try startSegment() } catch {
                for held in rest { held.continuation.resume(returning: .failure(error)) }
                rest = []
            }
        }
        catalog.withLock { $0.line.holdAgain(rest) }
    }

    // MARK: One batch

    private func write(_ batch: Batch) {
        guard batch.events > 0, let segment else {
            // Refusals and repetitions; what they rest on is durable.
            catalog.withLock { $0.line.written = nil }
            return batch.resume()
        }
        do throws(AppendError) { try write(batch, to: segment) } catch {
            // What was decided rests on what was not written: it counts for none of them.
            let refused = catalog.withLock { catalog in
                catalog.line.room = CommitLine.Room(segment)
                return catalog.undo()
            }
            for batch in refused { batch.refuse(error) }
            return
        }
        batch.resume()
        waiters.wake(heads: batch.heads, ordinal: segment.end)
    }

    /// Writes the batch as one block, makes it durable and lets it be seen.
    private func write(_ batch: Batch, to segment: Segment) throws(AppendError) {
        let block = batch.block(first: segment.end)
        bytes.removeAll(keepingCapacity: true)
        batch.raw.withUnsafeBytes { raw in
            compressor.append(raw, events: batch.events, first: block.first, to: &bytes)
        }
        let offset = segment.directory.endOffset
        do {
            try segment.file.write(bytes, at: offset)
        } catch {
            guard error.isFull else { throw lose(error) }
            // Part of it may stand there: it must not be found at the next start, since it is
            // answered as not written.
            do throws(DiskError) { try erase(bytes.count, at: offset, in: segment) } catch {
                throw lose(error)
            }
            throw .diskFull
        }
        do { try segment.file.sync() } catch { throw lose(error) }
        reader.cache.insert(block, for: .init(file: segment.number, offset: offset))
        catalog.withLock { catalog in
            segment.directory.append(events: batch.events, length: bytes.count)
            catalog.durable = segment.end
            for (log, head) in batch.heads { catalog.heads[log] = head }
            catalog.line.written = nil
            catalog.line.room = CommitLine.Room(segment)
        }
    }

    /// Puts back the zeros a segment had before a write; what it lengthened the file by is cut off,
    /// since there is no room for zeros either.
    private func erase(_ count: Int, at offset: Int64, in segment: Segment) throws(DiskError) {
        try disk.truncate(segment.file.handle, to: min(segment.size, try segment.file.size()))
        let zeros = max(0, min(Int64(count), segment.size - offset))
        try segment.file.write(Array(repeating: 0, count: Int(zeros)), at: offset)
        try segment.file.sync()
    }

    /// Nobody knows what is on the disk: the process ends; where a test's disk lets it live,
    /// nothing is answered but that the store is closed.
    private func lose(_ error: DiskError) -> AppendError {
        disk.outcomeUnknown(error)
        catalog.withLock { $0.line.isLost = true }
        return .closed
    }

    // MARK: Segments

    /// Goes on in a new segment.
    private func startSegment() throws(AppendError) {
        let prepared: (file: File, size: Int64)
        do {
            prepared = try preparer.take(size: nextSegmentBytes())
        } catch {
            if error.isFull { throw .diskFull }
            throw .readOnly(reason: "the next segment cannot be made: \(error)")
        }
        let made = try nextSegment(prepared.file, size: prepared.size)
        // The name must be durable before an event in the file is.
        do { try disk.syncFolder(folder) } catch { throw lose(error) }
        catalog.withLock { catalog in
            catalog.segments.last?.isFull = true
            catalog.segments.append(made)
            catalog.tails.append(TailIndex(base: made.first))
            catalog.line.room = CommitLine.Room(made)
        }
        segment = made
        upkeep.wake()
        preparer.want(size: nextSegmentBytes())
    }

    private func nextSegment(_ file: File, size: Int64) throws(AppendError) -> Segment {
        let first = catalog.withLock { $0.durable }
        do {
            try disk.rename(
                "\(folder)/\(Layout.prepared)", to: "\(folder)/\(Layout.segment(first))")
        } catch {
            // Whether the file has its new name, nobody knows: what is appended to the old segment
            // now would stand where the new one says it begins.
            guard error.isFull else { throw lose(error) }
            preparer.giveBack(file, size: size)
            throw .diskFull
        }
        return Segment(file: file, first: first, size: size)
    }

    /// A log doubles with each segment until these are full-grown, so that a small one takes
    /// little.
    private func nextSegmentBytes() -> Int64 {
        let before = catalog.withLock { $0.segments.reduce(0) { $0 + $1.size } }
        let most = max(options.segmentBytes, options.firstSegmentBytes)
        return min(Int64(most), max(Int64(options.firstSegmentBytes), before))
    }
}
