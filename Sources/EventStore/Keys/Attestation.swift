import Crypto
import Foundation

extension SQLiteVault {
    /// An Ed25519 signature that only this vault makes, and the public key to check it with: for
    /// reports that go to others. The key is derived from the vault secret, so that it outlives
    /// rotations of the installation key.
    package func attest(_ message: [UInt8]) -> (key: [UInt8], signature: [UInt8]) {
        do {
            let seed = mac(.report, Array("anteroom report".utf8))
            let key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
            return (
                Array(key.publicKey.rawRepresentation), Array(try key.signature(for: message))
            )
        } catch {
            preconditionFailure("Ed25519 refused 32 bytes, or to sign: \(error)")
        }
    }

    /// Whether `key` signed `message`.
    package static func isAttested(
        _ message: [UInt8], key: [UInt8], signature: [UInt8]
    ) -> Bool {
        do {
            return try Curve25519.Signing.PublicKey(rawRepresentation: key)
                .isValidSignature(signature, for: message)
        } catch {
            return false  // Not a key at all.
        }
    }

    /// The ids of all record keys in the erasure list: destroyed here, or in a later life of this
    /// installation than the backup it was restored from.
    package func erasedKeys() throws(VaultError) -> Set<KeyID> {
        let text: String
        do {
            text = try String(contentsOfFile: erasureList, encoding: .utf8)
        } catch {
            throw .io(file: erasureList, reason: error.localizedDescription)
        }
        var keys: Set<KeyID> = []
        for line in text.utf8.split(separator: UInt8(ascii: "\n"))
        where line.count == 34 && line.first == UInt8(ascii: "k") {
            guard let id = UInt128(String(decoding: line.dropFirst(2), as: UTF8.self), radix: 16)
            else { throw .damaged(file: erasureList, reason: "not an entry") }
            keys.insert(KeyID(bits: id))
        }
        return keys
    }

    /// How many erasures the list holds: what somebody outside notes, so that a restore with an
    /// older list is refused (ANON-6).
    package var erasures: Int { listed }
}
