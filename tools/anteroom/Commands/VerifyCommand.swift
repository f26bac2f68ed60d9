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
        var out = Output()
        let checked = try SegmentStore.verify(folder: data.log)
        for finding in checked.findings {
            out.line(json ? finding.json.description : finding.words)
        }
        for note in checked.notes where !json { out.line("note: \(note)") }
        var wrong = checked.findings.count
        if checked.findings.isEmpty {
            wrong = try await compare(&out)
            if !json { out.line("\(checked.events) events checked") }
        }
        out.flush()
        if wrong > 0 { throw Failure.wrong("\(wrong) things are not as they must be") }
    }

    /// Live digests against those of a fresh replay, up to where the live rows stand.
    /// - Returns: how many differ.
    private func compare(_ out: inout Output) async throws -> Int {
        let store = try data.openLog()
        defer { store.close() }
        let logs = try store.logs()
        guard let live = try await LiveDigests.read(data, logs) else {
            if !json { out.line("no projections yet: the next start builds them") }
            return 0
        }
        var wrong = 0
        for log in logs {
            let digests = live.filter { $0.log == log }
            // Live rows may lag behind the log; what they show is compared with the same stretch of
            // it.
            for applied in Set(digests.map(\.applied)).sorted() where applied > 0 {
                let history = PrefixStore(store, .position(applied - 1))
                let replayed = try await Replay(store: history, set: .all, folder: nil).digests(
                    of: [log])
                for digest in digests where digest.applied == applied {
                    let other = replayed.first { $0.projection == digest.projection }
                    let isSame = other?.bytes == digest.bytes
                    if !isSame { wrong += 1 }
                    if json {
                        out.line(words(digest, other).description)
                    } else if !isSame {
                        out.line(
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

/// The digests of the projections as they lie in the data folder.
enum LiveDigests {
    /// Nil where there are none. Read from a copy: opening SQLite's files where they lie would
    /// change them.
    static func read(_ data: DataOptions, _ logs: [LogID]) async throws -> [ViewDigest]? {
        let files = FileManager.default
        let source = URL(fileURLWithPath: data.views).appendingPathComponent(ViewShelf.fileName)
        guard files.fileExists(atPath: source.path) else { return nil }
        let copy = files.temporaryDirectory.appendingPathComponent(
            "anteroom-verify-\(UUID().uuidString)")
        try files.createDirectory(at: copy, withIntermediateDirectories: true)
        defer { remove(copy) }
        for suffix in ["", "-wal"] where files.fileExists(atPath: source.path + suffix) {
            try files.copyItem(
                atPath: source.path + suffix,
                toPath: copy.appendingPathComponent(ViewShelf.fileName + suffix).path)
        }
        let shelf = try ViewShelf(folder: copy.path, .all) { Terminal.say("projections: \($0)") }
        let views = Views(shelf)
        var digests: [ViewDigest] = []
        for log in logs { digests += try await views.digests(of: log) }
        try shelf.close()
        return digests
    }

    private static func remove(_ folder: URL) {
        do { try FileManager.default.removeItem(at: folder) } catch {
            Terminal.say("left behind: \(folder.path)")
        }
    }
}
