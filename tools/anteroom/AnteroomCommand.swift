import ArgumentParser

/// `anteroom`: one program, one data folder. Source: OPS-1.
struct AnteroomCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anteroom",
        abstract:
            "The backend of a virtual clinic: every action is an event in one append-only log.",
        discussion: "Exit codes: 0 fine, 1 found something wrong, 2 bad usage.",
        subcommands: [
            ServeCommand.self, ImportCommand.self, ImportEndCommand.self, LogCommand.self,
            ReplayCommand.self, ShowCommand.self, ReportCommand.self, VerifyCommand.self,
            OrgCommand.self,
            TokenCommand.self, KeysCommand.self, AnonymiseCommand.self, BackupCommand.self,
            RestoreCommand.self, BenchCommand.self, StatementCommand.self,
        ])
}
