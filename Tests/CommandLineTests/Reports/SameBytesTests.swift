import API
import Domain
import EventStore
import Foundation
import Projections
import Testing

/// A report for a day is the same bytes wherever, whenever and after whatever (REP-4).
@Suite("The same bytes", .timeLimit(.minutes(10))) struct SameBytesTests {
    /// What is asked of one organisation.
    private struct Asked: Hashable {
        let name: ReportName
        let day: String
        let clinic: ID<Clinic>?
        let format: ReportFormat

        var request: ReportRequest {
            ReportRequest(name: name, day: LocalDate(day), clinic: clinic)
        }
        var path: String {
            let clinic = clinic.map { "&clinic=\($0)" } ?? ""
            return "/v1/reports/\(name.rawValue)?day=\(day)\(clinic)&format=\(format.rawValue)"
        }
    }

    /// Every report there is, of the organisation and of each clinic, in every form: of the day
    /// before the clocks were changed, and of the last of March, on which they were.
    private static func questions(_ history: SeededHistory) -> [Asked] {
        ["2024-03-30", "2024-03-31"].flatMap { day in
            ReportName.allCases.flatMap { name in
                ([nil] + history.clinics).flatMap { clinic in
                    ReportFormat.allCases.map {
                        Asked(name: name, day: day, clinic: clinic, format: $0)
                    }
                }
            }
        }
    }

    /// Bytes, or the code of the refusal.
    private typealias Answers = [Asked: Result<[UInt8], Refused>]
    private struct Refused: Error, Hashable { let code: String }

    private static func answers(
        _ history: SeededHistory, _ views: Views
    ) async throws -> Answers {
        var answers: Answers = [:]
        for asked in questions(history) {
            let shown = try await views.report(asked.request, of: history.organisation)
            switch shown.report {
            case .success(let report):
                // Small counts of one clinic make no picture.
                let none = Result<[UInt8], Refused>.failure(Refused(code: "notAllowed"))
                answers[asked] = report.bytes(as: asked.format).map { .success($0) } ?? none
            case .failure(let rejection):
                answers[asked] = .failure(Refused(code: rejection.told.code))
            }
        }
        return answers
    }

    /// Organisations, and what was answered of each before anything was done to it.
    private struct World {
        let histories: [SeededHistory]
        let before: [Answers]
        /// Of each log, what a server has to show.
        let positions: [Int64]
    }

    private static let settings: [(String, JSON?)] = [
        ("all", nil), ("weeks", ["suppressBelow": 5, "period": "week", "minimumSeconds": 60]),
        ("months", ["suppressBelow": 4, "period": "month"]),
    ]

    @Test("REP-4 live, replayed, elsewhere, under other zones and tongues, after anonymisation")
    func same() async throws {
        let folder = try Folder()
        var random = Seeded.told(for: "SameBytesTests")
        let world = try await world(folder, &random)
        try check(world)
        let foreign = [
            "TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8",
            "LANGUAGE": "tr",
        ]
        let copies: [(String, [String: String])] = [
            ("plain", [:]), ("foreign", foreign),
            ("otherTable", ["TZDIR": try otherZones(folder)]),
            ("noTable", ["TZDIR": folder.path("nowhere"), "TZ": ":nowhere/at/all"]),
        ]
        for (name, environment) in copies {
            _ = try Replays.bareCopy(of: folder, as: name)
            let server = try await Server.start(in: folder, data: name, under: environment)
            try ask(world, server, under: name)
            // It would still be closing the days since.
            await server.die()
        }
        try await askOnTheCommandLine(world, folder, under: foreign)
    }

    /// Lays the histories, asks, anonymises, asks again, and once more of a replay.
    private func world(_ folder: Folder, _ random: inout Seeded) async throws -> World {
        let clock = StandingClock(SeededHistory.start)
        let installation = try await Installation.open(
            folder.path("data"), Installation.Options(clock: clock, cores: 1) { _ in })
        var histories: [SeededHistory] = []
        for (name, settings) in Self.settings {
            histories.append(
                try await SeededHistory.make(name, settings, in: installation, clock, &random))
        }
        let runner = installation.side.runner
        let (before, positions) = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            defer { group.cancelAll() }
            return try await livesOfReports(histories, installation, clock)
        }
        try await installation.close()
        return World(histories: histories, before: before, positions: positions)
    }

    private func livesOfReports(
        _ histories: [SeededHistory], _ installation: Installation, _ clock: StandingClock
    ) async throws -> ([Answers], [Int64]) {
        var before: [Answers] = []
        var positions: [Int64] = []
        for history in histories {
            try await shown(history.log, installation)
            let first = try await Self.answers(history, installation.side.views)
            let erased = try await anonymise(history, installation, clock)
            #expect(erased > 100, "only \(erased) records were anonymised")
            try await shown(history.log, installation)
            #expect(try await Self.answers(history, installation.side.views) == first)
            // From the log alone.
            let replayed = try await Replay(installation.store, cores: 1)
                .views(of: history.log, at: .head)
            #expect(try await Self.answers(history, replayed) == first)
            let live = try await installation.side.views.digests(of: history.log)
            let again = try await replayed.digests(of: history.log)
            #expect(!live.isEmpty && live == again)
            before.append(first)
            positions.append(try installation.store.head(of: history.log) - 1)
        }
        return (before, positions)
    }

    private func shown(_ log: LogID, _ installation: Installation) async throws {
        let head = try installation.store.head(of: log)
        for projection in ViewSet.all.projections {
            try await installation.side.runner.waitUntil(projection.name, log, shows: head - 1)
        }
    }

    /// All but the last days lose their clients for good; how many records.
    private func anonymise(
        _ history: SeededHistory, _ installation: Installation, _ clock: StandingClock
    ) async throws -> Int {
        for (name, member) in [
            ("anonymisation.set-days", JSON.Member("days", 7)),
            (
                "anonymisation.announce",
                JSON.Member(
                    "runsFrom", .string((clock.now() + .days(1)).description))
            ),
        ] {
            _ = try await installation.dispatch.run(
                CommandRequest(
                    name: name,
                    body: .object([
                        JSON.Member("organisation", .string(history.organisation.description)),
                        member,
                    ]), key: IdempotencyKey(name), actor: .operator, door: .inProcess))
        }
        clock.advance(seconds: 86_400)
        let outcome = try await Anonymiser(installation.eraser)
            .run(in: history.log, recordsMax: 100_000, by: .commandLine)
        #expect(!outcome.isCut)
        return outcome.records
    }

    /// Nobody compares refusals with refusals alone.
    private func check(_ world: World) throws {
        for (answers, published) in zip(
            world.before, [Set(ReportName.allCases), [.weekly], [.monthly]])
        {
            for (asked, answer) in answers {
                switch answer {
                case .success(let bytes):
                    #expect(published.contains(asked.name) && bytes.count > 500, "\(asked.path)")
                case .failure(Refused(code: "notAllowed")):
                    #expect(published.count == 1 && asked.clinic != nil && asked.format == .svg)
                case .failure(let refused):
                    #expect(refused.code == "reportSuppressed", "\(asked.path): \(refused)")
                    #expect(!published.contains(asked.name), "\(asked.path)")
                }
            }
        }
        let all = try #require(world.before.first)
        #expect(Set(all.values).count > all.count / 2, "reports differ from each other")
    }

    private func ask(_ world: World, _ server: Server, under name: String) throws {
        let connection = try Connection(port: server.port)
        for (index, history) in world.histories.enumerated() {
            let headers = [("Authorization", "Bearer \(history.token)")]
            for (asked, expected) in world.before[index] {
                let path = "\(asked.path)&position=\(world.positions[index])"
                let answer = try connection.request("GET", path, headers: headers)
                switch expected {
                case .success(let bytes):
                    #expect(answer.status == 200, "\(name): \(path)")
                    #expect(answer.body == bytes, "\(name): \(path)")
                case .failure(let refused):
                    #expect([409, 422].contains(answer.status), "\(name): \(path)")
                    let told = String(decoding: answer.body, as: UTF8.self)
                    #expect(told.contains("\"\(refused.code)\""), "\(name): \(path): \(told)")
                }
            }
        }
    }

    /// A picture, a table and JSON through `anteroom report`.
    private func askOnTheCommandLine(
        _ world: World, _ folder: Folder, under environment: [String: String]
    ) async throws {
        let history = world.histories[0]
        for asked in Self.questions(history)
        where asked.day == "2024-03-31" && asked.name == .usage && asked.clinic == nil {
            let outcome = try await Program.run(
                [
                    "report", asked.name.rawValue, "--org", "\(history.organisation)", "--day",
                    asked.day, "--format", asked.format.rawValue, "--data", folder.path("data"),
                ], in: folder, under: environment)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(.success(Array(outcome.output.utf8)) == world.before[0][asked], "\(asked.path)")
        }
    }

    /// A table of zones in which Copenhagen is where Tokyo is.
    private func otherZones(_ folder: Folder) throws -> String {
        let zones = folder.url.appendingPathComponent("zones/Europe")
        try FileManager.default.createDirectory(at: zones, withIntermediateDirectories: true)
        let tokyo = URL(fileURLWithPath: "/usr/share/zoneinfo/Asia/Tokyo")
        if FileManager.default.fileExists(atPath: tokyo.path) {
            try FileManager.default.copyItem(
                at: tokyo.resolvingSymlinksInPath(),
                to: zones.appendingPathComponent("Copenhagen"))
        } else {
            print("notice: no \(tokyo.path); the other table of zones is an empty one")
        }
        return folder.path("zones")
    }
}
