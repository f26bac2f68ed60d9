package import Crypto

/// The key that seals the personal data of one visit, appointment, client, conversation, message or
/// set of answers (AES-256). In memory only; on disk it stands wrapped by the installation key.
package struct RecordKey: Sendable {
    package let id: KeyID
    package let key: SymmetricKey

    package init(id: KeyID, key: SymmetricKey) {
        self.id = id
        self.key = key
    }
}
