import Crypto
import Foundation
import Synchronization

/// The ids of all keys destroyed, kept outside the data folder and its backups, so that a restored
/// old vault brings nothing back (ANON-6). Text, only ever appended to, each append signed:
/// ```
/// anteroom-erasures 1 <vault identity: 32 hex> <Ed25519 public key: 64 hex>
/// signed 0 <signature: 128 hex>
/// k <key id: 32 hex>            a record key
/// s <secret id: 32 hex>         an ending secret
/// signed 2 <signature>          how many entries stand above
/// ```
/// A signature covers the identity, the count and the SHA-256 of all bytes above its line. The
/// signing key is derived from the vault secret, so that it outlives rotations and is restored
/// with the vault. An edit breaks the signatures after it; a cut is noticed since vault and
/// checkpoints know how many there were. What a crash left after the last signature is cut: those
/// destructions were not acknowledged.
final class ErasureList: Sendable {
    struct Entry: Hashable, Sendable {
        enum Kind: UInt8 {
            case key = 0x6B  // "k"
            case secret = 0x73  // "s"
        }
        let kind: Kind
        let id: UInt128
    }

    /// How far a vault has followed the list.
    struct Mark: Hashable, Sendable {
        /// Entries above a signature.
        var count: Int
        /// SHA-256 of all bytes above that signature's line.
        var digest: [UInt8]
    }

    struct State {
        var mark: Mark
        /// Over all bytes, the last signature's line too.
        var hasher: SHA256
        /// Bytes of the file, all of them signed.
        var end: Int
    }

    let path: String
    private let signer: Signer
    private let file: Int32
    private let state: Mutex<State>

    /// Signs for one vault.
    struct Signer: Sendable {
        let identity: UInt128
        private let seed: SymmetricKey

        init(identity: UInt128, vaultSecret: SymmetricKey) {
            self.identity = identity
            seed = MACKeys.derive(vaultSecret, "anteroom erasure list")
        }

        private var key: Curve25519.Signing.PrivateKey {
            do {
                return try seed.withUnsafeBytes { bytes in
                    try Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
                }
            } catch {
                preconditionFailure("Ed25519 refused 32 bytes: \(error)")
            }
        }

        var header: [UInt8] {
            let name = hexDigits(key.publicKey.rawRepresentation)
            return Array("anteroom-erasures 1 \(hex(identity)) \(name)\n".utf8)
        }

        private func message(_ mark: Mark) -> [UInt8] {
            Array("anteroom erasure list 1".utf8) + identity.bigEndianBytes
                + UInt128(mark.count).bigEndianBytes + mark.digest
        }

        func line(_ mark: Mark) -> [UInt8] {
            do {
                let signature = try key.signature(for: message(mark))
                return Array("signed \(mark.count) \(hexDigits(signature))\n".utf8)
            } catch {
                preconditionFailure("Ed25519 could not sign: \(error)")
            }
        }

        func isValid(_ signature: [UInt8], _ mark: Mark) -> Bool {
            key.publicKey.isValidSignature(signature, for: message(mark))
        }
    }

    private init(path: String, signer: Signer, file: Int32, state: State) {
        self.path = path
        self.signer = signer
        self.file = file
        self.state = Mutex(state)
    }

    deinit { Glibc.close(file) }

    /// Opens the list and checks all of it; makes it for a vault that never had one. One that had
    /// is not opened without: who put an old copy of the vault back may have left the list behind.
    /// - Returns: the list, and its entries after `mark` (all of them, where it is nil): keys that
    ///   must be destroyed before anything is opened.
    /// - Throws: ``VaultError/erasureListBehind(file:has:needs:)``,
    ///   ``VaultError/damaged(file:reason:)``.
    static func open(
        _ path: String, signer: Signer, after mark: Mark?, atLeast: Int
    ) throws(VaultError) -> (list: ErasureList, missed: [Entry]) {
        let needs = max(mark?.count ?? 0, atLeast)
        if access(path, F_OK) != 0 {
            guard mark == nil, needs == 0 else {
                throw .erasureListBehind(file: path, has: 0, needs: needs)
            }
            try make(path, signer)
        }
        let file = Glibc.open(path, O_RDWR | O_APPEND | O_CLOEXEC)
        guard file >= 0 else { throw .io(file: path, reason: KeyFile.lastError()) }
        do throws(VaultError) {
            var reader = ErasureListReader(path: path, signer: signer, mark: mark)
            let state = try reader.readAll(file)
            guard state.mark.count >= needs else {
                throw VaultError.erasureListBehind(file: path, has: state.mark.count, needs: needs)
            }
            guard ftruncate(file, state.end) == 0 else {
                throw VaultError.io(file: path, reason: KeyFile.lastError())
            }
            let list = ErasureList(path: path, signer: signer, file: file, state: state)
            return (list, reader.missed)
        } catch let error {
            Glibc.close(file)
            throw error
        }
    }

    /// All that is signed so far.
    var mark: Mark { state.withLock { $0.mark } }

    /// Durable on return; on an error nothing was added.
    func append(_ entries: [Entry]) throws(VaultError) -> Mark {
        let outcome: Result<Mark, VaultError> = state.withLock { state in
            var bytes: [UInt8] = []
            for entry in entries {
                bytes += [entry.kind.rawValue, UInt8(ascii: " ")]
                bytes += Array(hex(entry.id).utf8) + [UInt8(ascii: "\n")]
            }
            var hasher = state.hasher
            hasher.update(data: bytes)
            let mark = Mark(
                count: state.mark.count + entries.count, digest: Array(hasher.finalize()))
            let line = signer.line(mark)
            hasher.update(data: line)
            bytes += line
            if let error = ErasureList.write(bytes, to: file, path) {
                // A part may have been written: it must not stand before the next entry.
                guard ftruncate(file, state.end) == 0 else {
                    SQLiteFile.stopProcess("\(path): \(KeyFile.lastError())")
                }
                return .failure(error)
            }
            guard fdatasync(file) == 0 else {
                SQLiteFile.stopProcess("\(path): \(KeyFile.lastError())")
            }
            state = State(
                mark: mark, hasher: hasher, end: state.end + bytes.count)
            return .success(mark)
        }
        return try outcome.get()
    }

    private static func make(_ path: String, _ signer: Signer) throws(VaultError) {
        let header = signer.header
        let mark = Mark(count: 0, digest: Array(SHA256.hash(data: header)))
        do {
            try KeyFile.make(path, header + signer.line(mark))
        } catch {
            throw .io(file: path, reason: KeyFile.lastError())
        }
    }

    private static func write(_ bytes: [UInt8], to file: Int32, _ path: String) -> VaultError? {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(file, buffer.baseAddress! + written, bytes.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return errno == ENOSPC
                    ? .diskFull : .io(file: path, reason: KeyFile.lastError())
            }
            written += count
        }
        return nil
    }
}
