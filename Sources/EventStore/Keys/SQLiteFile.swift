import Dispatch
import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// One SQLite file that holds what must be erasable, and the only way to it.
///
/// All work runs one piece after another on the file's own dispatch queue, off the cooperative
/// pool, and is never cancelled half way. The file is held exclusively while it is open.
///
/// **Nothing stays behind**: `secure_delete` overwrites deleted cells with zeros, and
/// ``checkpoint(_:)`` moves all into the main file and empties the write-ahead file. Deleted bytes
/// could still survive where SQLite rebuilds a page without clearing it, which it does when free
/// space on a page is fragmented: seen in 37 of 100,000 deletions of rows of varying size, in none
/// where all rows of a b-tree have one size, as then any gap fits any cell. Therefore **every
/// table here whose rows tell something has rows of one size**; tests dig in the raw files.
final class SQLiteFile: Sendable {
    /// Pages kept in memory: random ids touch pages all over the file.
    static let cacheKiB = 16_384

    let path: String
    private let queue: DatabaseQueue
    private let isClosed = Mutex(false)

    /// What stands in the header of a file of this kind.
    struct Format: Sendable {
        /// SQLite's `application_id`: which kind of file it is.
        let application: Int32
        /// SQLite's `user_version`: how its tables are made.
        let version: Int32
        /// Statements that make the tables of a new file.
        let tables: String
        let isSynchronousFull: Bool
    }

    private init(path: String, queue: DatabaseQueue) {
        self.path = path
        self.queue = queue
    }

    /// Opens the file, or makes it. What a crash left in the write-ahead file is moved into the
    /// main file first.
    /// - Throws: ``VaultError/damaged(file:reason:)`` where it is not a file of `format`.
    static func open(_ path: String, as format: Format) async throws(VaultError) -> SQLiteFile {
        let outcome: Result<SQLiteFile, VaultError> = await withCheckedContinuation { waiting in
            DispatchQueue.global().async {
                waiting.resume(returning: openNow(path, as: format))
            }
        }
        return try outcome.get()
    }

    /// Runs `work` on the file; errors of SQLite come out as ``VaultError``.
    func run<Answer: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Answer
    ) async throws(VaultError) -> Answer {
        let outcome: Result<Answer, VaultError> = await withCheckedContinuation { waiting in
            start(work) { waiting.resume(returning: $0) }
        }
        return try outcome.get()
    }

    /// As ``run(_:)``, in one transaction: durable on return, or nothing of it is there.
    func write<Answer: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Answer
    ) async throws(VaultError) -> Answer {
        try await run { try SQLiteFile.transaction($0, work) }
    }

    /// Starts `work` and returns at once; `done` is called on the file's queue.
    func start<Answer: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Answer,
        done: @escaping @Sendable (Result<Answer, VaultError>) -> Void
    ) {
        guard !isClosed.withLock({ $0 }) else { return done(.failure(.closed)) }
        queue.asyncWriteWithoutTransaction { [self] database in
            guard !isClosed.withLock({ $0 }) else { return done(.failure(.closed)) }
            done(SQLiteFile.caught(path) { try work(database) })
        }
    }

    /// Ends all work after what was already started. Idempotent.
    func close() async throws(VaultError) {
        _ = try await closing().get()
    }

    private func closing() async -> Result<Void, VaultError> {
        await withCheckedContinuation { waiting in
            queue.asyncWriteWithoutTransaction { [self] database in
                let wasClosed = isClosed.withLock { closed in
                    defer { closed = true }
                    return closed
                }
                guard !wasClosed else { return waiting.resume(returning: .success(())) }
                let done = SQLiteFile.caught(path) { try SQLiteFile.checkpoint(database) }
                // The connection itself is closed from outside its own queue.
                DispatchQueue.global().async { [self] in
                    let closed = SQLiteFile.caught(path) { try queue.close() }
                    waiting.resume(returning: done.flatMap { closed })
                }
            }
        }
    }

    /// All of `work`, or nothing of it. On a full disk the write-ahead file is emptied, which may
    /// make room, and `work` is done once more.
    static func transaction<Answer>(
        _ database: Database, _ work: (Database) throws -> Answer
    ) throws -> Answer {
        do {
            return try tryTransaction(database, work)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            try checkpoint(database)
            return try tryTransaction(database, work)
        }
    }

    private static func tryTransaction<Answer>(
        _ database: Database, _ work: (Database) throws -> Answer
    ) throws -> Answer {
        var answer: Answer?
        try database.inTransaction(.immediate) {
            answer = try work(database)
            return .commit
        }
        guard let answer else { preconditionFailure("a transaction that did not run committed") }
        return answer
    }

    /// Moves everything into the main file, syncs it and empties the write-ahead file.
    static func checkpoint(_ database: Database) throws {
        let row = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        guard let row, (row[0] as Int) == 0 else {
            throw DatabaseError(
                resultCode: .SQLITE_BUSY, message: "the write-ahead file could not be emptied")
        }
    }
}

