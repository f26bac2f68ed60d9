import API
import ArgumentParser

/// The process that one statement of reporting staff runs in: the server starts it, and talks to it
/// by standard input and output (REP-2).
struct StatementCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: StatementProcess.argument,
        abstract: "Run one SQL statement over report tables; started by the server.",
        shouldDisplay: false)

    func run() throws {
        guard StatementProcess.serve() else {
            throw Failure.wrong("started by the server, with a statement and tables for input")
        }
    }
}
