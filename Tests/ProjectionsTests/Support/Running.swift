import EventStore
import Foundation
import Projections
import Synchronization

/// A folder of one test's own: `defer { folder.remove() }`. Not by itself when it is last used:
/// that may be long before what was opened in it is closed.
struct TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "anteroom-projections-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func remove() {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            print("\(path) could not be removed: \(error)")
        }
    }
}

/// What operators were told.
final class Notices: Sendable {
    private let told = Mutex<[ViewNotice]>([])
    var all: [ViewNotice] { told.withLock { $0 } }
    func note(_ notice: ViewNotice) { told.withLock { $0.append(notice) } }
}

/// Runs projections in `folder` while `body` does.
func running<Answer: Sendable>(
    _ store: MemoryStore, in folder: String, _ set: ViewSet = .all, notices: Notices = Notices(),
    snapshots: Snapshots? = nil, upcasters: Upcasters = .all, cores: Int = 2, rowsKept: Int = 4,
    _ body: @escaping @Sendable (Runner, ViewShelf) async throws -> Answer
) async throws -> Answer {
    let shelf = try ViewShelf(folder: folder, set, notice: notices.note)
    let runner = Runner(
        store, shelf, snapshots: snapshots, upcasters: upcasters, cores: cores,
        rowsKept: rowsKept, notice: notices.note)
    let answer = try await withThrowingTaskGroup(of: Answer?.self) { group in
        group.addTask {
            try await runner.run()
            return nil
        }
        group.addTask { try await body(runner, shelf) }
        var answer: Answer?
        while answer == nil, let next = try await group.next() { answer = next }
        group.cancelAll()
        return answer
    }
    try shelf.close()
    guard let answer else { preconditionFailure("projections ended before the test did") }
    return answer
}

extension Runner {
    /// Until every projection of `log` shows all of it.
    func caughtUp(_ log: LogID, _ store: MemoryStore, _ set: ViewSet = .all) async throws {
        let head = try store.head(of: log)
        for projection in set.projections {
            try await waitUntil(projection.name, log, shows: head - 1)
        }
    }
}

extension Replay {
    /// Digests of one log by a replay into memory.
    func digests(
        of log: LogID, _ end: ReplayEnd = .head, _ set: ViewSet = .all,
        from snapshots: Snapshots? = nil
    ) async throws -> [ViewDigest] {
        try await views(of: log, at: end, set, from: snapshots).digests(of: log)
    }
}
