import Synchronization

/// An index run that is open: what leads to its pages is in memory, the pages are read when asked
/// for.
package final class Run: Sendable {
    package let file: File
    /// Ordinals it speaks of.
    package let range: Range<Int64>
    /// Ascending.
    package let logs: [RunLayout.Log]
    package let streams: IndexTable
    package let commands: IndexTable
    package let positions: IndexTable
    package let streamFilter: BloomFilter
    package let commandFilter: BloomFilter
    /// Bytes of the file.
    package let size: Int64
    private let health: IndexHealth

    /// What is wrong with a run; it is then built again.
    package struct Fault: Error, Hashable {
        package let offset: Int64
        package let reason: String
    }

    package var name: String { Layout.run(range) }

    /// Reads what leads to the pages, and checks it.
    package static func open(
        _ file: File, range: Range<Int64>, health: IndexHealth = IndexHealth()
    ) throws(DiskError) -> Result<Run, Fault> {
        let size = try file.size()
        let trailerAt = size - Int64(RunLayout.trailerBytes)
        guard trailerAt >= 0 else {
            return .failure(Fault(offset: 0, reason: "the run is shorter than its trailer"))
        }
        let bytes = try file.bytes(at: trailerAt, count: RunLayout.trailerBytes)
        guard let trailer = RunLayout.Trailer(bytes), trailer.range == range else {
            return .failure(Fault(offset: trailerAt, reason: "the run's trailer is wrong"))
        }
        let pagesEnd = Int64(trailer.pages.reduce(0, +)) * Int64(IndexPage.bytes)
        guard trailer.metaOffset == pagesEnd, pagesEnd + Int64(trailer.metaBytes) == trailerAt
        else {
            return .failure(Fault(offset: trailerAt, reason: "the run's trailer does not fit"))
        }
        let meta = try file.bytes(at: pagesEnd, count: trailer.metaBytes)
        guard meta.count == trailer.metaBytes, crc32c(meta) == trailer.metaChecksum else {
            return .failure(Fault(offset: pagesEnd, reason: "the run's directory is wrong"))
        }
        return .success(Run(file, trailer, meta: meta, size: size, health: health))
    }

    private init(
        _ file: File, _ trailer: RunLayout.Trailer, meta: [UInt8], size: Int64, health: IndexHealth
    ) {
        self.health = health
        self.file = file
        self.size = size
        range = trailer.range
        logs = meta.withUnsafeBytes { raw in
            (0..<trailer.logs).map { RunLayout.Log(raw, at: $0 * RunLayout.logBytes) }
        }
        var at = trailer.logs * RunLayout.logBytes
        var page = 0
        let name = Layout.run(trailer.range)
        let tables = (0..<3).map { table in
            let count = trailer.pages[table]
            let keys = meta.withUnsafeBytes { raw in
                (0..<count).map { raw.number(at + 8 * $0, as: UInt64.self) }
            }
            defer {
                at += 8 * count
                page += count
            }
            return IndexTable(
                file: file, name: name, offset: Int64(page * IndexPage.bytes), firstKeys: keys,
                pairs: trailer.pairs[table], range: trailer.range, health: health)
        }
        (streams, commands, positions) = (tables[0], tables[1], tables[2])
        streamFilter = BloomFilter(bytes: meta[at..<(at + trailer.bloomBytes[0])])
        commandFilter = BloomFilter(bytes: meta[(at + trailer.bloomBytes[0])...])
    }

    /// Ordinals of the events whose stream has this hash, ascending.
    package func ordinals(ofStream hash: UInt64) throws(ReadError) -> [Int64] {
        guard streamFilter.mayContain(hash) else { return [] }
        return try ordinals(hash, in: streams)
    }

    /// Ordinals at which a command with this hash begins, ascending.
    package func ordinals(ofCommand hash: UInt64) throws(ReadError) -> [Int64] {
        guard commandFilter.mayContain(hash) else { return [] }
        return try ordinals(hash, in: commands)
    }

    private func ordinals(_ hash: UInt64, in table: IndexTable) throws(ReadError) -> [Int64] {
        var found: [Int64] = []
        var cursor = table.cursor(from: hash)
        while let pair = try cursor.next(), pair.key <= hash {
            if pair.key == hash { found.append(range.lowerBound + Int64(pair.value)) }
        }
        return found
    }

    /// The log's place in ``logs``.
    package func place(of log: LogID) -> Int? {
        let place = logs.partitioningIndex { !($0.id < log) }
        return place < logs.count && logs[place].id == log ? place : nil
    }

    /// The extents of `log` from the one that holds `position` on, at most `limit`.
    package func extents(
        of log: LogID, from position: Int64, limit: Int
    ) throws(ReadError) -> [TailIndex.Extent] {
        guard let place = place(of: log) else { return [] }
        let first = logs[place].first
        let base = UInt64(place) << 32
        let target = base + UInt64(max(0, position - first))
        var extents: [TailIndex.Extent] = []
        var cursor = positions.cursor(before: target)
        while extents.count < limit, let pair = try cursor.next() {
            if pair.key < base { continue }
            if pair.key >= base + (1 << 32) { break }
            if pair.key <= target { extents.removeAll(keepingCapacity: true) }
            extents.append(
                TailIndex.Extent(
                    position: first + Int64(pair.key - base),
                    ordinal: range.lowerBound + Int64(pair.value)))
        }
        return extents
    }
}

