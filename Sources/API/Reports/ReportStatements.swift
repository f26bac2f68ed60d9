import Domain
import Projections

extension QueryCatalogue {
    /// SQL for reporting staff.
    static let reportStatement = QueryEntry(
        .reportsQuery, .post, at: "/v1/report-sql",
        "One reading SQL statement over the organisation's report tables (docs/reports.md).",
        shows: .one(.reportStatement), fields: Statement.init
    ) { statement, reading throws(Refusal) in
        try await reading.allow(in: nil)
        reading.note(.exported, on: .report)
        let log = reading.log
        let through: Int
        if let day = statement.through?.day {
            through = day
        } else {
            let last = try await reading.view(ReportFacts.name) { views in
                try await views.lastClosedDay(in: log)
            }.value
            guard let last else {
                throw .rule(
                    try await reading.dispatch.explained(.dayNotClosed, of: reading.organisation)
                        .told)
            }
            through = last
        }
        let from = statement.from?.day ?? through - defaultDays + 1
        guard (0..<ReportSQL.daysMax).contains(through - from) else {
            throw .field("from", .outOfRange, "must be 1 to \(ReportSQL.daysMax) days to `through`")
        }
        let source = try await reading.view(ReportFacts.name) { views in
            try await views.reportSource(in: log, from: from, through: through)
        }.value
        guard let source else { throw .rule(ReportRejection.dayNotClosed.told) }
        let suppressed = (from...through).first { source.settings(on: $0).suppressBelow != nil }
        if let suppressed {
            let period = source.settings(on: suppressed).period
            throw .rule(
                ReportRejection.suppressed(instead: period == .week ? .weekly : .monthly).told)
        }
        do throws(ReportSQL.Failure) {
            return try await ReportSQL.run(statement.sql, over: source).json
        } catch {
            throw .rule(error.told)
        }
    }

    /// Days the tables hold where nobody says more.
    private static let defaultDays = 400

    private struct Statement: Sendable {
        let sql: String
        let from: LocalDate?
        let through: LocalDate?

        init(_ body: inout Body) {
            sql = body("sql", .text(max: ReportSQL.statementMax), "One SELECT of SQLite's.")
            from = body.optional("from", .date, "First day; left out: 400 days.")
            through = body.optional("through", .date, "Last day; left out: the last closed.")
        }
    }
}

extension ReportSQL.Answer {
    fileprivate var json: JSON {
        [
            "columns": .array(columns.map(JSON.string)),
            "rows": .array(rows.map { .array($0.map(\.json)) }), "isCut": .bool(isCut),
        ]
    }
}

extension ReportSQL.Value {
    fileprivate var json: JSON {
        switch self {
        case .null: .null
        case .integer(let integer): .integer(integer)
        case .real(let real): real.isFinite ? .number("\(real)") : .null
        case .text(let text): .string(text)
        }
    }
}

extension ReportSQL.Failure {
    fileprivate var told: Told {
        switch self {
        case .notOneStatement: Told("notOneStatement", "Give one statement.", field: "sql")
        case .notAllowed:
            Told("sqlNotAllowed", "Only reading the report tables is allowed.", field: "sql")
        case .tooMuchWork(let steps):
            Told("sqlTooMuchWork", "It takes more than \(steps) steps.", field: "sql", limit: steps)
        case .wrong(let words): Told("sqlWrong", "SQLite says: \(words).", field: "sql")
        }
    }
}
