package import Crypto

/// The key that seals the personal data of one visit, appointment, client, conversation, message or
/// set of answers (AES-256). In memory only; on disk it stands wrapped by the installation key.
package struct RecordKey: Sendable {
    package let id: KeyID
    package let key: SymmetricKey
    /// The batch it was made in, so that the vault knows when nothing of that batch is loose; 0
    /// where it did not come from the vault's stock.
    let batch: Int64

    package init(id: KeyID, key: SymmetricKey) { self.init(id: id, key: key, batch: 0) }

    init(id: KeyID, key: SymmetricKey, batch: Int64) {
        self.id = id
        self.key = key
        self.batch = batch
    }

    /// HMAC-SHA256 (32 bytes) under a key derived from this one for `purpose`, a fixed word of the
    /// caller's: a token or fingerprint that means nothing once the record's key is gone. The key
    /// itself is used by ``Sealer`` alone.
    package func mac(_ purpose: String, _ message: [UInt8]) -> [UInt8] {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, info: Array("anteroom record \(purpose)".utf8),
            outputByteCount: 32)
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: derived))
    }
}

/// Names one record key. Random, so that it tells nothing about whose it is.
package struct KeyID: Hashable, Sendable, Comparable {
    // Two halves, not one UInt128: see docs/decisions/0001-wide-arguments.md.
    private let halves: Halves

    package var bits: UInt128 { halves.whole }

    package init(bits: UInt128) { halves = Halves(bits) }

    package static func < (one: KeyID, other: KeyID) -> Bool { one.bits < other.bits }
}

extension KeyID: CustomStringConvertible {
    package var description: String { hex(bits) }
}
