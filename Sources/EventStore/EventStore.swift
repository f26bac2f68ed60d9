/// A log per organisation, one store for all (design.md). What every engine promises; the contract
/// suite in `Tests/EventStoreTests/Contract` runs on each.
///
/// A `limit` of 0 or less gives nothing; a position or version below 0 is read as 0, one beyond the
/// end as the end.
package protocol EventStore: Sendable {
    /// Appends `commit` to its log as one unit: on return all of it is durable, otherwise none of
    /// it is there.
    ///
    /// Expectations are checked before the command id is recorded, the command id before the
    /// expectations: a repeated command gets its first answer whatever has become of its streams.
    func append(_ commit: Commit) async throws(AppendError) -> Appended

    /// How many events the log has: the position the next one will get. 0 for a log never written
    /// to.
    func head(of log: LogID) async throws(ReadError) -> Int64

    /// Version of the last event of a stream; nil where it has none.
    func version(of stream: StreamName, in log: LogID) async throws(ReadError) -> Int64?

    /// Up to `limit` events of `log` from `position` upwards, in order. Empty at the head.
    func read(_ log: LogID, from position: Int64, limit: Int) async throws(ReadError)
        -> [RecordedEvent]

    /// Up to `limit` events of `log` before `position`, the newest first.
    func readBackward(_ log: LogID, before position: Int64, limit: Int) async throws(ReadError)
        -> [RecordedEvent]

    /// Up to `limit` events of one stream from `version` upwards, in order.
    func readStream(
        _ stream: StreamName, in log: LogID, from version: Int64, limit: Int
    ) async throws(ReadError) -> [RecordedEvent]

    /// What a commit with this command id would be answered (`repeated` is true); nil where the log
    /// does not know it.
    func find(commandID: UInt128, in log: LogID) async throws(ReadError) -> Appended?

    /// Up to `limit` events of the whole store after `cursor` (nil: from the beginning), in the
    /// order they were stored, whole commits only, and the cursor to go on from. A first commit
    /// larger than a positive `limit` is given whole, so that a small limit gets on too. Empty at
    /// the end, where `next` is `cursor`.
    func scan(after cursor: Cursor?, limit: Int) async throws(ReadError) -> (
        events: [RecordedEvent], next: Cursor?
    )

    /// Every log with at least one event, ascending.
    func logs() async throws(ReadError) -> [LogID]

    /// Returns once `log` has more than `count` events, with how many it has; throws
    /// `CancellationError` when the task is cancelled, ``StoreClosed`` when the store is closed
    /// meanwhile.
    func waitForEvents(in log: LogID, beyond count: Int64) async throws -> Int64

    /// Returns once something stands after `cursor`; throws as the other.
    func waitForEvents(after cursor: Cursor?) async throws
}

/// A place in the whole store's order. Its number means nothing outside the engine that gave it.
package struct Cursor: Hashable, Sendable, Comparable {
    package let number: Int64

    package init(number: Int64) { self.number = number }

    package static func < (one: Cursor, other: Cursor) -> Bool { one.number < other.number }
}

/// Why nothing was appended. Each case says what the caller does next.
package enum AppendError: Error, Hashable, Sendable {
    /// Another append came first: load the stream again, decide again. `actual` nil: the stream has
    /// no event.
    case conflict(stream: StreamName, expected: Expectation, actual: Int64?)
    /// The commit breaks a limit of ``Limits`` or says something impossible: a bug or too large an
    /// input above.
    case unacceptable(reason: String)
    /// The queue is full: nothing was written, come back later.
    case overloaded
    /// No room on the disk: nothing was written; reading goes on, and appending will when there is
    /// room.
    case diskFull
    /// The store found damage at start, or was opened for reading: nothing is appended until it is
    /// mended.
    case readOnly(reason: String)
    /// The store is closed or closing.
    case closed
}

/// Why something could not be read.
package enum ReadError: Error, Hashable, Sendable {
    /// The bytes at `offset` of `file` are not what was written: restore that file, and see
    /// `anteroom verify`.
    case damaged(file: String, offset: Int64, reason: String)
    /// The operating system refused: its words.
    case io(file: String, reason: String)
    case closed
}

/// The store was closed while somebody waited.
package struct StoreClosed: Error, Hashable, Sendable {
    package init() {}
}
