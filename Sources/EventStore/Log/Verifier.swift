/// What ``SegmentStore/verify(folder:disk:)`` came upon.
package struct Verification: Hashable, Sendable {
    /// Something that is not as it was written. None: all is well.
    package struct Finding: Hashable, Sendable {
        /// Name within the log's folder.
        package let file: String
        /// Where the wrong part begins: a block, a page, or the byte itself.
        package let offset: Int64
        package let reason: String
    }

    package var findings: [Finding] = []
    /// What is as it may be after a crash and goes away by itself.
    package var notes: [String] = []
    /// Good events.
    package var events: Int64 = 0
}

/// Walks every byte of a log's folder. Changes nothing, trusts nothing it has not checked, and goes
/// on behind damage where it can find its way.
struct Verifier {
    let disk: any Disk
    let folder: String
    /// Its writer runs: what it is just doing is no finding.
    let isBeingWritten: Bool
    private(set) var result = Verification()
    private var history = LogHistory()
    /// What the runs must say of each segment, by first ordinal.
    private var digests: [Int64: (end: Int64, digest: IndexDigest)] = [:]

    init(disk: any Disk, folder: String, isBeingWritten: Bool) {
        self.disk = disk
        self.folder = folder
        self.isBeingWritten = isBeingWritten
    }

    mutating func run() throws(DiskError) {
        let names = try disk.list(folder).map { ($0, Layout.Name($0)) }
        var segments: [Int64] = []
        for case (_, .segment(let first)) in names { segments.append(first) }
        segments.sort()
        for (index, first) in segments.enumerated() {
            try check(segment: first, next: index + 1 < segments.count ? segments[index + 1] : nil)
        }
        for (name, kind) in names {
            switch kind {
            case .segment: break
            case .run(let range): try check(run: range, name)
            case .prepared: try zeros(name, try bytes(name), from: 0)
            case .cut(let checksum):
                if crc32c(try bytes(name)) != checksum {
                    find(name, 0, "the bytes kept from a torn tail have another checksum")
                }
            case .lock:
                if try !bytes(name).isEmpty { find(name, 0, "the lock file is not empty") }
            case .temporary: result.notes.append("\(name) is unfinished; the next start removes it")
            case .unknown: find(name, 0, "no file of this name belongs here")
            }
        }
    }

    // MARK: Segments

    private mutating func check(segment first: Int64, next: Int64?) throws(DiskError) {
        let name = Layout.segment(first)
        if history.ordinal != first {
            if history.ordinal < first {
                find(
                    Layout.segment(history.ordinal), 0,
                    "events \(history.ordinal)..<\(first) are in no file")
            }
            history.jump(to: first)
        }
        let bytes = try bytes(name)
        let known = footerDirectory(bytes, first: first)
        if bytes.count < BlockHeader.bytes { find(name, 0, SegmentScan.tooShort) }
        var walk = SegmentWalk(first: first)
        while let step = walk.step(bytes, known) {
            switch step {
            case .block(let block, let offset):
                if let reason = history.take(block) { find(name, offset, reason) }
            case .damaged(let offset, let reason, let resumesAt):
                find(name, offset, reason)
                history.jump(to: resumesAt)
            }
        }
        let digest = history.takeDigest()
        if walk.isWhole { digests[first] = (history.ordinal, digest) }
        result.events = history.events
        checkRest(name, bytes, walk, first: first, next: next)
    }

    /// The directory its footer gives, as a guide behind damage.
    private func footerDirectory(_ bytes: [UInt8], first: Int64) -> BlockDirectory? {
        if case .sealed(let directory, _) = SegmentFooter.read(bytes, first: first) {
            return directory
        }
        return nil
    }

    /// What stands behind the blocks: a footer, or zeros.
    private mutating func checkRest(
        _ name: String, _ bytes: [UInt8], _ walk: SegmentWalk, first: Int64, next: Int64?
    ) {
        // Otherwise the damage was told, and where the blocks end is not known.
        guard walk.isWhole else { return }
        let end = Int(walk.directory.endOffset)
        let rest = bytes[end...]
        for isRepacked in [false, true] {
            let footer = SegmentFooter.encode(walk.directory, first: first, isRepacked: isRepacked)
            if rest.elementsEqual(footer) { return }
        }
        let footer = SegmentFooter.encode(walk.directory, first: first, isRepacked: false)
        let same = zip(rest, footer).prefix { $0 == $1 }.count
        if let next, history.ordinal != next {
            find(name, Int64(end), "events \(history.ordinal)..<\(next) are missing here")
            history.jump(to: next)
        }
        let stray = bytes.withUnsafeBytes { $0.firstNonZero(from: end + same) }
        guard rest.count <= footer.count || stray != nil else {
            if same > 0, next != nil { result.notes.append("\(name) has an unfinished footer") }
            return
        }
        guard let at = bytes.withUnsafeBytes({ $0.firstNonZero(from: end) }) else { return }
        if next != nil || same > 8 {
            find(name, Int64(end + same), "the segment's footer is not what it should be")
        } else if isBeingWritten {
            result.notes.append("\(name) is being written")
        } else {
            find(name, Int64(at), "bytes behind the last event: \(walk.reason)")
        }
    }

