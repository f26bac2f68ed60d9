import Foundation
import GRDB

/// What finds records by person, in `index.sqlite`: keyed hashes on one side, random ids on the
/// other. It knows the present only, is part of no digest, and is made anew from log and keys
/// whenever it is missing or wrong (its positions are 0 then).
///
/// Rows tie a person to a record, so they go before the record's key does, from the files too
/// (``SQLiteFile``): all rows of a table have one size, and no row a log or kind to read.
package final class KeyedIndex: ErasableIndex {
    package static let fileName = "index.sqlite"
    /// Raised when those above put more into it: an index of another number is made anew.
    static let contents = 3
    /// Changes in one ``apply(_:log:next:)``.
    package static let changesMax = 10_000

    private let file: SQLiteFile
    /// Why the file was thrown away at opening, where it was: all positions are 0 now.
    package let thrownAway: String?

    private init(file: SQLiteFile, thrownAway: String?) {
        self.file = file
        self.thrownAway = thrownAway
    }

    /// Opens the index of a data folder, or begins one. A file that is damaged, of another format
    /// or made with another vault is deleted: it is derived.
    package static func open(
        _ folder: String, vault: any Vault
    ) async throws(VaultError) -> KeyedIndex {
        let path = folder + "/" + fileName
        let check = vault.mac(.keyedIndex, Array("check \(contents)".utf8))
        do throws(VaultError) {
            return KeyedIndex(file: try await open(path, check), thrownAway: nil)
        } catch {
            guard case .damaged(_, let reason) = error else { throw error }
            for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
            return KeyedIndex(file: try await open(path, check), thrownAway: reason)
        }
    }

    private static func open(
        _ path: String, _ check: [UInt8]
    ) async throws(VaultError) -> SQLiteFile {
        let file = try await SQLiteFile.open(path, as: format)
        do throws(VaultError) {
            try await file.write { try ensure(check, $0, path) }
            return file
        } catch {
            try await file.close()
            throw error
        }
    }

    package func close() async throws(VaultError) { try await file.close() }

    /// The position of `log` up to which events were applied: the next one to apply.
    package func position(of log: LogID) async throws(VaultError) -> Int64 {
        try await file.run { database in
            let select = try RawStatement(database, "SELECT next FROM position WHERE log = ?")
            try select.bind(1, log.bits)
            return try select.first { $0.number(0) } ?? 0
        }
    }

    /// Applies what the events of `log` before `next` say, all or nothing, with the position.
    /// Doing it again changes nothing. After a power cut the last ones may be missing, position
    /// included; the log has them.
    package func apply(
        _ changes: [IndexChange], log: LogID, next: Int64
    ) async throws(VaultError) {
        precondition(changes.count <= KeyedIndex.changesMax, "\(changes.count) changes")
        try await file.write { database in
            for change in changes { try KeyedIndex.apply(change, database) }
            let upsert = try RawStatement(
                database,
                """
                INSERT INTO position VALUES (?, ?)
                ON CONFLICT (log) DO UPDATE SET next = max(next, excluded.next)
                """)
            try upsert.bind(1, log.bits)
            try upsert.bind(2, next)
            try upsert.run()
        }
    }

    /// Up to `limit` records of `term` above `after`, ascending.
    package func records(
        of term: IndexTerm, after: UInt128 = 0, limit: Int
    ) async throws(VaultError) -> [UInt128] {
        try await file.run { database in
            let select = try RawStatement(
                database,
                "SELECT record FROM entry WHERE term = ? AND record > ? ORDER BY record LIMIT ?")
            try select.bind(1, term.bits)
            try select.bind(2, after)
            try select.bind(3, Int64(max(0, limit)))
            return try select.all { try $0.bits(0) }
        }
    }

    /// The claim id of `term`: the one it has, or `fresh`, which it has from now on. Who may use it
    /// is decided by the stream of that id, with `exactly n`, not here.
    package func claim(
        _ term: IndexTerm, fresh: UInt128
    ) async throws(VaultError) -> UInt128 {
        try await file.write { database in
            let insert = try RawStatement(
                database, "INSERT INTO claim VALUES (?, ?) ON CONFLICT (term) DO NOTHING")
            try insert.bind(1, term.bits)
            try insert.bind(2, fresh)
            try insert.run()
            return try KeyedIndex.claim(of: term, database) ?? fresh
        }
    }

    /// The claim id of `term`; nil where it has none.
    package func claim(of term: IndexTerm) async throws(VaultError) -> UInt128? {
        try await file.run { try KeyedIndex.claim(of: term, $0) }
    }

    /// Removes all that leads to these records, and these claims: on return it is gone from the
    /// file, its write-ahead file and free pages.
    package func erase(
        records: [UInt128], claims: [UInt128] = []
    ) async throws(VaultError) {
        try await file.run { database in
            try SQLiteFile.transaction(database) { database in
                let forget = try RawStatement(database, "DELETE FROM entry WHERE record = ?")
                for record in records {
                    try forget.bind(1, record)
                    try forget.run()
                }
                for claim in claims { try KeyedIndex.apply(.release(claim: claim), database) }
            }
            try SQLiteFile.checkpoint(database)
        }
    }
}

