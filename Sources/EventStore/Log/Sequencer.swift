/// Where commits come in: each is decided about by whoever appends it, under the catalog's lock,
/// while the batch before is written and synced by the writer's thread. So the disk, the slowest
/// part, never waits for a decision, and a decision for nobody's wake-up.
final class Sequencer: Sendable {
    private let reader: LogReader
    private let options: SegmentOptions

    private var catalog: Monitor<Catalog> { reader.catalog }

    init(reader: LogReader, options: SegmentOptions) {
        self.reader = reader
        self.options = options
    }

    /// Comes back once the commit is durable, or refused.
    func append(_ commit: Commit) async throws(AppendError) -> Appended {
        let answer: Batch.Answer = await withUnsafeContinuation { continuation in
            do throws(AppendError) {
                let isFirst = try commit.withRecords { records throws(AppendError) in
                    try put(commit, records, continuation)
                }
                if isFirst { catalog.wake() }
            } catch { continuation.resume(returning: .failure(error)) }
        }
        return try answer.get()
    }

    /// Puts a commit in line; true where the writer's thread may be waiting for it.
    private func put(
        _ commit: Commit, _ records: EncodedRecords,
        _ continuation: UnsafeContinuation<Batch.Answer, Never>
    ) throws(AppendError) -> Bool {
        try decide(commit) { catalog, hash, known throws(AppendError) in
            guard !catalog.isClosed, !catalog.line.isClosing, !catalog.line.isLost else {
                throw .closed
            }
            guard catalog.line.takes(records.rawBytes, options) else { throw .overloaded }
            let isFirst = catalog.line.isEmpty
            if !catalog.line.isHolding {
                switch catalog.decide(commit, records, hash, known, options) {
                case .asks: return nil
                case .answered(let answer):
                    catalog.line.open.answer(continuation, answer)
                    return isFirst
                case .full: break
                }
            }
            catalog.line.hold(
                HeldCommit(commit, rawBytes: records.rawBytes, continuation: continuation))
            return isFirst
        }
    }

    /// Takes a commit in that was held, by the writer's thread; false where it still must wait.
    func takeIn(_ held: HeldCommit) throws(AppendError) -> Bool {
        try held.commit.withRecords { records throws(AppendError) in
            try decide(held.commit) { catalog, hash, known throws(AppendError) in
                guard !catalog.line.isLost else { throw .closed }
                switch catalog.decide(held.commit, records, hash, known, options) {
                case .asks: return nil
                case .full: return false
                case .answered(let answer):
                    catalog.line.open.answer(held.continuation, answer)
                    return true
                }
            }
        }
    }

    /// Runs `body` under the lock until it is sure: it is not while runs and blocks must be asked,
    /// which is done without the lock. They are asked again only where a segment was filled, or the
    /// same command appended, meanwhile.
    private func decide(
        _ commit: Commit,
        _ body: (inout Catalog, UInt64, Catalog.Known?) throws(AppendError) -> Bool?
    ) throws(AppendError) -> Bool {
        let hash = IndexHash.command(commit.commandID, in: commit.log)
        var known: Catalog.Known?
        while true {
            let answer = try catalog.withLock { catalog throws(AppendError) in
                try body(&catalog, hash, known)
            }
            if let answer { return answer }
            do throws(ReadError) { known = try lookUp(commit, hash) } catch {
                throw AppendError(error)
            }
        }
    }

    /// Asks runs and durable blocks. Blocks for as long as the disk takes.
    private func lookUp(_ commit: Commit, _ hash: UInt64) throws(ReadError) -> Catalog.Known {
        var keys = commit.events.map { StreamKey($0.stream, in: commit.log) }
        keys += commit.expectations.map { StreamKey($0.stream, in: commit.log) }
        let (base, durable, runs, ordinals) = catalog.withLock { catalog in
            keys.removeAll { key in catalog.tails.contains { $0.version(of: key) != nil } }
            let ordinals = catalog.tails.reversed().flatMap { $0.ordinals(ofCommand: hash) }
            return (catalog.tails.last?.base ?? 0, catalog.durable, catalog.runs, ordinals)
        }
        var versions: [StreamKey: Int64?] = [:]
        for key in keys where versions[key] == nil {
            versions[key] = .some(try reader.version(of: key, in: runs))
        }
        let name = CommitName(log: commit.log, commandID: commit.commandID)
        var command: (first: Int64, count: Int)?
        for ordinal in ordinals where ordinal < durable && command == nil {
            command = try reader.confirm(name, at: ordinal)
        }
        if command == nil { command = try reader.find(name, hash: hash, in: runs) }
        return Catalog.Known(base: base, durable: durable, command: command, versions: versions)
    }
}

extension AppendError {
    /// What must be read to decide cannot be read: nothing is appended that it would speak about.
    fileprivate init(_ error: ReadError) {
        self =
            switch error {
            case .damaged(let file, let offset, let reason):
                .readOnly(reason: "\(file) at \(offset): \(reason)")
            case .io(let file, let reason): .readOnly(reason: "\(file): \(reason)")
            case .closed: .closed
            }
    }
}
