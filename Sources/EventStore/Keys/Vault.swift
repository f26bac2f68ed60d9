/// Holds the record keys: the only thing that cannot be rebuilt from the log. Destroying a key is
/// the erasure (ANON-1).
package protocol Vault: Sendable {
    /// A fresh key, used by nothing so far. It was made durable before this returns (keys are made
    /// ahead in batches, so taking one costs no sync), so no event outlives its key by accident.
    func takeKey() async throws(VaultError) -> RecordKey

    /// Hands back a key of ``takeKey()`` that no event and no answer came to use: a command that
    /// was refused. It may be taken again.
    func giveBack(_ key: RecordKey)

    /// A commit that names the key is durable: the key is looked for in the log no more when the
    /// next start reconciles. Not calling it costs that start time, nothing else.
    func settle(_ key: RecordKey)

    /// The key of that id; nil where it was destroyed or never made.
    func key(_ id: KeyID) async throws(VaultError) -> RecordKey?

    /// Says that ``key(_:)`` will be asked for all of these: fetches them at once. A hint: nothing
    /// else changes.
    func readAhead(_ ids: [KeyID]) async throws(VaultError)

    /// Destroys keys for good: on return they are gone from the vault file, its write-ahead file
    /// and free pages, and their ids stand in the erasure list. Ids already gone are passed over,
    /// so that doing it again is harmless.
    func destroy(_ ids: [KeyID]) async throws(VaultError)

    /// HMAC-SHA256 (32 bytes) under the installation's vault secret, for command ids, claims and
    /// the keyed index (ANON-3). `purpose` keeps uses apart.
    func mac(_ purpose: MACPurpose, _ message: [UInt8]) -> [UInt8]

    /// A secret of its own for something that ends, such as an import; durable on return.
    func makeSecret() async throws(VaultError) -> EndingSecret

    /// Nil where it was destroyed or never made.
    func secret(_ id: SecretID) async throws(VaultError) -> EndingSecret?

    /// As ``destroy(_:)``, for a secret.
    func destroySecret(_ id: SecretID) async throws(VaultError)

    /// Up to which position of `log` every erasure ordered is carried out: the next one to look
    /// at; 0 at first. Source: design.md, "Erasing".
    func erasuresDone(in log: LogID) async throws(VaultError) -> Int64

    /// Moves ``erasuresDone(in:)`` forward, never back; durable on return.
    func setErasuresDone(_ position: Int64, in log: LogID) async throws(VaultError)
}

extension Vault {
    package func readAhead(_ ids: [KeyID]) async throws(VaultError) {}
}

/// What a ``Vault/mac(_:_:)`` is for; each derives a key of its own.
package enum MACPurpose: String, Sendable, CaseIterable {
    case commandID, keyedIndex, claim, fingerprint, pageToken, report
}

/// Why the vault could not answer. Where nothing else is said, nothing was changed.
package enum VaultError: Error, Hashable, Sendable {
    /// The installation key does not open this vault: it belongs to another installation, or the
    /// file is damaged. Start with the right one.
    case wrongInstallationKey
    /// A rotation began and did not end, and this is the key it leads away from: start with the
    /// new one, and it goes on.
    case rotationUnfinished
    /// The file's bytes are not what was written. A vault: restore it from a backup. An index: it
    /// is derived, delete it.
    case damaged(file: String, reason: String)
    /// The erasure list holds fewer erasures than this vault, or somebody outside, has seen: find
    /// the newest one. Nothing is opened without it (ANON-6).
    case erasureListBehind(file: String, has: Int, needs: Int)
    /// There is no vault, and none may be made: events that need its keys exist.
    case missing(file: String)
    /// No room on the disk: nothing was changed; come back when there is.
    case diskFull
    /// The operating system refused: its words.
    case io(file: String, reason: String)
    case closed
}