/// One change that an event means for the index.
package enum IndexChange: Hashable, Sendable {
    case add(IndexTerm, record: UInt128)
    case remove(IndexTerm, record: UInt128)
    /// Every entry of the record.
    case forget(record: UInt128)
    /// The event that used a claim says which term it was for; replaces another id of that term.
    case claim(IndexTerm, claim: UInt128)
    case release(claim: UInt128)
}

extension KeyedIndex {
    private static let format = SQLiteFile.Format(
        application: 0x414E_5458,  // "ANTX"
        version: 2,
        tables: """
            -- One row: a keyed hash that only the vault it was made with gives.
            CREATE TABLE made_with (one INTEGER PRIMARY KEY CHECK (one = 1), vault BLOB NOT NULL);
            CREATE TABLE entry (
                term BLOB NOT NULL, record BLOB NOT NULL, PRIMARY KEY (term, record)
            ) WITHOUT ROWID;
            CREATE INDEX entry_record ON entry (record);
            CREATE TABLE claim (term BLOB PRIMARY KEY, claim BLOB NOT NULL) WITHOUT ROWID;
            CREATE INDEX claim_claim ON claim (claim);
            CREATE TABLE position (log BLOB PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
            """,
        isSynchronousFull: false)

    private static func ensure(_ check: [UInt8], _ database: Database, _ path: String) throws {
        let vault = try RawStatement(database, "SELECT vault FROM made_with").first { $0.bytes(0) }
        guard vault != check else { return }
        guard vault == nil else {
            throw VaultError.damaged(file: path, reason: "it was made with another vault")
        }
        let insert = try RawStatement(database, "INSERT INTO made_with VALUES (1, ?)")
        try insert.bind(1, check)
        try insert.run()
    }

    private static func apply(_ change: IndexChange, _ database: Database) throws {
        switch change {
        case .add(let term, let record):
            try run("INSERT OR IGNORE INTO entry VALUES (?, ?)", term.bits, record, database)
        case .remove(let term, let record):
            try run(
                "DELETE FROM entry WHERE term = ? AND record = ?", term.bits, record, database)
        case .forget(let record):
            try run("DELETE FROM entry WHERE record = ?", record, nil, database)
        case .claim(let term, let claim):
            try run("INSERT OR REPLACE INTO claim VALUES (?, ?)", term.bits, claim, database)
        case .release(let claim):
            try run("DELETE FROM claim WHERE claim = ?", claim, nil, database)
        }
    }

    private static func run(
        _ sql: String, _ first: UInt128, _ second: UInt128?, _ database: Database
    ) throws {
        let statement = try RawStatement(database, sql)
        try statement.bind(1, first)
        if let second { try statement.bind(2, second) }
        try statement.run()
    }

    private static func claim(of term: IndexTerm, _ database: Database) throws -> UInt128? {
        let select = try RawStatement(database, "SELECT claim FROM claim WHERE term = ?")
        try select.bind(1, term.bits)
        return try select.first { try $0.bits(0) }
    }
}
