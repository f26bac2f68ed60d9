import API
import Foundation
import TestSupport
import Testing

@Suite("Days that an import holds open") struct HeldDaysTests {
    private let folder: Folder
    private var data: String { folder.path("data") }
    /// A call after the import was opened and before its 6,000 rows are in, of about 2,200.
    private static let midway = 800

    init() throws { folder = try Folder() }

    private func run(_ arguments: String...) async throws -> Program.Outcome {
        try await Program.run(arguments + ["--data", data], in: folder)
    }

    private func days() async throws -> [String] {
        try await run("log", "--json").json().compactMap { $0["type"]?.text }
            .filter { $0.hasPrefix("day.") || $0.hasPrefix("organisation.created") }
    }

    /// Starts it, and kills it at that call that changes its data, however fast the machine is.
    private func kill(_ arguments: [String], at call: Int) async throws {
        let outcome = try await Killer(in: folder).run(
            arguments, at: Killer.Moment(call: call), in: folder)
        guard case .killed = outcome else {
            Issue.record("it came to its end before call \(call)")
            return
        }
    }

    @Test("REP-1 days are held from the founding commit on, and let go when the import is over")
    func whole() async throws {
        let file = try folder.write("rows.csv", Bookings.file(50))
        let outcome = try await run(
            "import", file, "--kind", "appointments", "--mapping", Bookings.mapping)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let events = try await run("log", "--json").json()
        func command(_ type: String) -> [JSON?] {
            events.filter { $0["type"]?.text == type }.map { $0["command"] }
        }
        let founded = try #require(command("organisation.created").first)
        #expect(founded != nil)
        #expect(command("day.held").first == founded, "the first hold is the founding commit's")
        // Handed over to the import as it opens, and let go as it closes.
        #expect(command("day.held").last == command("import.opened").first)
        #expect(command("day.released").first == command("import.opened").first)
        #expect(command("day.released").last == command("import.closed").first)
        #expect(command("day.held").count == 2 && command("day.released").count == 2)
        #expect(try await run("import-end").output.isEmpty)
    }

    @Test("REP-1 a killed import is named by whoever asks for its days; the operator can end it")
    func killed() async throws {
        let file = try folder.write("rows.csv", Bookings.file(6_000))
        let arguments = [
            "import", file, "--kind", "appointments", "--mapping", Bookings.mapping, "--data", data,
        ]
        try await kill(arguments, at: Self.midway)
        let listed = try await run("import-end").output
        let id = try #require(listed.split(separator: " ").first.map(String.init))
        #expect(id.count == 32)
        let report = try await run("report", "usage", "--day", "2017-01-01")
        #expect(report.status == 1)
        #expect(report.errors.contains("import \(id) is not over"), "\(report.errors)")
        // A server closes nothing meanwhile, says why, and tells reporting staff too.
        let server = try await Server.start(in: folder)
        let through = try await run("report", "usage", "--day", "2017-01-01")
        #expect(through.errors.contains("import \(id) is not over"))
        #expect(await server.stop() == 0)
        #expect(try await days().filter { $0 == "day.released" }.count == 1)

        let wrong = try await run("import-end", String(repeating: "0", count: 31) + "7")
        #expect(wrong.status == 1)
        let ended = try await run("import-end", id)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try await run("import-end").output.isEmpty)
        #expect(try await days().last == "day.released")
        let secrets = try StolenFolder(data).rows.filter { $0.name == "keys.sqlite secret" }
        #expect(secrets.count == 1, "the vault's own, and none of the import's")
        // What is in stays; the rest never comes.
        let before = try await run("show", "appointments", "--json").lines.count
        let again = try await Program.run(arguments, in: folder)
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.output.contains("was ended before its end"))
        #expect(try await run("show", "appointments", "--json").lines.count == before)
        let after = try await run("report", "usage", "--day", "2017-01-01")
        #expect(after.errors.contains("is not closed"), "\(after.errors)")
        try await Replays.agree(in: folder)
    }

    @Test("REP-1 a killed import that is started again lets go of the days at its end")
    func resumed() async throws {
        let file = try folder.write("rows.csv", Bookings.file(6_000))
        let arguments = [
            "import", file, "--kind", "appointments", "--mapping", Bookings.mapping, "--data", data,
        ]
        // Before a step is done; then further on.
        for call in [1, Self.midway] { try await kill(arguments, at: call) }
        #expect(try await run("import-end").lines.count <= 1)
        let last = try await Program.run(arguments, in: folder)
        #expect(last.status == 0, "\(last.errors)")
        #expect(try await run("import-end").output.isEmpty)
        let report = try await run("report", "usage", "--day", "2016-05-02")
        #expect(report.status == 0, "\(report.errors)")
    }
}
