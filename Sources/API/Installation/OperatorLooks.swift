package import Domain
package import EventStore

extension Installation {
    /// Writes one entry of the operator's look into each organisation's access log; durable on
    /// return, before anything is shown (AUD-2, AUD-7).
    package func noteLook(
        _ code: AccessEventCode, on kind: AccessObjectKind, in logs: [LogID]
    ) async throws(Refusal) {
        for log in logs where log != .installation {
            try await dispatch.note(
                in: ID(bits: log.bits), .operator, [AccessNote(AccessEntry(code, on: kind))],
                by: .operator, door: .inProcess)
        }
    }
}
