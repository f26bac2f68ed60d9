import API
import Domain
import EventStore
import Projections
import Synchronization
import Testing

/// What happens at the very moment records are closed and erased.
@Suite("Anonymise: closing") struct ClosingTests {
    @Test("ANON-1 a key that two orders name stays closed where one of them does not commit")
    func twoOrders() async throws {
        let vault = ClosingVault(MemoryVault())
        let key = try await vault.takeKey().id
        vault.close([key])
        vault.close([key])
        vault.reopen([key])
        #expect(try await vault.key(key) == nil)
        #expect(try await vault.behind.key(key) != nil)
        vault.reopen([key])
        #expect(try await vault.key(key)?.id == key)
        vault.reopen([key])
        vault.close([key])
        #expect(try await vault.key(key) == nil, "what was never closed is reopened in vain")
    }

    @Test("ANON-1 a key read while it is closed, destroyed and forgotten opens nothing")
    func overtaken() async throws {
        let slow = SlowVault()
        let vault = ClosingVault(slow)
        let key = try await vault.takeKey().id
        let found = try await withThrowingTaskGroup(of: Bool.self) { group in
            slow.holdNext()
            group.addTask { try await vault.key(key) != nil }
            await slow.isHeld()
            vault.close([key])
            try await vault.destroy([key])
            vault.forget([key])
            slow.letGo()
            return try await group.next() ?? true
        }
        #expect(!found)
    }

    @Test("ANON-3 what was on its way into the keyed index is not put there after its erasure")
    func index() async throws {
        try await withFolder { folder in
            let slow = SlowVault()
            let vault = ClosingVault(slow)
            let index = try await KeyedIndex.open(folder, vault: vault)
            let store = MemoryStore()
            let clients = ClientIndex(index: index, store: store, vault: vault)
            let dispatch = Dispatch(
                store: store, vault: vault, clock: ManualClock(), ids: SeededIDs(),
                catalogue: .all)
            let (log, client) = try await Self.client(dispatch)
            let keys = try store.readStream(
                StreamName(of: client), in: log, from: 0, limit: 9
            ).flatMap { try Coding.sealedKeys(Coding.new($0)) }
            let number = IndexTerm("client.number", "4711".utf8, log: log, vault: vault)
            try await withThrowingTaskGroup(of: Void.self) { group in
                slow.holdNext()
                group.addTask {
                    _ = try await clients.clients(withNumber: "4711", in: log, limit: 9)
                }
                // Its key is read, and nothing stands in the index yet.
                await slow.isHeld()
                vault.close(keys)
                group.addTask {
                    try await clients.erase(records: [client.bits], claims: [], in: log)
                }
                // As long as an erasure that does not wait would take.
                _ = try await index.records(of: number, limit: 9)
                slow.letGo()
                try await group.waitForAll()
            }
            #expect(try await index.records(of: number, limit: 9).isEmpty)
            try await clients.close()
        }
    }

    private static func client(_ dispatch: Dispatch) async throws -> (LogID, ID<Client>) {
        let made = try await AnonymisedClinic.run(
            dispatch, "organisation.create",
            [
                "name": "Example", "zone": "UTC", "subdomain": "example",
                "administrator": ["name": "Ada Administrator"],
            ], at: nil)
        let answer = try await AnonymisedClinic.run(
            dispatch, "client.register",
            [
                "organisation": .string(made.organisation.description),
                "details": ["surname": "Lovelace", "externalNumber": "4711"],
            ], at: nil)
        let client = try #require(ID<Client>(answer.result.first?.value.text ?? ""))
        return (LogID(bits: made.organisation.bits), client)
    }
}

/// A vault that hands out a key late: it was read, and who asked has not heard yet.
private final class SlowVault: Vault {
    private let vault = MemoryVault()
    private struct State {
        var holdsNext = false
        var held: CheckedContinuation<Void, Never>?
        var waiting: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    /// Keeps the next answer back.
    func holdNext() { state.withLock { $0.holdsNext = true } }

    /// Returns once an answer is kept back.
    func isHeld() async {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.held == nil { state.waiting = continuation }
                return state.held != nil
            }
            if isHeld { continuation.resume() }
        }
    }

    func letGo() { state.withLock { $0.held }?.resume() }

    func key(_ id: KeyID) async throws(VaultError) -> VaultKey? {
        let key = try await vault.key(id)
        let holds = state.withLock { state in
            defer { state.holdsNext = false }
            return state.holdsNext
        }
        guard holds else { return key }
        await withCheckedContinuation { continuation in
            let waiting = state.withLock { state in
                state.held = continuation
                return state.waiting
            }
            waiting?.resume()
        }
        return key
    }

    func takeKey() async throws(VaultError) -> VaultKey { try await vault.takeKey() }
    func giveBack(_ key: VaultKey) { vault.giveBack(key) }
    func settle(_ key: VaultKey) { vault.settle(key) }
    func destroy(_ ids: [KeyID]) async throws(VaultError) { try await vault.destroy(ids) }

    func mac(_ purpose: MACPurpose, _ message: [UInt8]) -> [UInt8] { vault.mac(purpose, message) }

    func makeSecret() async throws(VaultError) -> EndingSecret { try await vault.makeSecret() }

    func secret(_ id: SecretID) async throws(VaultError) -> EndingSecret? {
        try await vault.secret(id)
    }

    func destroySecret(_ id: SecretID) async throws(VaultError) {
        try await vault.destroySecret(id)
    }

    func erasuresDone(in log: LogID) async throws(VaultError) -> Int64 {
        try await vault.erasuresDone(in: log)
    }

    func setErasuresDone(_ position: Int64, in log: LogID) async throws(VaultError) {
        try await vault.setErasuresDone(position, in: log)
    }
}
