import Crypto
import GRDB
import Synchronization

/// Changing the installation key while everything goes on.
///
/// First, in one transaction, the secrets are wrapped anew and the former wrapping key is kept
/// under the new one: from then on the new installation key opens the vault and the former does
/// not. Then the record keys are wrapped anew, in order of their ids, a batch at a time, each in a
/// transaction that also notes how far it got. Last, the former wrapping key is deleted and the
/// write-ahead file emptied: rows keep their size, so that each was overwritten in its place.
/// Killed anywhere, it goes on where it was when the vault is opened with the new key.
extension SQLiteVault {
    /// Keys wrapped anew in one transaction: others wait for the file some milliseconds.
    static let rotationBatch = 2048

    /// True from the beginning of a rotation until it has ended, over restarts.
    package var isRotating: Bool { wrapping.withLock { $0.former != nil } }

    /// Makes `new` the key that opens this vault, and waits until the former opens nothing in it.
    /// Older copies of the file are still opened by the former: make a backup, destroy those.
    /// - Parameter progress: told after each batch how many keys are done.
    /// - Throws: ``VaultError/rotationUnfinished`` where one to another key is under way.
    package func rotate(
        to new: InstallationKey, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws(VaultError) {
        let next = WrappingKey(new, vault: identity)
        let current = wrapping.withLock { $0.current }
        if isRotating {
            guard next.mark == current.mark else { throw .rotationUnfinished }
        } else if next.mark != current.mark {
            try await beginRotation(to: next)
        }
        try await finishRotation(progress: progress)
    }

    /// Goes on with a rotation that a kill interrupted; returns at once where there is none.
    package func finishRotation(
        progress: @Sendable (Int) -> Void = { _ in }
    ) async throws(VaultError) {
        guard isRotating else { return }
        var done = 0
        while let count = try await rotateBatch() {
            done += count
            progress(done)
        }
    }

    /// One step of ``finishRotation(progress:)``.
    /// - Returns: how many keys it wrapped anew; nil where the rotation has ended.
    package func rotateBatch() async throws(VaultError) -> Int? {
        try await file.run { [self] database in
            guard let former = wrapping.withLock({ $0.former }) else { return nil }
            let count = try SQLiteFile.transaction(database) { database in
                try rewrapBatch(former, database)
            }
            if count > 0 { return count }
            try SQLiteFile.checkpoint(database)
            wrapping.withLock { $0.former = nil }
            return nil
        }
    }

    /// The first step of ``rotate(to:progress:)``; ``rotateBatch()`` takes the others.
    package func beginRotation(to new: InstallationKey) async throws(VaultError) {
        try await beginRotation(to: WrappingKey(new, vault: identity))
    }

    private func beginRotation(to next: WrappingKey) async throws(VaultError) {
        try await file.run { [self] database in
            let former = wrapping.withLock { $0.current }
            guard !isRotating else { throw VaultError.rotationUnfinished }
            try SQLiteFile.transaction(database) { database in
                let insert = try RawStatement(
                    database, "INSERT INTO rotation VALUES (1, ?, ?, ?)")
                try insert.bind(1, next.wrap(former: former, id: former.mark))
                try insert.bind(2, former.mark)
                try insert.bind(3, UInt128(0))
                try insert.run()
                try rewrapSecrets(from: former, to: next, database)
            }
            // The secrets under the former key go from the files now, its other keys at the end.
            wrapping.withLock { $0 = Wrapping(current: next, former: former) }
            try SQLiteFile.checkpoint(database)
        }
    }

    private func rewrapSecrets(
        from former: WrappingKey, to next: WrappingKey, _ database: Database
    ) throws {
        let secrets = try RawStatement(database, "SELECT id, wrapped FROM secret")
            .all { (id: try $0.bits(0), wrapped: $0.bytes(1)) }
        for secret in secrets {
            guard let key = former.unwrap(secret.wrapped, .secret, id: secret.id) else {
                throw VaultError.damaged(
                    file: file.path, reason: "the secret \(hex(secret.id)) was changed")
            }
            try VaultContents.rewrap(
                "secret", secret.id, next.wrap(key, .secret, id: secret.id), database)
        }
    }

    /// - Returns: how many rows it looked at; 0 at the end, where the former key is deleted.
    private func rewrapBatch(_ former: WrappingKey, _ database: Database) throws -> Int {
        let next = wrapping.withLock { $0.current }
        let done = try RawStatement(database, "SELECT done FROM rotation").first { try $0.bits(0) }
        let select = try RawStatement(
            database, "SELECT id, wrapped FROM key WHERE id > ? ORDER BY id LIMIT ?")
        try select.bind(1, done ?? 0)
        try select.bind(2, Int64(SQLiteVault.rotationBatch))
        let rows = try select.all { (id: try $0.bits(0), wrapped: $0.bytes(1)) }
        guard let last = rows.last else {
            try database.execute(sql: "DELETE FROM rotation")
            return 0
        }
        for row in rows {
            // Made since the rotation began: under the new key already.
            guard let key = former.unwrap(row.wrapped, .recordKey, id: row.id) else {
                guard next.unwrap(row.wrapped, .recordKey, id: row.id) != nil else {
                    throw VaultError.damaged(
                        file: file.path, reason: "the wrapped key \(hex(row.id)) was changed")
                }
                continue
            }
            try VaultContents.rewrap(
                "key", row.id, next.wrap(key, .recordKey, id: row.id), database)
        }
        let update = try RawStatement(database, "UPDATE rotation SET done = ?")
        try update.bind(1, last.id)
        try update.run()
        return rows.count
    }
}
