import ArgumentParser
import EventStore
import Foundation

/// `anteroom keys`: the installation key. Source: design.md, "Vault".
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The installation key.", subcommands: [Rotate.self])

    /// Wraps every record key under another installation key.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Wrap every record key anew under another installation key.",
            discussion: """
                From the first moment on the former key opens nothing here; older backups of the \
                vault it still opens. Killed, it goes on when called again. The server must be \
                stopped.
                """)

        @OptionGroup var data: DataOptions

        @Option(
            help:
                "The new key's file, made where missing; left out: FOLDER.key is replaced."
        )
        var newKeyFile: String?

        func run() async throws {
            _ = ProcessHardening.apply()
            do {
                try await rotate()
            } catch let error as VaultError {
                throw Failure.wrong(error.words)
            } catch let error as InstallationKeyError {
                throw Failure.wrong(error.words)
            }
        }

        private func rotate() async throws {
            let own = InstallationKey.pathForTrying(dataFolder: data.folder)
            guard newKeyFile != nil || data.keyFile == nil else {
                throw Failure.usage(
                    "--key-file is given: say with --new-key-file where the new one goes")
            }
            let path = newKeyFile ?? own + ".new"
            let isMade = FileManager.default.fileExists(atPath: path)
            if !isMade { try InstallationKey.random(isForTrying: newKeyFile == nil).save(path) }
            let new = try InstallationKey.load(path, dataFolder: data.folder)
            let vault = try await open(new, former: data.keyFile ?? own, mayHaveBegun: isMade)
            do {
                try await vault.rotate(to: new)
                try await vault.close()
            } catch {
                try await vault.close()
                throw error
            }
            if newKeyFile == nil, rename(path, own) != 0 {
                throw Failure.wrong(
                    "\(path): \(String(cString: strerror(errno))); it is the key now")
            }
            var out = Output()
            out.line("every record key is under the new installation key: \(newKeyFile ?? own)")
            out.line("make a backup of the vault now, and destroy older ones")
            out.flush()
        }

        /// With the former key, or with the new one where a rotation had begun.
        private func open(
            _ new: InstallationKey, former: String, mayHaveBegun: Bool
        ) async throws -> SQLiteVault {
            let list = SQLiteVault.erasureListPath(dataFolder: data.folder)
            func open(_ key: InstallationKey) async throws(VaultError) -> SQLiteVault {
                try await SQLiteVault.open(
                    data.folder, key: key, erasureList: list, mayCreate: false)
            }
            let key = try InstallationKey.load(former, dataFolder: data.folder)
            do throws(VaultError) {
                return try await open(key)
            } catch {
                guard mayHaveBegun, error == .rotationUnfinished || error == .wrongInstallationKey
                else { throw error }
                return try await open(new)
            }
        }
    }
}
