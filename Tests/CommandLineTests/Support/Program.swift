import Foundation
import Synchronization
import Testing

/// The built `anteroom`, run as its users run it.
enum Program {
    /// Beside the test bundle, whatever the configuration.
    static let path: URL = {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("anteroom")
    }()

    /// Another program of the package.
    private static func path(_ name: String) -> URL {
        path.deletingLastPathComponent().appendingPathComponent(name)
    }

    /// The package's root, found from this file.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// How a run ended.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        var lines: [Substring] { output.split(separator: "\n") }
    }

    /// Runs it to its end, in `folder`; output goes through files, so that none can fill a pipe.
    static func run(
        _ arguments: [String], in folder: Folder, under environment: [String: String] = [:],
        program: String = "anteroom"
    ) async throws -> Outcome {
        let name = UUID().uuidString
        let out = folder.url.appendingPathComponent("\(name).out")
        let err = folder.url.appendingPathComponent("\(name).err")
        let status = try await started(
            arguments, in: folder, out: out, err: err, under: environment, program: program
        ).ended()
        let outcome = Outcome(
            status: status, output: try String(contentsOf: out, encoding: .utf8),
            errors: try String(contentsOf: err, encoding: .utf8))
        try FileManager.default.removeItem(at: out)
        try FileManager.default.removeItem(at: err)
        return outcome
    }

    /// Runs it and expects 0; what it said otherwise is part of the failure.
    @discardableResult
    static func succeed(
        _ arguments: String..., in folder: Folder, location: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        let outcome = try await run(arguments, in: folder)
        let said = "anteroom \(arguments.joined(separator: " ")): \(outcome.errors.suffix(2000))"
        try #require(outcome.status == 0, "\(said)", sourceLocation: location)
        return outcome
    }

    /// Started, with output in files.
    private static func started(
        _ arguments: [String], in folder: Folder, out: URL, err: URL,
        under environment: [String: String] = [:], program: String
    ) throws -> RunningProgram {
        for file in [out, err] { try Data().write(to: file) }
        let process = process(arguments, in: folder, under: environment)
        process.executableURL = path(program)
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        return try RunningProgram(process)
    }

    /// Started, with output that can be listened to line by line while it runs.
    static func listened(
        _ arguments: [String], in folder: Folder, under environment: [String: String] = [:]
    ) throws -> RunningProgram {
        let process = process(arguments, in: folder, under: environment)
        let (out, err) = (Pipe(), Pipe())
        process.standardOutput = out
        process.standardError = err
        return try RunningProgram(process, output: lines(of: out), errors: lines(of: err))
    }

    private static func process(
        _ arguments: [String], in folder: Folder, under environment: [String: String] = [:]
    ) -> Process {
        let process = Process()
        process.executableURL = path
        process.arguments = arguments
        process.currentDirectoryURL = folder.url
        process.environment = ProcessInfo.processInfo.environment
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { _, ours in ours }
            .merging(environment) { _, ours in ours }
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Whole lines, as they are written; read whether anybody listens or not, so that none can
    /// fill the pipe.
    private static func lines(of pipe: Pipe) -> AsyncStream<String> {
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        let held = Mutex<[UInt8]>([])
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            held.withLock { held in
                held += data
                while let end = held.firstIndex(of: 0x0a) {
                    line.yield(String(decoding: held[..<end], as: UTF8.self))
                    held.removeSubrange(...end)
                }
            }
            guard data.isEmpty else { return }
            handle.readabilityHandler = nil
            line.finish()
        }
        return lines
    }
}

/// A started process. Ends with the test at the latest: `deinit` kills it.
final class RunningProgram: Sendable {
    let processID: Int32
    /// Lines of standard output and error, where it is listened to; each can be read once.
    let output: AsyncStream<String>
    let errors: AsyncStream<String>
    private let ending: AsyncStream<Int32>
    /// Set when it ended, so that its number, by then perhaps another's, is not killed.
    private let over: Flag

    private final class Flag: Sendable {
        let isSet = Mutex(false)
    }

    init(
        _ process: Process, output: AsyncStream<String> = AsyncStream { $0.finish() },
        errors: AsyncStream<String> = AsyncStream { $0.finish() }
    ) throws {
        self.output = output
        self.errors = errors
        let (ending, end) = AsyncStream.makeStream(of: Int32.self)
        self.ending = ending
        let over = Flag()
        self.over = over
        process.terminationHandler = { process in
            over.isSet.withLock { $0 = true }
            end.yield(process.terminationStatus)
            end.finish()
        }
        try process.run()
        processID = process.processIdentifier
    }

    deinit { send(SIGKILL) }

    /// Waits for its end; the exit code, or the number of the signal that ended it. Call once.
    func ended() async -> Int32 {
        for await status in ending { return status }
        return -1
    }

    func send(_ signal: Int32) {
        over.isSet.withLock { if !$0 { kill(processID, signal) } }
    }
}
