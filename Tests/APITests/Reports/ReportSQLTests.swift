import API
import Domain
import Projections
import Testing

@Suite("SQL for reporting staff") struct ReportSQLTests {
    private func ask(
        _ hospital: Hospital, _ sql: String, by person: Person
    ) async throws -> Told {
        try await hospital.fixture.request(
            .post, "/v1/report-sql", by: person, ["Content-Type": "application/json"],
            body: (["sql": .string(sql)] as JSON).bytes)
    }

    private func prepared(
        _ test: @escaping @Sendable (Hospital, Person) async throws -> Void
    ) async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            for _ in 0..<3 { _ = try await hospital.caller() }
            fixture.clock.advance(seconds: 2 * 86_400)
            let closer = DayCloser(dispatch: fixture.dispatch) { Issue.record("\($0)") }
            try await closer.tick()
            let reporter = try await hospital.staff(["orgReporter"])
            let head = try await fixture.head(hospital.organisation)
            let log = try fixture.log(hospital.organisation)
            try await fixture.side.runner.waitUntil(ReportFacts.name, log, shows: head - 1)
            try await test(hospital, reporter)
        }
    }

    @Test("REP-2 reporting staff read their organisation's report tables with SQL")
    func reads() async throws {
        try await prepared { hospital, reporter in
            let told = try await ask(
                hospital,
                """
                WITH c AS (SELECT clinic_name, sum(arrivals) AS n FROM clinic_days GROUP BY 1)
                SELECT clinic_name, n FROM c ORDER BY n DESC;
                """, by: reporter)
            told.accepted()
            #expect(told.json["rows"]?.elements == [["Cardiology", 3]])
            #expect(told.json["columns"] == ["clinic_name", "n"])
            let member = try await hospital.teamMember()
            try await ask(hospital, "SELECT 1", by: member).refused(403, "notPermitted")
        }
    }

    @Test(
        "REP-2 nothing but reading these tables is let through",
        arguments: [
            "DELETE FROM waits", "UPDATE waits SET number = 0", "DROP TABLE waits",
            "CREATE TABLE t (a)", "INSERT INTO waits VALUES (1, 2, 3, 4, 5)",
            "ATTACH '/etc/passwd' AS p", "PRAGMA table_info(waits)", "PRAGMA query_only = OFF",
            "SELECT * FROM sqlite_master", "SELECT load_extension('x')",
            "SELECT random()", "SELECT * FROM pragma_table_info('waits')",
            "SELECT randomblob(10)", "VACUUM INTO '/tmp/x'", "BEGIN", "EXPLAIN DELETE FROM waits",
            "SELECT readfile('/etc/passwd')", "SELECT zeroblob(1000000000)",
        ])
    func refused(sql: String) async throws {
        try await prepared { hospital, reporter in
            let told = try await ask(hospital, sql, by: reporter)
            #expect(told.status == 409, "\(sql): \(told.text)")
            #expect(["sqlNotAllowed", "sqlWrong"].contains(told.code), "\(sql): \(told.text)")
        }
    }

    @Test("REP-2 statements have bounds: one, so much work, so many rows")
    func bounds() async throws {
        try await prepared { hospital, reporter in
            try await ask(hospital, "SELECT 1; SELECT 2", by: reporter)
                .refused(409, "notOneStatement", field: "sql")
            try await ask(hospital, "  ", by: reporter)
                .refused(409, "notOneStatement", field: "sql")
            let endless = """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                SELECT count(*) FROM n
                """
            try await ask(hospital, endless, by: reporter)
                .refused(409, "sqlTooMuchWork", field: "sql")
            let many = """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) \
                SELECT i FROM n
                """
            let cut = try await ask(hospital, many, by: reporter)
            #expect(cut.json["rows"]?.elements?.count == ReportSQL.rowsMax)
            #expect(cut.json["isCut"] == true)
        }
    }

    @Test("REP-2 another organisation's counts are out of reach")
    func apart() async throws {
        try await prepared { hospital, reporter in
            let other = try await Hospital(hospital.fixture, subdomain: "other")
            for _ in 0..<5 { _ = try await other.caller() }
            hospital.fixture.clock.advance(seconds: 2 * 86_400)
            let closer = DayCloser(dispatch: hospital.fixture.dispatch) { Issue.record("\($0)") }
            try await closer.tick()
            let told = try await ask(
                hospital, "SELECT sum(arrivals), count(DISTINCT clinic) FROM clinic_days",
                by: reporter)
            #expect(told.json["rows"]?.elements == [[3, 1]])
        }
    }
}
