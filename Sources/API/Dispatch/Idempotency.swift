import EventStore
import Synchronization

/// What a client chose to name one attempt by: 1 to 200 visible ASCII characters.
///
/// Source: draft-ietf-httpapi-idempotency-key-header, OPS-6.
package struct IdempotencyKey: Hashable, Sendable {
    package let bytes: [UInt8]

    package static let bytesMax = 200
    /// Of who has no token: as many as 128 random bits take in base64url, or a UUID.
    package static let nobodyBytesMin = 22

    package init(_ text: String) throws(Refusal) {
        bytes = Array(text.utf8)
        guard (1...IdempotencyKey.bytesMax).contains(bytes.count),
            bytes.allSatisfy({ (0x21...0x7e).contains($0) })
        else { throw .keyInvalid }
    }
}

/// Commands at work now, so that the same one sent twice at once is told so rather than decided
/// twice.
///
/// What was accepted is remembered by the log, for ever; this remembers only what is running.
final class RunningCommands: Sendable {
    private struct Name: Hashable {
        let log: LogID
        let commandID: UInt128
    }
    private let running = Mutex<Set<Name>>([])

    /// Runs `work` unless the same command is running.
    func once<Answer>(
        _ commandID: UInt128, in log: LogID, _ work: () async throws(Refusal) -> Answer
    ) async throws(Refusal) -> Answer {
        let name = Name(log: log, commandID: commandID)
        guard running.withLock({ $0.insert(name).inserted }) else { throw .stillRunning }
        defer { running.withLock { _ = $0.remove(name) } }
        return try await work()
    }
}
