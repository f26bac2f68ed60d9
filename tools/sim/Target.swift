import ArgumentParser
import Foundation

/// Which server.
struct TargetOptions: ParsableArguments {
    @Option(help: "Port of a running server on this machine; left out: one is started.")
    var port: UInt16?

    @Option(help: "Its data folder, with --port.")
    var data: String?

    func validate() throws {
        guard (port == nil) == (data == nil) else {
            throw ValidationError("--port and --data go together")
        }
    }

    func with(_ work: (Target) throws -> Void) throws {
        if let port, let data {
            return try work(Target(port: port, folder: data))
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "anteroom-sim-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { TargetOptions.remove(folder) }
        let server = try StartedServer(folder: folder.appendingPathComponent("data").path)
        defer { server.stop() }
        try work(Target(port: server.port, folder: server.folder))
    }

    private static func remove(_ folder: URL) {
        do { try FileManager.default.removeItem(at: folder) } catch {
            print("left behind: \(folder.path)")
        }
    }
}

/// A running server and its data folder.
struct Target {
    let port: UInt16
    let folder: String

    /// The program beside this one.
    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("anteroom")

    /// `anteroom verify`: every byte of the log, and live digests against those of a replay.
    func verify() throws -> Bool {
        let process = Process()
        process.executableURL = Target.program
        process.arguments = ["verify", "--data", folder]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}

/// `anteroom serve`, run as its users run it.
private final class StartedServer {
    private let process = Process()
    let folder: String
    let port: UInt16

    init(folder: String) throws {
        self.folder = folder
        process.executableURL = Target.program
        process.arguments = ["serve", "--port", "0", "--data", folder]
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var said = ""
        while !said.contains("\n") {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw SimError("the server ended: \(said)") }
            said += String(decoding: more, as: UTF8.self)
        }
        let line = said.split(separator: "\n").first ?? ""
        guard let port = line.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            process.terminate()
            throw SimError("the server says something else: \(line)")
        }
        self.port = port
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
