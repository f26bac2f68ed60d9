import ArgumentParser

/// `sim`: drives a server as a day of clinics would, and checks the log afterwards.
@main
struct SimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sim", abstract: "Drive a server over HTTP and check what its log says.",
        subcommands: [DayCommand.self, LoadCommand.self])
}

/// Why a run ends early.
struct SimError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
