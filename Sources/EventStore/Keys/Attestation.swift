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

    /// How many erasures the list holds: what somebody outside notes, so that a restore with an
    /// older list is refused (ANON-6).
    package var erasures: Int { listed }
}
