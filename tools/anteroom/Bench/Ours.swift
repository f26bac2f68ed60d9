import EventStore
import Foundation

/// The embedded engine with the settings it ships with.
enum Ours {
    static func open(_ folder: URL) throws -> SegmentStore {
        let store = try SegmentStore.open(folder: folder.path)
        if let reason = store.report.readOnly { throw BenchError(message: "read only: \(reason)") }
        store.settle()  // The first segment prepared: what a server that has run for a minute has.
        return store
    }

    /// Appends all of `load` in commits of 256.
    static func fill(_ store: SegmentStore, _ load: Load) async throws {
        for start in stride(from: 0, to: load.entries.count, by: Limits.commitEvents) {
            let end = min(start + Limits.commitEvents, load.entries.count)
            _ = try await store.append(Commit(load.entries[start..<end]))
        }
    }

    /// Appends the next `count` events of `maker` in commits of 256.
    static func fill(_ store: SegmentStore, _ maker: inout LoadMaker, _ count: Int) async throws {
        var left = count
        while left > 0 {
            let size = min(left, Limits.commitEvents)
            _ = try await store.append(try maker.commit(size))
            left -= size
        }
    }
}
