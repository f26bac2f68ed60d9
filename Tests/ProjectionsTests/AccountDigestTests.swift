import Domain
import EventStore
import Projections
import Testing

/// Projections that came with accounts, mail, rooms and alerts: what they show follows from the log
/// and nothing else.
@Suite("Digest: accounts, mail, rooms and alerts") struct AccountDigestTests {
    private static let projections = [
        Directory.name, Outbox.name, Rooms.name, Alerting.name, RetentionDue.name,
    ]

    @Test(
        "AUD-3 accounts, mail, rooms and alerts: live equals a replay at every position",
        arguments: 201...204)
    func everyPosition(seed: UInt64) async throws {
        let store = MemoryStore()
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let live = try await running(store, in: folder.path) { runner, shelf in
            var history = History(seed: seed, isOfAccounts: true)
            var digests: [[ViewDigest]] = []
            for _ in 0..<80 {
                let appended = try store.append(history.commit(in: .north))
                try await runner.caughtUp(.north, store)
                let now = try await Views(shelf).digests(of: .north)
                #expect(now.allSatisfy { $0.applied == appended.last + 1 })
                digests.append(now)
            }
            return digests
        }
        let replay = Replay(store, cores: 1)
        for digests in live {
            let position = try #require(digests.first).applied - 1
            let replayed = try await replay.digests(of: .north, .through(position))
            #expect(replayed == digests, "seed \(seed), position \(position)")
        }
        // It is their rows that were compared, and they changed on the way.
        for projection in AccountDigestTests.projections {
            let seen = live.flatMap { $0 }.filter { $0.projection == projection }
            #expect(seen.contains { $0.rows > 1 }, "\(projection), seed \(seed)")
            #expect(Set(seen.map(\.bytes)).count > 3, "\(projection), seed \(seed)")
        }
    }

    @Test("AUD-3 every event of accounts, mail, rooms and alerts comes in the histories compared")
    func everyEvent() throws {
        let store = MemoryStore()
        var history = History(seed: 205, isOfAccounts: true)
        for _ in 0..<1_200 { _ = try store.append(history.commit(in: .north)) }
        let events = try store.read(.north, from: 0, limit: 10_000)
        let seen = Set(events.map(\.type))
        func check<Family: EventFamily>(_ family: Family.Type) {
            for member in Family.members.all {
                let type = EventType(high: member.name.high, low: member.name.low)
                #expect(seen.contains(type), "\(type)")
            }
        }
        for family in History.accountFamilies + [StaffEvent.self, ErasureEvent.self] {
            check(family)
        }
        let categories = Set(events.map(\.stream.category))
        for projection in [any Projection.Type]([
            Directory.self, Outbox.self, Rooms.self, Alerting.self, RetentionDue.self,
        ]) {
            for category in projection.categories {
                #expect(categories.contains(category), "\(projection.name) reads \(category)")
            }
        }
    }
}
