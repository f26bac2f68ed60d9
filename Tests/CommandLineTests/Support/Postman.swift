import API
import Foundation
import TestSupport
import Testing

/// A real mail server, Tests/Interop/smtp_server.py, that a started `anteroom` sends by.
final class Postman {
    private let program: RunningProgram
    private let folder: String
    private var lines: AsyncStream<String>.Iterator
    /// What `serve` is told of it.
    let arguments: [String]

    /// Nil, and told, where the machine has none.
    init?(in folder: Folder) async throws {
        let python = Program.root.appendingPathComponent(".build/venv/bin/python").path
        guard FileManager.default.fileExists(atPath: python) else {
            print("skipped: run tools/setup for the mail server of Tests/Interop")
            return nil
        }
        self.folder = folder.path("mails")
        try FileManager.default.createDirectory(
            atPath: self.folder, withIntermediateDirectories: true)
        program = try await RunningProgram.start([
            python, Program.root.appendingPathComponent("Tests/Interop/smtp_server.py").path,
            self.folder,
        ])
        lines = program.output.makeAsyncIterator()
        let port = try #require(await lines.next().flatMap { Int64($0) }, "it says no port")
        let settings: JSON = [
            "host": "127.0.0.1", "port": .integer(port), "user": "anteroom",
            "password": "open sesame", "from": "noreply@clinics.example",
            "authority": .string("\(self.folder)/authority.pem"),
        ]
        arguments = [
            "--mail-file", try folder.write("mail.json", settings.bytes),
            "--public-url", "https://care.example.org",
        ]
    }

    /// The next mail it takes, as Python reads it.
    func next() async throws -> JSON {
        let line = try #require(await lines.next(), "the mail server ended")
        let number = try #require(line.split(separator: " ").last)
        let data = try #require(FileManager.default.contents(atPath: "\(folder)/\(number).json"))
        return try JSON(parsing: data)
    }

    func end() async {
        program.send(SIGTERM)
        _ = await program.ended()
    }
}
