import Crypto
import GRDB

/// What stands in `keys.sqlite`, and reading and changing it.
///
/// `key` and `secret` hold nothing but rows of one size (why: ``SQLiteFile``). The key ids in
/// `batch` are no secret: they stand in the log too.
struct VaultContents: Sendable {
    let identity: UInt128
    let secret: SymmetricKey
    let wrapping: SQLiteVault.Wrapping
    /// Nil in a vault that has not met its erasure list.
    let mark: ErasureList.Mark?
    let lastBatch: Int64
    /// The furthest place in the log a batch was made at.
    let lastCursor: Int64

    static let format = SQLiteFile.Format(
        application: 0x414E_5456,  // "ANTV"
        version: 1,
        tables: """
            -- One row: which vault it is.
            CREATE TABLE vault (one INTEGER PRIMARY KEY CHECK (one = 1), identity BLOB NOT NULL);
            -- Record keys. wrapped: 32 bytes of ciphertext, 16 of tag.
            CREATE TABLE key (id BLOB PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
            -- The vault secret under id 0, and ending secrets.
            CREATE TABLE secret (id BLOB PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
            -- Keys that the log may not name: ids of 16 bytes each, and where the log stood then.
            CREATE TABLE batch (
                number INTEGER PRIMARY KEY, cursor INTEGER NOT NULL, ids BLOB NOT NULL);
            -- The next position of each log at which an erasure may be ordered and not done.
            CREATE TABLE erasures_done (
                log BLOB PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
            -- One row: how far the erasure list was followed.
            CREATE TABLE erasure_list (
                one INTEGER PRIMARY KEY CHECK (one = 1),
                count INTEGER NOT NULL, digest BLOB NOT NULL);
            -- One row while a rotation has not ended: the wrapping key it leads away from, under
            -- the new one; that key's mark; keys up to `done` are under the new one.
            CREATE TABLE rotation (
                one INTEGER PRIMARY KEY CHECK (one = 1), former BLOB NOT NULL,
                former_mark BLOB NOT NULL, done BLOB NOT NULL);
            """,
        isSynchronousFull: true)

    /// Reads what is needed to open a vault; a new one gets its identity and secret.
    static func load(
        _ database: Database, key: InstallationKey, path: String
    ) throws -> VaultContents {
        let select = try RawStatement(database, "SELECT identity FROM vault")
        let identity = try select.first { try $0.bits(0) } ?? begin(database, key)
        let current = WrappingKey(key, vault: identity)
        let selectSecret = try RawStatement(database, "SELECT wrapped FROM secret WHERE id = ?")
        try selectSecret.bind(1, SQLiteVault.vaultSecretID)
        guard let wrapped = try selectSecret.first({ $0.bytes(0) }) else {
            throw VaultError.damaged(file: path, reason: "the vault secret is not there")
        }
        let rotation = try RawStatement(database, "SELECT former, former_mark FROM rotation")
            .first { (wrapped: $0.bytes(0), mark: try $0.bits(1)) }
        guard let secret = current.unwrap(wrapped, .secret, id: SQLiteVault.vaultSecretID) else {
            throw rotation?.mark == current.mark
                ? VaultError.rotationUnfinished : VaultError.wrongInstallationKey
        }
        let former = rotation.map { current.unwrapFormer($0.wrapped, id: $0.mark) }
        if case .some(.none) = former {
            throw VaultError.damaged(file: path, reason: "the former wrapping key was changed")
        }
        let mark = try RawStatement(database, "SELECT count, digest FROM erasure_list")
            .first { ErasureList.Mark(count: Int($0.number(0)), digest: $0.bytes(1)) }
        let batches = try RawStatement(database, "SELECT max(number), max(cursor) FROM batch")
            .first { ($0.number(0), $0.number(1)) }
        return VaultContents(
            identity: identity, secret: secret,
            wrapping: SQLiteVault.Wrapping(current: current, former: former ?? nil), mark: mark,
            lastBatch: batches?.0 ?? 0, lastCursor: batches?.1 ?? 0)
    }

    private static func begin(_ database: Database, _ key: InstallationKey) throws -> UInt128 {
        let identity = UInt128.random()
        try SQLiteFile.transaction(database) { database in
            let vault = try RawStatement(database, "INSERT INTO vault VALUES (1, ?)")
            try vault.bind(1, identity)
            try vault.run()
            let secret = try RawStatement(database, "INSERT INTO secret VALUES (?, ?)")
            try secret.bind(1, SQLiteVault.vaultSecretID)
            try secret.bind(
                2,
                WrappingKey(key, vault: identity).wrap(
                    SymmetricKey(size: .bits256), .secret, id: SQLiteVault.vaultSecretID))
            try secret.run()
        }
        return identity
    }

    /// Notes a batch of keys as loose, and that those of `finished` batches are no more.
    /// - Returns: its number.
    static func addBatch(
        _ ids: [KeyID], cursor: Int64, dropping finished: [Int64], _ database: Database
    ) throws -> Int64 {
        let delete = try RawStatement(database, "DELETE FROM batch WHERE number = ?")
        for number in finished {
            try delete.bind(1, number)
            try delete.run()
        }
        let insert = try RawStatement(database, "INSERT INTO batch (cursor, ids) VALUES (?, ?)")
        try insert.bind(1, cursor)
        try insert.bind(2, ids.flatMap(\.bits.bigEndianBytes))
        try insert.run()
        return database.lastInsertedRowID
    }

    /// Those of `entries` that are there.
    static func held(
        _ entries: [ErasureList.Entry], _ database: Database
    ) throws -> [ErasureList.Entry] {
        let keys = try RawStatement(database, "SELECT 1 FROM \(table(.key)) WHERE id = ?")
        let secrets = try RawStatement(database, "SELECT 1 FROM \(table(.secret)) WHERE id = ?")
        return try entries.filter { entry in
            let select =
                switch entry.kind {
                case .key: keys
                case .secret: secrets
                }
            try select.bind(1, entry.id)
            return try select.first { _ in true } ?? false
        }
    }

    static func delete(
        _ entries: [ErasureList.Entry], _ mark: ErasureList.Mark, _ database: Database
    ) throws {
        let keys = try RawStatement(database, "DELETE FROM key WHERE id = ?")
        let secrets = try RawStatement(database, "DELETE FROM secret WHERE id = ?")
        for entry in entries {
            let delete =
                switch entry.kind {
                case .key: keys
                case .secret: secrets
                }
            try delete.bind(1, entry.id)
            try delete.run()
        }
        let upsert = try RawStatement(
            database, "INSERT OR REPLACE INTO erasure_list VALUES (1, ?, ?)")
        try upsert.bind(1, Int64(mark.count))
        try upsert.bind(2, mark.digest)
        try upsert.run()
    }

    static func rewrap(
        _ table: String, _ id: UInt128, _ wrapped: [UInt8], _ database: Database
    ) throws {
        let update = try RawStatement(database, "UPDATE \(table) SET wrapped = ? WHERE id = ?")
        try update.bind(1, wrapped)
        try update.bind(2, id)
        try update.run()
    }

    private static func table(_ kind: ErasureList.Entry.Kind) -> String {
        switch kind {
        case .key: "key"
        case .secret: "secret"
        }
    }
}
