import API
import ArgumentParser
import Foundation

extension AnonymiseCommand {
    /// Proof for compliance.
    struct Verify: InstallationCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prove that what was erased is unreadable, and say what remains.",
            discussion: """
                Reads the whole log and every byte of the folder; changes nothing. Exit code 1 \
                where anything is not as it must be.
                """)
        static let needsViews = true
        static let isExclusive = true

        @OptionGroup var data: DataOptions

        @Option(
            help: "A file of texts that must be found nowhere, one a line: canaries of a drill.")
        var canaries: String?

        @OptionGroup var report: ReportOptions

        func run(in place: Place) async throws {
            var texts: [String] = []
            if let canaries {
                texts = try place.lines(of: canaries)
                guard !texts.isEmpty else { throw Failure.usage("--canaries: the file is empty") }
            }
            let found = try await AnonymisationVerifier(place.installation).run(texts: texts)
            try await place.show(found, report)
        }
    }

    /// Where the report goes.
    struct ReportOptions: ParsableArguments {
        @Option(help: "Also write the report, signed, as JSON into this file.")
        var report: String?

        @Flag(help: "JSON; the report is signed.")
        var json = false
    }
}

extension Place {
    /// Of a file that the command line names, those that hold something.
    fileprivate func lines(of path: String) throws -> [String] {
        do {
            let text = try String(contentsOf: url(path), encoding: .utf8)
            return text.split(whereSeparator: \.isNewline).map(String.init)
        } catch {
            throw Failure.usage("\(path): \(error.localizedDescription)")
        }
    }

    /// The report where it is wanted; throws where something is wrong.
    func show(
        _ found: AnonymisationReport, _ options: AnonymiseCommand.ReportOptions
    ) async throws {
        let signed = found.signed(by: installation.vault)
        if let file = options.report {
            do {
                try Data(signed.bytes + Array("\n".utf8)).write(to: url(file), options: .atomic)
            } catch {
                throw Failure.usage("\(file): \(error.localizedDescription)")
            }
        }
        if options.json {
            try await output.line(signed.description)
        } else {
            for line in found.lines { try await output.line(line) }
        }
        guard found.isFine else { throw Failure.wrong("the anonymisation is not as it must be") }
    }
}
