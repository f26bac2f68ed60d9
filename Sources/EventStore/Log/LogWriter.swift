/// The one thread that appends: it gathers what waits into a block, writes it, syncs it, and only
/// then answers.
///
/// `@unchecked Sendable`: but for `queue`, everything in it is used by its own thread alone once
/// that runs.
final class LogWriter: @unchecked Sendable {
    let queue: CommitQueue
    private let disk: any Disk
    private let folder: String
    private let options: SegmentOptions
    private let reader: LogReader
    private let preparer: Preparer
    private let waiters: EventWaiters
    /// Told of a segment that is full.
    private let upkeep: Upkeep
    private let compressor = BlockCompressor()
    /// The segment being written; nil before the first of a new log.
    private var segment: Segment?
    /// Set once the outcome of a write is unknown: then nothing is answered but that the store is
    /// closed.
    private var isLost = false

    private var catalog: Monitor<Catalog> { reader.catalog }

    init(
        disk: any Disk, folder: String, options: SegmentOptions, reader: LogReader,
        preparer: Preparer, waiters: EventWaiters, upkeep: Upkeep
    ) {
        self.disk = disk
        self.folder = folder
        self.options = options
        self.reader = reader
        self.preparer = preparer
        self.waiters = waiters
        self.upkeep = upkeep
        queue = CommitQueue(commitsMax: options.queueCommits, bytesMax: options.queueBytes)
        segment = reader.catalog.withLock { $0.segments.last.flatMap { $0.isFull ? nil : $0 } }
    }

    /// The thread's body: until the queue is closed and empty.
    func run() {
        preparer.want(size: nextSegmentBytes())
        while let taken = queue.take() {
            var rest = taken[...]
            while !rest.isEmpty {
                var (count, bytes) = (0, 0)
                for pending in rest {
                    bytes += pending.rawBytes
                    if count > 0, bytes > options.batchBytes { break }
                    count += 1
                }
                write(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
        }
    }

    // MARK: One batch

    private func write(_ batch: ArraySlice<PendingCommit>) {
        guard !isLost else { return refuse(batch, .closed) }
        let rawBytes = batch.reduce(0) { $0 + $1.rawBytes }
        let segment: Segment
        do {
            segment = try room(for: BlockCompressor.bound(rawBytes))
        } catch {
            return refuse(batch, error)
        }
        var sequencer = Sequencer(reader: reader, rawBytes: rawBytes)
        var answers: [PendingCommit.Answer] = []
        answers.reserveCapacity(batch.count)
        for pending in batch {
            do throws(AppendError) { answers.append(.success(try sequencer.decide(pending))) } catch
            {
                answers.append(.failure(error))
            }
        }
        sequencer.closeHead()
        if sequencer.events > 0 {
            do throws(AppendError) { try write(sequencer, to: segment) } catch {
                // What was decided rests on what was not written: it counts for none of them.
                sequencer.undo()
                return refuse(batch, error)
            }
        }
        for (pending, answer) in zip(batch, answers) { pending.answer(answer) }
        waiters.wake(heads: sequencer.heads, ordinal: sequencer.tail.end)
    }

    private func refuse(_ batch: ArraySlice<PendingCommit>, _ error: AppendError) {
        for pending in batch { pending.answer(.failure(error)) }
    }

    /// Writes the batch as one block, makes it durable and lets it be seen.
    private func write(_ sequencer: Sequencer, to segment: Segment) throws(AppendError) {
        let first = sequencer.tail.end - Int64(sequencer.events)
        var bytes: [UInt8] = []
        sequencer.raw.withUnsafeBytes { raw in
            compressor.append(raw, events: sequencer.events, first: first, to: &bytes)
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
        let block = Block(first: first, bytes: sequencer.raw, bounds: sequencer.bounds)
        reader.cache.insert(block, for: .init(file: segment.number, offset: offset))
        catalog.withLock { catalog in
            segment.directory.append(events: sequencer.events, length: bytes.count)
            catalog.durable = segment.end
            for (log, head) in sequencer.heads { catalog.heads[log] = head }
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

    /// Nobody knows what is on the disk: the process ends; where a test's disk lets it live, the
    /// store is closed.
    private func lose(_ error: DiskError) -> AppendError {
        disk.outcomeUnknown(error)
        isLost = true
        return .closed
    }

    // MARK: Segments

    /// The segment that takes a block of up to `bytes`: the one at hand, or the next.
    private func room(for bytes: Int) throws(AppendError) -> Segment {
        if let segment {
            let end = segment.directory.endOffset + Int64(bytes)
            // A block larger than a segment lengthens its file.
            if end <= segment.size || segment.directory.count == 0 { return segment }
        }
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
        }
        segment = made
        upkeep.wake()
        preparer.want(size: nextSegmentBytes())
        return made
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
