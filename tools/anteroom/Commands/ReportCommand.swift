import API
import ArgumentParser
import Domain
import EventStore
import Projections

/// `anteroom report`: a report's bytes, the same wherever and whenever it is asked for (REP-4).
struct ReportCommand: InstallationCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print a report of an organisation or one of its clinics.",
        discussion: """
            What its words mean is printed with it; docs/reports.md says more. A report is made of \
            days that are closed, and never changes. The look is noted in the access log first.
            """)
    static let needsViews = true

    @Argument(help: "usage, waits, transfers, weekly or monthly.")
    var name: ReportName

    @OptionGroup var data: DataOptions

    @Option(
        name: .customLong("org"), help: "The organisation's id; may be left out where it is one.")
    var organisation: String?

    @Option(help: "Its last day, or any day of the week or month; left out: the last closed.")
    var day: String?

    @Option(help: "The id of the clinic it is of; left out: the organisation.")
    var clinic: String?

    @Option(help: "json, csv or svg.")
    var format = ReportFormat.json

    func run(in place: Place) async throws {
        let request = try request()
        let installation = place.installation
        var option = OrganisationOption()
        option.organisation = organisation
        let logs = try await option.logs(of: installation.store).filter { $0 != .installation }
        guard let log = logs.first, logs.count == 1 else {
            throw Failure.usage("--org: there are \(logs.count) organisations; name one")
        }
        try await installation.noteLook(.exported, on: .report, in: [log])
        let head = try installation.store.head(of: log)
        try await installation.side.runner.waitUntil(ReportFacts.name, log, shows: head - 1)
        let report: API.Report
        do {
            let views = Views(installation.shelf)
            report = try await views.report(request, of: ID(bits: log.bits)).report.get()
        } catch let rejection as ReportRejection {
            let told = try await installation.dispatch.explained(rejection, of: ID(bits: log.bits))
            throw Failure.wrong(told.words)
        }
        guard let bytes = report.bytes(as: format) else {
            throw Failure.wrong("this report has no picture: its measure is left out")
        }
        // Each form ends with a line's end, which the output gives.
        try await place.output.line(String(decoding: bytes.dropLast(), as: UTF8.self))
    }

    private func request() throws(Failure) -> ReportRequest {
        let date = day.flatMap { LocalDate($0) }
        if let day, date == nil { throw .usage("--day: «\(day)» is no day such as 2026-11-21") }
        let id = clinic.flatMap { ID<Clinic>($0) }
        if let clinic, id == nil {
            throw .usage("--clinic: «\(clinic)» is no id of 32 hexadecimal digits")
        }
        return ReportRequest(name: name, day: date, clinic: id)
    }
}

extension ReportName: ExpressibleByArgument {}
extension ReportFormat: ExpressibleByArgument {}
