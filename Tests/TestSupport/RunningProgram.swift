import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// A program that a test started. Ends with the test at the latest: `deinit` kills it.
///
/// By swift-subprocess. Foundation's `Process` (Swift 6.3.1, Linux) copies from memory that is gone
/// where many tests start programs at once, and takes the test process with it.
public final class RunningProgram: Sendable {
    public let processID: Int32
    /// Lines of standard output and error, as they are written; read whether anybody listens or
    /// not, so that none can fill a pipe. Each can be iterated once.
    public let output: AsyncStream<String>
    public let errors: AsyncStream<String>
    private let end: Task<Int32, Never>
    /// Set when it ended, so that its number, by then perhaps another's, is not killed.
    private let over: Flag

    private final class Flag: Sendable {
        let isSet = Mutex(false)
    }

    /// How a run ended.
    public struct Outcome: Sendable {
        /// The exit code, or the number of the signal that ended it.
        public let status: Int32
        public let bytes: [UInt8]
        public let errors: String

        public var output: String { String(decoding: bytes, as: UTF8.self) }
        public var lines: [Substring] { output.split(separator: "\n") }
    }

    /// Runs a program to its end, and gives all it said.
    /// - Parameters:
    ///   - command: a program, by its path or by its name on the `PATH`, and its arguments.
    ///   - folder: where it runs; nil is where the tests run.
    ///   - environment: what is set besides what the tests have.
    ///   - input: what it reads from standard input.
    /// - Throws: `SubprocessError` where it cannot be started: there is no such program, say.
    public static func run(
        _ command: [String], in folder: String? = nil, under environment: [String: String] = [:],
        input: [UInt8] = []
    ) async throws -> Outcome {
        // A program that ends before it read its input must not end the tests.
        signal(SIGPIPE, SIG_IGN)
        let result = try await Subprocess.run(
            configuration(command, in: folder, under: environment),
            input: .fileDescriptor(try file(of: input), closeAfterSpawningProcess: true),
            output: .bytes(limit: .max), error: .bytes(limit: .max))
        return Outcome(
            status: number(of: result.terminationStatus), bytes: result.standardOutput,
            errors: String(decoding: result.standardError, as: UTF8.self))
    }

    /// Starts a program that can be listened to while it runs, and be sent signals. Its standard
    /// input stays open, with nothing in it, as long as it runs and the tests do.
    /// - Parameters: those of `run`.
    /// - Throws: `SubprocessError` where it cannot be started.
    public static func start(
        _ command: [String], in folder: String? = nil, under environment: [String: String] = [:]
    ) async throws -> RunningProgram {
        let configuration = configuration(command, in: folder, under: environment)
        let (output, line) = AsyncStream.makeStream(of: String.self)
        let (errors, complaint) = AsyncStream.makeStream(of: String.self)
        let (begun, begin) = AsyncThrowingStream.makeStream(of: Int32.self)
        let over = Flag()
        let end = Task {
            defer {
                line.finish()
                complaint.finish()
            }
            do {
                let result = try await Subprocess.run(
                    configuration, input: .inputWriter, output: .sequence, error: .sequence
                ) { execution in
                    begin.yield(execution.processIdentifier.value)
                    async let said: Void = pass(execution.standardOutput, on: line)
                    async let complained: Void = pass(execution.standardError, on: complaint)
                    _ = try await (said, complained)
                }
                over.isSet.withLock { $0 = true }
                return number(of: result.terminationStatus)
            } catch {
                over.isSet.withLock { $0 = true }
                begin.finish(throwing: error)
                return -1
            }
        }
        for try await processID in begun {
            return RunningProgram(processID, output: output, errors: errors, end: end, over: over)
        }
        throw CancellationError()
    }

    private init(
        _ processID: Int32, output: AsyncStream<String>, errors: AsyncStream<String>,
        end: Task<Int32, Never>, over: Flag
    ) {
        self.processID = processID
        self.output = output
        self.errors = errors
        self.end = end
        self.over = over
    }

    deinit { send(SIGKILL) }

    /// Waits for its end, and for all it says to be read.
    /// - Returns: the exit code, or the number of the signal that ended it; -1 where what it said
    ///   could not be read.
    public func ended() async -> Int32 {
        await end.value
    }

    /// Does nothing where it ended before.
    public func send(_ signal: Int32) {
        over.isSet.withLock { if !$0 { kill(processID, signal) } }
    }

    /// A file without a name. Not a pipe: swift-subprocess 1.0.2 traps where a program ends before
    /// it read all that was piped to it.
    private static func file(of bytes: [UInt8]) throws -> FileDescriptor {
        let path = FileManager.default.temporaryDirectory.path + "/input-\(UUID().uuidString)"
        let file = try FileDescriptor.open(
            FilePath(path), .readWrite, options: [.create, .exclusiveCreate],
            permissions: .ownerReadWrite)
        try FileManager.default.removeItem(atPath: path)
        try file.writeAll(bytes)
        try file.seek(offset: 0, from: .start)
        return file
    }

    private static func configuration(
        _ command: [String], in folder: String?, under environment: [String: String]
    ) -> Configuration {
        var changes: [Environment.Key: String?] = ["SWIFT_BACKTRACE": "enable=no"]
        for (name, value) in environment {
            changes[Environment.Key(stringLiteral: name)] = value
        }
        let program = command[0]
        return Configuration(
            executable: program.contains("/") ? .path(FilePath(program)) : .name(program),
            arguments: Arguments(Array(command.dropFirst())),
            environment: .inherit.updating(changes), workingDirectory: folder.map { FilePath($0) })
    }

    private static func number(of status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): signal
        }
    }

    /// Hands on whole lines, as they come; what ends without a line break is a line too.
    private static func pass(
        _ output: SubprocessOutputSequence, on lines: AsyncStream<String>.Continuation
    ) async throws {
        var held: [UInt8] = []
        for try await buffer in output {
            buffer.withUnsafeBytes { held += $0 }
            while let end = held.firstIndex(of: 0x0a) {
                lines.yield(String(decoding: held[..<end], as: UTF8.self))
                held.removeSubrange(...end)
            }
        }
        if !held.isEmpty { lines.yield(String(decoding: held, as: UTF8.self)) }
        lines.finish()
    }
}
