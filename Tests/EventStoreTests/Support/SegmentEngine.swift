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
                    verify: { try faults(in: "\(folder)/log") })
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

/// What is wrong with the log in `folder`, in words; empty where all is well.
func faults(in folder: String, _ disk: any Disk = PosixDisk()) throws -> [String] {
    let store = try SegmentStore.openReadOnly(folder: folder, options: .tiny, disk: disk)
    defer { store.close() }
    return store.report.damage.map { "\($0)" } + store.report.cuts.map { "\($0)" }
}
