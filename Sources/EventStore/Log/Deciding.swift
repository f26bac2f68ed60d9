/// Decides about commits one after the other: is the command known, do the expectations hold, which
/// positions, versions and times do the events get. Under the catalog's lock, without a system
/// call; what was decided stands in the tail and can be taken back until it is durable.
extension Catalog {
    enum Decision {
        case answered(Batch.Answer)
        /// Decided, once it is known what runs and blocks say.
        case asks
        /// Not now: the batch or the segment is full.
        case full
    }

    /// What runs and durable blocks say about a commit.
    struct Known {
        /// It covers what is before this tail.
        let base: Int64
        /// In that tail, commands below this ordinal were looked at.
        let durable: Int64
        let command: (first: Int64, count: Int)?
        /// Of the streams the tails do not have.
        let versions: [StreamKey: Int64?]
    }

    /// Decides about one commit; only where it is accepted does anything change.
    /// - Parameters:
    ///   - records: of the commit; stamped where it is accepted.
    ///   - hash: of its command id.
    mutating func decide(
        _ commit: Commit, _ records: EncodedRecords, _ hash: UInt64, _ known: Known?,
        _ options: SegmentOptions
    ) -> Decision {
        guard let room = line.room, let tail = tails.last else { return .full }
        let rawBytes = line.open.raw.count + records.rawBytes
        guard line.open.events == 0 || rawBytes <= options.batchBytes,
            room.takes(rawBytes, isFirst: line.open.events == 0)
        else { return .full }
        let known = known?.base == tail.base ? known : nil
        switch find(commit, hash, in: tail, known) {
        case .unknown: break
        case .asks: return .asks
        case .found(let first, let count):
            return .answered(.success(Appended(first: first, count: count, repeated: true)))
        }
        guard loadStreams(of: commit, known) else { return .asks }
        for (stream, expected) in commit.expectations where expected != .any {
            var actual: Int64?
            if let index = line.keys.firstIndex(where: { $0.stream == stream }) {
                actual = line.versions[index]
            } else {
                guard let version = version(of: StreamKey(stream, in: commit.log), known) else {
                    return .asks
                }
                actual = version
            }
            guard expected.isMet(by: actual) else {
                return .answered(
                    .failure(.conflict(stream: stream, expected: expected, actual: actual)))
            }
        }
        return .answered(.success(accept(commit, records, command: hash, in: tail)))
    }

    // MARK: What is known

    private enum Command {
        case unknown
        case asks
        case found(first: Int64, count: Int)
    }

    private func find(
        _ commit: Commit, _ hash: UInt64, in tail: TailIndex, _ known: Known?
    ) -> Command {
        if let found = known?.command { return .found(first: found.first, count: found.count) }
        let name = CommitName(log: commit.log, commandID: commit.commandID)
        for ordinal in tail.ordinals(ofCommand: hash) {
            if ordinal < known?.durable ?? 0 { continue }
            guard ordinal >= durable else { return .asks }
            if let found = pending(name, at: ordinal) {
                return .found(first: found.first, count: found.count)
            }
        }
        if known != nil { return .unknown }
        for tail in tails.dropLast() where tail.mayContain(command: hash) { return .asks }
        for run in runs where run.commandFilter.mayContain(hash) { return .asks }
        return .unknown
    }

    /// A commit that is not durable yet.
    private func pending(_ name: CommitName, at ordinal: Int64) -> (first: Int64, count: Int)? {
        var first = durable
        for batch in [line.written, line.open] {
            guard let batch else { continue }
            if ordinal < first + Int64(batch.events) {
                do throws(Block.Fault) {
                    let found = try batch.block(first: first).commit(at: Int(ordinal - first))
                    return found.name == name ? (found.first, found.count) : nil
                } catch { preconditionFailure("a record just encoded: \(error.reason)") }
            }
            first += Int64(batch.events)
        }
        preconditionFailure("the tail has a command that no batch has")
    }

    /// Fills ``keys`` and ``versions``: the commit's streams as they are before it. False where
    /// runs must be asked.
    private mutating func loadStreams(of commit: Commit, _ known: Known?) -> Bool {
        line.keys.removeAll(keepingCapacity: true)
        line.versions.removeAll(keepingCapacity: true)
        for event in commit.events {
            if let last = line.keys.last, last.stream == event.stream {
                line.keys.append(last)
                line.versions.append(line.versions[line.versions.count - 1])
            } else {
                let key = StreamKey(event.stream, in: commit.log)
                guard let version = version(of: key, known) else { return false }
                line.versions.append(version)
                line.keys.append(key)
            }
        }
        return true
    }

    /// A stream's version; nil where runs must be asked.
    private func version(of key: StreamKey, _ known: Known?) -> Int64?? {
        for tail in tails.reversed() {
            if let version = tail.version(of: key) { return .some(version) }
        }
        if let version = known?.versions[key] { return .some(version) }
        for run in runs where run.streamFilter.mayContain(key.hash) { return nil }
        return .some(nil)
    }

    // MARK: What becomes of it

    /// Takes the commit whose streams were loaded.
    private mutating func accept(
        _ commit: Commit, _ records: EncodedRecords, command: UInt64, in tail: TailIndex
    ) -> Appended {
        let log = commit.log
        let before =
            line.open.head(of: log) ?? line.written?.head(of: log) ?? heads[log]
            ?? LogHead(count: 0, lastTime: 0)
        let time = max(commit.now, before.lastTime)
        tail.add(command: command)
        for index in line.keys.indices {
            let position = before.count + Int64(index)
            let version = tail.add(
                line.keys[index], versionIfNew: (line.versions[index] ?? -1) + 1,
                position: position, time: time)
            if let record = records[index].baseAddress {
                Record.stamp(record, position: position, version: version, recordedAt: time)
            }
        }
        let head = LogHead(count: before.count + Int64(line.keys.count), lastTime: time)
        line.open.accept(records, log: log, head: head)
        return Appended(first: before.count, count: line.keys.count, repeated: false)
    }

    /// Takes back all that is not durable, and gives who waits for it.
    mutating func undo() -> [Batch] {
        let batches = [line.written, line.open].compactMap { $0 }
        line.written = nil
        line.open = Batch()
        for batch in batches.reversed() { undo(batch) }
        return batches
    }

    private func undo(_ batch: Batch) {
        guard let tail = tails.last, batch.events > 0 else { return }
        let block = batch.block(first: 0)
        for index in (0..<batch.events).reversed() {
            do throws(Block.Fault) {
                let event = try block.event(index)
                tail.removeLast(StreamKey(event.stream, in: event.log))
            } catch { preconditionFailure("a record just encoded: \(error.reason)") }
        }
        for _ in 0..<batch.commits { tail.removeLastCommand() }
    }
}
