import Crypto
import CryptoExtras
package import Domain
import Foundation
import Synchronization

/// Hashes passwords with scrypt (RFC 7914) on threads of its own, never on the cooperative pool: at
/// most two at once, because each takes its share of memory. Source: ACC-2.
package final class PasswordHasher: Sendable {
    /// What one hash costs. Memory is 128 × block size × rounds.
    package struct Cost: Hashable, Sendable {
        /// The rounds are two to the power of it.
        package let logRounds: Int
        package let blockSize: Int
        package let parallelism: Int

        package init(logRounds: Int, blockSize: Int, parallelism: Int) {
            self.logRounds = logRounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// 128 MiB. Source: OWASP Password Storage Cheat Sheet, the first of its settings.
        package static let service = Cost(logRounds: 17, blockSize: 8, parallelism: 1)

        /// What may stand in a stored hash: nothing that would take all memory.
        var isBounded: Bool {
            (1...20).contains(logRounds) && (1...32).contains(blockSize)
                && (1...16).contains(parallelism)
        }
    }

    package static let atOnceMax = 2
    /// Beyond these the answer is `busy`.
    package static let waitingMax = 64
    static let saltBytes = 16
    static let hashBytes = 32

    package let cost: Cost
    private let queue: OperationQueue
    private let waiting = Mutex(0)
    private let counted = Mutex(0)
    /// What an unknown person's password is compared with, so that it takes as long.
    private let dummy: Stored

    package init(cost: Cost = .service) {
        self.cost = cost
        queue = OperationQueue()
        queue.maxConcurrentOperationCount = PasswordHasher.atOnceMax
        queue.name = "password hashing"
        dummy = Stored(
            cost: cost, salt: [UInt8](repeating: 0, count: PasswordHasher.saltBytes),
            hash: [UInt8](repeating: 0, count: PasswordHasher.hashBytes))
    }

    /// Hashes made since the start: for tests that compare work.
    package var hashed: Int { counted.withLock { $0 } }

    /// What is to be kept of a password. `salt` is random, of ``saltBytes``.
    package func hash(_ password: String, salt: [UInt8]) async throws(Refusal) -> PasswordHash {
        let hash = try await derive(password, salt, cost)
        return Stored(cost: cost, salt: salt, hash: hash).text
    }

    /// Whether it is the password; nil: nobody's, which takes as long and is never right.
    package func matches(
        _ password: String, _ hash: PasswordHash?
    ) async throws(Refusal) -> Bool {
        let stored = hash.flatMap(Stored.init)
        let compared = stored ?? dummy
        let derived = try await derive(password, compared.salt, compared.cost)
        return constantTimeEqual(derived, compared.hash) && stored != nil
    }

    private func derive(
        _ password: String, _ salt: [UInt8], _ cost: Cost
    ) async throws(Refusal) -> [UInt8] {
        let mayWait = waiting.withLock { waiting in
            guard waiting < PasswordHasher.waitingMax else { return false }
            waiting += 1
            return true
        }
        guard mayWait else { throw .busy }
        defer { waiting.withLock { $0 -= 1 } }
        counted.withLock { $0 += 1 }
        // One form of each character, however it was typed.
        let bytes = Array(password.precomposedStringWithCanonicalMapping.utf8)
        let derived: Result<[UInt8], any Error> = await withCheckedContinuation { continuation in
            queue.addOperation {
                continuation.resume(
                    returning: Result {
                        try KDF.Scrypt.deriveKey(
                            from: bytes, salt: salt, outputByteCount: PasswordHasher.hashBytes,
                            rounds: 1 << cost.logRounds, blockSize: cost.blockSize,
                            parallelism: cost.parallelism
                        ).withUnsafeBytes { Array($0) }
                    })
            }
        }
        switch derived {
        case .success(let bytes): return bytes
        case .failure: throw .busy  // There was no memory for it.
        }
    }

    /// A stored hash, taken apart.
    private struct Stored {
        let cost: Cost
        let salt: [UInt8]
        let hash: [UInt8]

        init(cost: Cost, salt: [UInt8], hash: [UInt8]) {
            self.cost = cost
            self.salt = salt
            self.hash = hash
        }

        init?(_ hash: PasswordHash) {
            let form = /\$scrypt\$ln=([0-9]{1,2}),r=([0-9]{1,2}),p=([0-9]{1,2})\$([^$]+)\$([^$]+)/
            guard let match = hash.text.wholeMatch(of: form), let logRounds = Int(match.1),
                let blockSize = Int(match.2), let parallelism = Int(match.3),
                let salt = Base64URL.bytes(match.4.utf8), let bytes = Base64URL.bytes(match.5.utf8)
            else { return nil }
            cost = Cost(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
            guard cost.isBounded, bytes.count == PasswordHasher.hashBytes else { return nil }
            self.salt = salt
            self.hash = bytes
        }

        var text: PasswordHash {
            let cost = "ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)"
            return PasswordHash(
                "$scrypt$\(cost)$\(Base64URL.text(salt))$\(Base64URL.text(hash))")
        }
    }
}
