package import Domain
package import EventStore
package import Projections

extension QueryCatalogue {
    /// SQL for reporting staff.
    static let reportStatement = QueryEntry(
        .reportsQuery, .post, at: "/v1/report-sql",
        "One reading SQL statement over the organisation's report tables (docs/reports.md).",
        shows: .one(.reportStatement), fields: Statement.init
    ) { statement, reading throws(Refusal) in
        try await reading.allow(in: nil)
        reading.note(.exported, on: .report)
        let (log, organisation) = (reading.log, reading.organisation)
        let found = try await reading.view(ReportFacts.name) { views in
            try await views.statementSource(statement.from, statement.through, in: log)
        }.value
        let source: ReportSource
        switch found {
        case .success(let days): source = days
        case .failure(let rejection):
            throw .rule(
                try await reading.dispatch.explained(rejection, of: organisation).toldOfStatement)
        }
        return try await reading.side.statements.run(statement.sql, over: source).json
    }

    private struct Statement: Sendable {
        let sql: String
        let from: LocalDate?
        let through: LocalDate?

        init(_ body: inout Body) {
            sql = body("sql", .statement, "One SELECT of SQLite's.")
            from = body.optional(
                "from", .date,
                "First day, \(ReportSQL.daysMax) days at most; left out: \(Views.statementDays)."
            )
            through = body.optional("through", .date, "Last day; left out: the last closed.")
        }
    }
}

extension Views {
    /// Days the tables of a statement hold where nobody says more.
    fileprivate static let statementDays = 400

    /// The days that a statement reads: closed ones, of which all counts are published.
    /// - Parameter through: nil: the last closed.
    /// - Parameter from: nil: ``statementDays`` in all.
    package func statementSource(
        _ from: LocalDate?, _ through: LocalDate?, in log: LogID
    ) async throws(ViewError) -> Projections.Answer<Result<ReportSource, ReportRejection>> {
        let last = try await lastClosedDay(in: log)
        guard let through = through?.day ?? last.value else {
            return Projections.Answer(applied: last.applied, value: .failure(.dayNotClosed))
        }
        let from = from?.day ?? through - Self.statementDays + 1
        guard (0..<ReportSQL.daysMax).contains(through - from) else {
            return Projections.Answer(
                applied: last.applied, value: .failure(.daysOutOfRange(limit: ReportSQL.daysMax)))
        }
        let found = try await reportSource(in: log, from: from, through: through)
        guard let source = found.value else {
            return Projections.Answer(applied: found.applied, value: .failure(.dayNotClosed))
        }
        let suppressed = (from...through).first { source.settings(on: $0).suppressBelow != nil }
        guard let suppressed else {
            return Projections.Answer(applied: found.applied, value: .success(source))
        }
        let instead: ReportName =
            source.settings(on: suppressed).period == .week ? .weekly : .monthly
        return Projections.Answer(
            applied: found.applied, value: .failure(.suppressed(instead: instead)))
    }
}

extension ReportSQL.Answer {
    /// A head and the rows; null is nothing, and so is an empty text.
    package var csv: String {
        var csv = ReportCSV()
        csv.line(columns)
        for row in rows { csv.row(row.map { ($0.words, $0.isNumber) }) }
        return csv.text
    }

    package var json: JSON {
        [
            "columns": .array(columns.map(JSON.string)),
            "rows": .array(rows.map { .array($0.map(\.json)) }), "isCut": .bool(isCut),
        ]
    }
}

extension ReportSQL.Value {
    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .real: true
        case .null, .text: false
        }
    }

    fileprivate var words: String {
        switch self {
        case .null: ""
        case .integer(let integer): String(integer)
        case .real(let real): "\(real)"
        case .text(let text): text
        }
    }

    fileprivate var json: JSON {
        switch self {
        case .null: .null
        case .integer(let integer): .integer(integer)
        case .real(let real): real.isFinite ? .number("\(real)") : .null
        case .text(let text): .string(text)
        }
    }
}

extension ReportRejection {
    /// The same, by the fields of a statement.
    fileprivate var toldOfStatement: Told {
        let told = told
        let field =
            switch self {
            case .daysHeld, .dayNotClosed: "through"
            case .suppressed: "from"
            case .clinicUnknown, .daysOutOfRange, .settingsChanged: told.field
            }
        return Told(told.code, told.words, field: field, limit: told.limit)
    }
}

extension ReportSQL.Failure {
    /// For who wrote the statement.
    package var told: Told {
        switch self {
        case .notOneStatement: Told("notOneStatement", "Give one statement.", field: "sql")
        case .notAllowed:
            Told("sqlNotAllowed", "Only reading the report tables is allowed.", field: "sql")
        case .tooMuchWork(let steps):
            Told("sqlTooMuchWork", "It takes more than \(steps) steps.", field: "sql", limit: steps)
        case .tooMuchMemory:
            Told(
                "sqlTooMuchWork",
                """
                It takes more than the \(StatementProcess.memoryMax >> 20) MB of memory or the \
                \(StatementProcess.secondsMax) seconds of processor time a statement may have.
                """, field: "sql")
        case .wrong(let words): Told("sqlWrong", "SQLite says: \(words).", field: "sql")
        }
    }
}

extension FieldType where Value == String {
    /// A statement's text; what it may be, SQLite says.
    fileprivate static var statement: FieldType {
        FieldType<String>.text(max: ReportSQL.statementMax).map(
            placeholder: "", { $0 }, or: "",
            telling: ["examples": ["SELECT clinic, sum(arrivals) FROM clinic_days GROUP BY clinic"]]
        )
    }
}
