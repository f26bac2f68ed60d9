import Foundation
import TestSupport
import Testing

/// A started server and its port. Killed with the test at the latest.
struct Server {
    let program: RunningProgram
    let port: UInt16

    /// Returns once it says where it listens, and listens to its operator too: that socket opens
    /// by itself, before or after.
    static func start(
        in folder: Folder, _ arguments: String..., data: String = "data",
        under environment: [String: String] = [:]
    ) async throws -> Server {
        try await start(in: folder, with: arguments, data: data, under: environment)
    }

    static func start(
        in folder: Folder, with arguments: [String], data: String = "data",
        under environment: [String: String] = [:]
    ) async throws -> Server {
        let program = try await Program.listened(
            ["serve", "--port", "0", "--data", folder.path(data)] + arguments, in: folder,
            under: environment)
        for await line in program.output where line.contains("listens on") {
            guard let port = line.split(separator: ":").last.flatMap({ UInt16($0) }) else { break }
            return Server(program: program, port: port)
        }
        var complaint: [String] = []
        for await line in program.errors { complaint.append(line) }
        throw DidNotStart(complaint: complaint.joined(separator: "\n"))
    }

    struct DidNotStart: Error { let complaint: String }

    /// SIGTERM, and its exit code.
    func stop() async -> Int32 {
        program.send(SIGTERM)
        return await program.ended()
    }

    /// kill -9.
    func die() async {
        program.send(SIGKILL)
        _ = await program.ended()
    }
}
