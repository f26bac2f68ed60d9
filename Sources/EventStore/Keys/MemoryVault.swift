import Crypto
import Synchronization

/// A vault without a file, for tests and trials: what it holds ends with it.
package final class MemoryVault: Vault {
    private struct State {
        var keys: [KeyID: SymmetricKey] = [:]
        var returned: [RecordKey] = []
        var secrets: [SecretID: SymmetricKey] = [:]
        var erasuresDone: [LogID: Int64] = [:]
    }

    private let state = Mutex(State())
    private let macs: MACKeys

    /// - Parameter secret: what macs are made with; the same gives the same.
    package init(secret: [UInt8] = Array("a vault in memory".utf8)) {
        macs = MACKeys(secret: SymmetricKey(data: secret))
    }

    package func takeKey() async throws(VaultError) -> RecordKey {
        state.withLock { state in
            if let key = state.returned.popLast() { return key }
            let key = RecordKey(id: KeyID(bits: .random()), key: SymmetricKey(size: .bits256))
            state.keys[key.id] = key.key
            return key
        }
    }

    package func giveBack(_ key: RecordKey) {
        state.withLock { state in
            guard state.keys[key.id] != nil else { return }
            state.returned.append(key)
        }
    }

    package func settle(_ key: RecordKey) {}

    package func key(_ id: KeyID) async throws(VaultError) -> RecordKey? {
        state.withLock { state in state.keys[id].map { RecordKey(id: id, key: $0) } }
    }

    package func destroy(_ ids: [KeyID]) async throws(VaultError) {
        state.withLock { state in
            for id in ids { state.keys[id] = nil }
            state.returned.removeAll { state.keys[$0.id] == nil }
        }
    }

    package func mac(_ purpose: MACPurpose, _ message: [UInt8]) -> [UInt8] {
        macs.mac(purpose, message)
    }

    package func makeSecret() async throws(VaultError) -> EndingSecret {
        let secret = EndingSecret(
            id: SecretID(bits: .random()), key: SymmetricKey(size: .bits256))
        state.withLock { $0.secrets[secret.id] = secret.key }
        return secret
    }

    package func secret(_ id: SecretID) async throws(VaultError) -> EndingSecret? {
        state.withLock { state in state.secrets[id].map { EndingSecret(id: id, key: $0) } }
    }

    package func destroySecret(_ id: SecretID) async throws(VaultError) {
        state.withLock { $0.secrets[id] = nil }
    }

    package func erasuresDone(in log: LogID) async throws(VaultError) -> Int64 {
        state.withLock { $0.erasuresDone[log] ?? 0 }
    }

    package func setErasuresDone(_ position: Int64, in log: LogID) async throws(VaultError) {
        state.withLock { $0.erasuresDone[log] = max($0.erasuresDone[log] ?? 0, position) }
    }
}

extension UInt128 {
    /// From the system's generator. Never 0, which is kept for what has no id.
    static func random() -> UInt128 { random(in: 1...UInt128.max) }

    /// 16 bytes, highest first.
    var bigEndianBytes: [UInt8] {
        withUnsafeBytes(of: bigEndian) { Array($0) }
    }

    /// Nil unless `bytes` are 16.
    init?(bigEndianBytes bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }
}
