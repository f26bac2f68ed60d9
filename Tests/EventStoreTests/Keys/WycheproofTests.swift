import Crypto
import EventStore
import Foundation
import Testing

/// Project Wycheproof's vectors through swift-crypto, with the calls and sizes used here. They are
/// kept beside the repository, in `../shared/data/wycheproof`.
@Suite("Wycheproof") struct WycheproofTests {
    private struct Vectors: Decodable {
        struct Group: Decodable {
            let keySize: Int?
            let ivSize: Int?
            let tagSize: Int?
            let publicKey: PublicKey?
            let tests: [Vector]
        }
        struct PublicKey: Decodable { let pk: String }
        let testGroups: [Group]
    }

    private struct Vector: Decodable {
        let tcId: Int
        let result: String
        let key, iv, aad, msg, ct, tag, sig, ikm, salt, info, okm: String?
        let size: Int?

        func bytes(_ path: KeyPath<Vector, String?>) throws -> [UInt8] {
            EventStoreTests.bytes(ofHex: try #require(self[keyPath: path]))
        }
    }

    private func groups(_ name: String) throws -> [Vectors.Group] {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appendingPathComponent("../shared/data/wycheproof/\(name).json")
        guard FileManager.default.fileExists(atPath: file.path) else {
            print("WycheproofTests: no \(file.standardizedFileURL.path), so it is not tried")
            return []
        }
        return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file)).testGroups
    }

    @Test("ANON-1 AES-GCM: 256-bit keys and 96-bit nonces seal and open as the vectors say")
    func aesGCM() throws {
        let groups = try groups("aes_gcm_test").filter { $0.keySize == 256 && $0.ivSize == 96 }
        var counts = ["valid": 0, "invalid": 0]
        for vector in groups.flatMap(\.tests) {
            let key = SymmetricKey(data: try vector.bytes(\.key))
            let nonce = try AES.GCM.Nonce(data: try vector.bytes(\.iv))
            let text = try vector.bytes(\.msg)
            let data = try vector.bytes(\.aad)
            let box = try AES.GCM.SealedBox(
                nonce: nonce, ciphertext: try vector.bytes(\.ct), tag: try vector.bytes(\.tag))
            counts[vector.result, default: 0] += 1
            if vector.result == "valid" {
                let opened = try AES.GCM.open(box, using: key, authenticating: data)
                #expect(Array(opened) == text, "\(vector.tcId)")
                let sealed = try AES.GCM.seal(
                    text, using: key, nonce: nonce, authenticating: data)
                #expect(sealed.ciphertext + sealed.tag == box.ciphertext + box.tag)
            } else {
                #expect(throws: (any Error).self, "\(vector.tcId)") {
                    try AES.GCM.open(box, using: key, authenticating: data)
                }
            }
        }
        #expect(groups.isEmpty || counts.values.allSatisfy { $0 > 20 }, "\(counts)")
    }

    @Test("AUD-5 Ed25519: valid signatures verify, all others do not")
    func ed25519() throws {
        var counts = ["valid": 0, "invalid": 0]
        let groups = try groups("ed25519_test")
        for group in groups {
            let raw = bytes(ofHex: try #require(group.publicKey).pk)
            let key = try Curve25519.Signing.PublicKey(rawRepresentation: raw)
            for vector in group.tests {
                let isValid = key.isValidSignature(
                    try vector.bytes(\.sig), for: try vector.bytes(\.msg))
                #expect(isValid == (vector.result == "valid"), "\(vector.tcId)")
                counts[vector.result, default: 0] += 1
            }
        }
        #expect(groups.isEmpty || counts.values.allSatisfy { $0 > 50 }, "\(counts)")
    }

    @Test("ANON-1 HKDF-SHA256 derives what the vectors say")
    func hkdf() throws {
        let vectors = try groups("hkdf_sha256_test").flatMap(\.tests)
        var count = 0
        for vector in vectors where vector.result == "valid" {
            let derived = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: try vector.bytes(\.ikm)),
                salt: try vector.bytes(\.salt), info: try vector.bytes(\.info),
                outputByteCount: try #require(vector.size))
            #expect(bytes(of: derived) == (try vector.bytes(\.okm)), "\(vector.tcId)")
            count += 1
        }
        #expect(vectors.isEmpty || count > 50)
    }

    @Test("ANON-3 HMAC-SHA256 gives the tags of the vectors, and no other is taken")
    func hmac() throws {
        let groups = try groups("hmac_sha256_test").filter { $0.tagSize == 256 }
        var counts = ["valid": 0, "invalid": 0]
        for vector in groups.flatMap(\.tests) {
            let isValid = HMAC<SHA256>.isValidAuthenticationCode(
                try vector.bytes(\.tag), authenticating: try vector.bytes(\.msg),
                using: SymmetricKey(data: try vector.bytes(\.key)))
            #expect(isValid == (vector.result == "valid"), "\(vector.tcId)")
            counts[vector.result, default: 0] += 1
        }
        #expect(groups.isEmpty || counts.values.allSatisfy { $0 > 20 }, "\(counts)")
    }
}
