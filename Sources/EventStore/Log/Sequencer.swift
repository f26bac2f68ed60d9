/// Decides about commits one after the other: is the command known, do the expectations hold, which
/// positions, versions and times do the events get. Lives in the writer's thread for one batch;
/// what it decided stands in the tail and can be taken back until it is durable.
struct Sequencer {
    /// Written by this thread alone, under the catalog's lock; so read here without it.
    let tail: TailIndex
    private let older: [TailIndex]
    private let runs: [Run]
    private let durable: Int64
    private let reader: LogReader
    /// Heads of logs this batch touched.
    private(set) var heads: [LogID: LogHead] = [:]
    /// The log touched last, and its head once it has one: most batches touch one log only.
    private var lastLog: LogID?
    private var lastHead: LogHead?
    /// Streams of the commit at hand, and their versions before it; nil: none yet.
    private var keys: [StreamKey] = []
    private var versions: [Int64?] = []
    /// Accepted commits, in order, and the ordinal each begins at.
    private(set) var accepted: [(pending: PendingCommit, first: Int64)] = []
    private(set) var raw: [UInt8] = []
    /// As in ``Block``.
    private(set) var bounds: [UInt32] = []

    init(reader: LogReader, rawBytes: Int) {
        self.reader = reader
        (tail, older, runs, durable) = reader.catalog.withLock { catalog in
            guard let tail = catalog.tails.last else { preconditionFailure("no segment is open") }
            return (tail, catalog.tails.dropLast().reversed(), catalog.runs, catalog.durable)
        }
        raw.reserveCapacity(rawBytes)
    }

    var events: Int { bounds.count / 2 }

    /// Decides about one commit; only where it is accepted does anything change.
    mutating func decide(_ pending: PendingCommit) throws(AppendError) -> Appended {
        let commit = pending.commit
        do {
            let hash = IndexHash.command(commit.commandID, in: commit.log)
            if let known = try find(commit, hash: hash) {
                return Appended(first: known.first, count: known.count, repeated: true)
            }
            try loadStreams(of: commit)
            for (stream, expected) in commit.expectations where expected != .any {
                try check(stream, expected, in: commit.log)
            }
            return accept(pending, command: hash)
        } catch { throw error.append }
    }

    /// Takes everything back.
    mutating func undo() {
        reader.catalog.withLock { _ in
            for (pending, _) in accepted.reversed() {
                let commit = pending.commit
                for event in commit.events.reversed() {
                    tail.removeLast(StreamKey(event.stream, in: commit.log))
                }
                tail.removeLastCommand()
            }
        }
    }

    // MARK: What is known

    private func find(
        _ commit: Commit, hash: UInt64
    ) throws(Refusal) -> (first: Int64, count: Int)? {
        let name = CommitName(log: commit.log, commandID: commit.commandID)
        do {
            for ordinal in tail.ordinals(ofCommand: hash) {
                guard ordinal >= durable else {
                    if let found = try reader.confirm(name, at: ordinal) { return found }
                    continue
                }
                if let found = pendingCommit(name, at: ordinal) { return found }
            }
            for tail in older {
                for ordinal in tail.ordinals(ofCommand: hash) {
                    if let found = try reader.confirm(name, at: ordinal) { return found }
                }
            }
            return try reader.find(name, hash: hash, in: runs)
        } catch { throw Refusal(error) }
    }

    /// A commit of this batch.
    private func pendingCommit(
        _ name: CommitName, at ordinal: Int64
    ) -> (first: Int64, count: Int)? {
        let place = accepted.partitioningIndex { $0.first >= ordinal }
        let pending = accepted[place].pending
        guard pending.commit.commandID == name.commandID, pending.commit.log == name.log else {
            return nil
        }
        let first = pending.encoded.bytes.number(Record.positionOffset, as: Int64.self)
        return (first, pending.commit.events.count)
    }

    /// Fills ``keys`` and ``versions``: the commit's streams as they are before it.
    private mutating func loadStreams(of commit: Commit) throws(Refusal) {
        keys.removeAll(keepingCapacity: true)
        versions.removeAll(keepingCapacity: true)
        for event in commit.events {
            if let last = keys.last, last.stream == event.stream {
                keys.append(last)
                versions.append(versions[versions.count - 1])
            } else {
                let key = StreamKey(event.stream, in: commit.log)
                versions.append(try version(of: key))
                keys.append(key)
            }
        }
    }

    private func version(of key: StreamKey) throws(Refusal) -> Int64? {
        if let version = tail.version(of: key) { return version }
        for tail in older {
            if let version = tail.version(of: key) { return version }
        }
        do {
            return try reader.version(of: key, in: runs)
        } catch { throw Refusal(error) }
    }

    private func check(
        _ stream: StreamName, _ expected: Expectation, in log: LogID
    ) throws(Refusal) {
        let actual: Int64?
        if let index = keys.firstIndex(where: { $0.stream == stream }) {
            actual = versions[index]
        } else {
            actual = try version(of: StreamKey(stream, in: log))
        }
        guard expected.isMet(by: actual) else {
            throw Refusal(append: .conflict(stream: stream, expected: expected, actual: actual))
        }
    }

    // MARK: What becomes of it

    /// Takes the commit whose streams were loaded.
    private mutating func accept(_ pending: PendingCommit, command: UInt64) -> Appended {
        let log = pending.commit.log
        let before = head(of: log)
        let time = max(pending.commit.now, before.lastTime)
        let first = tail.end
        reader.catalog.withLock { _ in
            tail.add(command: command)
            for index in keys.indices {
                let position = before.count + Int64(index)
                let version = tail.add(
                    keys[index], versionIfNew: (versions[index] ?? -1) + 1, position: position,
                    time: time)
                pending.encoded.stamp(
                    index, position: position, version: version, recordedAt: time)
            }
        }
        append(pending.encoded)
        accepted.append((pending, first))
        lastHead = LogHead(count: before.count + Int64(keys.count), lastTime: time)
        return Appended(first: before.count, count: keys.count, repeated: false)
    }

    /// How far a log is with what was accepted so far.
    private mutating func head(of log: LogID) -> LogHead {
        if log == lastLog, let lastHead { return lastHead }
        closeHead()
        lastLog = log
        return heads[log] ?? reader.catalog.withLock { $0.heads[log] }
            ?? LogHead(count: 0, lastTime: 0)
    }

    /// Notes the head at hand; before ``heads`` is read.
    mutating func closeHead() {
        if let lastLog, let lastHead { heads[lastLog] = lastHead }
        lastLog = nil
        lastHead = nil
    }

    private mutating func append(_ encoded: EncodedCommit) {
        var start = 0
        for end in encoded.ends {
            raw.append(Block.recordTag)
            raw.append(varint: UInt64(end - start))
            bounds.append(UInt32(raw.count))
            raw += encoded.bytes[start..<end]
            bounds.append(UInt32(raw.count))
            start = end
        }
    }
}

/// Why a commit was not accepted.
private struct Refusal: Error {
    let append: AppendError

    init(append: AppendError) { self.append = append }

    /// What must be read to decide cannot be read: nothing is appended that it would speak about.
    init(_ error: ReadError) {
        append =
            switch error {
            case .damaged(let file, let offset, let reason):
                .readOnly(reason: "\(file) at \(offset): \(reason)")
            case .io(let file, let reason): .readOnly(reason: "\(file): \(reason)")
            case .closed: .closed
            }
    }
}
