import ArgumentParser

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
        var command = try AnteroomCommand.parseAsRoot()
        if var waiting = command as? any AsyncParsableCommand {
            try await waiting.run()
        } else {
            try command.run()
        }
        leave(.fine)
    } catch let failure as Failure {
        Terminal.say("anteroom: \(failure.message)")
        leave(failure.code)
    } catch {
        let help = AnteroomCommand.exitCode(for: error) == .success
        let text = AnteroomCommand.fullMessage(for: error)
        if help {
            var out = Output()
            out.line(text)
            out.flush()
        } else if !text.isEmpty {
            Terminal.say(text)
        }
        leave(help ? .fine : .badUsage)
    }
}
