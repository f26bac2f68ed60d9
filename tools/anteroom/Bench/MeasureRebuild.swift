import EventStore
import Foundation
import Projections

extension Bench {
    /// `waiting-area` built from the log on an empty disk, as a server does it at start.
    func measureRebuild() async throws {
        let load = try Load(scaled(1_000_000))
        let store = try Ours.open(fresh("ours"))
        try await Ours.fill(store, load)
        store.settle()
        let shelf = try ViewShelf(
            folder: fresh("read").path, ViewSet([WaitingArea.self])
        ) { Terminal.say("bench: \($0)") }
        let clock = ContinuousClock()
        let started = clock.now
        try await Replay(store, cores: 1).run(onto: shelf, logs: [Workload.organisation])
        let taken = (clock.now - started).inSeconds
        try shelf.close()
        store.close()
        report.add(
            "rebuild waiting-area from an empty disk", ours: Double(load.entries.count) / taken,
            unit: "events/s", atLeast: 500_000)
    }
}
