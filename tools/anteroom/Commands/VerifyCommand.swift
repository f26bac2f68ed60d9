import API
import ArgumentParser
import EventStore
import Foundation
import Projections

/// `anteroom verify`: every byte under `log/`, and live projections against a fresh replay. Source:
/// OPS-2, AUD-3.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract:
            "Check every byte of the log and its indexes, and the projections against a replay.",
        discussion:
            "Changes nothing. Exit code 1 where a byte is wrong: file and offset are named."
    )

    @OptionGroup var data: DataOptions

    @Flag(help: "One JSON object for each finding, projection and organisation.")
    var json = false

    func run() async throws {
        guard FileManager.default.fileExists(atPath: data.log) else {
            throw Failure.usage("\(data.folder): there is no log here")
        }
        let output = CommandOutput(.terminal)
        let checked = try SegmentStore.verify(folder: data.log)
        for finding in checked.findings {
            try await output.line(json ? finding.json.description : finding.words)
        }
        let damaged = SQLiteCheck.all.compactMap { check in
            check.damage(in: data.folder).map { (check.name, $0) }
        }
        for (name, reason) in damaged {
            try await output.line(
                json
                    ? (["file": .string(name), "reason": .string(reason)] as JSON).description
                    : "\(name): \(reason)")
        }
        for note in checked.notes where !json { try await output.line("note: \(note)") }
        var wrong = checked.findings.count + damaged.count
        if checked.findings.isEmpty, !damaged.contains(where: { $0.0.hasPrefix("read/") }) {
            wrong += try await compare(output)
            if !json { try await output.line("\(checked.events) events checked") }
        }
        try await output.flush()
        if wrong > 0 { throw Failure.wrong("\(wrong) things are not as they must be") }
    }

    /// Live digests against those of a fresh replay, up to where the live rows stand.
    /// - Returns: how many differ.
    private func compare(_ output: CommandOutput) async throws -> Int {
        // The rows first: a server that runs beside may append meanwhile, and rows lag behind.
        guard let live = try LiveViews(data) else {
            if !json { try await output.line("no projections yet: the next start builds them") }
            return 0
        }
        let store = try data.openLog()
        defer { store.close() }
        let digests: [ViewDigest]
        do {
            digests = try await live.digests(of: try store.logs())
            try live.remove()
        } catch {
            try live.remove()
            throw error
        }
        var wrong = 0
        for log in try store.logs() {
            let mine = digests.filter { $0.log == log }
            if !json, !mine.contains(where: { $0.applied > 0 }) {
                try await output.line("note: the projections show nothing of \(log) yet")
            }
            for applied in Set(mine.map(\.applied)).sorted() where applied > 0 {
                let replayed = try await Replay.digests(
                    of: [log], in: store, until: .through(applied - 1),
                    onto: ViewShelf(inMemory: "verify", .all))
                for digest in mine where digest.applied == applied {
                    let other = replayed.first { $0.projection == digest.projection }
                    let isSame = other?.bytes == digest.bytes
                    if !isSame { wrong += 1 }
                    if json {
                        try await output.line(words(digest, other).description)
                    } else if !isSame {
                        try await output.line(
                            "\(digest.projection) of \(log) at \(applied - 1): not as replayed")
                    }
                }
            }
        }
        return wrong
    }

    private func words(_ live: ViewDigest, _ replayed: ViewDigest?) -> JSON {
        [
            "projection": .string(live.projection), "organisation": .string(live.log.description),
            "position": .integer(live.applied - 1), "live": .string(live.description),
            "replayed": replayed.map { .string($0.description) },
        ]
    }
}

extension Verification.Finding {
    fileprivate var json: JSON {
        ["file": .string(file), "offset": .integer(offset), "reason": .string(reason)]
    }

    fileprivate var words: String { "\(file) at \(offset): \(reason)" }
}
