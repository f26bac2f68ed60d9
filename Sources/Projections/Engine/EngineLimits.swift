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
    /// Events before a log's first snapshot, and at least between two.
    package static let snapshotEvents: Int64 = 131_072
    /// Bytes of one projection's snapshot; one that would be longer is not made.
    package static let snapshotBytes = 16 << 20
    /// Bytes gathered before they are hashed.
    package static let hashBytes = 64 << 10
    /// Tasks that may wait at one time for a log to reach a position; more are refused.
    package static let waiters = 100_000
    /// What passes before a log whose rows could not be written is tried again.
    package static let retryAfter = Duration.seconds(1)
}
