import Foundation
import TestSupport
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

    typealias Outcome = RunningProgram.Outcome

    /// Runs it to its end, in `folder`.
    static func run(
        _ arguments: [String], in folder: Folder, under environment: [String: String] = [:],
        program: String = "anteroom"
    ) async throws -> Outcome {
        try await RunningProgram.run(
            [path(program).path] + arguments, in: folder.url.path, under: environment)
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

    /// Started, with output that can be listened to line by line while it runs.
    static func listened(
        _ arguments: [String], in folder: Folder, under environment: [String: String] = [:]
    ) async throws -> RunningProgram {
        try await RunningProgram.start(
            [path.path] + arguments, in: folder.url.path, under: environment)
    }
}
