import API
import Foundation
import Testing

/// A demonstration day, looked at as it is and as it was.
@Suite("A day looked back on", .timeLimit(.minutes(10))) struct HistoryTests {
    private static let screens = [
        "waiting-area", "visits", "appointments", "directory", "access-log",
    ]
    private let folder: Folder
    private var data: String { folder.path("data") }

    init() async throws {
        folder = try Folder()
        let server = try await Server.start(in: folder, "--demo")
        #expect(await server.stop() == 0)
    }

    private func run(
        _ arguments: String..., location: SourceLocation = #_sourceLocation
    ) async throws -> Program.Outcome {
        let outcome = try await Program.run(arguments + ["--data", data], in: folder)
        try #require(outcome.status == 0, "\(outcome.errors)", sourceLocation: location)
        return outcome
    }

    /// The demonstration's own log, before anybody looked at it.
    private func events() async throws -> [JSON] {
        let events = try await run("log", "--json").json()
        let installation = "/organisations/" + String(repeating: "0", count: 32)
        return events.filter {
            $0["source"]?.text != installation && $0["type"]?.text != "access.noted"
        }
    }

    @Test("AUD-1 log gives CloudEvents, dense in their log, and nobody's name")
    func log() async throws {
        let events = try await events()
        #expect(events.count > 300)
        for (position, event) in events.enumerated() {
            #expect(event["specversion"] == "1.0")
            #expect(event["id"]?.text == "\(position)")
            for name in ["source", "type", "subject", "time", "actor", "role", "basis", "origin"] {
                #expect(event[name]?.text?.isEmpty == false, "\(name) of \(position)")
            }
            #expect(event["data"] != nil)
        }
        let all = try await run("log", "--json").output
        let raw = try await run("log", "--json", "--raw").output
        for name in ["Lund", "Astrid", "demo.example"] {
            #expect(!all.contains(name))
            #expect(!raw.contains(name))
        }
        #expect(try await run("log", "--type", "visit.opened").lines.count > 10)
        let stream = try #require(events.last?["subject"]?.text)
        #expect(try await run("log", "--stream", stream).lines.count >= 1)
    }

    @Test("AUD-4 a screen shows what it showed then, by position and by moment; no name is in it")
    func show() async throws {
        let events = try await events()
        // Right before a moment at which the log learned something: both mean the same.
        let times = events.compactMap { $0["time"]?.text }
        let ends = times.indices.dropLast().filter { times[$0] != times[$0 + 1] }
        for screen in Self.screens {
            for place in [0, ends.count / 3, 2 * ends.count / 3, ends.count - 1] {
                let end = ends[place]
                func rows(_ option: String, _ value: String) async throws -> [String] {
                    try await run("show", screen, "--json", option, value).json().map { row in
                        guard case .object(let members) = row else { return "" }
                        return JSON.object(members.filter { $0.name != "client" }).description
                    }
                }
                let byPosition = try await rows("--until", "\(end)")
                let byMoment = try await rows("--at", times[end])
                // An organisation-wide look at a position looks at each log's; the demonstration is
                // the only one.
                #expect(byPosition == byMoment, "\(screen) at \(end)")
                if screen == "access-log" { #expect(byPosition.count == end + 1) }
            }
            let now = try await run("show", screen, "--json").output
            #expect(!now.isEmpty)
            for name in ["Lund", "Astrid", "demo.example"] { #expect(!now.contains(name)) }
        }
    }

    @Test("AUD-2 each look is noted before it shows anything, by the operator")
    func noted() async throws {
        func entries() async throws -> [JSON] {
            try await run("show", "access-log", "--json").json()
        }
        var count = try await entries().count
        for (arguments, kind) in [
            (["show", "waiting-area"], "waitingArea"), (["show", "visits"], "visit"),
            (["show", "appointments"], "appointment"), (["show", "directory"], "organisation"),
            (["log"], "log"),
        ] {
            _ = try await Program.run(arguments + ["--data", data], in: folder)
            let after = try await entries()
            #expect(after.count == count + 2, "its own entry, and that of looking at the entries")
            let entry = try #require(after.dropLast().last)
            #expect(entry["actor"] == "operator")
            #expect(entry["objectKind"]?.text == kind)
            #expect(entry["source"] == "cli")
            count = after.count
        }
    }

    @Test("AUD-3 replay gives the live digests, also into a folder, and those of then")
    func replay() async throws {
        try await Replays.agree(in: folder)
        let now = try await run("replay", "--json").output
        for _ in 0..<2 {
            #expect(try await run("replay", "--json", "--into", folder.path("built")).output == now)
        }
        let events = try await events()
        let times = events.compactMap { $0["time"]?.text }
        let end = try #require(
            times.indices.dropLast().last { $0 < 200 && times[$0] != times[$0 + 1] })
        let source = try #require(events.first?["source"]?.text)
        let organisation = String(source.dropFirst("/organisations/".count))
        let byPosition = try await run(
            "replay", "--json", "--org", organisation, "--until", "\(end)")
        let byMoment = try await run("replay", "--json", "--org", organisation, "--at", times[end])
        #expect(byPosition.output == byMoment.output)
        let lines = try byPosition.json()
        // The others are no screens of `show`: from them reports and plans of anonymisation are
        // made, mails and alerts sent, and rooms shown where people stand in them.
        #expect(
            Set(lines.compactMap { $0["projection"]?.text })
                == Set(Self.screens + ["reports", "retention-due", "outbox", "alerting", "rooms"]))
        #expect(lines.allSatisfy { $0["position"]?.whole == Int64(end) })
    }

    @Test("OPS-2 after `keys rotate` all opens under the new key, and nothing under the former")
    func rotate() async throws {
        let clients = Set(
            try await run("show", "appointments", "--json").json().map { $0["client"] != nil })
        #expect(clients == [true])
        let key = folder.path("data.key")
        let former = folder.path("former.key")
        try FileManager.default.copyItem(atPath: key, toPath: former)
        _ = try await run("keys", "rotate")
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: key))
                != Data(contentsOf: URL(fileURLWithPath: former)))
        let after = try await run("show", "appointments", "--json").json()
        #expect(after.allSatisfy { $0["client"] != nil })
        let refused = try await Program.run(
            ["show", "appointments", "--data", data, "--key-file", former], in: folder)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("the installation key does not open this vault"))
        // To a key of the operator's own choice, kept elsewhere; without naming it, it is refused.
        _ = try await run("keys", "rotate", "--new-key-file", "own.key")
        let own = folder.path("own.key")
        let opened = try await Program.run(
            ["show", "appointments", "--json", "--data", data, "--key-file", own], in: folder)
        #expect(opened.status == 0, "\(opened.errors)")
        let usage = try await Program.run(
            ["keys", "rotate", "--data", data, "--key-file", own], in: folder)
        #expect(usage.status == 2)
    }
}
