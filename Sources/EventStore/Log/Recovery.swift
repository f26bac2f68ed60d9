import Glibc

/// Opens what is in a log's folder: finds the segments, looks through those without a footer, cuts
/// a torn tail, and sees that every event is indexed.
struct Recovery {
    private let disk: any Disk
    private let folder: String
    /// Cut, repair and remove; otherwise change nothing.
    private let mayWrite: Bool
    private let health: IndexHealth
    private(set) var report = OpenReport()
    private(set) var catalog = Catalog()
    /// Indexes of segments that were looked through, by first ordinal.
    private var scanned: [Int64: TailIndex] = [:]

    init(disk: any Disk, folder: String, mayWrite: Bool, health: IndexHealth) {
        self.health = health
        self.disk = disk
        self.folder = folder
        self.mayWrite = mayWrite
    }

    mutating func run() throws(DiskError) {
        let names = try disk.list(folder).map { ($0, Layout.Name($0)) }
        if mayWrite {
            for (name, kind) in names where kind == .temporary {
                try disk.remove("\(folder)/\(name)")
            }
        }
        let firsts: [Int64] = names.compactMap {
            if case .segment(let first) = $0.1 { first } else { nil }
        }
        try openSegments(firsts.sorted())
        let runs: [Range<Int64>] = names.compactMap {
            if case .run(let range) = $0.1 { range } else { nil }
        }
        try openRuns(runs)
        fillHeads()
        report.events = catalog.durable
        if let damage = report.damage.first {
            report.readOnly = "\(damage.file) at \(damage.offset): \(damage.reason)"
        } else if !mayWrite {
            report.readOnly = "opened for reading"
        }
    }

    // MARK: Segments

    private mutating func openSegments(_ firsts: [Int64]) throws(DiskError) {
        if let first = firsts.first, first != 0 {
            damaged(Layout.segment(0), 0, "the file is missing; events 0..<\(first) are lost")
        }
        for (index, first) in firsts.enumerated() {
            let next = index + 1 < firsts.count ? firsts[index + 1] : nil
            let segment = try openSegment(first, next: next)
            catalog.segments.append(segment)
            catalog.durable = segment.end
            guard let next, segment.end != next,
                !report.damage.contains(where: { $0.file == segment.name })
            else { continue }
            damaged(
                Layout.segment(segment.end), 0,
                "the file is missing; events \(segment.end)..<\(next) are lost")
        }
    }

    private mutating func openSegment(_ first: Int64, next: Int64?) throws(DiskError) -> Segment {
        let path = "\(folder)/\(Layout.segment(first))"
        let file = try File(disk, path, mayWrite ? .readWrite : .read)
        let size = try file.size()
        if case .sealed(let directory, let isRepacked) = try SegmentFooter.read(file, first: first)
        {
            let segment = Segment(
                file: file, first: first, size: size, directory: directory, isRepacked: isRepacked)
            segment.isFull = true
            segment.isSealed = true
            return segment
        }
        let (scan, tail, faults) = try scan(file, first: first, size: size)
        scanned[first] = tail
        let segment = Segment(file: file, first: first, size: size, directory: scan.directory)
        if let fault = faults.first { damaged(segment.name, 0, fault) }
        if let next {
            segment.isFull = true
            // A footer may have been under way: it is made again.
            if segment.end != next { lost(segment, scan, next: next) }
        } else {
            try finishLast(segment, scan)
        }
        return segment
    }

    /// Beside a process that appends, a block may be written after its place was read and before
    /// what follows was: what looks like damage is read again for as long as blocks come to stand
    /// there.
    private func scan(
        _ file: File, first: Int64, size: Int64
    ) throws(DiskError) -> (SegmentScan, TailIndex, faults: [String]) {
        var reached: Int64 = -1
        while true {
            let tail = TailIndex(base: first)
            var faults: [String] = []
            let bytes = try file.bytes(at: 0, count: Int(size))
            let scan = SegmentScan(bytes: bytes, first: first) { block in
                do throws(Block.Fault) { try tail.add(block) } catch { faults.append(error.reason) }
            }
            guard !mayWrite, case .damaged = scan.rest, scan.directory.endOffset > reached else {
                return (scan, tail, faults)
            }
            reached = scan.directory.endOffset
        }
    }

    private mutating func lost(_ segment: Segment, _ scan: SegmentScan, next: Int64) {
        let reason: String
        switch scan.rest {
        case .unwritten: reason = "zeros where blocks were"
        case .torn: reason = "a block is cut short in a segment that was complete"
        case .damaged(_, let why): reason = why
        }
        damaged(
            segment.name, scan.directory.endOffset,
            "\(reason); events \(segment.end)..<\(next) are lost")
    }

    private mutating func finishLast(_ segment: Segment, _ scan: SegmentScan) throws(DiskError) {
        switch scan.rest {
        case .unwritten: try makeDurable(segment, scan)
        case .damaged(let offset, let reason):
            damaged(
                segment.name, Int64(offset), "\(reason); events from \(segment.end) on are lost")
        case .torn(let range):
            let bytes = Array(scan.bytes[range])
            var keptIn: String?
            if mayWrite {
                let name = Layout.cut(
                    segment: segment.first, offset: Int64(range.lowerBound), checksum: crc32c(bytes)
                )
                let kept = try File(disk, "\(folder)/\(name)", .create)
                try kept.write(bytes, at: 0)
                try kept.sync()
                try disk.syncFolder(folder)
                try segment.file.write(
                    Array(repeating: 0, count: bytes.count), at: Int64(range.lowerBound))
                try makeDurable(segment, scan)
                keptIn = name
            }
            report.cuts.append(
                .init(
                    file: segment.name, offset: Int64(range.lowerBound), bytes: bytes.count,
                    keptIn: keptIn))
        }
    }

