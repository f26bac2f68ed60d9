import API
import Foundation
import Testing

/// Real history, against counts worked out from the same files by plain Python (truth.json beside
/// them).
@Suite("Import of real days") struct RealDayTests {
    private static let mappings = Program.root.appendingPathComponent("tools/anteroom/mappings")
        .path

    @Test("REP-3 fifty thousand real bookings come out as they went in")
    func appointments() async throws {
        guard let file = SharedData.path("appointments/appointments.csv"),
            let truthPath = SharedData.path("appointments/truth.json")
        else { return }
        let folder = try Folder()
        let arguments = [
            "import", file, "--kind", "appointments", "--mapping", "\(Self.mappings)/vitoria.json",
            "--data", folder.path("data"),
        ]
        let first = try await Program.run(arguments, in: folder)
        try #require(first.status == 0, "\(first.errors)")
        try await check(appointmentsIn: folder, against: truth(truthPath))
        try await RealReports.check(
            appointmentsIn: folder, against: truth(truthPath), file: file)

        // The same file again adds nothing.
        let before = try await heads(folder)
        let again = try await Program.run(arguments, in: folder)
        #expect(again.status == 0, "\(again.errors)")
        #expect(try await heads(folder) == before)
        try await Replays.agree(in: folder)
    }

    private func check(appointmentsIn folder: Folder, against truth: JSON) async throws {
        let rows = try await Program.succeed(
            "show", "appointments", "--json", "--data", folder.path("data"), in: folder
        ).json()
        #expect(Int64(rows.count) == truth["rows"]?.whole)
        let missed = rows.filter { $0["status"] == "noShow" }
        #expect(Int64(missed.count) == truth["no_show"]?.whole)
        #expect(Set(rows.map { $0["status"]?.text }) == ["done", "noShow"])
        #expect(
            Int64(Set(rows.compactMap { $0["client"]?.text }).count)
                == truth["distinct_patients"]?.whole)
        let perDay = counts(rows.map { $0["day"]?.text })
        let missedPerDay = counts(missed.map { $0["day"]?.text })
        guard case .object(let days)? = truth["per_day"] else {
            Issue.record("truth.json has no per_day")
            return
        }
        #expect(perDay.count == days.count)
        for day in days {
            #expect(perDay[day.name].map(Int64.init) == day.value["appointments"]?.whole)
            #expect(missedPerDay[day.name].map(Int64.init) == day.value["no_show"]?.whole)
        }
        let perClinic = counts(rows.map { $0["clinic"]?.text })
        for pair in truth["neighbourhood_top10"]?.elements ?? [] {
            let (name, count) = (pair.elements?[0].text, pair.elements?[1].whole)
            #expect(perClinic[name].map(Int64.init) == count, "\(name ?? "")")
        }
    }

    @Test(
        "REP-3 thirty-one thousand real callers wait as long as they did, but for 33 refused rows")
    func visits() async throws {
        guard let file = SharedData.path("waits/january.txt"),
            let truthPath = SharedData.path("waits/truth.json")
        else { return }
        let folder = try Folder()
        let arguments = [
            "import", file, "--kind", "visits", "--mapping", "\(Self.mappings)/bank.json", "--data",
            folder.path("data"),
        ]
        let outcome = try await Program.run(arguments, in: folder)
        #expect(outcome.status == 1, "refused rows are told by the exit code: \(outcome.errors)")
        let refused = try refusedRows(folder)
        #expect(refused.count == 33)
        try await check(visitsIn: folder, against: truth(truthPath), refused: refused, file: file)
        try await RealReports.check(
            visitsIn: folder, against: truth(truthPath), refused: refused, file: file)
        try await RealReports.sameBytes(in: folder)

        let before = try await heads(folder)
        _ = try await Program.run(arguments, in: folder)
        #expect(try await heads(folder) == before)
        try await Replays.agree(in: folder)
    }

    private func check(
        visitsIn folder: Folder, against truth: JSON, refused: [Int], file: String
    ) async throws {
        let rows = try await Program.succeed(
            "show", "visits", "--json", "--data", folder.path("data"), in: folder
        ).json()
        // What was refused, by the file itself: hour of arrival and outcome.
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(
            whereSeparator: \.isNewline)
        let lost = refused.map {
            lines[$0 - 1].split(separator: "\t", omittingEmptySubsequences: false)
        }
        let lostOutcomes = counts(lost.map { String($0[12]) })
        let outcomes = counts(rows.compactMap { $0["outcome"]?.text })
        let words = [("seen", "AGENT"), ("gaveUp", "HANG"), ("none", "PHANTOM")]
        for (ours, theirs) in words {
            let told = truth["outcome"]?[theirs]?.whole ?? 0
            #expect(outcomes[ours].map(Int64.init) == told - Int64(lostOutcomes[theirs] ?? 0))
        }
        let real = rows.filter { $0["outcome"] != "none" }
        let hours = counts(real.compactMap { jerusalemHour($0["openedAt"]?.text) })
        let lostHours = counts(
            lost.filter { $0[12] != "PHANTOM" }.map { Int($0[6].prefix { $0 != ":" }) ?? -1 })
        for hour in 0..<24 {
            let name = hour < 10 ? "0\(hour)" : "\(hour)"
            let told = truth["arrivals_per_hour_of_day(vru_entry)"]?[name]?.whole ?? 0
            #expect(Int64(hours[hour] ?? 0) == told - Int64(lostHours[hour] ?? 0), "hour \(name)")
        }
        let waits = real.compactMap { $0["waitSeconds"]?.whole }.filter { $0 > 0 }.sorted()
        #expect(quantile(0.5, of: waits) == 46)
        #expect(quantile(0.9, of: waits) == 153)
        let served = lines.dropFirst().enumerated().filter { !refused.contains($0.offset + 2) }
            .map { $0.element.split(separator: "\t", omittingEmptySubsequences: false) }
            .filter { $0[12] == "AGENT" }
        let staff = Set(rows.compactMap { $0["practitioner"]?.text })
        #expect(staff.count == Set(served.map { $0[16] }).count)
    }

    /// January in Jerusalem is two hours ahead of UTC; told without a time-zone library on purpose.
    private func jerusalemHour(_ openedAt: String?) -> Int? {
        openedAt.flatMap { Int($0.dropFirst(11).prefix(2)) }.map { ($0 + 2) % 24 }
    }

    private func truth(_ path: String) throws -> JSON {
        try JSON(parsing: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func refusedRows(_ folder: Folder) throws -> [Int] {
        let data = folder.url.appendingPathComponent("data")
        let names = try FileManager.default.contentsOfDirectory(atPath: data.path)
        let name = try #require(names.first { $0.hasSuffix(".refused.tsv") })
        let text = try String(contentsOf: data.appendingPathComponent(name), encoding: .utf8)
        return text.split(separator: "\n").dropFirst().compactMap {
            Int($0.prefix { $0 != "\t" })
        }
    }

    private func heads(_ folder: Folder) async throws -> [String] {
        try await Program.succeed(
            "replay", "--projection", "access-log", "--json", "--data", folder.path("data"),
            in: folder
        ).json().map { "\($0["organisation"]?.text ?? ""): \($0["position"]?.whole ?? -1)" }
    }
}
