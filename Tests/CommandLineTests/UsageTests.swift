import Testing

@Suite("Usage") struct UsageTests {
    @Test("OPS-1 help is an answer: exit code 0, on standard output")
    func help() async throws {
        let folder = try Folder()
        let outcome = try await Program.succeed("--help", in: folder)
        #expect(outcome.output.contains("USAGE: anteroom"))
        #expect(outcome.errors.isEmpty)
    }

    @Test(
        "OPS-1 what cannot be meant is bad usage: exit code 2, nothing on standard output",
        arguments: [["--bogus"], ["no-such-command"]])
    func badUsage(arguments: [String]) async throws {
        let folder = try Folder()
        let outcome = try await Program.run(arguments, in: folder)
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(!outcome.errors.isEmpty)
    }
}
