import EventStore
import Foundation

extension Bench {
    /// Bytes on disk an event, of the log and of its indexes, as single-event commits by 64 writers
    /// left them and repacking settled them; of SQLite beside it; of the vault a key.
    func measureBytes() async throws {
        let count = scaled(1_000_000)
        for (content, label, goal) in [
            (Workload.Content.mixed, "plain", 100.0), (.sealed, "with a 120 B seal", 215.0),
        ] {
            let load = try Load(count, content: content)
            let folder = try fresh("ours")
            let store = try Ours.open(folder)
            _ = try await append(load.lanes(64), to: store)
            store.close()
            let reopened = try Ours.open(folder)
            reopened.settle()
            let bytes = try logBytes(folder)
            reopened.close()
            let events = Double(count)
            report.add(
                "log on disk, \(label)", ours: Double(bytes.log) / events, unit: "B/event",
                lessIsBetter: true, atLeast: goal)
            report.add(
                "indexes on disk, \(label)", ours: Double(bytes.indexes) / events,
                unit: "B/event", lessIsBetter: true, atLeast: 60)
            if content == .mixed {
                try measureSQLiteBytes(load, ours: Double(bytes.log + bytes.indexes) / events)
            }
        }
    }

    /// Bytes written, prepared room left out: it is there once, however long the log.
    private func logBytes(_ folder: URL) throws -> (log: Int, indexes: Int) {
        var log = 0
        for url in try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        where url.pathExtension == "seg" {
            let bytes = try Data(contentsOf: url, options: .alwaysMapped)
            log += (bytes.lastIndex { $0 != 0 } ?? -1) + 1
        }
        return (log, bytesOnDisk(folder) { $0.hasSuffix(".run") })
    }

    private func measureSQLiteBytes(_ load: Load, ours: Double) throws {
        let folder = try fresh("sqlite")
        let peer = try SQLitePeer(folder: folder)
        let events = try load.benchEvents()
        report.add(
            "the same event as JSON",
            ours: Double(events.reduce(0) { $0 + $1.json.count }) / Double(events.count),
            unit: "B/event")
        for start in stride(from: 0, to: events.count, by: 10_000) {
            try peer.load(events[start..<min(start + 10_000, events.count)])
        }
        try peer.checkpoint()
        peer.close()
        report.add(
            "log and indexes on disk, plain", ours: ours, unit: "B/event", peer: "SQLite",
            peerValue: Double(bytesOnDisk(folder)) / Double(events.count), lessIsBetter: true)
    }
}
