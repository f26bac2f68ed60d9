/// What is done behind the writer's back: full segments get their footer and their run, runs are
/// merged, sealed segments repacked. Two threads: what keeps memory small (footers, runs) does not
/// wait for what makes the disk small.
///
/// Nothing here is needed for an append to be durable or found; what fails for want of room is
/// tried again later.
final class Upkeep: Sendable {
    private struct State {
        /// Rises with each reason to look whether there is work.
        var calls = 0
        /// Per thread, the calls it has answered: it found no more to do.
        var answered = [0, 0]
        var isClosed = false
        /// What went wrong last, for those who look after the machine.
        var lastFailure: DiskError?
        /// Segments that are not what was written: they are left as they are.
        var unreadable: Set<Int64> = []
    }

    private let disk: any Disk
    private let folder: String
    private let options: SegmentOptions
    private let reader: LogReader
    private let health: IndexHealth
    private let state = Monitor(State())

    private var catalog: Monitor<Catalog> { reader.catalog }

    init(
        disk: any Disk, folder: String, options: SegmentOptions, reader: LogReader,
        health: IndexHealth
    ) {
        self.health = health
        self.disk = disk
        self.folder = folder
        self.options = options
        self.reader = reader
    }

    /// There may be work.
    func wake() { state.update { $0.calls += 1 } }

    func close() { state.update { $0.isClosed = true } }

    /// Waits until there is nothing to do, or what there is has failed once more.
    func settle() {
        let call = state.update { state in
            state.calls += 1
            return state.calls
        }
        state.wait { state in
            state.isClosed || state.answered.allSatisfy { $0 >= call } ? () : nil
        }
    }

    var lastFailure: DiskError? { state.withLock { $0.lastFailure } }

    // MARK: Threads

    /// Body of the thread that makes footers and runs.
    func runIndexing() {
        work(0) { () throws(DiskError) -> Bool in
            if let segment = self.unsealed() {
                try self.seal(segment)
                return true
            }
            guard let tail = self.finishedTail() else { return try self.mend() }
            try self.index(tail)
            // Runs may now be merged, the segment repacked.
            self.wake()
            return true
        }
    }

    /// Body of the thread that merges runs and repacks segments.
    func runCompacting() {
        work(1) { () throws(DiskError) -> Bool in
            if let runs = self.mergeable() {
                try self.merge(runs)
                return true
            }
            guard let segment = self.repackable() else { return false }
            try self.repack(segment)
            return true
        }
    }

    /// Does steps until there is none, then waits to be called.
    private func work(_ thread: Int, _ step: () throws(DiskError) -> Bool) {
        while true {
            let call: Int? = state.wait { state in
                if state.isClosed { return .some(nil) }
                return state.calls > state.answered[thread] ? .some(state.calls) : nil
            }
            guard let call else { return }
            do throws(DiskError) {
                while try step() {
                    if state.withLock({ $0.isClosed }) { return }
                }
            } catch {
                state.update { $0.lastFailure = error }
            }
            state.update { $0.answered[thread] = call }
        }
    }

    // MARK: Footers and runs

    private func unsealed() -> Segment? {
        catalog.withLock { $0.segments.first { $0.isFull && !$0.isSealed } }
    }

    private func seal(_ segment: Segment) throws(DiskError) {
        let directory = catalog.withLock { _ in segment.directory }
        let footer = SegmentFooter.encode(directory, first: segment.first, isRepacked: false)
        try segment.file.write(footer, at: directory.endOffset)
        try disk.truncate(
            segment.file.handle, to: directory.endOffset + Int64(footer.count))
        do throws(DiskError) { try segment.file.sync() } catch {
            // Acknowledged events are in this file.
            disk.outcomeUnknown(error)
            throw error
        }
        catalog.withLock { _ in segment.isSealed = true }
    }

