import API
import Hummingbird
import NIOCore

/// Where a sub-command's lines go: the terminal, or back to the `anteroom` that asked a server.
/// Lines are gathered: a log has millions.
///
/// `@unchecked Sendable`: handed from the task that opens a response to the one that runs the
/// sub-command, which alone uses it from then on.
final class CommandOutput: @unchecked Sendable {
    /// What is said, and where the terminal shows it.
    enum Kind: String {
        /// The answer: standard output.
        case out
        /// To a person, no part of the answer: standard error.
        case err
        /// How far long work is: a line that is written over.
        case progress
    }

    enum Sink {
        case terminal
        /// NDJSON, one object for each piece: `{"out":"…"}`.
        case response(any ResponseBodyWriter)
    }

    /// Progress is told on standard error, a line for every ``progressStep`` done, where there is
    /// no terminal too.
    var tellsProgress = false
    private static let progressStep = 1_000

    /// Bytes gathered at most before they go out.
    private static let gatheredMax = 1 << 16
    /// Between two words of progress.
    private static let pause = Duration.milliseconds(100)

    private var sink: Sink
    private var gathered: [UInt8] = []
    private var toldProgress = ContinuousClock.now
    private let started = ContinuousClock.now

    init(_ sink: Sink) { self.sink = sink }

    /// One line of the answer.
    func line(_ text: String) async throws {
        gathered += text.utf8
        gathered.append(UInt8(ascii: "\n"))
        if gathered.count >= CommandOutput.gatheredMax { try await flush() }
    }

    /// One line beside the answer.
    func note(_ text: String) async throws {
        try await flush()
        try await send(.err, text)
    }

    /// How many of `total` are done: a line that is written over, ten times a second at most.
    func progress(_ title: String, _ done: Int, of total: Int) async throws {
        if tellsProgress {
            guard done.isMultiple(of: CommandOutput.progressStep) else { return }
            return try await send(.err, "\(title): \(done) of \(total)")
        }
        let now = ContinuousClock.now
        guard now - toldProgress >= CommandOutput.pause else { return }
        toldProgress = now
        let seconds = max(1, (now - started).components.seconds)
        let percent = 100 * done / max(1, total)
        try await send(
            .progress, "\(title): \(done) of \(total), \(percent) %, \(Int64(done) / seconds)/s")
    }

    func flush() async throws {
        guard !gathered.isEmpty else { return }
        let text = String(decoding: gathered, as: UTF8.self)
        gathered.removeAll(keepingCapacity: true)
        try await send(.out, text)
    }

    /// The last line of a response: how the sub-command ended.
    func exit(_ code: ExitCode) async throws {
        try await flush()
        try await write([JSON.Member("exit", .integer(Int64(code.rawValue)))])
    }

    private func send(_ kind: Kind, _ text: String) async throws {
        switch sink {
        case .terminal: Terminal.show(kind, text)
        case .response: try await write([JSON.Member(kind.rawValue, .string(text))])
        }
    }

    private func write(_ members: [JSON.Member]) async throws {
        guard case .response(var writer) = sink else { return }
        try await writer.write(ByteBuffer(bytes: JSON.object(members).bytes + [0x0a]))
        sink = .response(writer)
    }
}
