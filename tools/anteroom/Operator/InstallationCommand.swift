import API
import ArgumentParser
import EventStore
import Foundation
import Projections
import ServiceLifecycle

/// A sub-command that needs the data folder open. There is one implementation, `run(in:)`, and two
/// places it runs: this process, where nobody has the folder, or the server that has it, which is
/// asked through its socket. Source: design.md "Command line".
protocol InstallationCommand: AsyncParsableCommand {
    var data: DataOptions { get }
    /// A data folder that is missing is made.
    static var makesFolder: Bool { get }
    /// It looks at projections: they have to follow the log meanwhile.
    static var needsViews: Bool { get }
    /// In a server it runs once at a time.
    static var isExclusive: Bool { get }
    /// What it is while it runs: those of one name take turns where they are exclusive.
    static var turn: String { get }
    /// Opens the vault where a rotation to it began and did not end.
    var nextKeyFile: String? { get }
    func run(in place: Place) async throws
}

extension InstallationCommand {
    static var makesFolder: Bool { false }
    static var needsViews: Bool { false }
    static var isExclusive: Bool { false }
    static var turn: String { _commandName }
    var nextKeyFile: String? { nil }

    func run() async throws {
        do {
            try await Place.during(data, makesFolder: Self.makesFolder, nextKeyFile) { place in
                try await place.run(self)
            }
        } catch OpeningError.inUse(let folder) {
            let request = OperatorRequest(
                arguments: Array(CommandLine.arguments.dropFirst()),
                directory: FileManager.default.currentDirectoryPath)
            try await OperatorClient(folder: folder).run(request)
        }
    }
}

/// Where a sub-command runs: an open installation, the folder its relative paths mean, and where
/// its lines go.
struct Place {
    let installation: Installation
    let directory: URL
    let output: CommandOutput

    /// The file that `path` means to who typed it.
    func url(_ path: String) -> URL { URL(fileURLWithPath: path, relativeTo: directory) }

    /// Runs `command` with projections that follow the log, if it needs them.
    fileprivate func run(_ command: some InstallationCommand) async throws {
        guard type(of: command).needsViews else {
            return try await command.run(in: self)
        }
        let runner = installation.side.runner
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            try await command.run(in: self)
            group.cancelAll()
        }
    }

    /// Opens the folder in this process, does `work` there, and closes it whatever came of it.
    /// - Throws: ``OpeningError/inUse(_:)`` where another process has it.
    static func during<Answer: Sendable>(
        _ data: DataOptions, makesFolder: Bool, _ nextKeyFile: String? = nil,
        setting set: (inout Installation.Options) throws(Failure) -> Void = { _ in },
        _ work: (Place) async throws -> Answer
    ) async throws -> Answer {
        harden()
        var options = Installation.Options(keyFile: data.keyFile, catalogue: .commandLine) {
            Terminal.say($0)
        }
        options.nextKeyFile = nextKeyFile
        options.program = "/proc/self/exe"
        options.makesFolder = makesFolder
        try set(&options)
        options.cores = ProcessInfo.processInfo.activeProcessorCount
        let installation: Installation
        do {
            installation = try await Installation.open(data.folder, options)
        } catch {
            throw error.failure
        }
        let directory = URL(
            fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
        let place = Place(
            installation: installation, directory: directory, output: CommandOutput(.terminal))
        do {
            let answer = try await work(place)
            try await place.output.flush()
            try await installation.close()
            return answer
        } catch {
            try await place.output.flush()
            try await installation.close()
            throw error
        }
    }

    private static func harden() {
        // What is made here is its owner's alone, the operator's socket above all.
        umask(0o077)
        let report = ProcessHardening.apply()
        if !report.hasNoCore || !report.isNotDumpable {
            Terminal.say("keys in memory can end up in a core file or be read by other processes")
        }
    }
}

extension Catalogue {
    /// All commands, and those by which the command line keeps its own books.
    static let commandLine = Catalogue(commands: Catalogue.all.commands + [ImportCommands.run])
}

extension OpeningError {
    /// For the terminal; a folder in use is left to who can ask the other process.
    fileprivate var failure: any Error {
        switch self {
        case .inUse: self
        case .folder: Failure.usage(words)
        case .identity, .key, .vault, .views, .log, .unreadable: Failure.wrong(words)
        }
    }
}

extension Place {
    /// Returns once the projections show all there is of a log; for a command that needs views.
    func showAll(of log: LogID) async throws {
        let head = try installation.store.head(of: log)
        for projection in ViewSet.all.projections {
            try await installation.side.runner.waitUntil(projection.name, log, shows: head - 1)
        }
    }

    /// Runs one command as the operator, now.
    func operate(_ name: String, _ body: JSON) async throws -> CommandAnswer {
        let dispatch = installation.dispatch
        do {
            let key = try IdempotencyKey("cli-\(hex(dispatch.ids.next()))")
            return try await dispatch.run(
                CommandRequest(name: name, body: body, key: key, actor: .operator, door: .inProcess)
            )
        } catch {
            throw Failure.wrong("\(name): \(error.words)")
        }
    }
}
