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

    private static let garbage: [[UInt8]] = [
        Array(repeating: 0x5a, count: 8192), Array("Dear operator,\n".utf8),
        Array("SQLite format 3\0".utf8) + Array(repeating: 0xff, count: 4096),
    ]

    /// Puts garbage in the place of `file`, and whatever journal it has.
    private func replace(_ file: String, _ bytes: [UInt8], in folder: Folder) throws {
        for suffix in ["-wal", "-shm"] {
            let path = folder.path("data/\(file)\(suffix)")
            if FileManager.default.fileExists(atPath: path) {
                try FileManager.default.removeItem(atPath: path)
            }
        }
        try Data(bytes).write(to: folder.url.appendingPathComponent("data/\(file)"))
    }

    @Test(
        "OPS-2 garbage in the place of what can be rebuilt is told by name, and rebuilt",
        arguments: ["read/views.sqlite", "index.sqlite"])
    func rebuilt(file: String) async throws {
        let folder = try await laid()
        let show = ["show", "directory", "--json", "--data", folder.path("data")]
        let before = try await Program.run(show, in: folder)
        for bytes in Self.garbage {
            try replace(file, bytes, in: folder)
            let verified = try await Program.run(
                ["verify", "--data", folder.path("data")], in: folder)
            #expect(verified.status == 1, "\(verified.output)")
            #expect(verified.output.contains("\(file): "))
            let shown = try await Program.run(show, in: folder)
            #expect(shown.status == 0, "\(shown.errors)")
            #expect(shown.output == before.output)
            #expect(shown.errors.contains(file))
            try replace(file, bytes, in: folder)
            let server = try await Server.start(in: folder)
            #expect(try Connection(port: server.port).request("GET", "/health").status == 200)
            #expect(await server.stop() == 0)
            try await Program.succeed("verify", "--data", folder.path("data"), in: folder)
        }
        try await Replays.agree(in: folder)
    }

    @Test("OPS-2 garbage in the place of the vault is refused by name: nothing can make it anew")
    func refused() async throws {
        let folder = try await laid()
        let data = folder.path("data")
        for bytes in Self.garbage + [[0], []] {
            try replace("keys.sqlite", bytes, in: folder)
            for command in [["show", "visits"], ["serve", "--port", "0"], ["keys", "rotate"]] {
                let outcome = try await Program.run(command + ["--data", data], in: folder)
                #expect(outcome.status == 1, "\(command)")
                #expect(outcome.output.isEmpty)
                #expect(outcome.errors.contains("keys.sqlite"), "\(command): \(outcome.errors)")
            }
            guard !bytes.isEmpty else { continue }
            let verified = try await Program.run(["verify", "--data", data], in: folder)
            #expect(verified.status == 1)
            #expect(verified.output.contains("keys.sqlite: "))
        }
        // The log tells what happened nonetheless.
        try await Program.succeed("replay", "--data", data, in: folder)
    }
}
