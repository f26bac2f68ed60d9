import API
import ArgumentParser
import Domain
import EventStore
import Projections

/// `anteroom report`: a report's bytes, the same wherever and whenever it is asked for (REP-4), or
/// SQL over what reports are made of (REP-2).
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print a report of an organisation or one of its clinics, or ask by SQL.",
        subcommands: [Print.self, SQL.self], defaultSubcommand: Print.self)

    struct Print: InstallationCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a report; the word `print` may be left out.",
            discussion: """
                What its words mean is printed with it; docs/reports.md says more. A report is \
                made of days that are closed, and never changes. The look is noted in the access \
                log first.
                """)
        static let needsViews = true

        @Argument(help: "usage, waits, transfers, weekly or monthly.")
        var name: ReportName

        @OptionGroup var data: DataOptions
        @OptionGroup var one: OneOrganisation

        @Option(help: "Its last day, or any day of the week or month; left out: the last closed.")
        var day: String?

        @Option(help: "The id of the clinic it is of; left out: the organisation.")
        var clinic: String?

        @Option(help: "json, csv or svg.")
        var format = ReportFormat.json

        func run(in place: Place) async throws {
            let request = try request()
            let log = try await one.reported(in: place)
            let shown = try await Views(place.installation.shelf)
                .report(request, of: ID(bits: log.bits))
            let report = try await shown.report.told(of: log, in: place)
            guard let bytes = report.bytes(as: format) else {
                throw Failure.wrong("this report has no picture: its measure is left out")
            }
            // Each form ends with a line's end, which the output gives.
            try await place.output.line(String(decoding: bytes.dropLast(), as: UTF8.self))
        }

        private func request() throws(Failure) -> ReportRequest {
            let id = clinic.flatMap { ID<Clinic>($0) }
            if let clinic, id == nil {
                throw .usage("--clinic: «\(clinic)» is no id of 32 hexadecimal digits")
            }
            return ReportRequest(name: name, day: try date("--day", day), clinic: id)
        }
    }

    struct SQL: InstallationCommand {
        static let configuration = CommandConfiguration(
            commandName: "sql",
            abstract: "Run one reading SQL statement over an organisation's report tables.",
            discussion: """
                docs/reports.md lists the tables; bounds are those of POST /v1/report-sql. The \
                look is noted in the access log first. Exit code 1 where there are more rows than \
                are printed.
                """)
        static let needsViews = true

        @Argument(help: "One SELECT of SQLite's.")
        var statement: String

        @OptionGroup var data: DataOptions
        @OptionGroup var one: OneOrganisation

        @Option(help: "First day; left out: 400 days.")
        var from: String?

        @Option(help: "Last day; left out: the last closed.")
        var through: String?

        @Flag(help: "One JSON object.")
        var json = false

        @Flag(help: "Separated by commas (RFC 4180), with a head; as without --json.")
        var csv = false

        func validate() throws {
            if json, csv { throw ValidationError("give --json or --csv, not both") }
        }

        func run(in place: Place) async throws {
            let (from, through) = (try date("--from", from), try date("--through", through))
            let log = try await one.reported(in: place)
            let found = try await Views(place.installation.shelf)
                .statementSource(from, through, in: log).value
            let source = try await found.told(of: log, in: place)
            let answer: ReportSQL.Answer
            do {
                answer = try await place.installation.side.statements.run(statement, over: source)
            } catch {
                throw Failure.wrong(error.words)
            }
            if json {
                try await place.output.line(answer.json.description)
            } else {
                try await place.output.line(
                    String(decoding: answer.csv.utf8.dropLast(), as: UTF8.self))
            }
            if answer.isCut {
                throw Failure.wrong("there are more than \(answer.rows.count) rows")
            }
        }
    }
}

/// The organisation that is reported on.
struct OneOrganisation: ParsableArguments {
    @Option(
        name: .customLong("org"), help: "The organisation's id; may be left out where it is one.")
    var organisation: String?

    func log(in store: any EventStore) async throws -> LogID {
        var option = OrganisationOption()
        option.organisation = organisation
        let logs = try await option.logs(of: store).filter { $0 != .installation }
        guard let log = logs.first, logs.count == 1 else {
            throw Failure.usage("--org: there are \(logs.count) organisations; name one")
        }
        return log
    }

    /// Its log, once the look is noted and the report tables show all there is.
    fileprivate func reported(in place: Place) async throws -> LogID {
        let installation = place.installation
        let log = try await log(in: installation.store)
        try await installation.noteLook(.exported, on: .report, in: [log])
        let head = try installation.store.head(of: log)
        try await installation.side.runner.waitUntil(ReportFacts.name, log, shows: head - 1)
        return log
    }
}

extension Result where Failure == ReportRejection {
    /// What was found, or for the terminal why it was not.
    fileprivate func told(of log: LogID, in place: Place) async throws -> Success {
        switch self {
        case .success(let found): return found
        case .failure(let rejection):
            let told = try await place.installation.dispatch
                .explained(rejection, of: ID(bits: log.bits))
            throw anteroom.Failure.wrong(told.words)
        }
    }
}

/// A day that was typed; nil: none was.
private func date(_ option: String, _ text: String?) throws(Failure) -> LocalDate? {
    guard let text else { return nil }
    guard let date = LocalDate(text) else {
        throw .usage("\(option): «\(text)» is no day such as 2026-11-21")
    }
    return date
}

extension ReportName: ExpressibleByArgument {}
extension ReportFormat: ExpressibleByArgument {}
