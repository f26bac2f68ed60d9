import Foundation
import TestSupport
import Testing

/// The server asked by a tool that reads `/openapi.json` and nothing else: schemathesis, which
/// makes requests that fit the document, and requests that do not, and compares every answer with
/// it.
@Suite("OpenAPI by schemathesis", .timeLimit(.minutes(20)))
struct SchemaTests {
    /// Requests for each address of each of the tool's phases, at most.
    private static let examplesMax = 3
    private static let seed = 20_261_121
    /// Requests for each address, at least: fewer, and the tool did not do its work.
    private static let casesMin = 5
    /// What the tool is told to ask, in processes that run side by side: nearly all of its time is
    /// its own. A stream does not end: reading it to its end would hang. LiveTests read streams.
    private static let parts = [
        ["--include-path-regex", "^/v1/commands/[a-r]"],
        ["--exclude-path-regex", "^/v1/commands/[a-r]|/live$"],
    ]

    @Test(
        "OPS-6 no server error, nothing undocumented, nothing that does not fit its schema",
        arguments: ["administrator", "nobody"])
    func schemathesis(by who: String) async throws {
        let tool = Program.root.appendingPathComponent(".build/venv/bin/schemathesis").path
        guard FileManager.default.isExecutableFile(atPath: tool) else {
            Issue.record("\(tool) is not here: run tools/setup")
            return
        }
        let folder = try Folder()
        let (server, tokens) = try await Server.demo(in: folder)
        let administrator = try #require(tokens["administrator"])
        let ids = try server.ids(administrator)
        let token = tokens[who]
        try #require((token == nil) == (who == "nobody"))
        async let one = SchemaTests.run(0, tool, server, token, ids, in: folder)
        async let other = SchemaTests.run(1, tool, server, token, ids, in: folder)
        let runs = [try await one, try await other]
        for run in runs {
            #expect(
                run.status == 0,
                "as \(who), seed \(SchemaTests.seed): \(run.output.suffix(12_000))")
        }
        let asked = runs.reduce(0) { $0 + $1.number(after: "Tested: ") }
        let operations = try server.operations()
        #expect(asked == operations, "as \(who): \(asked) of \(operations) were asked")
        let cases = runs.reduce(0) { $0 + $1.number(before: " generated") }
        #expect(cases >= SchemaTests.casesMin * operations, "as \(who): \(cases) requests")
        #expect(await server.stop() == 0)
    }

    /// Runs the tool over one of the parts.
    private static func run(
        _ part: Int, _ tool: String, _ server: Server, _ token: String?, _ ids: [String],
        in folder: Folder
    ) async throws -> Program.Outcome {
        let interop = Program.root.appendingPathComponent("Tests/Interop")
        var arguments = [
            tool, "--config-file", interop.appendingPathComponent("schemathesis.toml").path,
            "run", "http://127.0.0.1:\(server.port)/openapi.json", "--checks", "all",
            "--phases", "examples,coverage,fuzzing", "--max-examples", "\(examplesMax)",
            // One worker: with more, Python 3.11 now and then loses count of its own recursion.
            "--workers", "1", "--seed", "\(seed)", "--generation-database", "none", "--no-color",
        ]
        arguments += parts[part]
        if let token { arguments += ["--header", "Authorization: Bearer \(token)"] }
        return try await RunningProgram.run(
            arguments, in: folder.url.path,
            under: [
                "PYTHONPATH": interop.path, "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
                "ANTEROOM_IDS": ids.joined(separator: " "),
            ])
    }
}

extension Program.Outcome {
    /// What the tool counts in its summary; 0 where it says nothing.
    fileprivate func number(after word: String) -> Int {
        output.split(separator: "\n").last { $0.contains(word) }
            .flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
    }

    fileprivate func number(before word: String) -> Int {
        output.split(separator: "\n").last { $0.contains(word) }
            .flatMap { Int($0.split(separator: " ").first ?? "") } ?? 0
    }
}

extension Server {
    /// Operations that `/openapi.json` tells, without streams and without the document itself,
    /// which the tool reads and does not test.
    fileprivate func operations() throws -> Int {
        let answer = try Connection(port: port).request("GET", "/openapi.json", headers: [])
        let document = try JSONSerialization.jsonObject(with: Data(answer.body))
        let paths = try #require((document as? [String: Any])?["paths"] as? [String: Any])
        return paths.filter { !$0.key.hasSuffix("/live") && $0.key != "/openapi.json" }
            .reduce(0) { $0 + (($1.value as? [String: Any])?.count ?? 0) }
    }

    /// Of what the demonstration holds.
    fileprivate func ids(_ token: String) throws -> [String] {
        let connection = try Connection(port: port)
        var ids: Set<String> = []
        for path in ["clinics", "visits", "staff", "appointments"] {
            let answer = try connection.request(
                "GET", "/v1/\(path)", headers: [("Authorization", "Bearer \(token)")])
            let text = String(decoding: answer.body, as: UTF8.self)
            ids.formUnion(text.matches(of: /"([0-9a-f]{32})"/).map { String($0.1) })
        }
        try #require(ids.count > 10)
        return ids.sorted()
    }

    /// With the demonstration laid, and the tokens it says.
    fileprivate static func demo(
        in folder: Folder
    ) async throws -> (server: Server, tokens: [String: String]) {
        let program = try await Program.listened(
            ["serve", "--demo", "--port", "0", "--data", folder.path("data")], in: folder)
        var port: UInt16?
        var tokens: [String: String] = [:]
        for await line in program.output {
            if line.contains("listens on") {
                port = line.split(separator: ":").last.flatMap { UInt16($0) }
            }
            let last = line.split(separator: " ").last.map(String.init) ?? ""
            if line.contains("token of the administrator") { tokens["administrator"] = last }
            if line.contains("token of Dr.") { tokens["practitioner"] = last }
            if line.contains("openapi.json") { break }
        }
        guard let port else { throw DidNotStart(complaint: "no port") }
        return (Server(program: program, port: port), tokens)
    }
}