/// Which runs were found to be not what was written; upkeep makes them again.
package final class IndexHealth: Sendable {
    private struct State {
        var damaged: [Range<Int64>] = []
        var call: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    package func isDamaged(_ run: Range<Int64>) {
        let call = state.withLock { state in
            if !state.damaged.contains(run) { state.damaged.append(run) }
            return state.call
        }
        call?()
    }

    /// The run to be made again first.
    package var damaged: Range<Int64>? { state.withLock { $0.damaged.first } }

    package func isMended(_ run: Range<Int64>) {
        state.withLock { state in state.damaged.removeAll { $0 == run } }
    }

    /// Who is called when there is one.
    package func call(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.call = body } }
}

/// One of a run's tables: sorted pairs in pages.
package struct IndexTable: Sendable {
    package let file: File
    package let name: String
    /// Where its first page stands.
    package let offset: Int64
    package let firstKeys: [UInt64]
    package let pairs: Int
    /// Of the run.
    package let range: Range<Int64>
    package let health: IndexHealth

    /// Starts at a page from which on every pair with `key` comes.
    package func cursor(from key: UInt64) -> IndexCursor {
        IndexCursor(self, page: max(0, firstKeys.partitioningIndex { $0 >= key } - 1))
    }

    /// Starts at the page that holds the last pair with a key up to `key`.
    package func cursor(before key: UInt64) -> IndexCursor {
        IndexCursor(self, page: max(0, firstKeys.partitioningIndex { $0 > key } - 1))
    }

    package func page(_ index: Int) throws(ReadError) -> IndexPageReader {
        let at = offset + Int64(index * IndexPage.bytes)
        let bytes: [UInt8]
        do {
            bytes = try file.bytes(at: at, count: IndexPage.bytes)
        } catch { throw ReadError(error) }
        guard let reader = IndexPageReader(bytes) else {
            health.isDamaged(range)
            throw .damaged(file: name, offset: at, reason: "the index page's checksum is wrong")
        }
        return reader
    }
}

/// Walks a table's pairs from some page on.
package struct IndexCursor {
    private let table: IndexTable
    private var nextPage: Int
    private var reader: IndexPageReader?

    package init(_ table: IndexTable, page: Int) {
        self.table = table
        nextPage = page
    }

    package mutating func next() throws(ReadError) -> IndexPair? {
        while true {
            if let pair = reader?.pair() { return pair }
            guard nextPage < table.firstKeys.count else { return nil }
            reader = try table.page(nextPage)
            nextPage += 1
        }
    }
}
