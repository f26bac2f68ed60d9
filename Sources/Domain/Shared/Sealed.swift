/// A personal record under seal (ANON-1): open in the hands of `decide`, shut in whatever comes
/// from a log.
///
/// The key is chosen outside, as ids and the clock are: Dispatch takes one from the vault and hands
/// its id in with the command that starts a record; later commands take it from the state, which
/// folded it from the first event's ``key``. An open one is shut by the writer, which needs a
/// sealing function for it; there is no other way to bytes.
package enum Sealed<Record: PersonalRecord>: Hashable, Sendable {
    /// Boxed: events from a log, where none is open, stay small.
    indirect case open(Record, under: ID<RecordKey>)
    case shut(SealedBytes)

    package init(_ record: Record, under key: ID<RecordKey>) { self = .open(record, under: key) }

    /// The key it is, or will be, sealed under.
    package var key: ID<RecordKey> {
        switch self {
        case .open(_, let key): key
        case .shut(let bytes): bytes.key
        }
    }
}

/// The key of one record: of a visit, appointment, client, conversation's message or set of
/// answers. Lives in the vault; the domain knows its id only.
package enum RecordKey {}

/// What a sealed record looks like in a log.
package struct SealedBytes: Hashable, Sendable {
    package let key: ID<RecordKey>
    /// nonce ‖ ciphertext ‖ tag, opaque here.
    package let bytes: [UInt8]

    package init(key: ID<RecordKey>, bytes: [UInt8]) {
        self.key = key
        self.bytes = bytes
    }
}

/// What a writer hands to the sealing function: one open record, encoded, and where it is going to
/// stand.
package struct SealRequest: Hashable, Sendable {
    package let event: EventName
    package let field: Int
    package let key: ID<RecordKey>
    package let plainBytes: [UInt8]
}

/// Shuts a record: AES-256-GCM above this module. Throws ``WireError/sealingFailed(field:)``.
package typealias Sealing = (SealRequest) throws(WireError) -> SealedBytes
