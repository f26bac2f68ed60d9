/// Where the events of one segment are, in memory, until a run on disk says it.
///
/// `@unchecked Sendable`: while its segment is written it is changed by who holds the ``Catalog``'s
/// lock; others read it under that lock, and see no event that is not durable because they ask for
/// those below an ordinal. After that it never changes.
package final class TailIndex: @unchecked Sendable {
    /// One stream's events in this tail: a chain from the last one back.
    package struct Stream {
        package let log: LogID
        package let name: StreamName
        /// Versions of its first and last event here.
        package let firstVersion: Int64
        package var lastVersion: Int64
        /// Offset of its last event from ``base``.
        package var last: UInt32
    }

    /// One log's events in this tail.
    package struct Log {
        package let id: LogID
        /// Position of its first event here.
        package let first: Int64
        package var count: Int64 = 0
        package var lastTime: Int64 = 0
        /// Where its events stand next to each other: position and ordinal of the first of each
        /// row.
        package var extents: [Extent] = []
    }

    package struct Extent: Hashable {
        package let position: Int64
        package let ordinal: Int64
    }

    /// Ordinal of the first event.
    package let base: Int64
    /// Per event, 1 + offset of the one before it in its stream; 0: none in this tail.
    private var previous: [UInt32] = []
    private var streamHashes = HashIndex()
    package private(set) var streams: [Stream] = []
    private var commandHashes = HashIndex()
    /// Offset of each command's first event.
    package private(set) var commands: [UInt32] = []
    private var logPlaces: [LogID: Int] = [:]
    package private(set) var logs: [Log] = []
    /// Place of the log that was added to last.
    private var lastLog = 0

    package init(base: Int64) { self.base = base }

    package var count: Int { previous.count }
    package var end: Int64 { base + Int64(previous.count) }

    // MARK: Adding

    /// Adds the next event and returns its version.
    /// - Parameter versionIfNew: what it is where the stream has no event in this tail.
    @discardableResult
    package func add(_ key: StreamKey, versionIfNew: Int64, position: Int64, time: Int64) -> Int64 {
        let offset = UInt32(previous.count)
        var version = versionIfNew
        if let place = place(of: key) {
            previous.append(streams[place].last + 1)
            version = streams[place].lastVersion + 1
            streams[place].last = offset
            streams[place].lastVersion = version
        } else {
            previous.append(0)
            _ = streamHashes.insert(key.hash)
            streams.append(
                Stream(
                    log: key.log, name: key.stream, firstVersion: version, lastVersion: version,
                    last: offset))
        }
        add(position: position, ordinal: base + Int64(offset), time: time, to: key.log)
        return version
    }

    private func add(position: Int64, ordinal: Int64, time: Int64, to log: LogID) {
        let place = place(of: log, first: position)
        logs[place].count += 1
        logs[place].lastTime = time
        if let last = logs[place].extents.last,
            position - last.position == ordinal - last.ordinal
        {
            return
        }
        logs[place].extents.append(Extent(position: position, ordinal: ordinal))
    }

    private func place(of log: LogID, first: Int64) -> Int {
        if lastLog < logs.count, logs[lastLog].id == log { return lastLog }
        if let known = logPlaces[log] {
            lastLog = known
        } else {
            lastLog = logs.count
            logPlaces[log] = lastLog
            logs.append(Log(id: log, first: first))
        }
        return lastLog
    }

    /// Adds the command whose first event is the next to be added.
    package func add(command hash: UInt64) {
        _ = commandHashes.insert(hash)
        commands.append(UInt32(previous.count))
    }

    // MARK: Taking back what was not written

    /// Takes the newest event back.
    package func removeLast(_ key: StreamKey) {
        let log = key.log
        guard let place = place(of: key), let link = previous.popLast()
        else { preconditionFailure("taking back an event that was not added") }
        if link == 0 {
            streamHashes.removeLast()
            streams.removeLast()
        } else {
            streams[place].last = link - 1
            streams[place].lastVersion -= 1
        }
        guard let at = logPlaces[log] else { return }
        logs[at].count -= 1
        if logs[at].extents.last?.ordinal == end { logs[at].extents.removeLast() }
        if logs[at].count == 0 {  // It was the newest log, too.
            logs.removeLast()
            logPlaces[log] = nil
        }
    }

    package func removeLastCommand() {
        commandHashes.removeLast()
        commands.removeLast()
    }

    // MARK: Asking

    private func place(of key: StreamKey) -> Int? {
        streamHashes.find(key.hash) { streams[$0].name == key.stream && streams[$0].log == key.log }
    }

    /// Version of the last event, durable or not.
    package func version(of key: StreamKey) -> Int64? {
        place(of: key).map { streams[$0].lastVersion }
    }

    /// Ordinals of the stream's events below `end`, ascending, from version `from` or the first one
    /// here, and which version that is. Nil where there is none.
    package func ordinals(
        of key: StreamKey, from: Int64, below end: Int64
    ) -> (firstVersion: Int64, firstHere: Int64, ordinals: [Int64])? {
        guard let place = place(of: key) else { return nil }
        let entry = streams[place]
        var ordinals: [Int64] = []
        var version = entry.lastVersion
        var link = entry.last + 1
        while link != 0, version >= from {
            let ordinal = base + Int64(link - 1)
            if ordinal < end { ordinals.append(ordinal) }
            link = previous[Int(link - 1)]
            version -= 1
        }
        // A stream all of whose events are still being written has none.
        if ordinals.isEmpty, base + Int64(firstOffset(of: entry)) >= end { return nil }
        ordinals.reverse()
        return (version + 1, entry.firstVersion, ordinals)
    }

    private func firstOffset(of entry: Stream) -> UInt32 {
        var offset = entry.last
        while previous[Int(offset)] != 0 { offset = previous[Int(offset)] - 1 }
        return offset
    }

    /// Version of the last event below ordinal `end`.
    package func version(of key: StreamKey, below end: Int64) -> Int64? {
        guard let place = place(of: key) else { return nil }
        var version = streams[place].lastVersion
        var offset = streams[place].last
        while base + Int64(offset) >= end {
            guard previous[Int(offset)] != 0 else { return nil }
            offset = previous[Int(offset)] - 1
            version -= 1
        }
        return version
    }

    /// Ordinals at which a command with this hash may begin, newest first.
    package func ordinals(ofCommand hash: UInt64) -> [Int64] {
        var found: [Int64] = []
        _ = commandHashes.find(hash) { place in
            found.append(base + Int64(commands[place]))
            return false
        }
        return found
    }

    /// Whether a command has this hash.
    package func mayContain(command hash: UInt64) -> Bool {
        commandHashes.find(hash) { _ in true } != nil
    }

    package func log(_ id: LogID) -> Log? { logPlaces[id].map { logs[$0] } }

    /// The extents of `log` from the one that holds `position` on.
    package func extents(of log: LogID, from position: Int64, limit: Int) -> ArraySlice<Extent> {
        guard let place = logPlaces[log] else { return [] }
        let extents = logs[place].extents
        let start = max(0, extents.partitioningIndex { $0.position > position } - 1)
        return extents[start...].prefix(limit)
    }

    // MARK: Writing it down

    /// (hash, offset) of every event, ascending, as a run holds them.
    package func streamPairs() -> [IndexPair] {
        let order = streams.indices.sorted {
            (streamHashes.hashes[$0], streams[$0].last) < (
                streamHashes.hashes[$1], streams[$1].last
            )
        }
        var pairs: [IndexPair] = []
        pairs.reserveCapacity(count)
        var at = 0
        while at < order.count {
            let hash = streamHashes.hashes[order[at]]
            let start = pairs.count
            while at < order.count, streamHashes.hashes[order[at]] == hash {
                var link = streams[order[at]].last + 1
                while link != 0 {
                    pairs.append(IndexPair(key: hash, value: link - 1))
                    link = previous[Int(link - 1)]
                }
                at += 1
            }
            pairs[start...].sort { $0.value < $1.value }
        }
        return pairs
    }

    /// (hash, offset) of every command, ascending.
    package func commandPairs() -> [IndexPair] {
        commands.indices
            .map { IndexPair(key: commandHashes.hashes[$0], value: commands[$0]) }
            .sorted()
    }
}

extension RandomAccessCollection {
    /// The first index from which on `belongs` holds, where it holds for a tail of the collection.
    package func partitioningIndex(where belongs: (Element) -> Bool) -> Index {
        var (low, count) = (startIndex, self.count)
        while count > 0 {
            let half = count / 2
            let middle = index(low, offsetBy: half)
            if belongs(self[middle]) {
                count = half
            } else {
                low = index(after: middle)
                count -= half + 1
            }
        }
        return low
    }
}
