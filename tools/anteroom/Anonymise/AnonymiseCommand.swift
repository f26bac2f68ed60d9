import API
import ArgumentParser
import Domain
import EventStore
import Projections

/// `anteroom anonymise`: what is due loses its client for good. Source: ANON-2, ANON-5, ANON-7.
struct AnonymiseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anonymise",
        abstract: "What is due loses its client for good; docs/anonymisation.md says what remains.",
        subcommands: [Plan.self, Run.self, Verify.self])

    /// The dry run.
    struct Plan: InstallationCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a run would anonymise now, how much and what falls due when; no change."
        )
        static let needsViews = true

        @OptionGroup var data: DataOptions
        @OptionGroup var organisation: OrganisationOption

        @Flag(help: "One JSON object for each organisation.")
        var json = false

        func run(in place: Place) async throws {
            let installation = place.installation
            for log in try await organisation.organisations(of: installation.store) {
                let plan = try await AnonymisationPlan.make(
                    in: log, installation.dispatch, installation.side)
                if json {
                    try await place.output.line(plan.json.description)
                } else {
                    for line in plan.lines { try await place.output.line(line) }
                }
            }
        }
    }

    /// Erases what is due.
    struct Run: InstallationCommand {
        static let configuration = CommandConfiguration(
            abstract: "Anonymise what is due, and clients whose erasure was asked for.",
            discussion: """
                It cannot be undone, by us neither. Only what `plan` shows, once staff were told. \
                Killed at any moment, it is finished by the next start; called again, it goes on.
                """)
        static let needsViews = true
        static let isExclusive = true

        @OptionGroup var data: DataOptions
        @OptionGroup var organisation: OrganisationOption

        @Option(help: "Records at most, of each organisation.")
        var max = 1_000_000

        @Flag(
            help: """
                Hold the plain values of a sample in memory meanwhile, and then do as `verify`, \
                looking for them too.
                """)
        var verify = false

        @OptionGroup var report: ReportOptions

        func validate() throws {
            if max < 1 { throw ValidationError("--max: 1 at least") }
            if report.report != nil && !verify {
                throw ValidationError("--report: with --verify")
            }
        }

        func run(in place: Place) async throws {
            let installation = place.installation
            let logs = try await organisation.organisations(of: installation.store)
            var sample = PlainSample()
            if verify {
                for log in logs { try await sample.take(from: log, of: installation, through: max) }
            }
            for log in logs { try await anonymise(log, place) }
            guard verify else { return }
            let found = try await AnonymisationVerifier(installation).run(sample: sample)
            try await place.show(found, report)
        }

        private func anonymise(_ log: LogID, _ place: Place) async throws {
            let installation = place.installation
            let plan = try await AnonymisationPlan.make(
                in: log, installation.dispatch, installation.side)
            let total = min(max, plan.runCount)
            let began = ContinuousClock.now
            let outcome = try await Anonymiser(installation.eraser).run(
                in: log, recordsMax: max, by: .commandLine
            ) { outcome in
                try await place.output.progress("anonymised", outcome.records, of: total)
            }
            try await place.output.line(
                line(log, outcome, ContinuousClock.now - began))
        }

        private func line(
            _ log: LogID, _ outcome: Anonymiser.Outcome, _ time: Duration
        ) -> String {
            guard report.json else {
                return "organisation \(log): anonymised "
                    + "\(AnonymisationPlan.words(outcome.erased)) in \(outcome.batches) batches"
                    + (outcome.clients > 0 ? ", \(outcome.clients) clients on request" : "")
                    + (outcome.isCut ? "; stopped at --max, run it again" : "")
            }
            let milliseconds =
                time.components.seconds * 1_000 + time.components.attoseconds
                / 1_000_000_000_000_000
            let answer: JSON = [
                "organisation": .string(log.description),
                "batches": .integer(Int64(outcome.batches)),
                "anonymised": outcome.json, "clients": .integer(Int64(outcome.clients)),
                "isCut": .bool(outcome.isCut), "milliseconds": .integer(milliseconds),
            ]
            return answer.description
        }
    }
}
