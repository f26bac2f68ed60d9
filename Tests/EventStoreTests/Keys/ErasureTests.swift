import EventStore
import Foundation
import Synchronization
import Testing

@Suite("Erasure") struct ErasureTests {
    @Test("ANON-4 what is ordered is gone from index and vault, and `erased` stands in the log")
    func whole() async throws {
        let bed = try await ErasureBed()
        try await bed.erasure().run(in: ErasureBed.log) { bed.events.order(bed.doomed()) }
        try await bed.expectErased()
        #expect(bed.events.trail == ["order", "erased 0"])
        #expect(try await bed.erasure().finish(ErasureBed.log) == 0)
        #expect(bed.events.trail == ["order", "erased 0"])
    }

    @Test("ANON-4 an order that is refused erases nothing")
    func refused() async throws {
        let bed = try await ErasureBed()
        await #expect(throws: Killed.self) {
            try await bed.erasure().run(in: ErasureBed.log) { throw Killed() }
        }
        #expect(try await bed.vault.key(bed.keys[0]) != nil)
        #expect(try await bed.index.records(of: bed.term, limit: 9) == [1, 2, 3])
    }

    @Test("ANON-4 killed after any step, it is finished after the restart", arguments: 0...8)
    func killed(step: Int) async throws {
        let bed = try await ErasureBed()
        bed.events.order(bed.doomed())
        bed.events.order(bed.doomed(second: true))
        bed.steps.killAfter(step)
        var wasKilled = false
        do {
            try await bed.erasure().finish(ErasureBed.log)
        } catch is Killed {
            wasKilled = true
        } catch let error as VaultError where error == Steps.killed {
            wasKilled = true
        }
        #expect(wasKilled == (step < 8), "four steps for each order")
        try await bed.crash()
        try await bed.erasure().finish(ErasureBed.log)
        try await bed.expectErased(second: true)
        #expect(bed.events.trail == ["order", "order", "erased 0", "erased 1"])
        #expect(try await bed.vault.erasuresDone(in: ErasureBed.log) == 2)
        #expect(try await bed.erasure().finish(ErasureBed.log) == 0)
    }

    @Test("ANON-4 two that finish at once do no harm")
    func twice() async throws {
        let bed = try await ErasureBed()
        bed.events.order(bed.doomed())
        bed.events.order(bed.doomed(second: true))
        let erasure = bed.erasure()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { _ = try await erasure.finish(ErasureBed.log) } }
            try await group.waitForAll()
        }
        try await bed.expectErased(second: true)
        #expect(Set(bed.events.trail.suffix(2)) == ["erased 0", "erased 1"])
        #expect(bed.events.trail.count == 4)
    }
}

/// Stands for `kill -9` in the middle.
struct Killed: Error {}

/// Counts steps, and kills after so many.
final class Steps: Sendable {
    static let killed = VaultError.io(file: "none", reason: "killed")
    private let left = Mutex(Int.max)

    func killAfter(_ count: Int) { left.withLock { $0 = count } }

    /// Throws where the process would have been killed at this point.
    func step() throws(VaultError) {
        let isKilled = left.withLock { left in
            defer { left -= 1 }
            return left <= 0
        }
        if isKilled { throw Steps.killed }
    }
}

/// The vault, where a test may kill before and after what erasing asks of it.
struct SteppedVault: Vault {
    let vault: SQLiteVault
    let steps: Steps

    func destroy(_ ids: [KeyID]) async throws(VaultError) {
        try steps.step()
        try await vault.destroy(ids)
        try steps.step()
    }

    func setErasuresDone(_ position: Int64, in log: LogID) async throws(VaultError) {
        try await vault.setErasuresDone(position, in: log)
        try steps.step()
    }

