/// The embedded engine: compressed segments, group commit by a thread of its own, indexes on disk
/// (docs/log-format.md).
package final class SegmentStore: EventStore {
    /// What opening came upon.
    package let report: OpenReport

    private let folder: String
    private let disk: any Disk
    private let reader: LogReader
    private let waiters: EventWaiters
    /// Nil where the log is read only.
    private let sequencer: Sequencer?
    private let writing: Writing?

    /// What a store that appends has besides.
    private struct Writing {
        /// Given back at ``close()``.
        let lock: Monitor<File?>
        let writer: LogWriter
        let preparer: Preparer
        let upkeep: Upkeep
        let threads: Monitor<[WorkerThread]>
        let writerThread: Monitor<WorkerThread?>
    }

    /// Opens the log in `folder`, which is made where it is missing, for this process alone. Where
    /// the log is damaged, it is opened all the same and ``report`` says why nothing may be
    /// appended.
    package static func open(
        folder: String, options: SegmentOptions = SegmentOptions(), disk: any Disk = PosixDisk()
    ) throws(OpenError) -> SegmentStore {
        let lock: File
        do {
            try disk.createFolder(folder)
            lock = try File(disk, "\(folder)/\(Layout.lock)", .createIfMissing)
            guard try disk.lock(lock.handle) else { throw OpenError.locked(folder: folder) }
        } catch let error as OpenError {
            throw error
        } catch let error as DiskError {
            throw .disk(error)
        } catch { preconditionFailure("a disk throws DiskError only") }
        return try SegmentStore(folder: folder, options: options, disk: disk, lock: lock)
    }

    /// Opens the log for reading what is there now. Takes no lock, changes nothing: neither repairs
    /// nor cuts.
    package static func openReadOnly(
        folder: String, options: SegmentOptions = SegmentOptions(), disk: any Disk = PosixDisk()
    ) throws(OpenError) -> SegmentStore {
        try SegmentStore(folder: folder, options: options, disk: disk, lock: nil)
    }

    private init(
        folder: String, options: SegmentOptions, disk: any Disk, lock: File?
    ) throws(OpenError) {
        let health = IndexHealth()
        let recovery = try SegmentStore.whileFilesMove { () throws(DiskError) in
            var recovery = Recovery(
                disk: disk, folder: folder, mayWrite: lock != nil, health: health)
            try recovery.run()
            return recovery
        }
        report = recovery.report
        self.folder = folder
        self.disk = disk
        reader = LogReader(catalog: Monitor(recovery.catalog), cacheBytes: options.cacheBytes)
        waiters = EventWaiters()
        if let lock, report.readOnly == nil {
            let sequencer = Sequencer(reader: reader, options: options)
            self.sequencer = sequencer
            writing = SegmentStore.start(
                folder, options, disk, lock, reader, sequencer, waiters, health)
        } else {
            sequencer = nil
            writing = nil
        }
    }

    private static func start(
        _ folder: String, _ options: SegmentOptions, _ disk: any Disk, _ lock: File,
        _ reader: LogReader, _ sequencer: Sequencer, _ waiters: EventWaiters,
        _ health: IndexHealth
    ) -> Writing {
        let preparer = Preparer(disk: disk, folder: folder)
        let upkeep = Upkeep(
            disk: disk, folder: folder, options: options, reader: reader, health: health)
        health.call { [weak upkeep] in upkeep?.wake() }
        let writer = LogWriter(
            disk: disk, folder: folder, options: options, reader: reader, sequencer: sequencer,
            preparer: preparer, waiters: waiters, upkeep: upkeep)
        let behind = [
            WorkerThread("log-prepare", niceness: 5) { preparer.run() },
            WorkerThread("log-index", niceness: 5) { upkeep.runIndexing() },
            WorkerThread("log-compact", niceness: 15) { upkeep.runCompacting() },
        ]
        upkeep.wake()
        return Writing(
            lock: Monitor(lock), writer: writer, preparer: preparer, upkeep: upkeep,
            threads: Monitor(behind),
            writerThread: Monitor(WorkerThread("log-write") { writer.run() }))
    }

    /// Ends it: what is in line is still written, what comes later is refused, who waits is told.
    /// Blocks until done. Called once or more.
    package func close() {
        if let writing {
            writing.writer.close()
            writing.writerThread.withLock { thread in
                thread?.join()
                thread = nil
            }
            writing.preparer.close()
            writing.upkeep.close()
            writing.threads.withLock { threads in
                for thread in threads { thread.join() }
                threads = []
            }
        }
        waiters.close()
        reader.catalog.withLock { $0 = Catalog(isClosed: true) }
        writing?.lock.withLock { $0 = nil }
    }

    /// Walks every byte in a log's folder and says what is not as it was written. Changes nothing;
    /// takes no lock, so that a server may be running. Blocks, for about a second per million
    /// events.
    package static func verify(
        folder: String, disk: any Disk = PosixDisk()
    ) throws(OpenError) -> Verification {
        try verify(folder: folder, disk: disk, isBeingWritten: isLocked(folder, disk))
    }

    private static func verify(
        folder: String, disk: any Disk, isBeingWritten: Bool
    ) throws(OpenError) -> Verification {
        try whileFilesMove { () throws(DiskError) in
            var verifier = Verifier(disk: disk, folder: folder, isBeingWritten: isBeingWritten)
            try verifier.run()
            return verifier.result
        }
    }

    /// A running server renames and removes files between a look into the folder and their opening:
    /// then look again.
    private static func whileFilesMove<Result>(
        _ body: () throws(DiskError) -> Result
    ) throws(OpenError) -> Result {
        for _ in 0..<SegmentStore.looksMax - 1 {
            do throws(DiskError) { return try body() } catch {
                if !error.isMissing { throw .disk(error) }
            }
        }
        do throws(DiskError) { return try body() } catch { throw .disk(error) }
    }

    /// How often a folder in which files move is looked through.
    private static let looksMax = 5

    /// Whether a process writes in the folder. It is asked for a moment only.
    private static func isLocked(_ folder: String, _ disk: any Disk) throws(OpenError) -> Bool {
        do throws(DiskError) {
            let lock = try File(disk, "\(folder)/\(Layout.lock)", .read)
            return try !disk.lock(lock.handle)
        } catch {
            if error.isMissing { return false }
            throw .disk(error)
        }
    }

    /// The same for this store's folder, once upkeep has come to rest.
    package func verify() throws(OpenError) -> Verification {
        settle()
        return try SegmentStore.verify(folder: folder, disk: disk, isBeingWritten: writing != nil)
    }

    /// Waits until the next segment is prepared and footers, runs and repacking have caught up.
    /// Blocks.
    package func settle() {
        guard let writing else { return }
        // Each thread may find work for the other; what both left alone twice is done.
        writing.preparer.settle()
        writing.upkeep.settle()
        writing.upkeep.settle()
    }

    /// What upkeep failed with last: it is tried again with the next segment.
    package var upkeepFailure: DiskError? { writing?.upkeep.lastFailure }

    // MARK: EventStore

    package func append(_ commit: Commit) async throws(AppendError) -> Appended {
        guard let sequencer else {
            throw .readOnly(reason: report.readOnly ?? "opened for reading")
        }
        return try await sequencer.append(commit)
    }

    package func head(of log: LogID) throws(ReadError) -> Int64 {
        try reader.head(of: log)?.count ?? 0
    }

    package func version(of stream: StreamName, in log: LogID) throws(ReadError) -> Int64? {
        try reader.version(of: StreamKey(stream, in: log))
    }

    package func read(
        _ log: LogID, from position: Int64, limit: Int
    ) throws(ReadError) -> [RecordedEvent] {
        try reader.read(log, from: max(0, position), limit: limit)
    }

    package func readBackward(
        _ log: LogID, before position: Int64, limit: Int
    ) throws(ReadError) -> [RecordedEvent] {
        let end = min(position, try head(of: log))
        guard end > 0, limit > 0 else { return [] }
        let start = end - min(end, Int64(limit))
        return try reader.read(log, from: start, limit: Int(end - start)).reversed()
    }

    package func readStream(
        _ stream: StreamName, in log: LogID, from version: Int64, limit: Int
    ) throws(ReadError) -> [RecordedEvent] {
        try reader.read(StreamKey(stream, in: log), from: max(0, version), limit: limit)
    }

    package func find(commandID: UInt128, in log: LogID) throws(ReadError) -> Appended? {
        try reader.find(commandID, in: log).map {
            Appended(first: $0.first, count: $0.count, repeated: true)
        }
    }

    package func scan(
        after cursor: Cursor?, limit: Int
    ) throws(ReadError) -> (events: [RecordedEvent], next: Cursor?) {
        let events = try reader.scan(from: cursor?.number ?? 0, limit: limit)
        guard !events.isEmpty else { return ([], cursor) }
        return (events, Cursor(number: (cursor?.number ?? 0) + Int64(events.count)))
    }

    package func logs() throws(ReadError) -> [LogID] { try reader.logs() }

    package func waitForEvents(in log: LogID, beyond count: Int64) async throws -> Int64 {
        try await waiters.wait(.log(log), beyond: count) { [reader] in
            reader.catalog.withLock { $0.heads[log]?.count ?? 0 }
        }
    }

    package func waitForEvents(after cursor: Cursor?) async throws {
        _ = try await waiters.wait(.store, beyond: cursor?.number ?? 0) { [reader] in
            reader.catalog.withLock { $0.durable }
        }
    }
}
