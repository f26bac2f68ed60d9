import Dispatch
import EventStore
import Foundation
package import Projections
import Synchronization

/// Runs statements of reporting staff, one after the other, each in a process of its own that may
/// take only so much memory and processor time and holds nothing but the report tables (REP-2).
/// Whatever a statement does to it, the server goes on.
package final class StatementProcess: Sendable {
    /// The sub-command that ``serve()`` is.
    package static let argument = "report-statement"
    /// Bytes of memory a statement may have, the program around it included.
    package static let memoryMax = 512 << 20
    /// Seconds of processor time: beyond what ``ReportSQL/stepsMax`` takes; for what is not counted
    /// in steps.
    package static let secondsMax = 10
    /// Statements that run or wait to; more are told to come back.
    package static let waitingMax = 16
    /// Bytes of an answer as it comes from the process; JSON takes at most 6 bytes for one.
    private static let answerBytesMax = 6 * ReportSQL.answerBytesMax + (1 << 20)

    private let program: String?
    private let waiting = Mutex(0)
    /// Waiting for a process is not for the pool's threads.
    private let queue = DispatchQueue(label: "reports.sql")

    /// - Parameter program: the path of an `anteroom`; nil: no statement is run.
    package init(program: String?) { self.program = program }

    /// What a statement says of these days.
    package func run(
        _ statement: String, over source: ReportSource
    ) async throws(Refusal) -> ReportSQL.Answer {
        guard let program else { throw .busy }
        let isOne = waiting.withLock { waiting in
            guard waiting < StatementProcess.waitingMax else { return false }
            waiting += 1
            return true
        }
        guard isOne else { throw .busy }
        defer { waiting.withLock { $0 -= 1 } }
        let told: Result<ReportSQL.Answer, Refusal> = await withCheckedContinuation {
            continuation in
            queue.async {
                continuation.resume(
                    returning: Result { () throws(Refusal) in
                        try StatementProcess.ask(program, statement, source)
                    })
            }
        }
        return try told.get()
    }

    /// Starts the process, sends statement and tables, and takes its answer.
    private static func ask(
        _ program: String, _ statement: String, _ source: ReportSource
    ) throws(Refusal) -> ReportSQL.Answer {
        let image: [UInt8]
        do throws(ReportSQL.Failure) {
            image = try ReportSQL.image(of: source)
        } catch {
            throw .rule(error.told)
        }
        guard let child = StatementChild(program) else { throw .busy }
        child.send(Array(statement.utf8).framed + image)
        let bytes = child.received(atMost: answerBytesMax)
        // Ended by the kernel or by want of memory, it says nothing, or not all of it.
        guard child.ended(), let said = JSON.answer(bytes) else {
            throw .rule(ReportSQL.Failure.tooMuchMemory.told)
        }
        if let failure = ReportSQL.Failure(said) { throw .rule(failure.told) }
        guard let answer = ReportSQL.Answer(said) else {
            throw .rule(ReportSQL.Failure.tooMuchMemory.told)
        }
        return answer
    }

    // MARK: In the process

    /// Takes a statement and tables from standard input and says what it says of them on standard
    /// output. False where nobody sent any.
    package static func serve() -> Bool {
        guard ProcessHardening.confine(memory: memoryMax, seconds: secondsMax) else { return false }
        let sent = Array(FileHandle.standardInput.readDataToEndOfFile())
        guard let (statement, image) = sent.unframed else { return false }
        let answer: JSON
        do throws(ReportSQL.Failure) {
            answer = try ReportSQL.answer(
                String(decoding: statement, as: UTF8.self), over: Array(image)
            ).json
        } catch {
            answer = error.json
        }
        FileHandle.standardOutput.write(Data(answer.bytes))
        return true
    }
}

/// The process, and a socket that is its standard input and output.
private final class StatementChild {
    private let process: pid_t
    private let socket: Int32

