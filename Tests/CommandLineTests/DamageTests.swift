import Foundation
import Testing

@Suite("Damage") struct DamageTests {
    private func laid() async throws -> Folder {
        let folder = try Folder()
        for number in 0..<3 {
            try await Program.succeed(
                "org", "create", "--data", folder.path("data"), "--name", "Org \(number)",
                "--subdomain", "org\(number)", "--zone", "UTC", "--admin-name", "A B",
                "--admin-email", "a@b.example", in: folder)
        }
        return folder
    }

    @Test("OPS-2 a flipped byte anywhere under log/ is found, and file and offset are named")
    func flipped() async throws {
        let folder = try await laid()
        try await Program.succeed("verify", "--data", folder.path("data"), in: folder)
        let log = folder.url.appendingPathComponent("data/log")
        for name in try FileManager.default.contentsOfDirectory(atPath: log.path).sorted() {
            let file = log.appendingPathComponent(name)
            let whole = try Data(contentsOf: file)
            for offset in [0, 100, whole.count / 2, whole.count - 1]
            where whole.indices.contains(offset) {
                var damaged = whole
                damaged[offset] ^= 0x20
                try damaged.write(to: file)
                let outcome = try await Program.run(
                    ["verify", "--data", folder.path("data")], in: folder)
                #expect(outcome.status == 1, "\(name) at \(offset)")
                #expect(outcome.output.contains("\(name) at "), "\(name) at \(offset)")
            }
            try whole.write(to: file)
        }
        try await Program.succeed("verify", "--data", folder.path("data"), in: folder)
    }

    @Test(
        "OPS-2 garbage in the place of the vault is told; in that of projections, rebuilt")
    func garbage() async throws {
        let folder = try await laid()
        let show = ["show", "visits", "--data", folder.path("data")]
        _ = try await Program.run(show, in: folder)
        try Data(repeating: 0x5a, count: 8192)
            .write(to: folder.url.appendingPathComponent("data/read/views.sqlite"))
        let rebuilt = try await Program.run(show, in: folder)
        #expect(rebuilt.status == 0, "\(rebuilt.errors)")
        try await Replays.agree(in: folder)

        let vault = folder.url.appendingPathComponent("data/keys.sqlite")
        try Data(repeating: 0x5a, count: 8192).write(to: vault)
        let refused = try await Program.run(show, in: folder)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("keys.sqlite"))
    }
}
