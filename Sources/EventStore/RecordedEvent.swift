/// One event as it stands in a log.
package struct RecordedEvent: Sendable {
    package let log: LogID
    /// 0-based, dense within `log`.
    package let position: Int64
    package let stream: StreamName
    /// 0-based, dense within `stream`.
    package let version: Int64
    package let type: EventType
    package let schema: UInt32
    /// When the log learned it: milliseconds since 1970-01-01 UTC, never going back within `log`.
    package let recordedAt: Int64
    package var commandID: UInt128 { command.whole }
    // Two halves, not one UInt128: see docs/decisions/0001-wide-arguments.md.
    private let command: Halves
    package let context: Context
    package let payload: ArraySlice<UInt8>
    /// The uncompressed record exactly as appended (docs/log-format.md): the same on every engine,
    /// for ever, and the leaf of the Merkle tree. Shares its buffer with its neighbours.
    package let storedBytes: ArraySlice<UInt8>

    package init(
        log: LogID, position: Int64, stream: StreamName, version: Int64, type: EventType,
        schema: UInt32,
        recordedAt: Int64, commandID: UInt128, context: Context, payload: ArraySlice<UInt8>,
        storedBytes: ArraySlice<UInt8>
    ) {
        self.log = log
        self.position = position
        self.stream = stream
        self.version = version
        self.type = type
        self.schema = schema
        self.recordedAt = recordedAt
        command = Halves(commandID)
        self.context = context
        self.payload = payload
        self.storedBytes = storedBytes
    }
}
