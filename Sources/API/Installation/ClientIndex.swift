package import Domain
package import EventStore

/// Finds clients and staff by their number in the practice's own system, and records by their
/// client: ties that only the vault may make.
///
/// Brought up to the log's head when it is asked, so that what was just written is found; a cache,
/// made anew from log and keys whenever it is gone.
package actor ClientIndex {
    private let index: KeyedIndex
    private let store: any EventStore
    private let ties: ClientTies
    /// Logs being worked on: who comes meanwhile waits.
    private var busy: [LogID: [CheckedContinuation<Void, Never>]] = [:]

    /// Events read at once.
    static let page = 4_096
    /// Records of one kind and client that are found; those beyond are left out, and that is said.
    package static let recordsMax = 5_000

    package init(index: KeyedIndex, store: any EventStore, vault: any Vault) {
        self.index = index
        self.store = store
        ties = ClientTies(store: store, vault: vault)
    }

    /// Clients with that number, by id; several where several were registered with it.
    package func clients(
        withNumber number: String, in log: LogID, limit: Int
    ) async throws(Refusal) -> [ID<Client>] {
        try await catchUp(log)
        do {
            return try await index.records(of: ties.number(number, in: log), limit: limit)
                .map { ID(bits: $0) }
        } catch {
            throw .vault(error)
        }
    }

    /// Whether an e-mail address is known as a client's; letters of either case are one.
    package func isClients(_ address: String, in log: LogID) async throws(Refusal) -> Bool {
        try await catchUp(log)
        do {
            return try await !index.records(of: ties.email(address, in: log), limit: 1).isEmpty
        } catch {
            throw .vault(error)
        }
    }

    /// Staff members with that number, as the other.
    package func staff(
        withNumber number: String, in log: LogID, limit: Int
    ) async throws(Refusal) -> [ID<Staff>] {
        try await catchUp(log)
        do {
            return try await index.records(of: ties.staffNumber(number, in: log), limit: limit)
                .map { ID(bits: $0) }
        } catch {
            throw .vault(error)
        }
    }

    /// Staff members with that e-mail address, by id.
    package func staff(
        withEmail address: SoughtAddress, in log: LogID, limit: Int
    ) async throws(Refusal) -> [ID<Staff>] {
        try await catchUp(log)
        do {
            return try await index.records(of: ties.staffEmail(address, in: log), limit: limit)
                .map { ID(bits: $0) }
        } catch {
            throw .vault(error)
        }
    }

    /// A client's appointments, visits and answers, by their streams.
    /// - Returns: the streams by kind and id, and whether those are all.
    package func records(
        of client: ID<Client>, in log: LogID
    ) async throws(Refusal) -> (streams: [StreamName], areAll: Bool) {
        try await catchUp(log)
        var streams: [StreamName] = []
        var areAll = true
        do {
            for (kind, category) in ClientTies.records {
                let found = try await index.records(
                    of: ties.records(kind, of: client, in: log), limit: ClientIndex.recordsMax + 1)
                areAll = areAll && found.count <= ClientIndex.recordsMax
                streams += found.prefix(ClientIndex.recordsMax).map { StreamName(category, $0) }
            }
        } catch {
            throw .vault(error)
        }
        return (streams, areAll)
    }

    /// Removes all that leads to these records of one log, whose keys are closed or gone. Not while
    /// a page of events is read into the index: what was opened before the keys were closed would
    /// be put there after this.
    package func erase(
        records: [UInt128], claims: [UInt128], in log: LogID
    ) async throws(VaultError) {
        await begin(log)
        defer { end(log) }
        try await index.erase(records: records, claims: claims)
    }

    package func close() async throws(VaultError) { try await index.close() }

    /// Applies what the log holds beyond the index's position; one at a time for each log.
    private func catchUp(_ log: LogID) async throws(Refusal) {
        await begin(log)
        defer { end(log) }
        do {
            var next = try await index.position(of: log)
            while true {
                let events = try await store.read(log, from: next, limit: ClientIndex.page)
                guard let last = events.last else { return }
                var changes: [IndexChange] = []
                for event in events { changes += try await ties.changes(event) }
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

    private func begin(_ log: LogID) async {
        while busy[log] != nil {
            await withCheckedContinuation { busy[log]?.append($0) }
        }
        busy[log] = []
    }

    private func end(_ log: LogID) {
        for waiter in busy.removeValue(forKey: log) ?? [] { waiter.resume() }
    }
}
