import API
import Foundation
import Testing

/// Sub-commands while a server has the data folder: asked through its socket, they do and say what
/// they do and say without one.
@Suite("Sub-commands through a server", .timeLimit(.minutes(10)))
struct ServerCommandTests {
    private let folder: Folder
    private var data: String { folder.path("data") }

    init() throws { folder = try Folder() }

    private func run(_ arguments: String...) async throws -> Program.Outcome {
        try await Program.run(arguments + ["--data", data], in: folder)
    }

    private func succeed(
        _ arguments: String..., location: SourceLocation = #_sourceLocation
    ) async throws -> Program.Outcome {
        let outcome = try await Program.run(arguments + ["--data", data], in: folder)
        try #require(outcome.status == 0, "\(outcome.errors)", sourceLocation: location)
        return outcome
    }

    private func makeOrganisation(_ subdomain: String) async throws -> JSON {
        let made = try await succeed(
            "org", "create", "--json", "--name", "Org \(subdomain)", "--subdomain", subdomain,
            "--zone", "UTC", "--admin-name", "A B", "--admin-email", "a@b.example"
        ).json()
        return try #require(made.first)
    }

    /// Into an organisation of its own: days that a file or the server's clock has closed take no
    /// history any more.
    private func importRows(_ name: String, _ count: Int) throws -> [String] {
        let file = try folder.write("\(name).csv", Bookings.file(count))
        let mapping = try folder.write("\(name).json", Bookings.mapping(subdomain: name))
        return ["import", file, "--kind", "appointments", "--mapping", mapping, "--data", data]
    }

    /// Waits until the server has closed the days that imports left open, years of them: until then
    /// the log grows between one look and the next.
    private func daysClosed(in zone: String = "America/Sao_Paulo") async throws {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = try #require(TimeZone(identifier: zone))
        let style = Date.ISO8601FormatStyle(timeZone: calendar.timeZone).year().month().day()
        for organisation in try await succeed("org", "list", "--json").json()
        where organisation["zone"]?.text == zone {
            let id = try #require(organisation["organisation"]?.text)
            var through: String?
            var yesterday = ""
            repeat {
                let report = try await run("report", "usage", "--org", id)
                through = try report.json().first?["about"]?["through"]?.text
                let day = calendar.date(byAdding: .day, value: -1, to: Date.now)
                yesterday = try #require(day).formatted(style)
            } while through != yesterday
        }
    }

    /// Every row of every screen; a pseudonym is of one run, and is left out.
    private func screens(_ more: String...) async throws -> [String] {
        var lines: [String] = []
        for screen in ["waiting-area", "visits", "appointments", "directory"] {
            let rows = try await Program.run(
                ["show", screen, "--json", "--data", data] + more, in: folder
            ).json()
            lines += rows.map { row in
                guard case .object(let members) = row else { return row.description }
                return JSON.object(members.filter { $0.name != "client" }).description
            }
        }
        return lines
    }

    @Test("OPS-1 each sub-command says the same with a server and without, and does the same")
    func same() async throws {
        let made = try await makeOrganisation("first")
        let organisation = try #require(made["organisation"]?.text)
        let administrator = try #require(made["result"]?["administrator"]?.text)
        _ = try await Program.run(importRows("before", 30), in: folder)
        let alone = try await screens()
        let log = try await succeed("log", "--json", "--type", "appointment.booked").output
        let then = try await succeed("replay", "--json", "--until", "2").output
        #expect(alone.count > 60)

        let server = try await Server.start(in: folder)
        #expect(try await screens() == alone)
        #expect(try await succeed("log", "--json", "--type", "appointment.booked").output == log)
        #expect(try await succeed("replay", "--json", "--until", "2").output == then)
        #expect(try await succeed("org", "list").lines.count == 2)
        // What is written through the server is there, for it and for whoever comes next.
        let second = try await makeOrganisation("second")
        #expect(try await succeed("org", "list").lines.count == 3)
        #expect(second["result"]?["administrator"]?.text?.count == 32)
        let token = try await succeed(
            "token", "--org", organisation, "--staff", administrator
        ).lines.first
        let connection = try Connection(port: server.port)
        let answer = try connection.request(
            "GET", "/v1/organisation", headers: [("Authorization", "Bearer \(token ?? "")")])
        #expect(answer.status == 200)
        let more = try await Program.run(importRows("after", 20), in: folder)
        #expect(more.status == 0, "\(more.errors)")
        #expect(more.output.contains("20 rows, 40 steps"))
        #expect(try await succeed("keys", "rotate").output.contains("every record key"))
        let with = try await screens()
        try await daysClosed()
        try await Replays.agree(in: folder)
        #expect(await server.stop() == 0)

        #expect(!FileManager.default.fileExists(atPath: folder.path("data/anteroom.sock")))
        #expect(try await screens() == with)
        try await Replays.agree(in: folder, copy: "copy-without")
    }

