import API
import ArgumentParser
import Domain
import EventStore
import Foundation

/// `anteroom import`: real history from a file, through the same commands, at the times it says
/// (docs/import.md).
struct ImportCommand: InstallationCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take in history from a file of separated values.",
        discussion: """
            Exit code 1 where rows were refused: they are listed with line and reason in a file \
            in the data folder. \
            Started again after a kill it goes on; a file taken in before adds nothing.
            """)

    static let makesFolder = true
    static let isExclusive = true
    /// It ends when the projections show what it took in.
    static let needsViews = true

    @Argument(help: "The file.", completion: .file())
    var file: String

    @Option(help: "What it holds: appointments or visits.")
    var kind: Kind

    @Option(help: "How its columns are to be read (docs/import.md).", completion: .file())
    var mapping: String

    @OptionGroup var data: DataOptions

    @Flag(help: "Say on standard error how far it is, a line for every 1,000 steps.")
    var progress = false

    @Flag(help: "One JSON object at the end.")
    var json = false

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case appointments, visits

        var domain: ImportKind {
            switch self {
            case .appointments: .appointments
            case .visits: .visits
            }
        }
    }

    func run(in place: Place) async throws {
        let (mapping, bytes) = try read(place)
        let run = ImportRun(
            installation: place.installation, kind: kind.domain, mapping: mapping, bytes: bytes)
        place.output.tellsProgress = progress
        let outcome = try await run.run(place.output)
        try await place.showAll(of: LogID(bits: outcome.organisation.bits))
        let folder = URL(fileURLWithPath: place.installation.folder, isDirectory: true)
        let list = try RefusedRows.write(outcome.refusals, of: outcome.fingerprint, in: folder)
        if json {
            try await place.output.line(words(outcome, list).description)
        } else {
            try await place.output.line(
                outcome.wasCutShort
                    ? "this file's import was ended before its end: nothing was added"
                    : outcome.wasKnown
                        ? "this file was taken in before: nothing was added"
                        : "\(outcome.rows) rows, \(outcome.steps) steps, of \(outcome.organisation)"
            )
        }
        if let list {
            let count = outcome.refusals.count
            throw Failure.wrong("\(count) rows were refused: \(list.path)")
        }
    }

    private func words(_ outcome: ImportRun.Outcome, _ list: URL?) -> JSON {
        [
            "organisation": .string(outcome.organisation.description),
            "rows": .integer(Int64(outcome.rows)), "steps": .integer(Int64(outcome.steps)),
            "refused": .integer(Int64(outcome.refusals.count)),
            "refusedList": list.map { .string($0.path) }, "wasKnown": .bool(outcome.wasKnown),
            "wasCutShort": .bool(outcome.wasCutShort),
        ]
    }

    private func read(_ place: Place) throws(Failure) -> (Mapping, [UInt8]) {
        do {
            let mapping = try Mapping.read(place.url(mapping))
            return (mapping, Array(try Data(contentsOf: place.url(file))))
        } catch let error as ImportError {
            throw .usage(error.description)
        } catch {
            throw .usage("\(file): \(error.localizedDescription)")
        }
    }
}
