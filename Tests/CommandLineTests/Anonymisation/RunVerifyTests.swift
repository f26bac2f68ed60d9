import API
import Foundation
import Testing

/// `anteroom anonymise run --verify` and `verify`, as an operator calls them.
@Suite("anonymise run --verify") struct RunVerifyTests {
    @Test("ANON-5 a run that is verified holds a sample, finds nothing, and signs what it says")
    func fine() async throws {
        let folder = try Folder()
        _ = try await DueClinic.lay(in: folder)
        let run = try await Program.succeed(
            "anonymise", "run", "--verify", "--json", "--report", folder.path("report.json"),
            "--data", folder.path("data"), in: folder)
        let signed = try #require(try run.json().last)
        #expect(signed["algorithm"] == "Ed25519")
        let report = try #require(signed["report"])
        #expect(report["isFine"] == true)
        let checks = try #require(report["checks"]?.elements)
        #expect(checks.compactMap { $0["check"]?.text } == ["a", "b", "c", "d"])
        #expect(checks.allSatisfy { $0["looked"]?.whole ?? 0 > 0 && $0["answer"] == "yes" })
        #expect(report["remains"]?.elements?.isEmpty == false)
        let written = try String(contentsOfFile: folder.path("report.json"), encoding: .utf8)
        #expect(try JSON(parsing: written.dropLast().utf8) == signed)
        // For people; and nothing is due any more.
        let verify = try await Program.succeed(
            "anonymise", "verify", "--data", folder.path("data"), in: folder)
        #expect(verify.lines.contains { $0.hasPrefix("(a)") && $0.contains(": yes, ") })
        #expect(verify.lines.contains { $0.hasPrefix("(b)") && $0.contains("nothing to look at") })
    }

    @Test(
        "ANON-5 what a run leaves is found with exit code 1, with a server and without",
        arguments: [false, true])
    func found(isServed: Bool) async throws {
        let folder = try Folder()
        let clinic = try await DueClinic.lay(in: folder)
        let canary = try #require(clinic.canaries.first)
        let left = try folder.write("data/left", Array("before \(canary) after".utf8))
        let server = isServed ? try await Server.start(in: folder) : nil
        let run = try await Program.run(
            ["anonymise", "run", "--verify", "--data", folder.path("data")], in: folder)
        // A server takes what is due by itself between 1 and 5: then nothing is left to sample.
        let hour = Int(Date().timeIntervalSince1970) / 3_600 % 24
        if !isServed || !(0...5).contains(hour) {
            #expect(run.status == 1, "\(run.errors)")
            #expect(run.output.contains("of the sample, as UTF-8, stands in left at 7"))
        }
        #expect(!run.output.contains(canary) && !run.errors.contains(canary))
        let canaries = try folder.write("canaries", clinic.canaries.joined(separator: "\n"))
        let verify = [
            "anonymise", "verify", "--canaries", canaries, "--data", folder.path("data"),
        ]
        let told = try await Program.run(verify, in: folder)
        #expect(told.status == 1)
        #expect(told.output.contains("text 1, as UTF-8, stands in left at 7"))
        #expect(told.errors.contains("the anonymisation is not as it must be"))
        try FileManager.default.removeItem(atPath: left)
        let gone = try await Program.run(verify, in: folder)
        #expect(gone.status == 0, "\(gone.output) \(gone.errors)")
        if let server { #expect(await server.stop() == 0) }
    }

    @Test("ANON-5 canaries that say nothing, or are not there, are bad usage")
    func usage() async throws {
        let folder = try Folder()
        _ = try await DueClinic.lay(in: folder)
        let empty = try folder.write("empty", "\n")
        for file in [empty, folder.path("nowhere")] {
            let run = try await Program.run(
                ["anonymise", "verify", "--canaries", file, "--data", folder.path("data")],
                in: folder)
            #expect(run.status == 2, "\(run.errors)")
        }
        let run = try await Program.run(
            ["anonymise", "run", "--report", "x", "--data", folder.path("data")], in: folder)
        #expect(run.status == 2, "\(run.errors)")
    }
}