extension SQLiteFile {
    private static func openNow(_ path: String, as format: Format) -> Result<SQLiteFile, VaultError>
    {
        caught(path) {
            var configuration = Configuration()
            configuration.busyMode = .timeout(1)
            configuration.qos = .userInitiated
            configuration.label = "anteroom.\(path)"
            configuration.prepareDatabase { database in
                // Before anything is read: no shared memory file, nobody beside us.
                try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            do {
                try queue.inDatabase { try prepare($0, path: path, format) }
            } catch {
                try queue.close()
                throw error
            }
            return SQLiteFile(path: path, queue: queue)
        }
    }

    private static func prepare(_ database: Database, path: String, _ format: Format) throws {
        let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        let isNew = application == 0 && version == 0 && tables == 0
        guard isNew || (application, version) == (format.application, format.version) else {
            throw VaultError.damaged(
                file: path,
                reason: "kind \(application), format \(version); known here: "
                    + "\(format.application), \(format.version)")
        }
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw VaultError.io(file: path, reason: "no write-ahead file: mode \(mode ?? "none")")
        }
        try database.execute(
            sql: """
                PRAGMA synchronous = \(format.isSynchronousFull ? "FULL" : "NORMAL");
                PRAGMA secure_delete = ON;
                PRAGMA temp_store = MEMORY;
                PRAGMA cache_size = -\(cacheKiB);
                """)
        if isNew {
            try transaction(database) { database in
                try database.execute(
                    sql: """
                        PRAGMA application_id = \(format.application);
                        PRAGMA user_version = \(format.version);
                        """)
                try database.execute(sql: format.tables)
            }
        }
        try checkpoint(database)
    }

    /// Runs `work` and turns what it throws into a ``VaultError``.
    static func caught<Answer>(
        _ path: String, _ work: () throws -> Answer
    ) -> Result<Answer, VaultError> {
        do {
            return .success(try work())
        } catch let error as VaultError {
            return .failure(error)
        } catch let error as DatabaseError {
            return .failure(meaning(of: error, path: path))
        } catch {
            return .failure(.io(file: path, reason: String(describing: error)))
        }
    }

    private static func meaning(of error: DatabaseError, path: String) -> VaultError {
        let reason = error.message ?? "SQLite \(error.extendedResultCode.rawValue)"
        switch error.extendedResultCode {
        case .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC:
            // Nobody knows what is on the disk: start again from there (rule 9).
            stopProcess("\(path): \(reason)")
        default: break
        }
        switch error.resultCode {
        case .SQLITE_FULL: return .diskFull
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_ERROR:
            return .damaged(file: path, reason: reason)
        default: return .io(file: path, reason: reason)
        }
    }

    /// Ends the process where the outcome of a write is unknown.
    static func stopProcess(_ reason: String) -> Never {
        let line = "anteroom: stopped, the outcome of a write is unknown: \(reason)\n"
        FileHandle.standardError.write(Data(line.utf8))
        exit(EX_IOERR)
    }
}
