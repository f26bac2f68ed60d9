import EventStore
import Foundation

/// Lays a data folder from a backup of its log and one of its vault. What the erasure list says was
/// erased is destroyed before anything else opens, and without a list at least as new as the newest
/// checkpoint known nothing is laid (ANON-6).
package struct Restore: Sendable {
    package let logs: String
    package let vault: String
    /// The newest erasure list, from outside all backups.
    package let erasures: String
    /// Erasures somebody outside knows of: of the newest backup, or of the last run's report. Asked
    /// for, since nobody else can tell an old list from the newest.
    package let erasuresAtLeast: Int
    /// Nil: the key for trying, beside the folder.
    package let keyFile: String?

    package init(
        logs: String, vault: String, erasures: String, erasuresAtLeast: Int,
        keyFile: String? = nil
    ) {
        self.logs = logs
        self.vault = vault
        self.erasures = erasures
        self.erasuresAtLeast = erasuresAtLeast
        self.keyFile = keyFile
    }

    /// Behind the folder's name until it is whole.
    private static let suffix = ".restoring"

    /// - Parameter folder: the data folder, not there yet.
    /// - Returns: how many erasures the list holds.
    package func run(into folder: String) async throws -> Int {
        let files = FileManager.default
        let folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        let list = SQLiteVault.erasureListPath(dataFolder: folder)
        guard !files.fileExists(atPath: folder) else { throw BackupError.exists(folder) }
        guard files.fileExists(atPath: erasures) else { throw BackupError.missing(erasures) }
        let log = try Backup.Manifest(file: "\(logs)/\(Backup.Manifest.fileName)")
        let keys = try Backup.Manifest(file: "\(vault)/\(Backup.Manifest.fileName)")
        guard keys.at >= log.at else { throw BackupError.vaultOlder }
        let needs = max(erasuresAtLeast, log.erasures, keys.erasures)
        let isSame = URL(fileURLWithPath: erasures).standardizedFileURL.path == list
        guard isSame || !files.fileExists(atPath: list) else { throw BackupError.exists(list) }
        let laid = folder + Restore.suffix
        let laidList = SQLiteVault.erasureListPath(dataFolder: laid)
        try remove([laid, laidList])
        do {
            // A copy is opened: what a kill left at its end is cut there, never in the newest list.
            try files.copyItem(atPath: erasures, toPath: laidList)
            let count = try await lay(laid, needs)
            try Durable.sync(laid)
            if !isSame { try files.moveItem(atPath: laidList, toPath: list) }
            // Only now is there a data folder, and its list before it.
            try files.moveItem(atPath: laid, toPath: folder)
            try remove([laidList])
            try Durable.sync(folder)
            return count
        } catch {
            try remove([laid, laidList, folder] + (isSame ? [] : [list]))
            throw error
        }
    }

    private func remove(_ paths: [String]) throws {
        for path in paths where FileManager.default.fileExists(atPath: path) {
            try FileManager.default.removeItem(atPath: path)
        }
    }

    private func lay(_ folder: String, _ needs: Int) async throws -> Int {
        let files = FileManager.default
        try files.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try files.copyItem(
            atPath: "\(vault)/\(SQLiteVault.fileName)",
            toPath: "\(folder)/\(SQLiteVault.fileName)")
        // The vault before the log: it is asked what may be opened at all.
        let count = try await applyErasures(folder, needs)
        try files.copyItem(atPath: "\(logs)/log", toPath: "\(folder)/log")
        try files.copyItem(
            atPath: "\(logs)/\(Identity.fileName)", toPath: "\(folder)/\(Identity.fileName)")
        // Of erasures up to here the log need not know.
        try RestoredMark(erasures: count).write(to: folder)
        return count
    }

    /// Destroys in the vault's copy what the list says was erased.
    private func applyErasures(_ folder: String, _ needs: Int) async throws -> Int {
        // The key it was backed up under; a new one would open nothing.
        let path = InstallationKey.pathForTrying(
            dataFolder: String(folder.dropLast(Restore.suffix.count)))
        let key = try InstallationKey.load(keyFile ?? path, dataFolder: folder)
        let opened = try await open(folder, key, needs)
        let count = opened.erasures
        let outcome: Result<Void, VaultError>
        do throws(VaultError) {
            try await opened.forgetLog()
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        try await opened.close()
        try outcome.get()
        return count
    }

    private func open(
        _ folder: String, _ key: InstallationKey, _ needs: Int
    ) async throws -> SQLiteVault {
        do throws(VaultError) {
            return try await SQLiteVault.open(
                folder, key: key, erasureList: SQLiteVault.erasureListPath(dataFolder: folder),
                erasuresAtLeast: needs, mayCreate: false)
        } catch {
            guard case .erasureListBehind(_, let has, let needs) = error else { throw error }
            throw BackupError.listBehind(has: has, needs: needs)
        }
    }
}