    /// The oldest index in memory, if its segment is full.
    private func finishedTail() -> TailIndex? {
        catalog.withLock { catalog in
            guard let tail = catalog.tails.first,
                catalog.segments.contains(where: { $0.first == tail.base && $0.isSealed })
            else { return nil }
            return tail
        }
    }

    private func index(_ tail: TailIndex) throws(DiskError) {
        let run = try files.make(tail)
        catalog.withLock { catalog in
            catalog.runs.append(run)
            catalog.tails.removeFirst()
        }
    }

    private var files: RunFiles { RunFiles(disk: disk, folder: folder, health: health) }

    /// Makes a run again that is not what was written: one for each of its segments, to be merged
    /// later.
    private func mend() throws(DiskError) -> Bool {
        guard let range = health.damaged else { return false }
        let found = catalog.withLock { catalog in
            catalog.runs.first { $0.range == range }.map { run in
                (run, catalog.segments.filter { range.contains($0.first) })
            }
        }
        health.isMended(range)  // Or gone by merging; whoever meets it again says so again.
        guard let (run, segments) = found, segments.count > 0 else { return true }
        var made: [Run] = []
        for segment in segments {
            let (tail, damage) = TailIndex.reading(segment)
            guard damage == nil else { return true }  // The segment itself: verify says it.
            made.append(try files.make(tail))
        }
        catalog.withLock { catalog in
            guard let place = catalog.runs.firstIndex(where: { $0 === run }) else { return }
            catalog.runs.replaceSubrange(place...place, with: made)
        }
        if made.count > 1 { try disk.remove("\(folder)/\(run.name)") }
        return true
    }

    // MARK: Merging

    /// Runs next to each other that are worth merging: the newest ones of which none outweighs the
    /// others together.
    private func mergeable() -> [Run]? {
        let runs = catalog.withLock { $0.runs }
        let window = options.mergeRuns
        guard window >= 2, runs.count >= window else { return nil }
        for start in (0...(runs.count - window)).reversed() {
            let some = runs[start..<(start + window)]
            let sizes = some.map(\.range.count)
            let largest = sizes.max() ?? 0
            if 2 * largest <= sizes.reduce(0, +) { return Array(some) }
        }
        return nil
    }

    private func merge(_ runs: [Run]) throws(DiskError) {
        var merger = RunMerger(runs)
        let merged = try files.make(merger.range) {
            file throws(DiskError) in
            try merger.write(to: file)
        }
        let isUsed = catalog.withLock { catalog in
            guard let start = catalog.runs.firstIndex(where: { $0 === runs[0] }),
                catalog.runs[start...].prefix(runs.count).elementsEqual(runs, by: ===)
            else { return false }  // One of them was made again meanwhile.
            catalog.runs.replaceSubrange(start..<(start + runs.count), with: [merged])
            return true
        }
        guard isUsed else { return try disk.remove("\(folder)/\(merged.name)") }
        for run in runs { try disk.remove("\(folder)/\(run.name)") }
    }

    // MARK: Repacking

    private func repackable() -> Segment? {
        let unreadable = state.withLock { $0.unreadable }
        return catalog.withLock { catalog in
            catalog.segments.first {
                $0.isSealed && !$0.isRepacked && !unreadable.contains($0.first)
            }
        }
    }

    private func repack(_ segment: Segment) throws(DiskError) {
        let repacker = SegmentRepacker(
            disk: disk, folder: folder, segment: segment, blockBytes: options.repackedBlockBytes)
        let made: Segment?
        do {
            made = try repacker.run { self.state.withLock { $0.isClosed } }
        } catch {
            switch error {
            case .disk(let error): throw error
            case .unreadable:
                state.update { _ = $0.unreadable.insert(segment.first) }
                return
            }
        }
        guard let made else { return }
        catalog.withLock { catalog in
            guard let place = catalog.segments.firstIndex(where: { $0 === segment }) else { return }
            catalog.segments[place] = made
        }
    }
}
