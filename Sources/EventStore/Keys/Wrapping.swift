import Crypto

/// Wraps keys for the vault file, under a key derived from the installation key for that file.
///
/// AES-256-GCM; associated data = kind and id, so that no wrapped key can stand for another. The
/// nonce is the id's first 12 bytes: ids are random, each is wrapped once under a wrapping key and
/// always around the same key, so that a nonce is as unlikely to meet another text as a random one
/// would be, and 12 bytes a key are saved.
struct WrappingKey: Sendable {
    /// Bytes of a wrapped key: ciphertext and tag.
    static let wrappedBytes = 32 + 16

    private let key: SymmetricKey

    /// What is wrapped; in the associated data.
    enum Kind: UInt8 {
        case recordKey = 1
        case secret = 2
        /// The wrapping key a rotation leads away from, kept under the new one until it ends.
        case former = 3
    }

    init(_ installation: InstallationKey, vault identity: UInt128) {
        key = MACKeys.derive(
            installation.key, salt: identity.bigEndianBytes, "anteroom vault wrapping")
    }

    private init(key: SymmetricKey) { self.key = key }

    func wrap(_ inner: SymmetricKey, _ kind: Kind, id: UInt128) -> [UInt8] {
        do {
            let box = try inner.withUnsafeBytes { bytes in
                try AES.GCM.seal(
                    bytes, using: key, nonce: AES.GCM.Nonce(data: id.bigEndianBytes.prefix(12)),
                    authenticating: [kind.rawValue] + id.bigEndianBytes)
            }
            return Array(box.ciphertext + box.tag)
        } catch {
            preconditionFailure("AES-256-GCM refused a 256-bit key: \(error)")
        }
    }

    /// Nil where `wrapped` is not what ``wrap(_:_:id:)`` gave under this key for that id.
    func unwrap(_ wrapped: [UInt8], _ kind: Kind, id: UInt128) -> SymmetricKey? {
        guard wrapped.count == WrappingKey.wrappedBytes else { return nil }
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: id.bigEndianBytes.prefix(12)),
                ciphertext: wrapped.prefix(32), tag: wrapped.suffix(16))
            return SymmetricKey(
                data: try AES.GCM.open(
                    box, using: key, authenticating: [kind.rawValue] + id.bigEndianBytes))
        } catch {
            return nil
        }
    }

    func wrap(former: WrappingKey, id: UInt128) -> [UInt8] { wrap(former.key, .former, id: id) }

    func unwrapFormer(_ wrapped: [UInt8], id: UInt128) -> WrappingKey? {
        unwrap(wrapped, .former, id: id).map(WrappingKey.init(key:))
    }

    /// Says which key it is, and nothing of it: 16 bytes.
    var mark: UInt128 {
        let code = HMAC<SHA256>.authenticationCode(for: Array("mark".utf8), using: key)
        return Array(code).prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }
}
