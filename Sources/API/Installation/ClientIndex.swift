package import Domain
package import EventStore
import Projections

/// Finds clients by what only the vault may tie to them: their number in the practice's own system.
///
/// Brought up to the log's head when it is asked, so that what was just written is found; a cache,
/// made anew from log and keys whenever it is gone.
package actor ClientIndex {
    private let index: KeyedIndex
    private let store: any EventStore
    private let vault: any Vault
    /// Logs being caught up: who comes meanwhile waits for the same work.
    private var busy: [LogID: [CheckedContinuation<Void, Never>]] = [:]

    /// Events read at once.
    static let page = 4_096
    static let kind: Word = "client.number"

    package init(index: KeyedIndex, store: any EventStore, vault: any Vault) {
        self.index = index
        self.store = store
        self.vault = vault
    }

    /// Clients with that number, by id; several where several were registered with it.
    package func clients(
        withNumber number: String, in log: LogID, limit: Int
    ) async throws(Refusal) -> [ID<Client>] {
        try await catchUp(log)
        do {
            return try await index.records(of: term(number, log), limit: limit)
                .map { ID(bits: $0) }
        } catch {
            throw .vault(error)
        }
    }

    package func close() async throws(VaultError) { try await index.close() }

    /// Applies what the log holds beyond the index's position; one at a time for each log.
    private func catchUp(_ log: LogID) async throws(Refusal) {
        while busy[log] != nil {
            await withCheckedContinuation { busy[log]?.append($0) }
        }
        busy[log] = []
        defer {
            for waiter in busy.removeValue(forKey: log) ?? [] { waiter.resume() }
        }
        do {
            var next = try await index.position(of: log)
            while true {
                let events = try await store.read(log, from: next, limit: ClientIndex.page)
                guard let last = events.last else { return }
                var changes: [IndexChange] = []
                for event in events where event.stream.category == Category.client {
                    changes += try await self.changes(event)
                }
                next = last.position + 1
                try await index.apply(changes, log: log, next: next)
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch let error as VaultError {
            throw .vault(error)
        } catch let error as ReadError {
            throw .read(error)
        } catch {
            throw .unreadable(reason: "\(error)")
        }
    }

    private func changes(_ event: RecordedEvent) async throws -> [IndexChange] {
        let sealed: Sealed<ClientDetails>
        switch try Coding.event(event, as: ClientEvent.self) {
        case .registered(let registered): sealed = registered.details
        case .changed(let changed): sealed = changed.details
        }
        let record = event.stream.id
        guard case .shut(let bytes) = sealed,
            let key = try await vault.key(KeyID(bits: bytes.key.bits))
        else { return [.forget(record: record)] }
        let details = try Coding.open(
            bytes, as: ClientDetails.self, under: key, event.stream, in: event.log)
        guard let number = details.externalNumber else { return [.forget(record: record)] }
        return [.forget(record: record), .add(term(number, event.log), record: record)]
    }

    private func term(_ number: String, _ log: LogID) -> IndexTerm {
        IndexTerm(ClientIndex.kind, number.utf8, log: log, vault: vault)
    }
}
