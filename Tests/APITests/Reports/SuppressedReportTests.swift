import API
import Domain
import EventStore
import Projections
import Testing

@Suite("Suppressed reports") struct SuppressedReportTests {
    /// Suppression on from the second day; seven weeks of nothing much.
    private func suppressed(
        _ period: String, _ test: @escaping @Sendable (Hospital) async throws -> Void
    ) async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            try await fixture.must(
                "reports.configure", ["suppressBelow": 5, "period": .string(period)],
                by: hospital.administrator)
            let closer = DayCloser(dispatch: fixture.dispatch) { Issue.record("\($0)") }
            let member = try await hospital.staff(["teamMember@\(hospital.clinic)"])
            for day in 0..<50 {
                for _ in 0..<(day % 2 == 0 ? 2 : 1) {
                    let caller = try await hospital.caller()
                    fixture.clock.advance(seconds: 60)
                    let visit: JSON = ["visit": .string(caller.id)]
                    try await fixture.must("visit.admit", visit, by: member)
                    try await fixture.must("visit.end", visit, by: member)
                }
                if day == 25 {
                    _ = try await hospital.caller(in: hospital.otherClinic)
                }
                fixture.clock.advance(seconds: 86_000)
                try await closer.tick()
            }
            try await test(hospital)
        }
    }

    private func get(_ hospital: Hospital, _ path: String) async throws -> Told {
        let head = try await hospital.fixture.head(hospital.organisation)
        let joint = path.contains("?") ? "&" : "?"
        return try await hospital.fixture.get(
            "/v1/reports/\(path)\(joint)position=\(head - 1)", by: hospital.administrator)
    }

    @Test("REP-5 a window that slides is refused, and the weekly report named")
    func sliding() async throws {
        try await suppressed("week") { hospital in
            for name in ["usage", "waits", "transfers", "monthly"] {
                let told = try await get(hospital, name)
                told.refused(409, "reportSuppressed", field: "name")
                #expect(told.json["detail"]?.text?.contains("weekly") == true)
            }
            try await get(hospital, "weekly").accepted()
            let sql = try await hospital.fixture.request(
                .post, "/v1/report-sql", by: hospital.administrator,
                ["Content-Type": "application/json"],
                body: (["sql": "SELECT * FROM waits"] as JSON).bytes)
            sql.refused(409, "reportSuppressed", field: "from")
        }
    }

    @Test("REP-5 whole weeks are published with small counts hidden, and a second with each")
    func weekly() async throws {
        try await suppressed("week") { hospital in
            // Day 25 of the test is 2026-12-13, a Sunday.
            let told = try await get(hospital, "weekly?day=2026-12-09")
            told.accepted()
            #expect(told.json["about"]?["from"] == "2026-12-07")
            #expect(told.json["about"]?["through"] == "2026-12-13")
            let tables = told.json["tables"]?.elements ?? []
            let callers = tables.first { $0["name"] == "callers" }?["rows"]?.elements ?? []
            let rows = callers.compactMap(\.elements)
            #expect(rows.count == 3)
            // The one arrival elsewhere is hidden, and so is the total or the other clinic.
            #expect(rows[1][2] == "*")
            #expect(rows[0][2] == "*" || rows[2][2] == "*")
            let words = told.text
            #expect(words.contains("Not published: a count from 1 to 4"))
            // The same counts stand hidden in the clinic's own report.
            let other = try await get(
                hospital, "weekly?day=2026-12-09&clinic=\(hospital.otherClinic)")
            let own = other.json["tables"]?.elements?.first { $0["name"] == "callers" }
            #expect(own?["rows"]?.elements?.compactMap(\.elements).map { $0[2] } == ["*"])
        }
    }

    @Test("REP-5 with months published, weeks are not: they would overlap")
    func monthly() async throws {
        try await suppressed("month") { hospital in
            try await get(hospital, "weekly").refused(409, "reportSuppressed", field: "name")
            let told = try await get(hospital, "monthly?day=2026-12-01")
            told.accepted()
            #expect(told.json["about"]?["through"] == "2026-12-31")
        }
    }

    @Test("REP-5 a period in which suppression was set anew is not published")
    func changed() async throws {
        try await suppressed("week") { hospital in
            let fixture = hospital.fixture
            try await fixture.must(
                "reports.configure", ["suppressBelow": 8, "period": "week"],
                by: hospital.administrator)
            let closer = DayCloser(dispatch: fixture.dispatch) { Issue.record("\($0)") }
            let before = try await get(hospital, "weekly")
            before.accepted()
            fixture.clock.advance(seconds: 14 * 86_400)
            try await closer.tick()
            let through = try #require(before.json["about"]?["through"]?.text)
            let last = try #require(LocalDate(through))
            let next = try #require(LocalDate(day: last.day + 1))
            try await get(hospital, "weekly?day=\(next)").refused(409, "settingsChanged")
            let following = try #require(LocalDate(day: last.day + 8))
            try await get(hospital, "weekly?day=\(following)").accepted()
            // Turned off, what slides over suppressed days still gives them away.
            try await fixture.must("reports.configure", [:], by: hospital.administrator)
            fixture.clock.advance(seconds: 2 * 86_400)
            try await closer.tick()
            try await get(hospital, "usage").refused(409, "reportSuppressed")
        }
    }
}
