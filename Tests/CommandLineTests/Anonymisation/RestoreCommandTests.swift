import API
import Foundation
import Testing

@Suite("Backup and restore, as they are typed") struct RestoreCommandTests {
    @Test("ANON-6 an old pair is restored with the newest list only, and opens nothing erased")
    func drill() async throws {
        let folder = try Folder()
        let clinic = try await DueClinic.lay(in: folder)
        let data = folder.path("data")
        // Beside a server, as it is done by night.
        let server = try await Server.start(in: folder)
        try await Self.backup("1", folder)
        try FileManager.default.copyItem(
            atPath: folder.path("data.erasures"), toPath: folder.path("old.erasures"))
        try await Program.succeed("anonymise", "run", "--data", data, in: folder)
        try await Self.backup("2", folder)
        #expect(await server.stop() == 0)

        let untold = try await Self.restore(folder, list: "data.erasures", nil)
        #expect(untold.status == 2, "\(untold.errors)")
        for (list, words) in [("old.erasures", "0 erasures"), ("nowhere", "no such file")] {
            let refused = try await Self.restore(folder, list: list, "logs-2/backup.json")
            #expect(refused.status == 1)
            #expect(refused.errors.contains(words), "\(refused.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.path("restored")))
        }
        let restored = try await Self.restore(folder, list: "data.erasures", "logs-2/backup.json")
        #expect(restored.status == 0, "\(restored.errors)")
        let canaries = try folder.write("canaries", clinic.canaries.joined(separator: "\n"))
        for arguments in [["anonymise", "verify", "--canaries", canaries], ["anonymise", "run"]] {
            let outcome = try await Program.run(
                arguments + [
                    "--data", folder.path("restored"), "--key-file", folder.path("data.key"),
                ], in: folder)
            #expect(outcome.status == 0, "\(arguments): \(outcome.output) \(outcome.errors)")
        }
        try await Program.succeed("verify", "--data", folder.path("restored"), in: folder)
    }

    private static func backup(_ number: String, _ folder: Folder) async throws {
        try await Program.succeed(
            "backup", folder.path("logs-\(number)"), "--vault", folder.path("vault-\(number)"),
            "--data", folder.path("data"), in: folder)
    }

    /// Of the first pair, with the key of the folder it was made of.
    private static func restore(
        _ folder: Folder, list: String, _ checkpoint: String?
    ) async throws -> Program.Outcome {
        try await Program.run(
            [
                "restore", folder.path("logs-1"), "--vault", folder.path("vault-1"), "--erasures",
                folder.path(list), "--key-file", folder.path("data.key"), "--data",
                folder.path("restored"),
            ] + (checkpoint.map { ["--checkpoint", folder.path($0)] } ?? []), in: folder)
    }
}
