/// Names one record key. Random, so that it tells nothing about whose it is.
package struct KeyID: Hashable, Sendable, Comparable {
    package let bits: UInt128

    package init(bits: UInt128) { self.bits = bits }

    package static func < (one: KeyID, other: KeyID) -> Bool { one.bits < other.bits }
}

/// Holds the record keys: the only thing that cannot be rebuilt from the log. Destroying a key is
/// the erasure (ANON-1).
package protocol Vault: Sendable {
    /// A fresh key. It was made durable before this returns (keys are made ahead in batches, so
    /// taking one costs no sync), so no event outlives its key by accident.
    func takeKey() async throws(VaultError) -> RecordKey

    /// The key of that id; nil where it was destroyed or never made.
    func key(_ id: KeyID) async throws(VaultError) -> RecordKey?

    /// Destroys keys for good: on return they are gone from the vault file, its write-ahead file
    /// and free pages, and their ids stand in the erasure list. Ids already gone are passed over.
    func destroy(_ ids: [KeyID]) async throws(VaultError)

    /// HMAC-SHA256 under the installation's vault secret, for command ids, claims and the keyed
    /// index (ANON-3). `purpose` keeps uses apart.
    func mac(_ purpose: MACPurpose, _ message: [UInt8]) -> [UInt8]
}

/// What a ``Vault/mac(_:_:)`` is for; each derives a key of its own.
package enum MACPurpose: String, Sendable, CaseIterable {
    case commandID, keyedIndex, claim, fingerprint, pageToken
}

/// Why the vault could not answer.
package enum VaultError: Error, Hashable, Sendable {
    /// The installation key does not open this vault: it belongs to another installation, or is
    /// damaged.
    case wrongInstallationKey
    /// The file's bytes are not a vault's: restore it from a backup.
    case damaged(file: String, reason: String)
    case diskFull
    case io(file: String, reason: String)
    case closed
}
