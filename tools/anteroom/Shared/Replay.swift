import EventStore
import Foundation
import Projections

/// Builds projections from the log alone.
struct Replay {
    let store: any EventStore
    let set: ViewSet
    /// A folder to build them in; nil: in memory.
    let folder: String?

    /// Every projection's digest of each log, logs ascending.
    func digests(of logs: [LogID]) async throws -> [ViewDigest] {
        let shelf =
            try folder.map { folder throws(ViewError) in
                try ViewShelf(folder: folder, set) { Terminal.say("replay: \($0)") }
            } ?? ViewShelf(inMemory: "replay", set)
        try await Replay.caughtUp(store, shelf, logs)
        let views = Views(shelf)
        var digests: [ViewDigest] = []
        for log in logs { digests += try await views.digests(of: log) }
        try shelf.close()
        return digests
    }

    /// Returns once `shelf` shows all there is of `logs`.
    static func caughtUp(
        _ store: any EventStore, _ shelf: ViewShelf, _ logs: [LogID]
    ) async throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let runner = Runner(store, shelf, cores: cores) { Terminal.say("projections: \($0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            for log in logs {
                let head = try await store.head(of: log)
                for projection in shelf.set.projections {
                    try await runner.waitUntil(projection.name, log, shows: head - 1)
                }
            }
            group.cancelAll()
        }
    }
}