    /// What the process before left unsynced, the file's name included, is made durable before
    /// anybody is answered by it.
    ///
    /// Only its last block can be that: each is synced before the next is written. It is written
    /// again, since after a sync that failed Linux takes the pages for clean, and another sync
    /// alone would write nothing. Source: Rebello et al., "Can Applications Recover from fsync
    /// Failures?", USENIX ATC 2020.
    private func makeDurable(_ segment: Segment, _ scan: SegmentScan) throws(DiskError) {
        guard mayWrite else { return }
        if segment.directory.count > 0 {
            let last = segment.directory.range(of: segment.directory.count - 1)
            let bytes = scan.bytes[Int(last.lowerBound)..<Int(last.upperBound)]
            try segment.file.write(Array(bytes), at: last.lowerBound)
        }
        try segment.file.sync()
        try disk.syncFolder(folder)
    }

    private mutating func damaged(_ file: String, _ offset: Int64, _ reason: String) {
        report.damage.append(.init(file: file, offset: offset, reason: reason))
    }

    // MARK: Runs

    /// Takes the longest runs that follow each other from the first event; what they leave out is
    /// indexed anew, in a run where the log may be written and in memory otherwise.
    private mutating func openRuns(_ ranges: [Range<Int64>]) throws(DiskError) {
        var used: Set<Range<Int64>> = []
        var next: Int64 = 0
        let writes = mayWrite && report.damage.isEmpty
        for segment in catalog.segments where segment.first >= next {
            if segment.isFull, catalog.tails.isEmpty {
                if let run = try openRun(from: segment.first, among: ranges) {
                    used.insert(run.range)
                    catalog.runs.append(run)
                    next = run.range.upperBound
                    continue
                }
                if writes, !isLeftToUpkeep(segment, ranges) {
                    let run = try RunFiles(disk: disk, folder: folder, health: health)
                        .make(try tail(of: segment))
                    scanned[segment.first] = nil
                    used.insert(run.range)
                    catalog.runs.append(run)
                    report.rebuiltRuns.append(run.name)
                    continue
                }
            }
            catalog.tails.append(try tail(of: segment))
        }
        guard writes else { return }
        for range in ranges where !used.contains(range) {
            try disk.remove("\(folder)/\(Layout.run(range))")
        }
    }

    /// One of the last two full segments, and nothing says that it was ever indexed: the process
    /// ended before.
    private func isLeftToUpkeep(_ segment: Segment, _ ranges: [Range<Int64>]) -> Bool {
        catalog.segments.suffix(3).contains { $0 === segment }
            && !ranges.contains { $0.lowerBound >= segment.first }
    }

    /// The longest good run that begins at `first` and ends where a segment does.
    private func openRun(
        from first: Int64, among ranges: [Range<Int64>]
    ) throws(DiskError) -> Run? {
        let candidates = ranges.filter { $0.lowerBound == first }
            .sorted { $0.upperBound > $1.upperBound }
        for range in candidates
        where catalog.segments.contains(where: { $0.isFull && $0.end == range.upperBound }) {
            let file = try File(disk, "\(folder)/\(Layout.run(range))", .read)
            switch try Run.open(file, range: range, health: health) {
            case .success(let run): return run
            case .failure: continue
            }
        }
        return nil
    }

    private mutating func tail(of segment: Segment) throws(DiskError) -> TailIndex {
        if let tail = scanned[segment.first] { return tail }
        let (tail, damage) = TailIndex.reading(segment)
        switch damage {
        case .damaged(let file, let offset, let reason):
            damaged(file, offset, "\(reason); what follows in this file is not indexed")
        case .io(_, let reason):
            damaged(segment.name, 0, "\(reason); what follows in this file is not indexed")
        case .closed, nil: break
        }
        return tail
    }

    private mutating func fillHeads() {
        for log in catalog.runs.lazy.flatMap(\.logs) {
            catalog.heads[log.id] = LogHead(count: log.first + log.count, lastTime: log.lastTime)
        }
        for log in catalog.tails.lazy.flatMap(\.logs) {
            catalog.heads[log.id] = LogHead(count: log.first + log.count, lastTime: log.lastTime)
        }
    }
}

/// Makes run files: under a temporary name, durable, then under their own.
package struct RunFiles {
    let disk: any Disk
    let folder: String
    let health: IndexHealth

    package init(disk: any Disk, folder: String, health: IndexHealth) {
        self.disk = disk
        self.folder = folder
        self.health = health
    }

    package func make(_ tail: TailIndex) throws(DiskError) -> Run {
        try make(tail.base..<tail.end) { file throws(DiskError) in
            var writer = RunWriter(file, range: tail.base..<tail.end)
            try writer.write(tail)
        }
    }

    /// - Parameter write: fills the file and makes it durable.
    package func make(
        _ range: Range<Int64>, _ write: (File) throws(DiskError) -> Void
    ) throws(DiskError) -> Run {
        let path = "\(folder)/\(Layout.run(range))"
        let temporary = path + Layout.temporarySuffix
        do throws(DiskError) {
            let file = try File(disk, temporary, .create)
            try write(file)
            try disk.rename(temporary, to: path)
            try disk.syncFolder(folder)
            switch try Run.open(file, range: range, health: health) {
            case .success(let run): return run
            case .failure: throw DiskError(call: "read back", path: path, code: EIO)
            }
        } catch {
            // What is half made takes room; that it cannot be removed now changes nothing: the next
            // start removes it.
            do { try disk.remove(temporary) } catch {}
            throw error
        }
    }
}
