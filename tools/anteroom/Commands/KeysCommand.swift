import API
import ArgumentParser

/// `anteroom keys`: the installation key. Source: design.md, "Vault".
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The installation key.", subcommands: [Rotate.self])

    /// Wraps every record key under another installation key.
    struct Rotate: InstallationCommand {
        static let configuration = CommandConfiguration(
            abstract: "Wrap every record key anew under another installation key.",
            discussion: """
                From the first moment on the former key opens nothing here; older backups of the \
                vault it still opens. Commands go on meanwhile. Killed, it goes on at the next \
                start, or when called again.
                """)
        static let isExclusive = true

        @OptionGroup var data: DataOptions

        @Option(
            help: "The new key's file, made where missing; left out: FOLDER.key is replaced.")
        var newKeyFile: String?

        var nextKeyFile: String? { newKeyFile }

        func run(in place: Place) async throws {
            let installation = place.installation
            guard newKeyFile != nil || installation.options.keyFile == nil else {
                throw Failure.usage(
                    "--key-file is given: say with --new-key-file where the new one goes")
            }
            let path = try await installation.rotateKeys(
                to: newKeyFile.map { place.url($0).path })
            try await place.output.line(
                "every record key is under the new installation key: \(path)")
            try await place.output.line("make a backup of the vault now, and destroy older ones")
        }
    }
}
