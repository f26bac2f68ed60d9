import API
import Domain
import EventStore
import Foundation
import Projections
import TestSupport
import Testing

@Suite("SQL for reporting staff", .timeLimit(.minutes(10))) struct ReportSQLTests {
    private func ask(_ hospital: Hospital, _ body: JSON, by person: Person) async throws -> Told {
        try await hospital.fixture.request(
            .post, "/v1/report-sql", by: person, ["Content-Type": "application/json"],
            body: body.bytes)
    }

    private func ask(_ hospital: Hospital, _ sql: String, by person: Person) async throws -> Told {
        try await ask(hospital, ["sql": .string(sql)], by: person)
    }

    /// The statement is refused with that code, in words about its own field, and nothing is
    /// appended; what comes next is answered.
    private func refuses(
        _ hospital: Hospital, _ sql: String, _ codes: [String], by person: Person,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        try await hospital.fixture.appendsNothing(sql, at: location) {
            let told = try await ask(hospital, sql, by: person)
            #expect(codes.contains(told.code ?? ""), "\(told.text)", sourceLocation: location)
            told.refused(409, told.code ?? "", field: "sql", sql, at: location)
        }
        let next = try await ask(hospital, "SELECT count(*) FROM clinic_days", by: person)
        next.accepted("after \(sql)", at: location)
    }

    /// Three callers on a day that is closed.
    private func prepared(
        _ test: @escaping @Sendable (Hospital, Person) async throws -> Void
    ) async throws {
        try await inHospital { hospital in
            for _ in 0..<3 { _ = try await hospital.caller() }
            let reporter = try await hospital.staff(["orgReporter"])
            try await hospital.fixture.closeDays(of: hospital.organisation)
            try await test(hospital, reporter)
        }
    }

    @Test("REP-2 reporting staff read their organisation's report tables with SQL")
    func reads() async throws {
        try await prepared { hospital, reporter in
            let told = try await ask(
                hospital,
                """
                -- Callers by clinic.
                WITH c AS (SELECT clinic_name, sum(arrivals) AS n FROM clinic_days GROUP BY 1)
                SELECT clinic_name, n, n / 2.0, NULL FROM c ORDER BY n DESC LIMIT 1; -- The end.
                """, by: reporter)
            told.accepted()
            #expect(told.json["rows"]?.elements == [["Cardiology", 3, .number("1.5"), .null]])
            #expect(told.json["columns"]?.elements?.prefix(2) == ["clinic_name", "n"])
            #expect(told.json["isCut"] == false)
            let member = try await hospital.teamMember()
            try await ask(hospital, "SELECT 1", by: member).refused(403, "notPermitted")
        }
    }

    private static let notLetThrough = [
        "DELETE FROM waits", "UPDATE waits SET number = 0", "DROP TABLE waits",
        "CREATE TABLE t (a)", "CREATE TEMP TABLE t (a)", "CREATE VIEW v AS SELECT 1",
        "CREATE TEMP TRIGGER t AFTER INSERT ON waits BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE t USING fts5(a)", "INSERT INTO waits VALUES (1, 2, 3, 4, 5)",
        "REPLACE INTO waits VALUES (1, 2, 3, 4, 5)",
        "WITH d AS (SELECT 1) DELETE FROM waits", "DELETE FROM waits RETURNING *",
        "ATTACH '/etc/passwd' AS p", "ATTACH ':memory:' AS p", "DETACH main",
        "PRAGMA table_info(waits)", "PRAGMA query_only = OFF", "PRAGMA temp_store_directory = '/'",
        "SELECT * FROM sqlite_master", "SELECT count(*) FROM sqlite_schema",
        "SELECT 1 FROM sqlite_temp_master", "SELECT * FROM pragma_table_info('waits')",
        "SELECT count(*) FROM pragma_database_list", "SELECT * FROM pragma_compile_options",
        "SELECT count(*) FROM json_each('[1]')", "SELECT count(*) FROM dbstat",
        "SELECT count(*) FROM sqlite_stmt", "SELECT load_extension('x')",
        "SELECT fts5('x')", "SELECT fts3_tokenizer('x')",
        "SELECT random()", "SELECT randomblob(10)", "SELECT zeroblob(1000000000)",
        "SELECT hex(zeroblob(1000000000))", "SELECT quote(zeroblob(1000000000))",
        "SELECT sqlite_version()", "SELECT changes()", "SELECT readfile('/etc/passwd')",
        "SELECT writefile('/tmp/x', 'x')", "VACUUM", "VACUUM INTO '/tmp/x'", "REINDEX", "ANALYZE",
        "BEGIN", "COMMIT", "SAVEPOINT s", "EXPLAIN DELETE FROM waits", "EXPLAIN SELECT 1",
        "SELECT * FROM other.clinic_days", "SELECT * FROM temp.sqlite_master",
        "SELECT no_such FROM waits", "SELEKT 1", "SELECT", "SELECT ?", "SELECT :a",
        "SELECT 'open",
    ]

    @Test("REP-2 nothing but reading these tables is let through, and nothing is noted as read")
    func refused() async throws {
        try await prepared { hospital, reporter in
            for sql in Self.notLetThrough {
                try await refuses(hospital, sql, ["sqlNotAllowed", "sqlWrong"], by: reporter)
            }
            // They are as they were.
            let told = try await ask(
                hospital, "SELECT sum(arrivals) FROM clinic_days", by: reporter)
            #expect(told.json["rows"] == [[3]])
        }
    }

    @Test("REP-2 one statement at a time; its bounds are told by field")
    func one() async throws {
        try await prepared { hospital, reporter in
            for sql in [
                "SELECT 1; SELECT 2", "SELECT 1; DELETE FROM waits", "  ", ";", "-- Nothing",
            ] {
                let codes = ["notOneStatement", "sqlNotAllowed"]
                try await refuses(hospital, sql, codes, by: reporter)
            }
            for sql in ["SELECT 1\0", "SELECT '\0'", "SELECT 1\0; DELETE FROM waits"] {
                try await refuses(hospital, sql, ["sqlWrong"], by: reporter)
            }
            let long = String(repeating: "é", count: ReportSQL.statementMax - 9)
            try await refuses(hospital, "SELECT '\(long)'", ["sqlWrong"], by: reporter)
            for (body, field) in [
                (["sql": ""], "sql"), ([:], "sql"), (["sql": 1], "sql"),
                (["sql": "SELECT 1", "from": "2026-02-30"], "from"),
                (["sql": "SELECT 1", "through": 1], "through"),
                (["sql": "SELECT 1", "organisation": "x"], "organisation"),
            ] as [(JSON, String)] {
                try await hospital.fixture.appendsNothing(body.description) {
                    let told = try await ask(hospital, body, by: reporter)
                    told.refused(422, "invalidFields", field: field, body.description)
                }
            }
            for from in ["2020-01-01", "2026-11-20"] {
                let told = try await ask(
                    hospital, ["sql": "SELECT 1", "from": .string(from), "through": "2026-11-18"],
                    by: reporter)
                told.refused(409, "daysOutOfRange", field: "from")
            }
            let later = try await ask(
                hospital, ["sql": "SELECT 1", "through": "2031-01-01", "from": "2030-12-31"],
                by: reporter)
            later.refused(409, "dayNotClosed", field: "through")
        }
    }

    @Test("REP-5 where small counts are suppressed on a day, no statement reads that day")
    func suppressed() async throws {
        try await prepared { hospital, reporter in
            try await hospital.fixture.must(
                "reports.configure", ["suppressBelow": 5], by: hospital.administrator)
            try await hospital.fixture.closeDays(of: hospital.organisation)
            try await hospital.fixture.appendsNothing("suppressed") {
                let told = try await ask(
                    hospital, "SELECT sum(arrivals) FROM clinic_days", by: reporter)
                told.refused(409, "reportSuppressed", field: "from")
            }
            let before = try await ask(
                hospital,
                ["sql": "SELECT sum(arrivals) FROM clinic_days", "through": "2026-11-19"],
                by: reporter)
            #expect(before.json["rows"] == [[3]], "\(before.text)")
        }
    }

    /// `level` wrapped around itself.
    private static func nested(_ levels: Int, _ level: (Int, String) -> String) -> String {
        (0..<levels).reduce("w") { level($1, $0) }
    }

    @Test("REP-2 work without end, in running or in preparing, ends; the server goes on")
    func endless() async throws {
        let counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        let wide = (0..<30).map { "waits AS t\($0)" }.joined(separator: ", ")
        let sum = Array(repeating: "x", count: 10).joined(separator: " + ")
        // Each level names the one below ten times over: SQLite writes it all out before it runs.
        let unfolding =
            "WITH c0 AS (SELECT 1 AS x)"
            + (1...40).map { level in
                let froms = (0..<4).map { "c\(level - 1) AS t\($0)" }.joined(separator: ", ")
                return ", c\(level) AS (SELECT 1 AS x FROM \(froms))"
            }.joined() + " SELECT count(*) FROM c40"
        let folded = (0..<12).reduce("SELECT number AS x FROM waits") { inner, _ in
            "SELECT \(sum) AS x FROM (\(inner))"
        }
        try await prepared { hospital, reporter in
            for sql in [
                "\(counting) SELECT count(*) FROM n",
                "\(counting) SELECT i FROM n WHERE i < 0",
                "\(counting) SELECT i FROM n ORDER BY i DESC LIMIT 1",
                "\(counting) SELECT count(DISTINCT printf('%.50000d', i)) FROM n",
                "\(counting) SELECT group_concat(i) FROM n",
                "\(counting), m(s) AS (SELECT printf('%.*c', 90000, 'a')) "
                    + "SELECT count(instr(s || i, s || 'b')) FROM n, m",
                "\(counting) SELECT count(*) FROM n, \(wide)",
                unfolding, folded,
            ] {
                try await refuses(
                    hospital, sql, ["sqlTooMuchWork", "sqlWrong"], by: reporter)
            }
        }
    }

    @Test("REP-2 an answer is cut at so many rows and bytes, and says so; values have a bound")
    func large() async throws {
        try await prepared { hospital, reporter in
            func numbers(_ count: Int) -> String {
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT \(count))
                """
            }
            for (count, isCut) in [(ReportSQL.rowsMax, false), (ReportSQL.rowsMax + 1, true)] {
                let told = try await ask(
                    hospital, "\(numbers(count)) SELECT i FROM n", by: reporter)
                #expect(told.json["rows"]?.elements?.count == ReportSQL.rowsMax)
                #expect(told.json["isCut"] == .bool(isCut))
            }
            let heavy = "\(numbers(5_000)) SELECT printf('%.*c', 10000, 'a') FROM n"
            let cut = try await ask(hospital, heavy, by: reporter)
            cut.accepted()
            #expect(cut.json["isCut"] == true)
            #expect(cut.bytes.count < 2 * ReportSQL.answerBytesMax)
            #expect((cut.json["rows"]?.elements?.count ?? 0) > 500)
            // SQLite's own way to refuse: there is no such value.
            for sql in [
                "SELECT printf('%.*c', 1000000000, 'a')", "SELECT printf('%1000000000d', 1)",
            ] {
                #expect(try await ask(hospital, sql, by: reporter).json["rows"] == [[.null]])
            }
            for sql in [
                "SELECT replace(printf('%.*c', 90000, 'a'), 'a', 'bb')",
                "SELECT \(Array(repeating: "1", count: 101).joined(separator: ", "))",
                "SELECT \(Array(repeating: "(", count: 400).joined())1",
                "SELECT 'a' LIKE printf('%.*c', 200, '%')",
            ] {
                try await refuses(hospital, sql, ["sqlWrong"], by: reporter)
            }
        }
    }

    @Test("REP-2 many at once: each is answered, or told to come back")
    func atOnce() async throws {
        try await prepared { hospital, reporter in
            let answers = try await together(2 * StatementProcess.waitingMax) { number in
                try await ask(hospital, "SELECT \(number)", by: reporter)
            }
            #expect(answers.filter { $0.status == 200 }.count >= StatementProcess.waitingMax)
            for told in answers where told.status != 200 { told.refused(503, "busy") }
            try await ask(hospital, "SELECT 1", by: reporter).accepted()
        }
    }

    @Test("REP-2 another organisation's counts are out of reach")
    func apart() async throws {
        try await prepared { hospital, reporter in
            let other = try await Hospital(hospital.fixture, subdomain: "other")
            for _ in 0..<5 { _ = try await other.caller() }
            try await hospital.fixture.closeDays(of: hospital.organisation)
            let told = try await ask(
                hospital, "SELECT sum(arrivals), count(DISTINCT clinic) FROM clinic_days",
                by: reporter)
            #expect(told.json["rows"]?.elements == [[3, 1]])
            let named = try await ask(
                hospital,
                """
                SELECT count(*) FROM clinic_days WHERE clinic IN ('\(other.clinic)', \
                '\(other.otherClinic)') OR arrivals = 5
                """, by: reporter)
            #expect(named.json["rows"] == [[0]])
        }
    }

    @Test("REP-2 who starts the process of a statement by hand is told what it is")
    func byHand() async throws {
        let run = try await RunningProgram.run([Checkout.program, StatementProcess.argument])
        #expect(run.status == 1)
        #expect(run.errors.contains("started by the server"))
    }
}
