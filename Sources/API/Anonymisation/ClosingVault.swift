package import EventStore
import Synchronization

/// The vault as everyone but the erasing itself sees it: from the moment an erasure is ordered, its
/// keys are not there, whether or not they are destroyed yet. Since nothing sealed is opened but
/// with a key from here, no answer, live view or state of former times shows a record between the
/// two (design.md, "Erasing").
package final class ClosingVault: Vault {
    /// With the keys that are ordered to go.
    package let behind: any Vault
    private struct State {
        /// How many orders name each: two may be on their way at once, and only one commits.
        var closed: [KeyID: Int] = [:]
        /// Times keys were forgotten.
        var forgotten = 0
    }
    private let state = Mutex(State())

    package init(_ vault: any Vault) { behind = vault }

    /// From here on these keys open nothing. Called right before the order commits.
    package func close(_ ids: some Sequence<KeyID>) {
        state.withLock { state in
            for id in ids { state.closed[id, default: 0] += 1 }
        }
    }

    /// The order did not commit; the records stay, unless another order names them.
    package func reopen(_ ids: some Sequence<KeyID>) {
        state.withLock { state in
            for id in ids {
                guard let orders = state.closed[id] else { continue }
                state.closed[id] = orders > 1 ? orders - 1 : nil
            }
        }
    }

    /// They are destroyed: no need to remember them.
    package func forget(_ ids: some Sequence<KeyID>) {
        state.withLock { state in
            for id in ids { state.closed[id] = nil }
            state.forgotten += 1
        }
    }

    package func key(_ id: KeyID) async throws(VaultError) -> RecordKey? {
        while true {
            let before = state.withLock { $0.closed[id] == nil ? $0.forgotten : nil }
            guard let before else { return nil }
            guard let key = try await behind.key(id) else { return nil }
            let after = state.withLock { $0.closed[id] == nil ? $0.forgotten : nil }
            // Closed while the file was read.
            guard let after else { return nil }
            // Keys were closed, destroyed and forgotten meanwhile; this may have been one.
            if after == before { return key }
        }
    }

    package func readAhead(_ ids: [KeyID]) async throws(VaultError) {
        try await behind.readAhead(ids)
    }

    package func takeKey() async throws(VaultError) -> RecordKey { try await behind.takeKey() }

    package func giveBack(_ key: RecordKey) { behind.giveBack(key) }

    package func settle(_ key: RecordKey) { behind.settle(key) }

    package func destroy(_ ids: [KeyID]) async throws(VaultError) { try await behind.destroy(ids) }

    package func mac(_ purpose: MACPurpose, _ message: [UInt8]) -> [UInt8] {
        behind.mac(purpose, message)
    }

    package func makeSecret() async throws(VaultError) -> EndingSecret {
        try await behind.makeSecret()
    }

    package func secret(_ id: SecretID) async throws(VaultError) -> EndingSecret? {
        try await behind.secret(id)
    }

    package func destroySecret(_ id: SecretID) async throws(VaultError) {
        try await behind.destroySecret(id)
    }

    package func erasuresDone(in log: LogID) async throws(VaultError) -> Int64 {
        try await behind.erasuresDone(in: log)
    }

    package func setErasuresDone(_ position: Int64, in log: LogID) async throws(VaultError) {
        try await behind.setErasuresDone(position, in: log)
    }
}
