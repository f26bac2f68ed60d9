import API
import ArgumentParser
import EventStore
import Foundation
import Projections

/// `anteroom replay`: rebuilds projections from the log alone and prints their digests. Source:
/// AUD-3.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract:
            "Rebuild projections from the log alone; print position, rows and digest of each.",
        discussion:
            "Appends, repairs and cuts nothing. What is printed is the same on every machine.")

    @OptionGroup var data: DataOptions
    @OptionGroup var until: UntilOptions
    @OptionGroup var organisation: OrganisationOption

    @Option(help: "This projection only.")
    var projection: String?

    @Option(help: "Keep what was built in this folder; left out: it is built in memory.")
    var into: String?

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() async throws {
        let store = try data.openLog()
        defer { store.close() }
        let history = try until.bound(store)
        let logs = try await organisation.logs(of: history)
        let replay = Replay(store: history, set: try set(), folder: into)
        var out = Output()
        for digest in try await replay.digests(of: logs) {
            out.line(json ? digest.json.description : digest.words)
        }
        out.flush()
        if !store.report.damage.isEmpty { throw Failure.wrong("the log is damaged: see `verify`") }
    }

    private func set() throws -> ViewSet {
        guard let projection else { return .all }
        let chosen = ViewSet.all.projections.filter { $0.name == projection }
        guard !chosen.isEmpty else {
            let names = ViewSet.all.projections.map { $0.name }.joined(separator: ", ")
            throw Failure.usage("--projection: one of \(names)")
        }
        return ViewSet(chosen)
    }
}

extension ViewDigest {
    var json: JSON {
        [
            "projection": .string(projection), "organisation": .string(log.description),
            "position": .integer(applied - 1), "rows": .integer(Int64(rows)),
            "digest": .string(description),
        ]
    }

    var words: String {
        let name = projection.padding(toLength: 14, withPad: " ", startingAt: 0)
        return "\(name) \(log) position \(applied - 1), \(rows) rows, \(self)"
    }
}
