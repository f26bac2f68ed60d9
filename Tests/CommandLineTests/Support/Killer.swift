import Foundation
import TestSupport
import Testing

/// Kills `anteroom` at the n-th system call that changes its data folder, or in the middle of it:
/// Tests/KillAt/kill_at.c, preloaded.
struct Killer: Sendable {
    private let library: String

    /// Compiles it, with the C compiler that Swift needs too.
    init(in folder: Folder) async throws {
        library = folder.path("kill_at.so")
        let source = Program.root.appendingPathComponent("Tests/KillAt/kill_at.c").path
        let compiler = try await RunningProgram.run([
            "clang", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl",
        ])
        try #require(compiler.status == 0, "clang could not compile \(source): \(compiler.errors)")
    }

    /// A call, and whether a write is done by half first.
    struct Moment: Sendable, CustomStringConvertible {
        let call: Int
        var isHalf = false

        var description: String { "call \(call)\(isHalf ? ", by half" : "")" }
    }

    /// What became of a run.
    enum Outcome: Sendable {
        /// The call it was killed at, or in, and of which file.
        case killed(call: String, file: String)
        /// It ended before.
        case ended(calls: Int, Program.Outcome)
    }

    /// Runs `anteroom` on the folder `data` in `folder`.
    /// - Parameter moment: nil: it is not killed, and its calls are counted.
    func run(
        _ arguments: [String], at moment: Moment?, in folder: Folder
    ) async throws -> Outcome {
        let said = folder.path("said")
        var environment = [
            // The folder, and what lies beside it: key and erasure list.
            "LD_PRELOAD": library, "KILL_AT_UNDER": folder.path("data"),
            // Projections are made anew from the log; what becomes of their files is told apart.
            "KILL_AT_NOT": folder.path("data/read"), "KILL_AT_SAY": said,
        ]
        if let moment {
            environment["KILL_AT"] = "\(moment.call)"
            if moment.isHalf { environment["KILL_AT_HALF"] = "1" }
        }
        let outcome = try await Program.run(arguments, in: folder, under: environment)
        let words =
            try String(contentsOfFile: said, encoding: .utf8).split(
                separator: "\n", maxSplits: 1
            ).first.map(String.init) ?? ""
        try FileManager.default.removeItem(atPath: said)
        if let calls = words.firstMatch(of: /^(\d+) calls$/) {
            return .ended(calls: try #require(Int(calls.1)), outcome)
        }
        let place = try #require(words.lastIndex(of: " "))
        return .killed(
            call: String(words[..<place]),
            file: URL(fileURLWithPath: String(words[words.index(after: place)...]))
                .lastPathComponent)
    }
}