    /// Sends a command as the operator, at the server's socket.
    private func operate(_ command: String, _ body: JSON, key: String) throws {
        let connection = try Connection(socket: folder.path("data/anteroom.sock"))
        let answer = try connection.request(
            "POST", "/v1/commands/\(command)",
            headers: [("Content-Type", "application/json"), ("Idempotency-Key", key)],
            body: body.bytes)
        let told = String(decoding: answer.body, as: UTF8.self)
        try #require(answer.status == 200, "\(told)")
    }

    @Test("OPS-1 reports are the same bytes with a server and without")
    func reports() async throws {
        _ = try await Program.run(importRows("before", 30), in: folder)
        func told() async throws -> [String] {
            var told: [String] = []
            for (name, format) in [("usage", "csv"), ("waits", "json"), ("weekly", "svg")] {
                let report = try await succeed(
                    "report", name, "--day", "2016-05-01", "--format", format)
                told.append(report.output)
            }
            for wrong in ["2016-02-30", "2099-01-01"] {
                let outcome = try await run("report", "usage", "--day", wrong)
                #expect(outcome.status != 0)
                let said = outcome.errors.split(separator: "\n").last ?? ""
                told.append("\(outcome.status) \(said)")
            }
            return told
        }
        let alone = try await told()
        #expect(alone[0].hasSuffix("End of Report\r\n"))
        let server = try await Server.start(in: folder)
        #expect(try await told() == alone)
        #expect(await server.stop() == 0)
        #expect(try await told() == alone)
    }

    @Test("OPS-1 ANON-2 anonymising, its plan, its proof and a backup: with a server and without")
    func anonymisation() async throws {
        _ = try await Program.run(importRows("before", 30), in: folder)
        let registered = try await succeed("log", "--json", "--type", "client.registered").json()
        let clients = registered.compactMap { $0["subject"]?.text?.split(separator: "-").last }
        let organisation = try #require(
            registered.first?["source"]?.text?.split(separator: "/").last)
        #expect(clients.count == 20)
        func erase(_ client: Substring) throws {
            let body: JSON = [
                "organisation": .string(String(organisation)), "client": .string(String(client)),
                "urgent": true,
            ]
            try operate("anonymisation.erase-client", body, key: "erase-\(client)")
        }
        /// Without what differs from moment to moment.
        func plan() async throws -> [JSON] {
            try await succeed("anonymise", "plan", "--json").json().map { $0.setting("at", nil) }
        }
        func anonymised() async throws -> [Int64?] {
            let lines = try await succeed("anonymise", "run", "--json").json()
            #expect(try await plan().allSatisfy { $0["clientsAsked"] == 0 })
            let proof = try await succeed("anonymise", "verify", "--json").json()
            #expect(proof.first?["report"]?["isFine"] == true, "\(proof)")
            let name = UUID().uuidString
            let backup = try await succeed(
                "backup", "\(name)-log", "--vault", "\(name)-vault", "--json")
            #expect(try backup.json().first?["erasures"]?.whole ?? 0 > 0)
            return lines.flatMap { [$0["batches"]?.whole, $0["clients"]?.whole] }
        }

