/// Every bound of the projections' engine.
package enum EngineLimits {
    /// Events read from a log at once.
    package static let pageEvents = 4_096
    /// Events applied before rows and position are written, in one transaction.
    package static let batchEvents = 65_536
    /// Rows a table keeps in memory while a log is caught up, and when it is live.
    package static let rowsCatchingUp = 262_144
    package static let rowsLive = 16_384
    /// Connections that read one file at a time; more readers wait for one.
    package static let readers = 8
    /// Bytes of a file's pages the writer keeps in memory.
    package static let writerCacheBytes = 64 << 20
    /// Snapshots kept of one log; when there are more, every other one goes.
    package static let snapshots = 8
    /// Events between two snapshots of a log, at first; doubled when there are too many.
    package static let snapshotEvents: Int64 = 131_072
    /// Tasks that may wait at one time for a log to reach a position; more are refused.
    package static let waiters = 100_000
    /// What passes before a log whose rows could not be written is tried again.
    package static let retryAfter = Duration.seconds(1)
}
