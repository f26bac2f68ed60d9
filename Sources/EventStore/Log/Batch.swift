/// Commits that become one block, and one sync: decided about, not yet durable.
struct Batch {
    typealias Answer = Result<Appended, AppendError>

    /// Who waits for an answer, and what it is once the batch is durable: a refusal or a repetition
    /// may rest on events of this batch or of the one before it.
    struct Entry {
        let continuation: UnsafeContinuation<Answer, Never>
        let answer: Answer
    }

    private(set) var entries: [Entry] = []
    /// Commits accepted.
    private(set) var commits = 0
    /// As in ``Block``.
    private(set) var raw: [UInt8] = []
    private(set) var bounds: [UInt32] = []
    /// Heads of the logs touched.
    private(set) var heads: [LogID: LogHead] = [:]
    /// The log touched last and its head, which ``heads`` does not have yet: most batches touch one
    /// log only.
    private var last: (log: LogID, head: LogHead)?

    init() {}

    /// An empty one with room for as much as `other` took.
    init(like other: Batch) {
        entries.reserveCapacity(other.entries.count)
        raw.reserveCapacity(other.raw.count)
        bounds.reserveCapacity(other.bounds.count)
    }

    var isEmpty: Bool { entries.isEmpty }
    var events: Int { bounds.count / 2 }

    /// Takes a commit in, its records stamped.
    mutating func accept(_ records: EncodedRecords, log: LogID, head: LogHead) {
        for index in records.ends.indices {
            let record = records[index]
            raw.append(Block.recordTag)
            raw.append(varint: UInt64(record.count))
            bounds.append(UInt32(raw.count))
            raw.append(contentsOf: record)
            bounds.append(UInt32(raw.count))
        }
        commits += 1
        if let last, last.log != log { heads[last.log] = last.head }
        last = (log, head)
    }

    mutating func answer(
        _ continuation: UnsafeContinuation<Answer, Never>, _ answer: Answer
    ) {
        entries.append(Entry(continuation: continuation, answer: answer))
    }

    /// No commit comes any more.
    mutating func close() {
        if let last { heads[last.log] = last.head }
        last = nil
    }

    func head(of log: LogID) -> LogHead? {
        if let last, last.log == log { return last.head }
        return heads[log]
    }

    /// - Parameter first: ordinal of its first event.
    func block(first: Int64) -> Block { Block(first: first, bytes: raw, bounds: bounds) }

    func resume() {
        for entry in entries { entry.continuation.resume(returning: entry.answer) }
    }

    func refuse(_ error: AppendError) {
        for entry in entries { entry.continuation.resume(returning: .failure(error)) }
    }
}
