/// One event of the workload as a peer stores it.
struct BenchEvent: Sendable {
    let stream: UInt128
    /// 0-based within the stream.
    let version: Int64
    let type: String
    /// Milliseconds since 1970-01-01 UTC.
    let recordedAt: Int64
    /// The whole event as JSON text, about 280 bytes.
    let json: [UInt8]
}
