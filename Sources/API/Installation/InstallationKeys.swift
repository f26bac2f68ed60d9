import EventStore
import Foundation

/// Finds the installation key of a data folder and opens its vault; makes another one its key.
struct InstallationKeys {
    private let folder: String
    private let options: Installation.Options

    init(_ folder: String, _ options: Installation.Options) {
        self.folder = folder
        self.options = options
    }

    /// Where the key for trying lies, and where a rotation puts the next one until it is the key.
    private var trying: String { InstallationKey.pathForTrying(dataFolder: folder) }
    private var tryingNext: String { trying + ".new" }

    /// - Parameter isNew: no event exists, so that a vault may be made.
    func openVault(isNew: Bool) async throws(OpeningError) -> SQLiteVault {
        let next = options.keyFile == nil ? tryingNext : options.nextKeyFile
        let hasNext = next.map { FileManager.default.fileExists(atPath: $0) } ?? false
        do throws(OpeningError) {
            return try await openVault(options.keyFile, isNew)
        } catch {
            guard hasNext, let next else { throw error }
            // A rotation that was killed leads away from the first key, or has ended just before
            // the new one was put in its place.
            switch error {
            case .vault(.rotationUnfinished), .vault(.wrongInstallationKey): break
            case .inUse, .folder, .identity, .key, .vault, .views, .log, .unreadable: throw error
            }
            let vault = try await openVault(next, false)
            if options.keyFile == nil { try replaceTrying(tryingNext) }
            return vault
        }
    }

    private func openVault(_ file: String?, _ isNew: Bool) async throws(OpeningError) -> SQLiteVault
    {
        let key: InstallationKey
        do {
            if let file {
                key = try InstallationKey.load(file, dataFolder: folder)
            } else {
                key = try InstallationKey.forTrying(dataFolder: folder)
            }
        } catch {
            throw .key(error)
        }
        let vault: SQLiteVault
        do {
            vault = try await SQLiteVault.open(
                folder, key: key, erasureList: SQLiteVault.erasureListPath(dataFolder: folder),
                mayCreate: isNew)
        } catch {
            throw .vault(error)
        }
        if key.isForTrying {
            options.notice(
                "the installation key lies beside the data folder: for trying, not for patients")
        }
        if key.isReadableByOthers {
            options.notice("the installation key can be read by others: make it mode 0600")
        }
        return vault
    }

    /// Wraps every key of `vault` under the key in `newFile`, which is made where it is missing;
    /// nil: under a fresh key for trying, which then takes the former one's place.
    /// - Returns: the file that holds the key now.
    func rotate(
        _ vault: SQLiteVault, to newFile: String?, progress: @Sendable (Int) -> Void
    ) async throws(OpeningError) -> String {
        let path = newFile ?? tryingNext
        let new: InstallationKey
        do throws(InstallationKeyError) {
            if !FileManager.default.fileExists(atPath: path) {
                try InstallationKey.random(isForTrying: newFile == nil).save(path)
            }
            new = try InstallationKey.load(path, dataFolder: folder)
        } catch {
            throw .key(error)
        }
        do throws(VaultError) {
            // One to an earlier key is ended first.
            try await vault.finishRotation(progress: progress)
            try await vault.rotate(to: new, progress: progress)
        } catch {
            throw .vault(error)
        }
        if newFile == nil { try replaceTrying(path) }
        return newFile ?? trying
    }

    private func replaceTrying(_ path: String) throws(OpeningError) {
        do throws(InstallationKeyError) {
            try InstallationKey.move(path, over: trying)
        } catch {
            throw .key(error)
        }
    }
}

extension Installation {
    /// Makes another key the one that opens this vault, while everything goes on. See
    /// ``SQLiteVault/rotate(to:progress:)``.
    package func rotateKeys(
        to newFile: String?, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws(OpeningError) -> String {
        try await InstallationKeys(folder, options).rotate(vault, to: newFile, progress: progress)
    }
}