    func erasuresDone(in log: LogID) async throws(VaultError) -> Int64 {
        try await vault.erasuresDone(in: log)
    }
    func takeKey() async throws(VaultError) -> RecordKey { try await vault.takeKey() }
    func giveBack(_ key: RecordKey) { vault.giveBack(key) }
    func settle(_ key: RecordKey) { vault.settle(key) }
    func key(_ id: KeyID) async throws(VaultError) -> RecordKey? { try await vault.key(id) }
    func mac(_ purpose: MACPurpose, _ message: [UInt8]) -> [UInt8] { vault.mac(purpose, message) }
    func makeSecret() async throws(VaultError) -> EndingSecret { try await vault.makeSecret() }
    func secret(_ id: SecretID) async throws(VaultError) -> EndingSecret? {
        try await vault.secret(id)
    }
    func destroySecret(_ id: SecretID) async throws(VaultError) {
        try await vault.destroySecret(id)
    }
}

/// Three records with a key each, found by one term; the third one is to stay.
final class ErasureBed {
    static let log = LogID(bits: 5)
    let steps = Steps()
    let events: Orders
    let keys: [KeyID]
    let term: IndexTerm
    private let bed: VaultBed
    private(set) var vault: SQLiteVault
    private(set) var index: KeyedIndex
    private var folder: String

    init() async throws {
        bed = try await VaultBed()
        events = Orders(steps)
        vault = bed.vault
        folder = bed.folder
        index = try await KeyedIndex.open(folder, vault: vault)
        var keys: [KeyID] = []
        for _ in 0..<3 { keys.append(try await vault.takeKey().id) }
        self.keys = keys
        term = IndexTerm("client.visits", id: 7, log: Self.log, vault: vault)
        try await index.apply(
            [1, 2, 3].map { .add(term, record: $0) } + [.claim(term, claim: 44)],
            log: Self.log, next: 3)
    }

    func erasure() -> Erasure {
        Erasure(vault: SteppedVault(vault: vault, steps: steps), index: index, events: events)
    }

    func doomed(second: Bool = false) -> ErasureOrder {
        ErasureOrder(
            log: Self.log, position: 0, keys: [keys[second ? 1 : 0]], records: [second ? 2 : 1],
            claims: second ? [44] : [])
    }

    /// Goes on with what a kill now leaves on the disk.
    func crash() async throws {
        let copy = try bed.crashed(into: "crashed")
        try await vault.close()
        try await index.close()
        folder = copy
        steps.killAfter(.max)
        vault = try await SQLiteVault.open(copy, key: bed.key, erasureList: copy + ".erasures")
        index = try await KeyedIndex.open(copy, vault: vault)
        #expect(index.thrownAway == nil)
    }

    func expectErased(second: Bool = false) async throws {
        #expect(try await vault.key(keys[0]) == nil)
        #expect((try await vault.key(keys[1]) == nil) == second)
        #expect(try await vault.key(keys[2]) != nil)
        #expect(try await index.records(of: term, limit: 9) == (second ? [3] : [2, 3]))
        #expect(try await index.claim(of: term) == (second ? nil : 44))
    }

}

/// A log that holds orders, in memory: it outlives the crashes of the test.
final class Orders: ErasureLog {
    private struct State {
        var orders: [ErasureOrder] = []
        var erased: Set<Int64> = []
        var trail: [String] = []
    }
    private let state = Mutex(State())
    let steps: Steps

    init(_ steps: Steps) { self.steps = steps }

    var trail: [String] { state.withLock { $0.trail } }
    var erased: [Int64] { state.withLock { $0.erased.sorted() } }

    func order(_ order: ErasureOrder) {
        state.withLock { state in
            state.trail.append("order")
            state.orders.append(
                ErasureOrder(
                    log: order.log, position: Int64(state.orders.count), keys: order.keys,
                    records: order.records, claims: order.claims))
        }
    }

    func orders(
        in log: LogID, from position: Int64
    ) async throws -> (orders: [ErasureOrder], next: Int64) {
        state.withLock { state in
            let page = Array(state.orders.filter { $0.position >= position }.prefix(1))
            return (page, page.last.map { $0.position + 1 } ?? position)
        }
    }

    func commitErased(_ order: ErasureOrder) async throws {
        state.withLock { state in
            guard state.erased.insert(order.position).inserted else { return }
            state.trail.append("erased \(order.position)")
        }
        do { try steps.step() } catch { throw Killed() }
    }
}
