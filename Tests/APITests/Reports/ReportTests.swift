import API
import Domain
import EventStore
import Projections
import Testing

@Suite("Reports") struct ReportTests {
    private static let client: JSON = [
        "details": [
            "initials": "G", "surname": "Hopper", "birthDate": "1906-12-09",
            "email": "grace@example.org",
        ]
    ]

    /// A week at the hospital: two clinics, appointments and callers, every day closed.
    private func week(_ hospital: Hospital, days: Int = 3) async throws -> DayCloser {
        let fixture = hospital.fixture
        let member = try await hospital.staff([
            "teamMember@\(hospital.clinic)", "teamMember@\(hospital.otherClinic)",
        ])
        let closer = DayCloser(dispatch: fixture.dispatch) { Issue.record("\($0)") }
        let client = try await fixture.must(
            "client.register", Self.client, by: member)
        try await fixture.must(
            "staff.mark-practitioner",
            ["staff": .string(member.id), "clinic": .string(hospital.clinic)],
            by: hospital.administrator)
        for day in 0..<days {
            let date = try #require(LocalDate(day: DayCloserTests.first + day))
            for index in 0..<3 {
                let booked = try await fixture.must(
                    "appointment.book",
                    [
                        "clinic": .string(hospital.clinic),
                        "client": client.result("client").map(JSON.string),
                        "practitioner": .string(member.id), "day": .string(date.description),
                        "time": .string("1\(index):00"), "minutes": 20,
                    ], by: member)
                let settled = index == 2 ? "appointment.no-show" : "appointment.done"
                try await fixture.must(
                    settled, ["appointment": booked.result("appointment").map(JSON.string)],
                    by: member)
            }
            for index in 0..<4 {
                let caller = try await hospital.caller()
                fixture.clock.advance(seconds: Int64(30 * (index + 1)))
                let visit: JSON = ["visit": .string(caller.id)]
                if index == 3 {
                    try await fixture.must("visit.give-up", visit, by: caller)
                    continue
                }
                try await fixture.must("visit.admit", visit, by: member)
                fixture.clock.advance(seconds: 40)
                if index == 0 {
                    try await fixture.must(
                        "visit.transfer",
                        visit.setting("clinic", .string(hospital.otherClinic)), by: member)
                }
                try await fixture.must("visit.end", visit, by: member)
            }
            fixture.clock.advance(seconds: 86_400 - 60 * 60)
            try await closer.tick()
        }
        fixture.clock.advance(seconds: 86_400)
        try await closer.tick()
        return closer
    }

    private func report(
        _ hospital: Hospital, _ path: String, by person: Person? = nil
    ) async throws -> Told {
        let head = try await hospital.fixture.head(hospital.organisation)
        let joint = path.contains("?") ? "&" : "?"
        return try await hospital.fixture.get(
            "/v1/reports/\(path)\(joint)position=\(head - 1)", by: person ?? hospital.administrator)
    }

    private func table(_ told: Told, _ name: String) -> [[JSON]] {
        let tables = told.json["tables"]?.elements ?? []
        let rows = tables.first { $0["name"]?.text == name }?["rows"]?.elements ?? []
        return rows.map { $0.elements ?? [] }
    }

    @Test("REP-1 REP-3 what happened is counted, by clinic, staff member, hour and outcome")
    func counted() async throws {
        try await inHospital { hospital in
            _ = try await week(hospital)
            let usage = try await report(hospital, "usage")
            usage.accepted()
            let clinics = table(usage, "clinics")
            #expect(clinics.map { $0[0].text } == ["Cardiology", "Dermatology", "All clinics"])
            #expect(clinics.last?.dropFirst(2) == [9, 6, 3, 0, 0, 9, 0])
            let staff = table(usage, "staff")
            #expect(staff.count == 1)
            #expect(staff[0].dropFirst() == [9, 6, 3, 0, 180, 9, 360])
            #expect(staff[0][0].text?.hasPrefix("S") == true)
            #expect(table(usage, "errors").isEmpty)
            let lengths = table(usage, "lengths")
            #expect(lengths[0].dropFirst(2) == [9, 180, 20, 20, 20])
            #expect(lengths[1].dropFirst(2) == [9, 360, 40, 40, 40])

            let waits = try await report(hospital, "waits")
            #expect(table(waits, "callers").last?.dropFirst(2) == [12, 9, 0, 3, 0, 3, 3, 3])
            let all = table(waits, "waits").suffix(3).map { Array($0.dropFirst(3)) }
            #expect(all == [[12, 60, 120, 120], [9, 60, 90, 90], [3, 120, 120, 120]])
            let hours = table(waits, "hours")
            #expect(hours.count == 25)
            #expect(hours.reduce(0) { $0 + ($1[2].whole ?? 0) } == 12)
            let transfers = try await report(hospital, "transfers")
            #expect(table(transfers, "transfers") == [["Cardiology", "Dermatology", 3]])
        }
    }

