import Synchronization

/// Versions of streams' last events within the index runs, for streams that are asked for again and
/// again: a clinic's, say, which every command reads and hardly one changes. A run never changes
/// what it says of a stream, so that only what came behind the last run looked at is asked anew.
final class StreamHeads: Sendable {
    struct Head {
        let version: Int64
        /// The end of the ordinals it was looked for in.
        let through: Int64
    }

    /// Streams held at most; at the bound all are let go.
    static let streamsMax = 65_536

    private let heads = Mutex<[StreamKey: Head]>([:])

    func find(_ key: StreamKey) -> Head? { heads.withLock { $0[key] } }

    func keep(_ head: Head, of key: StreamKey) {
        heads.withLock { heads in
            if heads.count >= StreamHeads.streamsMax, heads[key] == nil { heads = [:] }
            heads[key] = head
        }
    }
}