    // MARK: The other files

    private mutating func check(run range: Range<Int64>, _ name: String) throws(DiskError) {
        var expected = IndexDigest()
        var at = range.lowerBound
        while at < range.upperBound, let part = digests[at] {
            expected.add(part.digest)
            at = part.end
        }
        let isKnown = at == range.upperBound
        let verifier = RunVerifier(name: name, range: range, expected: isKnown ? expected : nil)
        result.findings += try verifier.run(try File(disk, "\(folder)/\(name)", .read))
    }

    private mutating func zeros(_ name: String, _ bytes: [UInt8], from start: Int) throws(DiskError)
    {
        guard let at = bytes.withUnsafeBytes({ $0.firstNonZero(from: start) }) else { return }
        find(name, Int64(at), "a byte that should be zero")
    }

    private func bytes(_ name: String) throws(DiskError) -> [UInt8] {
        let file = try File(disk, "\(folder)/\(name)", .read)
        return try file.bytes(at: 0, count: Int(try file.size()))
    }

    private mutating func find(_ file: String, _ offset: Int64, _ reason: String) {
        result.findings.append(.init(file: file, offset: offset, reason: reason))
    }
}

/// Goes from block to block, and over a bad one where a footer says where the next begins.
private struct SegmentWalk {
    let first: Int64
    /// Of the good blocks up to the first bad one.
    private(set) var directory = BlockDirectory()
    /// No bad block so far.
    private(set) var isWhole = true
    /// Why it went no further.
    private(set) var reason = ""
    private var offset = 0
    private var ordinal: Int64

    enum Step {
        case block(Block, offset: Int64)
        case damaged(offset: Int64, reason: String, resumesAt: Int64)
    }

    init(first: Int64) {
        self.first = first
        ordinal = first
    }

    mutating func step(_ bytes: [UInt8], _ known: BlockDirectory?) -> Step? {
        guard offset < bytes.count, known.map({ offset < Int($0.endOffset) }) ?? true else {
            return nil
        }
        let start = offset
        do {
            let (header, block) = try read(bytes)
            if isWhole { directory.append(events: header.events, length: header.length) }
            offset += header.length
            ordinal = header.end
            return .block(block, offset: Int64(start))
        } catch {
            reason = error.reason
            guard let known else { return beyond(bytes, start) }
            isWhole = false
            let next = (0..<known.count).first { Int(known.offsets[$0]) > start }
            offset = next.map { Int(known.offsets[$0]) } ?? Int(known.endOffset)
            ordinal = first + Int64(next.map { known.ordinals[$0] } ?? known.events)
            return .damaged(offset: Int64(start), reason: reason, resumesAt: ordinal)
        }
    }

    /// Without a footer: the end, or a bad block behind which good ones go on.
    private mutating func beyond(_ bytes: [UInt8], _ start: Int) -> Step? {
        let scan = SegmentScan(resuming: bytes, at: start, ordinal: ordinal)
        guard let next = scan.nextGood else { return nil }
        isWhole = false
        offset = next.offset
        ordinal = next.ordinal
        return .damaged(offset: Int64(start), reason: reason, resumesAt: next.ordinal)
    }

    private func read(_ bytes: [UInt8]) throws(Block.Fault) -> (BlockHeader, Block) {
        let result: Result<(BlockHeader, Block), Block.Fault> = bytes.withUnsafeBytes { file in
            do throws(Block.Fault) {
                let header = try BlockHeader.read(file, at: offset, ordinal: ordinal)
                let stored = file[(offset + BlockHeader.bytes)..<(offset + header.length)]
                return .success((header, try header.block(.init(rebasing: stored))))
            } catch { return .failure(error) }
        }
        return try result.get()
    }
}