    @Test("REP-2 reports of the organisation and of a clinic, each by its roles")
    func roles() async throws {
        try await inHospital { hospital in
            _ = try await week(hospital, days: 1)
            let clinic = "?clinic=\(hospital.clinic)"
            let reporter = try await hospital.staff(["orgReporter"])
            let coordinator = try await hospital.staff(["orgCoordinator"])
            let manager = try await hospital.staff(["clinicAdmin@\(hospital.clinic)"])
            let member = try await hospital.teamMember()
            try await report(hospital, "usage", by: reporter).accepted()
            try await report(hospital, "usage\(clinic)", by: reporter)
                .refused(403, "notPermitted")
            try await report(hospital, "usage", by: coordinator).accepted()
            try await report(hospital, "usage\(clinic)", by: coordinator).accepted()
            try await report(hospital, "usage", by: manager).refused(403, "notPermitted")
            try await report(hospital, "usage\(clinic)", by: manager).accepted()
            try await report(hospital, "usage?clinic=\(hospital.otherClinic)", by: manager)
                .refused(403, "notPermitted")
            for name in ["usage", "usage\(clinic)"] {
                try await report(hospital, name, by: member).refused(403, "notPermitted")
                try await report(hospital, name, by: .nobody).refused(401, "notSignedIn")
            }
            let own = try await report(hospital, "usage\(clinic)", by: manager)
            #expect(table(own, "clinics").count == 2)
        }
    }

    @Test("REP-4 the bytes of a day's report do not change, whatever happens afterwards")
    func stable() async throws {
        try await inHospital { hospital in
            let closer = try await week(hospital)
            let day = try #require(LocalDate(day: DayCloserTests.first + 2))
            var before: [String: [UInt8]] = [:]
            let paths = ["usage", "waits", "transfers"].flatMap { name in
                ["json", "csv", "svg"].map { "\(name)?day=\(day)&format=\($0)" }
            }
            for path in paths { before[path] = try await report(hospital, path).bytes }
            // Bookings for a closed day, a new name, another day of work.
            let fixture = hospital.fixture
            try await fixture.must(
                "clinic.rename", ["clinic": .string(hospital.clinic), "name": "Heart"],
                by: hospital.administrator)
            let member = try await hospital.teamMember()
            let client = try await fixture.must(
                "client.register", Self.client, by: member)
            try await fixture.must(
                "appointment.book",
                [
                    "clinic": .string(hospital.clinic),
                    "client": client.result("client").map(JSON.string),
                    "day": .string(day.description),
                ], by: member)
            fixture.clock.advance(seconds: 86_400)
            try await closer.tick()
            for path in paths {
                let again = try await report(hospital, path)
                again.accepted(path)
                #expect(again.bytes == before[path], "\(path)")
            }
            // It is a correction of the day it was recorded on, and the new name shows there.
            let later = try await report(hospital, "usage")
            #expect(table(later, "corrections")[0] == ["appointments", 1])
            #expect(table(later, "clinics")[0][0] == "Heart")

            // From the log alone, elsewhere.
            let log = try fixture.log(hospital.organisation)
            let views = try await Replay(fixture.store, cores: 1).views(of: log, at: .head)
            for path in paths {
                let name = try #require(ReportName(rawValue: String(path.prefix { $0 != "?" })))
                let word = String(path.split(separator: "=").last ?? "")
                let format = try #require(ReportFormat(rawValue: word))
                let shown = try await views.report(
                    ReportRequest(name: name, day: day), of: ID(bits: log.bits))
                #expect(try shown.report.get().bytes(as: format) == before[path], "\(path)")
            }
        }
    }

    @Test("REP-6 a report says what its words mean, and its CSV where it ends")
    func definitions() async throws {
        try await inHospital { hospital in
            _ = try await week(hospital, days: 1)
            let csv = try await report(hospital, "waits?format=csv")
            #expect(csv.headers[.contentType]?.hasPrefix("text/csv") == true)
            #expect(csv.text.hasSuffix("\r\nEnd of Report\r\n"))
            for term in ["wait,", "minimum duration,", "time zone,Europe/Copenhagen"] {
                #expect(csv.text.contains(term), "\(term)")
            }
            let svg = try await report(hospital, "usage?format=svg")
            #expect(svg.headers[.contentType] == "image/svg+xml")
            for part in ["<title", "prefers-color-scheme: dark", "appointments</text>", "no-show"] {
                #expect(svg.text.contains(part), "\(part)")
            }
            try await report(hospital, "usage?day=2030-01-01").refused(409, "dayNotClosed")
            try await report(hospital, "monthly?day=2026-11-18").refused(409, "dayNotClosed")
        }
    }

    @Test("REP-2 REP-6 settings are saved by event and count from the day after")
    func settings() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let configure: JSON = [
                "minimumSeconds": 60, "clinics": [.string(hospital.clinic)],
                "measures": ["appointments", "staff"],
            ]
            let reporter = try await hospital.staff(["orgReporter"])
            try await fixture.post("reports.configure", configure, by: reporter)
                .refused(403, "notPermitted")
            _ = try await week(hospital, days: 1)
            try await fixture.must("reports.configure", configure, by: hospital.administrator)
            let now = try await report(hospital, "usage")
            #expect(table(now, "clinics").last?.suffix(2) == [3, 0])
            let told = try await fixture.get("/v1/report-settings", by: reporter)
            #expect(told.json["minimumSeconds"] == 60)
            _ = try await week(hospital, days: 2)
            let later = try await report(hospital, "usage")
            // Of the first clinic alone; calls of 40 seconds are short from the second day on.
            #expect(table(later, "clinics").count == 2)
            #expect((table(later, "clinics").last?.last?.whole ?? 0) > 0)
            #expect(table(later, "hours").isEmpty && table(later, "lengths").isEmpty)
            let codes = try await fixture.get("/v1/report-staff", by: reporter)
            #expect(codes.json["rows"]?.elements?.contains { $0["staff"]?.text != nil } == true)
        }
    }
}
