import EventStore
import Foundation

extension Bench {
    /// The vault: bytes a key, and rotation to another installation key while one writer goes on
    /// committing.
    func measureVault() async throws {
        let count = scaled(1_000_000)
        let folder = try fresh("vault")
        let vault = try await SQLiteVault.open(
            folder.path, key: .random(), erasureList: folder.appending(path: "erasures").path)
        for _ in 0..<count { vault.settle(try await vault.takeKey()) }
        let file = folder.appending(path: SQLiteVault.fileName).path
        let store = try Ours.open(fresh("ours"))
        let began = ContinuousClock.now
        async let committed = Bench.commit(
            to: store,
            during: {
                try await vault.rotate(to: .random())
            })
        let commits = try await committed
        let taken = (ContinuousClock.now - began).inSeconds
        store.close()
        try await vault.close()
        let bytes = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
        let label = "\(short(Double(count))) keys"
        report.add(
            "vault on disk, \(label)", ours: Double(bytes) / Double(count), unit: "B/key",
            lessIsBetter: true, atLeast: 110)
        report.add(
            "rotation, \(label), commits going on", ours: Double(count) / taken, unit: "keys/s",
            atLeast: 33_334)
        report.add("commits by 1 writer meanwhile", ours: Double(commits) / taken, unit: "/s")
    }

    /// Appends by one writer until `body` is done; how many.
    private static func commit(
        to store: SegmentStore, during body: @escaping @Sendable () async throws -> Void
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                try await body()
                return 0
            }
            group.addTask {
                var maker = LoadMaker()
                var count = 0
                while !Task.isCancelled {
                    _ = try await store.append(try maker.commit(1))
                    count += 1
                }
                return count
            }
            _ = try await group.next()
            group.cancelAll()
            return try await group.next() ?? 0
        }
    }
}
