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
        let logs = try await organisation.logs(of: store)
        let output = CommandOutput(.terminal)
        let set = try set()
        let shelf =
            try into.map { folder throws(ViewError) in
                try ViewShelf(folder: folder, set) { Terminal.say("replay: \($0)") }
            } ?? ViewShelf(inMemory: "replay", set)
        let digests = try await Replay.digests(
            of: logs, in: store, until: try until.end() ?? .head, onto: shelf)
        // Of a log that began later there was nothing then.
        for digest in digests where digest.applied > 0 {
            try await output.line(json ? digest.json.description : digest.words)
        }
        try shelf.close()
        try await output.flush()
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

extension Replay {
    /// Every projection's digest of each log as it was at `end`, logs ascending, rows on `shelf`.
    static func digests(
        of logs: [LogID], in store: any EventStore, until end: ReplayEnd, onto shelf: ViewShelf
    ) async throws -> [ViewDigest] {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let standings = try await Replay(store, cores: cores).run(
            onto: shelf, logs: logs, until: end)
        for standing in standings {
            if let failure = standing.failure { throw failure }
            if let stop = standing.stops.first { throw ViewError.stopped(stop) }
        }
        var digests: [ViewDigest] = []
        for log in logs { digests += try await Views(shelf).digests(of: log) }
        return digests
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
