/// Writes an index run: three tables in their order, then what leads to them.
struct RunWriter {
    private let file: File
    private let range: Range<Int64>
    private var buffer: [UInt8] = []
    private var offset: Int64 = 0
    private var page = IndexPageWriter()
    private var firstKeys: [UInt64] = []
    private var pages: [Int] = []
    private var pairs: [Int] = []
    private var pairsInTable = 0
    private var pagesBefore = 0
    private static let flushBytes = 1 << 20

    /// - Parameter file: new and empty.
    init(_ file: File, range: Range<Int64>) {
        self.file = file
        self.range = range
    }

    /// Adds a pair to the table being written; in order.
    mutating func add(_ pair: IndexPair) throws(DiskError) {
        if !page.add(pair) {
            try flushPage()
            _ = page.add(pair)
        }
        pairsInTable += 1
    }

    /// Closes the table; the next pairs belong to the next one.
    mutating func endTable() throws(DiskError) {
        if page.count > 0 { try flushPage() }
        pages.append(firstKeys.count - pagesBefore)
        pairs.append(pairsInTable)
        pagesBefore = firstKeys.count
        pairsInTable = 0
    }

    private mutating func flushPage() throws(DiskError) {
        let (bytes, firstKey) = page.finish()
        firstKeys.append(firstKey)
        try write(bytes)
    }

    private mutating func write(_ bytes: [UInt8]) throws(DiskError) {
        buffer += bytes
        if buffer.count >= RunWriter.flushBytes { try flush() }
    }

    private mutating func flush() throws(DiskError) {
        try file.write(buffer, at: offset)
        offset += Int64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Closes the run and makes it durable.
    mutating func finish(
        logs: [RunLayout.Log], streams: BloomFilter, commands: BloomFilter
    ) throws(DiskError) {
        var meta: [UInt8] = []
        for log in logs { log.encode(into: &meta) }
        for key in firstKeys { meta.append(number: key) }
        let filters = [streams.bytes, commands.bytes]
        for filter in filters { meta += filter }
        let trailer = RunLayout.Trailer(
            range: range, metaOffset: offset + Int64(buffer.count), pages: pages, logs: logs.count,
            pairs: pairs, bloomBytes: filters.map(\.count), metaChecksum: crc32c(meta))
        try write(meta)
        try write(trailer.encoded)
        try flush()
        try file.sync()
    }
}

extension RunWriter {
    /// Writes the run of a segment from what is in memory about it.
    mutating func write(_ tail: TailIndex) throws(DiskError) {
        let streamPairs = tail.streamPairs()
        var streams = BloomFilter(keys: tail.streams.count)
        for pair in streamPairs {
            streams.insert(pair.key)
            try add(pair)
        }
        try endTable()
        let commandPairs = tail.commandPairs()
        var commands = BloomFilter(keys: commandPairs.count)
        for pair in commandPairs {
            commands.insert(pair.key)
            try add(pair)
        }
        try endTable()
        let logs = tail.logs.sorted { $0.id < $1.id }
        for (place, log) in logs.enumerated() {
            for extent in log.extents {
                let key = UInt64(place) << 32 | UInt64(extent.position - log.first)
                try add(IndexPair(key: key, value: UInt32(extent.ordinal - tail.base)))
            }
        }
        try endTable()
        try finish(
            logs: logs.map {
                RunLayout.Log(id: $0.id, first: $0.first, count: $0.count, lastTime: $0.lastTime)
            }, streams: streams, commands: commands)
    }
}
