import EventStore
import Foundation

extension Engine {
    static let segments = onDisk("SegmentStore", SegmentOptions())
    static let tinySegments = onDisk("SegmentStore, tiny segments", .tiny)

    private static func onDisk(_ name: String, _ options: SegmentOptions) -> Engine {
        Engine(
            name: name,
            open: { folder in
                let store = try SegmentStore.open(folder: "\(folder)/log", options: options)
                return Opened(
                    store: store, close: { store.close() }, settle: { store.settle() },
                    verify: { try faults(of: store) })
            },
            forgetIndexes: { folder in
                let log = "\(folder)/log"
                for name in try FileManager.default.contentsOfDirectory(atPath: log)
                where name.hasSuffix(".run") {
                    try FileManager.default.removeItem(atPath: "\(log)/\(name)")
                }
            })
    }
}

/// What is wrong with a store, in words; empty where all is well.
func faults(of store: SegmentStore) throws -> [String] {
    try store.verify().findings.map { "\($0.file) at \($0.offset): \($0.reason)" }
}