        let server = try await Server.start(in: folder)
        try erase(clients[0])
        let asked = try await plan()
        #expect(asked.contains { $0["clientsAsked"] == 1 })
        #expect(await server.stop() == 0)
        #expect(try await plan() == asked)
        let alone = try await anonymised()
        let next = try await Server.start(in: folder)
        try erase(clients[1])
        #expect(try await anonymised() == alone)
        #expect(await next.stop() == 0)
        try await Replays.agree(in: folder)
    }

    @Test("OPS-1 bad usage and refusals are told as without a server, exit code and all")
    func refusals() async throws {
        _ = try await makeOrganisation("first")
        func told() async throws -> [String] {
            var told: [String] = []
            for arguments in [
                ["log", "--stream", "bogus"], ["show", "visits", "--org", "bogus"],
                ["show", "visits", "--org", "00000000000000000000000000000009"],
                ["token", "--org", "1", "--staff", "2"],
                [
                    "org", "create", "--name", "A", "--subdomain", "first", "--zone", "UTC",
                    "--admin-name", "A", "--admin-email", "a@b.example",
                ],
                ["import", "missing.csv", "--kind", "visits", "--mapping", "missing.json"],
            ] {
                let outcome = try await Program.run(arguments + ["--data", data], in: folder)
                let words = outcome.errors.split(separator: "\n").filter {
                    !$0.contains("for trying, not for patients")
                }
                told.append("\(outcome.status) \(outcome.output) \(words)")
            }
            return told
        }
        let alone = try await told()
        let server = try await Server.start(in: folder)
        #expect(try await told() == alone)
        _ = await server.stop()
    }

    @Test("OPS-1 only its owner can open the socket")
    func mode() async throws {
        let server = try await Server.start(in: folder)
        let socket = folder.path("data/anteroom.sock")
        let attributes = try FileManager.default.attributesOfItem(atPath: socket)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(attributes[.type] as? FileAttributeType == .typeSocket)
        let outer = try FileManager.default.attributesOfItem(atPath: data)
        #expect(outer[.posixPermissions] as? Int == 0o700)
        _ = await server.stop()
    }

    @Test("OPS-1 a socket that a killed server left behind is in nobody's way")
    func deadSocket() async throws {
        _ = try await makeOrganisation("first")
        let server = try await Server.start(in: folder)
        _ = try await makeOrganisation("second")
        await server.die()
        #expect(FileManager.default.fileExists(atPath: folder.path("data/anteroom.sock")))
        #expect(try await succeed("show", "directory", "--json").lines.count == 4)
        let next = try await Server.start(in: folder)
        #expect(try await succeed("show", "directory", "--json").lines.count == 4)
        _ = await next.stop()
    }

    @Test("OPS-1 a folder too deep for a socket is served without one, and that is said")
    func deepFolder() async throws {
        let deep = String(repeating: "deep/", count: 20) + "data"
        try FileManager.default.createDirectory(
            atPath: folder.path(deep), withIntermediateDirectories: true)
        let server = try await Server.start(in: folder, data: deep)
        let answer = try Connection(port: server.port).request("GET", "/health")
        #expect(answer.status == 200)
        let asked = try await Program.run(
            ["show", "visits", "--data", folder.path(deep)], in: folder)
        #expect(asked.status == 1)
        #expect(asked.errors.contains("another process works in it"))
        #expect(await server.stop() == 0)
        var said = false
        for await line in server.program.errors where line.contains("no socket for the operator") {
            said = true
        }
        #expect(said)
    }

    /// Rows of an import that must still run when something is done to it; where the machine was so
    /// busy that it had ended by then, it is done again with more.
    private static let sizes = [4_000, 16_000, 64_000]

    @Test("OPS-1 two at once do not disturb each other; two imports are one after the other")
    func atOnce() async throws {
        _ = try await makeOrganisation("first")
        let server = try await Server.start(in: folder)
        var wasRefused = false
        for size in Self.sizes where !wasRefused {
            let big = try importRows("big\(size)", size)
            let small = try importRows("small\(size)", 10)
            let first = try await Program.listened(big + ["--progress"], in: folder)
            for await line in first.errors where line.contains(" 1000 ") { break }
            async let second = makeOrganisation("second-\(size)")
            async let shown = run("show", "directory", "--json")
            let refused = try await Program.run(small, in: folder)
            #expect(try await shown.status == 0)
            _ = try await second
            #expect(await first.ended() == 0)
            guard refused.status == 1 else { continue }
            wasRefused = true
            #expect(refused.errors.contains("at work already"))
            let after = try await Program.run(small, in: folder)
            #expect(after.status == 0, "\(after.errors)")
        }
        #expect(wasRefused)
        try await daysClosed()
        try await Replays.agree(in: folder)
        _ = await server.stop()
    }

    @Test("OPS-1 Ctrl-C ends an import in order, with a server and without; it goes on again")
    func interrupted() async throws {
        var total = 0
        var wasInterrupted = false
        for size in Self.sizes where !wasInterrupted {
            total += size
            let arguments = try importRows("rows\(size)", size)
            let alone = try await interrupt(arguments, at: " 1000 ")
            let server = try await Server.start(in: folder)
            let asking = try await interrupt(arguments, at: " 3000 ")
            // The server is rid of it as soon as it hears that nobody listens.
            var last = try await Program.run(arguments, in: folder)
            while last.errors.contains("at work already") {
                last = try await Program.run(arguments, in: folder)
            }
            #expect(last.status == 0, "\(last.errors)")
            #expect(try await run("show", "appointments", "--json").lines.count == total)
            wasInterrupted = alone == 1 && asking == 1
            if wasInterrupted {
                try await daysClosed()
                try await Replays.agree(in: folder)
            }
            #expect(await server.stop() == 0)
        }
        #expect(wasInterrupted)
    }

    /// Presses Ctrl-C once it has said how far it is. Returns how it ended; 0: it had ended before.
    private func interrupt(_ arguments: [String], at progress: String) async throws -> Int32 {
        let program = try await Program.listened(arguments + ["--progress"], in: folder)
        for await line in program.errors where line.contains(progress) { break }
        program.send(SIGINT)
        return await program.ended()
    }

    @Test("OPS-1 an import goes on where others change what its steps were decided on")
    func contended() async throws {
        let rows = (0..<400).map { Callers.row($0, practitioner: "P\($0)") }
        let file = try folder.write(
            "callers.txt", ([Callers.header] + rows).joined(separator: "\n"))
        let server = try await Server.start(in: folder)
        let arguments = [
            "import", file, "--kind", "visits", "--mapping", Callers.mapping, "--data", data,
            "--progress",
        ]
        let importing = try await Program.listened(arguments, in: folder)
        for await line in importing.errors where line.contains(" 1000 ") { break }
        // Each new staff member enters the organisation's stream, and so do the import's.
        let organisation = try #require(
            try await run("show", "directory", "--json").json().first?["organisation"]?.text)
        let added = try await addStaff(5, to: organisation)
        var said: [String] = []
        for await line in importing.errors { said.append(line) }
        #expect(await importing.ended() == 0, "\(said.suffix(3))")
        let staff = try await run("show", "directory", "--json").json()
            .filter { $0["kind"] == "staff" }
        #expect(staff.count == 1 + 400 + added)
        #expect(try await run("show", "visits").lines.count == 400)
        try await daysClosed(in: "Asia/Jerusalem")
        try await Replays.agree(in: folder)
        _ = await server.stop()
    }

    /// As the operator, at the server's socket.
    private func addStaff(_ count: Int, to organisation: String) async throws -> Int {
        for number in 0..<count {
            let body: JSON = [
                "organisation": .string(organisation), "profile": ["name": "Somebody"],
                "roles": [["role": "orgAdmin"]], "reason": "test",
            ]
            try operate("staff.add", body, key: "added-meanwhile-\(number)")
        }
        return count
    }
}
