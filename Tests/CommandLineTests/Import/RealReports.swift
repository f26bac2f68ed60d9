import API
import Foundation
import Testing

/// Reports over real history, against counts worked out from the same files by plain Python.
enum RealReports {
    // MARK: Appointments

    static func check(
        appointmentsIn folder: Folder, against truth: JSON, file: String
    ) async throws {
        let usage = try await report("usage", "2016-05-16", in: folder)
        let all = try #require(rows(usage, "clinics").last)
        #expect(all[2].whole == truth["rows"]?.whole)
        #expect(all[4].whole == truth["no_show"]?.whole)
        // Booked after the day they were for: corrections, on the day they were booked.
        let late = truth["scheduled_after_appointment_day"]?.elements?.compactMap(\.text) ?? []
        #expect(rows(usage, "corrections")[0][1].whole == Int64(2 * late.count))
        var moved: [String: (booked: Int64, missed: Int64)] = [:]
        for line in try lines(file) where late.contains(String(line[1])) {
            let missed: Int64 = line[13].hasPrefix("Yes") ? 1 : 0
            for (day, sign) in [(line[4], Int64(-1)), (line[3], 1)] {
                let before = moved[String(day.prefix(10))] ?? (0, 0)
                moved[String(day.prefix(10))] = (
                    before.booked + sign, before.missed + sign * missed
                )
            }
        }
        for row in rows(usage, "days") {
            let day = try #require(row[0].text)
            let told = truth["per_day"]?[day]
            let change = moved[day] ?? (0, 0)
            let booked = (told?["appointments"]?.whole ?? 0) + change.booked
            #expect(row[1].whole == booked, "\(day)")
            #expect(row[3].whole == (told?["no_show"]?.whole ?? 0) + change.missed, "\(day)")
            #expect(row[5] == 0, "\(day): all are settled")
        }
        let clinics = rows(usage, "clinics")
        for pair in truth["neighbourhood_top10"]?.elements ?? [] {
            let name = pair.elements?[0]
            let row = clinics.first { $0[0] == name }
            #expect(row?[2] == pair.elements?[1], "\(name?.text ?? "")")
        }
    }

    // MARK: Waits

    static func check(
        visitsIn folder: Folder, against truth: JSON, refused: [Int], file: String
    ) async throws {
        let waits = try await report("waits", "1999-01-31", in: folder)
        let all = try lines(file)
        let lost = refused.map { all[$0 - 2] }
        func count(_ lines: [[Substring]], _ outcome: String) -> Int64 {
            Int64(lines.count { $0[12] == outcome })
        }
        let callers = try #require(rows(waits, "callers").last)
        #expect(callers[3].whole == (truth["served"]?.whole ?? 0) - count(lost, "AGENT"))
        #expect(callers[5].whole == (truth["hung_up_all"]?.whole ?? 0) - count(lost, "HANG"))
        let expected: [(kind: String, median: JSON?, ninetieth: JSON?)] = [
            (
                "all", truth["wait_queued_all_s"]?["median"],
                truth["wait_queued_all_s"]?["p90"]
            ),
            (
                "taken in", truth["wait_queued_then_served_s"]?["median"],
                truth["wait_queued_then_served_s"]?["p90"]
            ),
            (
                "left before being seen", truth["patience_abandoned_s"]?["median"],
                truth["patience_abandoned_s"]?["p90"]
            ),
        ]
        for (row, told) in zip(rows(waits, "waits").suffix(3), expected) {
            #expect(row[2].text == told.kind)
            #expect(row[4] == told.median, "\(told.kind)")
            #expect(row[5] == told.ninetieth, "\(told.kind)")
        }
        // The truth leaves out those who never waited; the report counts their links too.
        for (hour, row) in rows(waits, "hours").prefix(24).enumerated() {
            func of(_ lines: [[Substring]], _ outcomes: [Substring]) -> Int64 {
                Int64(
                    lines.count {
                        Int($0[6].prefix { $0 != ":" }) == hour && outcomes.contains($0[12])
                    })
            }
            let name = hour < 10 ? "0\(hour)" : "\(hour)"
            let told = truth["arrivals_per_hour_of_day(vru_entry)"]?[name]?.whole ?? 0
            let opened =
                told + of(all, ["PHANTOM"]) - of(lost, ["AGENT", "HANG", "PHANTOM"])
            #expect(row[1].whole == opened, "hour \(name)")
        }
    }

    /// The same bytes in another zone and language, from the log alone, and on a copy (REP-4).
    static func sameBytes(in folder: Folder) async throws {
        func bytes(
            _ format: String, _ data: String = "data", _ environment: [String: String] = [:]
        ) async throws -> String {
            let outcome = try await Program.run(
                [
                    "report", "waits", "--day", "1999-01-31", "--format", format, "--data",
                    folder.path(data),
                ], in: folder, under: environment)
            #expect(outcome.status == 0, "\(outcome.errors)")
            return outcome.output
        }
        let csv = try await bytes("csv")
        let svg = try await bytes("svg")
        #expect(csv.hasSuffix("End of Report\r\n"))
        let elsewhere = ["TZ": "Pacific/Apia", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"]
        #expect(try await bytes("csv", "data", elsewhere) == csv)
        #expect(try await bytes("svg", "data", elsewhere) == svg)
        let manager = FileManager.default
        // The folder, and what lies beside it: its key and its list of erasures.
        for suffix in ["", ".key", ".erasures"] {
            try manager.copyItem(
                atPath: folder.path("data\(suffix)"), toPath: folder.path("elsewhere\(suffix)"))
        }
        try manager.removeItem(atPath: folder.path("elsewhere/read"))
        #expect(try await bytes("csv", "elsewhere") == csv)
        #expect(try await bytes("svg", "elsewhere") == svg)
    }

    // MARK: Reading

    private static func report(
        _ name: String, _ day: String, in folder: Folder
    ) async throws -> JSON {
        let outcome = try await Program.succeed(
            "report", name, "--day", day, "--data", folder.path("data"), in: folder)
        return try JSON(parsing: Array(outcome.output.utf8))
    }

    private static func rows(_ report: JSON, _ table: String) -> [[JSON]] {
        let tables = report["tables"]?.elements ?? []
        let rows = tables.first { $0["name"]?.text == table }?["rows"]?.elements ?? []
        return rows.map { $0.elements ?? [] }
    }

    /// The file's lines after the first, in fields.
    private static func lines(_ file: String) throws -> [[Substring]] {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let delimiter: Character = file.hasSuffix(".csv") ? "," : "\t"
        return text.split(whereSeparator: \.isNewline).dropFirst().map {
            $0.split(separator: delimiter, omittingEmptySubsequences: false)
        }
    }
}
