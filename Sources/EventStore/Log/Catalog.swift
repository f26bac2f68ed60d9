/// What is where: segments, tails and runs, and how far it is durable. Shared by the writer,
/// readers, upkeep and whoever appends; held for short moments, never across a system call.
struct Catalog {
    /// By first ordinal, ascending; the last is written.
    var segments: [Segment] = []
    /// Indexes of the newest segments, oldest first; the last is that of the segment being written.
    var tails: [TailIndex] = []
    /// Runs, oldest first; together they cover what is before the first tail.
    var runs: [Run] = []
    /// Of every log with a durable event.
    var heads: [LogID: LogHead] = [:]
    /// Ordinal after the last durable event.
    var durable: Int64 = 0
    /// What was decided and is not durable yet.
    var line = CommitLine()
    /// The store is closed: nothing is read any more.
    var isClosed = false

    /// The segment that holds a durable ordinal.
    func segment(of ordinal: Int64) -> Segment? {
        guard ordinal < durable else { return nil }
        let after = segments.partitioningIndex { $0.first > ordinal }
        guard after > 0, segments[after - 1].end > ordinal else { return nil }
        return segments[after - 1]
    }

    /// Ordinal after the last event that a run speaks of.
    var indexed: Int64 { runs.last?.range.upperBound ?? segments.first?.first ?? 0 }
}

/// How far a log has come.
struct LogHead: Hashable {
    /// Events: the next one's position.
    var count: Int64
    /// When the last one was recorded.
    var lastTime: Int64
}

/// A stream's name in its log, hashed once.
package struct StreamKey: Hashable {
    package let log: LogID
    package let stream: StreamName
    package let hash: UInt64

    package init(_ stream: StreamName, in log: LogID) {
        self.log = log
        self.stream = stream
        hash = IndexHash.stream(stream, in: log)
    }
}
