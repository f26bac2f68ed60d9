/// Finds and reads events. Blocks for as long as the disk takes; safe from any thread.
final class LogReader: Sendable {
    let catalog: Monitor<Catalog>
    let cache: BlockCache
    let heads = StreamHeads()

    init(catalog: Monitor<Catalog>, cacheBytes: Int) {
        self.catalog = catalog
        cache = BlockCache(bytesMax: cacheBytes)
    }

    // MARK: Blocks

    /// The block that holds a durable ordinal.
    func block(of ordinal: Int64) throws(ReadError) -> Block {
        let place = try place(of: ordinal)
        if let block = cache.find(place.key) { return block }
        let block = try place.read()
        guard block.first <= ordinal, ordinal < block.end else {
            throw place.damaged("the block holds \(block.first)..<\(block.end), not \(ordinal)")
        }
        cache.insert(block, for: place.key)
        return block
    }

    private func place(of ordinal: Int64) throws(ReadError) -> BlockPlace {
        try catalog.withLock { catalog throws(ReadError) in
            guard !catalog.isClosed else { throw .closed }
            guard let segment = catalog.segment(of: ordinal) else {
                throw .damaged(
                    file: Layout.segment(ordinal), offset: 0,
                    reason: "no segment holds event \(ordinal)")
            }
            return segment.place(of: ordinal)
        }
    }

    func event(at ordinal: Int64) throws(ReadError) -> RecordedEvent {
        var walk = BlockWalk(self)
        return try walk.event(at: ordinal)
    }

    func commit(at ordinal: Int64) throws(ReadError) -> (name: CommitName, first: Int64, count: Int)
    {
        var walk = BlockWalk(self)
        return try walk.commit(at: ordinal)
    }

    /// The events at these ordinals, in this order.
    func events(at ordinals: some Collection<Int64>) throws(ReadError) -> [RecordedEvent] {
        prefetch(ordinals)
        var events: [RecordedEvent] = []
        events.reserveCapacity(ordinals.count)
        var walk = BlockWalk(self)
        for ordinal in ordinals { events.append(try walk.event(at: ordinal)) }
        return events
    }

    /// Tells the disk of all blocks at once, where there is more than one to fetch.
    private func prefetch(_ ordinals: some Collection<Int64>) {
        guard ordinals.count > 1 else { return }
        var places: [BlockPlace] = []
        catalog.withLock { catalog in
            for ordinal in ordinals {
                guard let place = catalog.segment(of: ordinal)?.place(of: ordinal) else { continue }
                if place.key != places.last?.key { places.append(place) }
            }
        }
        places.removeAll { cache.find($0.key) != nil }
        guard places.count > 1 else { return }
        for place in places {
            place.file.disk.willNeed(place.file.handle, at: place.offset, length: place.length)
        }
    }

    // MARK: A log

    func head(of log: LogID) throws(ReadError) -> LogHead? {
        try catalog.withLock { catalog throws(ReadError) in
            guard !catalog.isClosed else { throw .closed }
            return catalog.heads[log]
        }
    }

    func logs() throws(ReadError) -> [LogID] {
        try catalog.withLock { catalog throws(ReadError) in
            guard !catalog.isClosed else { throw .closed }
            return catalog.heads.keys.sorted()
        }
    }

    /// Up to `limit` events of a log from `position` upwards.
    func read(_ log: LogID, from position: Int64, limit: Int) throws(ReadError) -> [RecordedEvent] {
        let count = try head(of: log)?.count ?? 0
        guard limit > 0, position < count else { return [] }
        let end = limit < count - position ? position + Int64(limit) : count
        var events: [RecordedEvent] = []
        events.reserveCapacity(Int(end - position))
        var walk = BlockWalk(self)
        for row in try rows(of: log, positions: position..<end) {
            try walk.append(row, to: &events)
        }
        // Behind damage the log goes on: what is missing is told, not passed over.
        for (index, event) in events.enumerated() where event.position != position + Int64(index) {
            throw lost("position \(position + Int64(index)) of log \(log)", before: event)
        }
        return events
    }

    /// Where events of a log stand, as rows of ordinals next to each other, ascending.
    /// - Parameter positions: durable ones.
    func rows(
        of log: LogID, positions: Range<Int64>
    ) throws(ReadError) -> [Range<Int64>] {
        let (tails, runs) = catalog.withLock { ($0.tails, $0.runs) }
        var extents: [TailIndex.Extent] = []
        let limit = positions.count + 1
        for run in runs {
            guard let place = run.place(of: log),
                run.logs[place].first + run.logs[place].count > positions.lowerBound,
                run.logs[place].first < positions.upperBound
            else { continue }
            extents += try run.extents(
                of: log, from: max(positions.lowerBound, run.logs[place].first), limit: limit)
        }
        catalog.withLock { _ in
            for tail in tails where extents.count < limit {
                guard let here = tail.log(log), here.first < positions.upperBound,
                    here.first + here.count > positions.lowerBound
                else { continue }
                extents += tail.extents(
                    of: log, from: max(positions.lowerBound, here.first), limit: limit)
            }
        }
        var rows: [Range<Int64>] = []
        for (index, extent) in extents.enumerated() {
            let next = index + 1 < extents.count ? extents[index + 1].position : Int64.max
            let from = max(extent.position, positions.lowerBound)
            let to = min(next, positions.upperBound)
            guard from < to else { continue }
            let shift = extent.ordinal - extent.position
            if rows.last?.upperBound == from + shift {
                rows[rows.count - 1] = rows[rows.count - 1].lowerBound..<(to + shift)
            } else {
                rows.append((from + shift)..<(to + shift))
            }
        }
        return rows
    }

