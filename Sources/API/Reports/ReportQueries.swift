import Domain
import EventStore
import Projections

extension QueryCatalogue {
    static let reportQueries: [QueryEntry] = [
        report, reportSettings, reportStaff, reportStatement,
    ]

    private struct Asked: Sendable {
        let request: ReportRequest
        let format: ReportFormat

        init(_ body: inout Body) {
            request = ReportRequest(
                name: body(
                    "name", .choice(ReportName.allCases.map { ($0.rawValue, $0) }),
                    "Which report."),
                day: body.optional(
                    "day", .date,
                    "Its last day; of weekly and monthly, any day of the period. Left out: the "
                        + "last that is closed."),
                clinic: body.optional(
                    "clinic", .id(), "The clinic it is of; left out: the organisation."))
            let formats = ReportFormat.allCases.map { ($0.rawValue, $0) }
            format = body.optional("format", .choice(formats), "Left out: json.") ?? .json
        }
    }

    private static let report = QueryEntry(
        .reportRead, at: "/v1/reports/{name}",
        "A report as JSON, CSV or a picture (REP-1 to REP-6, docs/reports.md).",
        shows: .one(.report).or(.csv, .svg), fields: Asked.init
    ) { asked, reading throws(Refusal) in
        if let clinic = asked.request.clinic {
            _ = try await reading.existing(Clinic.self, clinic, field: "clinic")
        }
        try await reading.allowReport(of: asked.request.clinic)
        reading.note(.exported, on: .report, clinic: asked.request.clinic)
        let organisation = reading.organisation
        let shown = try await reading.view(ReportFacts.name) { views in
            try await views.report(asked.request, of: organisation)
        }
        let report: Report
        switch shown.report {
        case .success(let found): report = found
        case .failure(let rejection):
            throw .rule(try await reading.dispatch.explained(rejection, of: organisation).told)
        }
        guard let bytes = report.bytes(as: asked.format) else {
            throw .field("format", .notAllowed, "has no picture: its measure is left out")
        }
        reading.answer(as: asked.format.mediaType, bytes)
        return .null
    }

    private static let reportSettings = QueryEntry(
        .reportSettingsRead, at: "/v1/report-settings",
        "How reports are made from tomorrow on: what `reports.configure` saved last.",
        shows: .one(.reportSettings), fields: { _ in }
    ) { _, reading throws(Refusal) in
        try await reading.allow(in: nil)
        reading.note(.read, on: .report)
        let stream = StreamName(Category.report, reading.organisation.bits)
        let settings = try await reading.dispatch.loader.load(
            Reporting.self, stream, in: reading.log
        ).state.settings
        return [
            "minimumSeconds": .whole(settings.minimumSeconds),
            "suppressBelow": .whole(settings.suppressBelow),
            "period": .string(settings.period.word),
            "clinics": .array(settings.clinics.map(JSON.id)),
            "measures": .array(settings.measures.map { .string($0.word) }),
        ]
    }

    private static let reportStaff = QueryEntry(
        .reportStaffRead, at: "/v1/report-staff",
        "Whose code is whose: what a screen puts names beside a report's codes with.",
        shows: .rows(.reportStaff), fields: { _ in }
    ) { _, reading throws(Refusal) in
        try await reading.allow(in: nil)
        reading.note(.listed, on: .staff)
        let log = reading.log
        let rows = try await reading.view(ReportFacts.name) { views in
            try await views.reportStaff(in: log)
        }.value
        let listed = rows.map { row -> JSON in
            [
                "code": .string(ReportCounts.name(ofStaff: row.code)), "staff": .id(row.staff),
            ]
        }
        return ["rows": .array(listed)]
    }
}

extension ReportPeriod {
    /// `week`: as commands and answers write it.
    package var word: String { "\(self)" }
}

extension ReportMeasure {
    /// `waits`: as commands and answers write it.
    package var word: String { "\(self)" }
}
