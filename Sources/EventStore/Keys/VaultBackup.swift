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

    /// Every order of erasure counts as not carried out: for a vault beside a log that may be an
    /// older one. Carrying one out again does nothing.
    package func forgetErasuresDone() async throws(VaultError) {
        try await file.write { database in
            try database.execute(sql: "DELETE FROM erasures_done")
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
