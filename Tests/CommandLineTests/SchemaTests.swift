import Foundation
import TestSupport
import Testing

/// The server asked by a tool that reads `/openapi.json` and nothing else: schemathesis, which
/// makes requests that fit the document, and requests that do not, and compares every answer with
/// it.
@Suite("OpenAPI by schemathesis", .timeLimit(.minutes(5)))
struct SchemaTests {
    /// Requests for each address of each of the tool's phases, at most.
    private static let examplesMax = 3
    private static let seed = 20_261_121

    @Test(
        "OPS-6 no server error, nothing undocumented, nothing that does not fit its schema",
        arguments: ["administrator", "nobody"])
    func schemathesis(by who: String) async throws {
        let tool = Program.root.appendingPathComponent(".build/venv/bin/schemathesis").path
        guard FileManager.default.isExecutableFile(atPath: tool) else {
            Issue.record("\(tool) is not here: run tools/setup")
            return
        }
        let interop = Program.root.appendingPathComponent("Tests/Interop")
        let folder = try Folder()
        let (server, tokens) = try await Server.demo(in: folder)
        let ids = try server.ids(tokens["administrator"] ?? "")
        var arguments = [
            tool, "--config-file", interop.appendingPathComponent("schemathesis.toml").path,
            "run", "http://127.0.0.1:\(server.port)/openapi.json", "--checks", "all",
            "--phases", "examples,coverage,fuzzing", "--max-examples", "\(SchemaTests.examplesMax)",
            "--seed", "\(SchemaTests.seed)", "--generation-database", "none", "--no-color",
            // A stream does not end: reading it to its end would hang. LiveTests read streams.
            "--exclude-path-regex", "/live$",
        ]
        if let token = tokens[who] {
            arguments += ["--header", "Authorization: Bearer \(token)"]
        }
        let run = try await RunningProgram.run(
            arguments, in: folder.url.path,
            under: [
                "PYTHONPATH": interop.path, "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
                "ANTEROOM_IDS": ids.joined(separator: " "),
            ])
        #expect(
            run.status == 0, "as \(who), seed \(SchemaTests.seed): \(run.output.suffix(12_000))")
        #expect(run.output.contains("Tested: "), "it tested something")
        #expect(await server.stop() == 0)
    }
}

extension Server {
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
