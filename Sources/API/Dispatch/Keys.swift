import Domain
import EventStore

extension Dispatch {
    /// The record key of that id; refused where it was destroyed.
    func key(_ id: KeyID) async throws(Refusal) -> VaultKey {
        guard let key = try await vaultKey(id) else { throw .erased(field: "") }
        return key
    }

    /// ``Vault/readAhead(_:)``
    func readAhead(_ ids: [KeyID]) async throws(Refusal) {
        do {
            try await vault.readAhead(ids)
        } catch {
            throw .vault(error)
        }
    }

    /// The record key of that id; nil where it was destroyed.
    func vaultKey(_ id: KeyID) async throws(Refusal) -> VaultKey? {
        do {
            return try await vault.key(id)
        } catch {
            throw .vault(error)
        }
    }

    /// A record in the clear; nil where it was erased.
    func open<Record: OpenedRecord>(
        _ sealed: Sealed<Record>, _ stream: StreamName, in log: LogID
    ) async throws(Refusal) -> Record? {
        switch sealed {
        case .open(let record, _): return record
        case .shut(let bytes):
            guard let key = try await vaultKey(KeyID(bits: bytes.key.bits)) else { return nil }
            return try Coding.open(bytes, as: Record.self, under: key, stream, in: log)
        }
    }
}
