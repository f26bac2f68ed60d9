import Glibc

/// Makes one run of several that follow each other.
package struct RunMerger {
    /// Oldest first; each begins where the one before ends.
    package let runs: [Run]

    package var range: Range<Int64> {
        runs[0].range.lowerBound..<runs[runs.count - 1].range.upperBound
    }

    /// What could not be read, where ``write(to:)`` failed for that: the run it is in must be made
    /// again.
    package private(set) var damage: ReadError?

    package init(_ runs: [Run]) { self.runs = runs }

    package mutating func write(to file: File) throws(DiskError) {
        var writer = RunWriter(file, range: range)
        let (logs, places) = mergedLogs()
        var streams = BloomFilter(keys: keys(\.streamFilter))
        var commands = BloomFilter(keys: keys(\.commandFilter))
        try merge(\.streams, into: &writer) {
            $1.key
        } each: {
            streams.insert($0.key)
        }
        try merge(\.commands, into: &writer) {
            $1.key
        } each: {
            commands.insert($0.key)
        }
        let runs = runs
        try merge(\.positions, into: &writer) { run, pair in
            let old = runs[run].logs[Int(pair.key >> 32)]
            let place = places[run][Int(pair.key >> 32)]
            let position = old.first + Int64(pair.key & 0xFFFF_FFFF)
            return UInt64(place) << 32 | UInt64(position - logs[place].first)
        } each: { _ in
        }
        try writer.finish(logs: logs, streams: streams, commands: commands)
    }

    /// How many keys filters of this size were made for.
    private func keys(_ filter: KeyPath<Run, BloomFilter>) -> Int {
        runs.reduce(0) { $0 + $1[keyPath: filter].words.count * 64 / BloomFilter.bitsPerKey }
    }

    /// All logs, ascending, and for each run where its logs stand among them.
    private func mergedLogs() -> ([RunLayout.Log], [[Int]]) {
        var merged: [LogID: RunLayout.Log] = [:]
        for log in runs.lazy.flatMap(\.logs) {
            let before = merged[log.id]
            merged[log.id] = RunLayout.Log(
                id: log.id, first: before?.first ?? log.first,
                count: (before?.count ?? 0) + log.count, lastTime: log.lastTime)
        }
        let logs = merged.values.sorted { $0.id < $1.id }
        let places = runs.map { run in
            run.logs.map { log in logs.partitioningIndex { !($0.id < log.id) } }
        }
        return (logs, places)
    }

    private mutating func merge(
        _ table: KeyPath<Run, IndexTable>, into writer: inout RunWriter,
        key: (Int, IndexPair) -> UInt64, each: (IndexPair) -> Void
    ) throws(DiskError) {
        var cursors = runs.map { $0[keyPath: table].cursor(from: 0) }
        var heads = [IndexPair?](repeating: nil, count: runs.count)
        for run in runs.indices { heads[run] = try advance(&cursors, run, key) }
        while true {
            var least: (run: Int, pair: IndexPair)?
            for run in runs.indices {
                guard let pair = heads[run] else { continue }
                if let known = least, known.pair < pair { continue }
                least = (run, pair)
            }
            guard let least else { break }
            each(least.pair)
            try writer.add(least.pair)
            heads[least.run] = try advance(&cursors, least.run, key)
        }
        try writer.endTable()
    }

    private mutating func advance(
        _ cursors: inout [IndexCursor], _ run: Int, _ key: (Int, IndexPair) -> UInt64
    ) throws(DiskError) -> IndexPair? {
        do {
            guard let pair = try cursors[run].next() else { return nil }
            let shift = UInt32(runs[run].range.lowerBound - range.lowerBound)
            return IndexPair(key: key(run, pair), value: pair.value + shift)
        } catch {
            damage = error
            throw DiskError(call: "merge", path: runs[run].name, code: EIO)
        }
    }
}
