/// Streams: where their events are, through tails and runs.
extension LogReader {
    /// Up to `limit` events of a stream from `version` upwards.
    func read(
        _ key: StreamKey, from version: Int64, limit: Int
    ) throws(ReadError) -> [RecordedEvent] {
        guard limit > 0 else { return [] }
        let (found, runs) = try inTails(key, from: version)
        // Asked what is new of a stream, mostly nothing is.
        if version > 0, found.isEmpty, try self.version(of: key, in: runs) ?? -1 < version {
            return []
        }
        var rows = StreamRows(wanted: version)
        for part in found {
            rows.add(part.ordinals, firstVersion: part.firstVersion, firstHere: part.firstHere)
        }
        for run in runs.reversed() where !rows.isComplete {
            guard let part = try ordinals(of: key, in: run) else { continue }
            rows.add(part.ordinals, firstVersion: part.firstVersion, firstHere: part.firstVersion)
        }
        let events = try events(at: rows.ordinals(limit: limit))
        let first = max(0, version)
        for (index, event) in events.enumerated() where event.version != first + Int64(index) {
            throw lost("version \(first + Int64(index)) of \(key.stream)", before: event)
        }
        return events
    }

    /// Version of a stream's last durable event.
    func version(of key: StreamKey) throws(ReadError) -> Int64? {
        let (found, runs): (Int64?, [Run]) = try catalog.withLock { catalog throws(ReadError) in
            guard !catalog.isClosed else { throw .closed }
            for tail in catalog.tails.reversed() {
                let version = tail.version(of: key, below: catalog.durable)
                if let version { return (version, []) }
            }
            return (nil, catalog.runs)
        }
        if let found { return found }
        return try version(of: key, in: runs)
    }

    /// Version of a stream's last event in these runs: all there are.
    func version(of key: StreamKey, in runs: [Run]) throws(ReadError) -> Int64? {
        guard let end = runs.last?.range.upperBound else { return nil }
        let known = heads.find(key)
        if let known, known.through >= end { return known.version }
        var version: Int64?
        for run in runs.reversed()
        where version == nil && run.range.upperBound > known?.through ?? 0 {
            version = try self.version(of: key, in: run)
        }
        guard let version = version ?? known?.version else { return nil }
        heads.keep(StreamHeads.Head(version: version, through: end), of: key)
        return version
    }

    private func version(of key: StreamKey, in run: Run) throws(ReadError) -> Int64? {
        guard run.streamFilter.mayContain(key.hash) else { return nil }
        for ordinal in try run.ordinals(ofStream: key.hash).reversed() {
            let event = try event(at: ordinal)
            if event.stream == key.stream, event.log == key.log { return event.version }
        }
        return nil
    }

    private typealias TailPart = (firstVersion: Int64, firstHere: Int64, ordinals: [Int64])

    /// What tails have of a stream, newest first, and the runs to ask for what is before.
    private func inTails(
        _ key: StreamKey, from version: Int64
    ) throws(ReadError) -> ([TailPart], [Run]) {
        try catalog.withLock { catalog throws(ReadError) in
            guard !catalog.isClosed else { throw .closed }
            var parts: [TailPart] = []
            for tail in catalog.tails.reversed() {
                let part = tail.ordinals(of: key, from: version, below: catalog.durable)
                guard let part else { continue }
                parts.append(part)
                if part.firstHere <= version { return (parts, []) }
            }
            return (parts, catalog.runs)
        }
    }

    /// The stream's events in a run, ascending. Where another stream shares the hash, the records
    /// tell them apart.
    private func ordinals(
        of key: StreamKey, in run: Run
    ) throws(ReadError) -> (firstVersion: Int64, ordinals: [Int64])? {
        let candidates = try run.ordinals(ofStream: key.hash)
        guard let first = candidates.first, let last = candidates.last else { return nil }
        let (one, other) = (try event(at: first), try event(at: last))
        let isAll =
            [one, other].allSatisfy { $0.stream == key.stream && $0.log == key.log }
            && other.version - one.version == Int64(candidates.count - 1)
        if isAll { return (one.version, candidates) }
        var firstVersion: Int64?
        var ordinals: [Int64] = []
        for ordinal in candidates {
            let event = try event(at: ordinal)
            guard event.stream == key.stream, event.log == key.log else { continue }
            firstVersion = firstVersion ?? event.version
            ordinals.append(ordinal)
        }
        return firstVersion.map { ($0, ordinals) }
    }
}

/// Gathers where a stream's events are, from the newest part of the log to older ones.
private struct StreamRows {
    /// The version asked for.
    let wanted: Int64
    /// Newest first; each ascending.
    private var parts: [[Int64]] = []
    private var firstVersion = Int64.max
    private var firstSeen = Int64.max

    init(wanted: Int64) { self.wanted = wanted }

    /// Nothing before what is here is asked for.
    var isComplete: Bool { firstSeen <= max(0, wanted) }

    mutating func add(_ ordinals: [Int64], firstVersion: Int64, firstHere: Int64) {
        parts.append(ordinals)
        self.firstVersion = firstVersion
        firstSeen = firstHere
    }

    func ordinals(limit: Int) -> [Int64] {
        let skip = max(0, wanted - firstVersion)
        return Array(parts.reversed().joined().dropFirst(Int(skip)).prefix(limit))
    }
}
