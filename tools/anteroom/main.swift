import ArgumentParser
import Dispatch
import Glibc

/// Exit codes: 0 fine, 1 found something wrong, 2 bad usage (design.md, "Command line").
enum ExitCode: Int32 {
    case fine = 0
    case foundWrong = 1
    case badUsage = 2
}

await run()

/// Parses the command line, runs the sub-command, and leaves with its exit code.
func run() async -> Never {
    do {
        let command = try AnteroomCommand.parseAsRoot()
        let isInterruptible = command is any InstallationCommand
        let work = Task { try await run(command) }
        // A server ends by itself on a signal.
        let signals = isInterruptible ? interruption { work.cancel() } : nil
        defer { signals?.cancel() }
        try await work.value
        leave(.fine)
    } catch {
        let failure = Failure(error)
        if failure.code == .fine {
            Terminal.show(.out, failure.message + "\n")
        } else if !failure.message.isEmpty {
            Terminal.say(failure.message)
        }
        leave(failure.code)
    }
}

func run(_ command: any ParsableCommand) async throws {
    var command = command
    if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
    } else {
        try command.run()
    }
}

/// The first Ctrl-C ends the work in order, the second at once.
func interruption(_ end: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT)
    source.setEventHandler {
        end()
        signal(SIGINT, SIG_DFL)
    }
    source.resume()
    return source
}
