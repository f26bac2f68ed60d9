import API
import ArgumentParser
import Foundation

/// `anteroom backup`: log and vault apart. Source: ANON-6, OPS-2.
struct BackupCommand: InstallationCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy log and vault into two new folders, to be kept apart.",
        discussion: """
            The erasure list (FOLDER.erasures) is in neither: keep its newest form elsewhere, as \
            `restore` wants it. Neither is the installation key.
            """)
    static let isExclusive = true

    @OptionGroup var data: DataOptions

    @Argument(help: "The folder for the log.")
    var logs: String

    @Option(help: "The folder for the vault.")
    var vault: String

    @Flag(help: "One JSON object.")
    var json = false

    func run(in place: Place) async throws {
        do {
            let manifest = try await Backup(place.installation).make(
                logs: place.url(logs).path, vault: place.url(vault).path)
            try await place.output.line(
                json
                    ? manifest.json.description
                    : "\(manifest.events) events; erasures so far: \(manifest.erasures)")
        } catch let error as BackupError {
            throw Failure.wrong(error.words)
        }
    }
}

/// `anteroom restore`: a data folder from backups, without what was erased since.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Lay a data folder from a backup of the log and one of the vault.",
        discussion: """
            Nothing that was erased comes back: the newest erasure list is wanted, is applied \
            before anything opens, and an older one is refused. That it is the newest, something \
            from outside must say: the newest backup.json there is, or the number of erasures the \
            newest report or backup told.
            """)

    @OptionGroup var data: DataOptions

    @Argument(help: "The folder `backup` copied the log into.")
    var logs: String

    @Option(help: "The folder it copied the vault into.")
    var vault: String

    @Option(help: "The newest erasure list.")
    var erasures: String

    @Option(help: "A newer backup's backup.json: as many erasures as it says must be in the list.")
    var checkpoint: String?

    @Option(help: "Erasures known of, from the newest report or backup.")
    var erasuresAtLeast: Int?

    func validate() throws {
        if checkpoint == nil, erasuresAtLeast == nil {
            throw ValidationError("--checkpoint or --erasures-at-least: how new is the list?")
        }
    }

    func run() async throws {
        do {
            let known = try checkpoint.map { try Backup.Manifest(file: $0).erasures } ?? 0
            let count = try await Restore(
                logs: logs, vault: vault, erasures: erasures,
                erasuresAtLeast: max(known, erasuresAtLeast ?? 0), keyFile: data.keyFile
            ).run(into: data.folder)
            Terminal.show(.out, "\(data.folder): restored; \(count) erasures applied\n")
        } catch let error as BackupError {
            throw Failure.wrong(error.words)
        }
    }
}
