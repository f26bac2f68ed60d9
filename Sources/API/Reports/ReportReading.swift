package import Domain
import EventStore
package import Projections

/// What a report comes as.
package enum ReportFormat: String, CaseIterable, Sendable {
    case json, csv, svg

    package var mediaType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv; charset=utf-8; header=present"
        case .svg: "image/svg+xml"
        }
    }
}

extension Report {
    /// Nil where there is no chart and a picture is asked for.
    package func bytes(as format: ReportFormat) -> [UInt8]? {
        switch format {
        case .json: json.bytes + [UInt8(ascii: "\n")]
        case .csv: Array(csv.utf8)
        case .svg: svg.map { Array($0.utf8) }
        }
    }
}

/// A report, or why there is none; and how much of the log that shows.
package struct ShownReport: Showing {
    package let applied: Int64
    package let report: Result<Report, ReportRejection>
}

extension Dispatch {
    /// The rejection as it is told: where a day is not closed because an import holds it open, that
    /// and which one.
    package func explained(
        _ rejection: ReportRejection, of organisation: ID<Organisation>
    ) async throws(Refusal) -> ReportRejection {
        guard rejection == .dayNotClosed else { return rejection }
        let days = StreamName(Category.day, organisation.bits)
        let log = LogID(bits: organisation.bits)
        let holders = try await loader.load(DayBook.self, days, in: log).state.heldBy
        return holders.min().map { .daysHeld(by: $0) } ?? rejection
    }
}

extension Views {
    /// The report as of the day it ends on.
    package func report(
        _ request: ReportRequest, of organisation: ID<Organisation>
    ) async throws(ViewError) -> ShownReport {
        let log = LogID(bits: organisation.bits)
        let last = try await lastClosedDay(in: log)
        guard let lastClosed = last.value, let days = request.days(lastClosed: lastClosed),
            days.upperBound <= lastClosed
        else { return ShownReport(applied: last.applied, report: .failure(.dayNotClosed)) }
        let source = try await reportSource(
            in: log, from: days.lowerBound, through: days.upperBound)
        guard let found = source.value else {
            return ShownReport(applied: source.applied, report: .failure(.dayNotClosed))
        }
        let report = Result { () throws(ReportRejection) in
            try ReportBuilder.report(
                request, of: organisation.description, days: days, from: found)
        }
        return ShownReport(applied: source.applied, report: report)
    }
}
