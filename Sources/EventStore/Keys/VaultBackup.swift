import Foundation
import GRDB

extension SQLiteVault {
    /// Writes all keys there are, wrapped as they are, into a new file, and nothing that was ever
    /// deleted: live rows only. Durable on return.
    package func copy(to path: String) async throws(VaultError) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw .io(file: path, reason: "there is a file already")
        }
        try await file.run { database in
            try database.execute(sql: "VACUUM INTO ?", arguments: [path])
        }
        try VaultBackup.settle(path)
    }

    /// Forgets where the log stood, for a vault that is laid beside an older or newer log. Every
    /// order of erasure counts as not carried out: carrying one out again does nothing. No key left
    /// over is given to a record again: the events that would say which are used may be in neither.
    package func forgetLog() async throws(VaultError) {
        try await file.write { database in
            try database.execute(sql: "DELETE FROM erasures_done; DELETE FROM batch")
        }
    }
}

enum VaultBackup {
    /// Its owner's alone, and on the disk.
    static func settle(_ path: String) throws(VaultError) {
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .io(file: path, reason: KeyFile.lastError()) }
        defer { Glibc.close(file) }
        guard fchmod(file, 0o600) == 0, fsync(file) == 0 else {
            throw .io(file: path, reason: KeyFile.lastError())
        }
    }
}