    /// Nil where the machine has none to give.
    init?(_ program: String) {
        var pair: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &pair) == 0 else { return nil }
        defer { close(pair[1]) }
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO] {
            posix_spawn_file_actions_adddup2(&files, pair[1], descriptor)
        }
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        // No file of ours is open in it, and no word of our environment is known to it.
        var child = pid_t()
        let started =
            ProcessHardening.keepFiles(from: &files)
            && withCStrings([program, StatementProcess.argument]) { arguments in
                withCStrings(["SWIFT_BACKTRACE=enable=no"]) { environment in
                    posix_spawn(&child, program, &files, nil, arguments, environment) == 0
                }
            }
        guard started else {
            close(pair[0])
            return nil
        }
        process = child
        socket = pair[0]
    }

    deinit { close(socket) }

    /// Sends all of it and no more. A process that takes it no longer is known by what it answers.
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { break }
            rest = rest.dropFirst(sent)
        }
        shutdown(socket, Int32(SHUT_WR))
    }

    /// All it says; empty where that is more than is taken.
    func received(atMost max: Int) -> [UInt8] {
        var received: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1 << 16)
        while received.count <= max {
            let count = read(socket, &room, room.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return received }
            received += room[..<count]
        }
        kill(process, SIGKILL)
        return []
    }

    /// Waits for its end; whether it ended by itself, with all done. Call once.
    func ended() -> Bool {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return false }
        }
        return status == 0
    }
}

/// Gives C the words and a null pointer after them.
private func withCStrings<Answer>(
    _ words: [String], _ use: ([UnsafeMutablePointer<CChar>?]) -> Answer
) -> Answer {
    let texts = words.map { strdup($0) }
    defer { for text in texts { free(text) } }
    return use(texts + [nil])
}

extension [UInt8] {
    /// Four bytes of length, then the bytes.
    fileprivate var framed: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + self
    }

    /// What was ``framed``, and what follows it.
    fileprivate var unframed: (ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
        guard count >= 4 else { return nil }
        let length = (0..<4).reduce(0) { $0 | Int(self[$1]) << (8 * $1) }
        guard count - 4 >= length else { return nil }
        return (self[4..<4 + length], self[(4 + length)...])
    }
}

// MARK: Between the two

extension JSON {
    fileprivate static func answer(_ bytes: [UInt8]) -> JSON? {
        do { return try JSON(parsing: bytes) } catch { return nil }
    }
}

extension ReportSQL.Answer {
    /// What ``json`` was made of; nil where it is none.
    fileprivate init?(_ json: JSON) {
        guard let columns = json["columns"]?.elements, let rows = json["rows"]?.elements,
            case .bool(let isCut)? = json["isCut"]
        else { return nil }
        self.init(
            columns: columns.map { $0.text ?? "" },
            rows: rows.map { ($0.elements ?? []).map(ReportSQL.Value.init) }, isCut: isCut)
    }
}

extension ReportSQL.Value {
    fileprivate init(_ json: JSON) {
        switch json {
        case .integer(let integer): self = .integer(integer)
        case .number(let number): self = Double(number).map(ReportSQL.Value.real) ?? .null
        case .string(let text): self = .text(text)
        case .null, .bool, .array, .object: self = .null
        }
    }
}

extension ReportSQL.Failure {
    private static let member = "failure"

    /// What ``json`` was made of; nil where it is an answer.
    fileprivate init?(_ json: JSON) {
        guard let word = json[Self.member]?.text else { return nil }
        switch word {
        case "notOneStatement": self = .notOneStatement
        case "notAllowed": self = .notAllowed
        case "tooMuchWork": self = .tooMuchWork(steps: ReportSQL.stepsMax)
        case "wrong": self = .wrong(json["words"]?.text ?? "")
        default: self = .tooMuchMemory
        }
    }

    fileprivate var json: JSON {
        switch self {
        case .notOneStatement: [Self.member: "notOneStatement"]
        case .notAllowed: [Self.member: "notAllowed"]
        case .tooMuchWork: [Self.member: "tooMuchWork"]
        case .tooMuchMemory: [Self.member: "tooMuchMemory"]
        case .wrong(let words): [Self.member: "wrong", "words": .string(words)]
        }
    }
}