    /// Something is missing where the log is damaged.
    func lost(_ what: String, before event: RecordedEvent) -> ReadError {
        .damaged(
            file: "log", offset: 0,
            reason: "\(what) cannot be read; position \(event.position) is the next that can")
    }

    // MARK: The whole store

    /// Up to `limit` events from an ordinal on, whole commits only, but at least one commit.
    func scan(from ordinal: Int64, limit: Int) throws(ReadError) -> [RecordedEvent] {
        let durable = try catalog.withLock { catalog throws(ReadError) in
            guard !catalog.isClosed else { throw .closed }
            return catalog.durable
        }
        guard limit > 0, ordinal < durable else { return [] }
        let end = limit < durable - ordinal ? ordinal + Int64(limit) : durable
        var events: [RecordedEvent] = []
        events.reserveCapacity(Int(end - ordinal))
        var walk = BlockWalk(self)
        try walk.append(ordinal..<end, to: &events)
        guard end < durable, let last = events.last else { return events }
        let cut = CommitName(log: last.log, commandID: last.commandID)
        let block = try walk.block(of: end)
        do {
            guard try block.commit(of: Int(end - block.first)) == cut else { return events }
        } catch { throw .damaged(file: Layout.segment(end), offset: 0, reason: error.reason) }
        let kept = events.partitioningIndex {
            $0.commandID == cut.commandID && $0.log == cut.log
        }
        guard kept == 0 else { return Array(events[..<kept]) }
        let commit = try walk.commit(at: ordinal)
        try walk.append(end..<(ordinal + Int64(commit.count)), to: &events)
        return events
    }

    // MARK: Commands

    /// Where the durable commit with this command id stands.
    func find(_ id: UInt128, in log: LogID) throws(ReadError) -> (first: Int64, count: Int)? {
        let hash = IndexHash.command(id, in: log)
        let (tails, runs, durable) = catalog.withLock { catalog in
            (
                catalog.tails.reversed().flatMap { $0.ordinals(ofCommand: hash) }, catalog.runs,
                catalog.durable
            )
        }
        let name = CommitName(log: log, commandID: id)
        for ordinal in tails where ordinal < durable {
            if let found = try confirm(name, at: ordinal) { return found }
        }
        return try find(name, hash: hash, in: runs)
    }

    func find(
        _ name: CommitName, hash: UInt64, in runs: [Run]
    ) throws(ReadError) -> (first: Int64, count: Int)? {
        for run in runs.reversed() where run.commandFilter.mayContain(hash) {
            for ordinal in try run.ordinals(ofCommand: hash) {
                if let found = try confirm(name, at: ordinal) { return found }
            }
        }
        return nil
    }

    /// The commit that begins at an ordinal, if it has this name.
    func confirm(
        _ name: CommitName, at ordinal: Int64
    ) throws(ReadError) -> (first: Int64, count: Int)? {
        let found = try commit(at: ordinal)
        return found.name == name ? (found.first, found.count) : nil
    }
}

/// Goes through ordinals, keeping the block at hand.
struct BlockWalk {
    private let reader: LogReader
    private var block: Block?

    init(_ reader: LogReader) { self.reader = reader }

    mutating func block(of ordinal: Int64) throws(ReadError) -> Block {
        if let block, block.first <= ordinal, ordinal < block.end { return block }
        let found = try reader.block(of: ordinal)
        block = found
        return found
    }

    mutating func event(at ordinal: Int64) throws(ReadError) -> RecordedEvent {
        let block = try block(of: ordinal)
        do {
            return try block.event(Int(ordinal - block.first))
        } catch { throw damaged(block, error) }
    }

    /// As ``Block/commit(at:)``.
    mutating func commit(
        at ordinal: Int64
    ) throws(ReadError) -> (name: CommitName, first: Int64, count: Int) {
        let block = try block(of: ordinal)
        do {
            return try block.commit(at: Int(ordinal - block.first))
        } catch { throw damaged(block, error) }
    }

    /// Adds the events of a row of ordinals.
    mutating func append(
        _ row: Range<Int64>, to events: inout [RecordedEvent]
    ) throws(ReadError) {
        var ordinal = row.lowerBound
        while ordinal < row.upperBound {
            let block = try block(of: ordinal)
            let end = min(row.upperBound, block.end)
            do {
                for index in Int(ordinal - block.first)..<Int(end - block.first) {
                    events.append(try block.event(index))
                }
            } catch { throw damaged(block, error) }
            ordinal = end
        }
    }

    private func damaged(_ block: Block, _ fault: Block.Fault) -> ReadError {
        let place = reader.catalog.withLock { $0.segment(of: block.first)?.place(of: block.first) }
        return place?.damaged(fault.reason)
            ?? .damaged(file: Layout.segment(block.first), offset: 0, reason: fault.reason)
    }
}
