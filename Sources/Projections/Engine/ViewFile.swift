import Foundation
package import GRDB

/// The SQLite file of projections that are read together, or the same in memory.
///
/// ```
/// logs       org ↔ log: a small number in the place of 16 bytes, given as logs are met
/// tables     whose each table is: projection and version
/// positions  per log, projection and version: how many of the log's events its rows show,
///            the command id of the last of them, and why it stopped if it did
/// NAME_vN    a projection's table, one row of one log each
/// ```
/// Rows and positions change in one transaction. Nothing waits for the disk: after a power cut the
/// file is that of some moments ago, and the log gives the rest again.
package final class ViewFile: Sendable {
    package let name: String
    private let database: any DatabaseWriter

    /// Marks the file as ours: "ANTV".
    private static let applicationID = 0x414E_5456
    /// Raised when `logs` or `positions` change; a file of another number is rebuilt.
    private static let format = 1

    /// Opens or makes the file at `path`.
    /// - Throws: ``ViewError/damaged(file:reason:)`` where it isn't one; the caller sets it aside.
    package init(at path: String) throws(ViewError) {
        name = path
        try ViewFile.checkLength(path)
        var configuration = Configuration()
        configuration.maximumReaderCount = EngineLimits.readers
        configuration.label = "views"
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
            try database.execute(
                sql: "PRAGMA cache_size = -\(EngineLimits.writerCacheBytes / 1024)")
        }
        do {
            database = try DatabasePool(path: path, configuration: configuration)
        } catch {
            throw ViewError(error).at(path)
        }
        try prepare()
    }

    /// A file in memory: for replay, time travel and tests.
    package init(inMemory name: String) throws(ViewError) {
        self.name = name
        do {
            database = try DatabaseQueue()
        } catch {
            throw ViewError(error).at(name)
        }
        try prepare()
    }

    private func prepare() throws(ViewError) {
        try writeBlocking { database throws(ViewError) in
            let found = try database.number("PRAGMA application_id")
            let format = try database.number("PRAGMA user_version")
            let isNew = try database.number("SELECT count(*) FROM sqlite_master") == 0
            guard isNew || (found == ViewFile.applicationID && format == ViewFile.format) else {
                throw .damaged(file: name, reason: "not a file of projections, format 1")
            }
            try database.run("PRAGMA application_id = \(ViewFile.applicationID)")
            try database.run("PRAGMA user_version = \(ViewFile.format)")
            try database.run(
                """
                CREATE TABLE IF NOT EXISTS logs (org INTEGER PRIMARY KEY, \
                log BLOB NOT NULL UNIQUE) STRICT
                """)
            try database.run(
                """
                CREATE TABLE IF NOT EXISTS positions (org INTEGER NOT NULL, \
                projection TEXT NOT NULL, version INTEGER NOT NULL, applied INTEGER NOT NULL, \
                last_command BLOB NOT NULL, recorded_at INTEGER NOT NULL, \
                PRIMARY KEY (org, projection, version)) STRICT, WITHOUT ROWID
                """)
            try database.run(
                """
                CREATE TABLE IF NOT EXISTS tables (projection TEXT NOT NULL, \
                version INTEGER NOT NULL, name TEXT NOT NULL, \
                PRIMARY KEY (projection, version, name)) STRICT, WITHOUT ROWID
                """)
        }
    }

    /// SQLite only notices a lost tail when it gets there; the header tells at once.
    private static func checkLength(_ path: String) throws(ViewError) {
        guard let handle = FileHandle(forReadingAtPath: path) else { return }
        defer { handle.closeFile() }
        let header = handle.readData(ofLength: 100)
        if header.isEmpty { return }
        guard header.count == 100, header.prefix(16) == Data("SQLite format 3\0".utf8) else {
            throw .damaged(file: path, reason: "no SQLite header")
        }
        // We reserve no bytes at the end of pages; SQLite would believe whatever stands here.
        guard header[20] == 0 else { throw .damaged(file: path, reason: "a changed header") }
        func number(_ offset: Int, _ bytes: Int) -> UInt64 {
            header[offset..<offset + bytes].reduce(0) { $0 << 8 | UInt64($1) }
        }
        let pageBytes = number(16, 2) == 1 ? 65_536 : number(16, 2)
        let length = handle.seekToEndOfFile()
        // Counts are only to be trusted where both counters agree (SQLite file format, 1.3.7).
        guard number(24, 4) != number(92, 4) || length >= number(28, 4) * pageBytes else {
            throw .damaged(file: path, reason: "cut off at \(length) bytes")
        }
    }

    /// Reads on a connection of its own, for a caller that may block.
    func readBlocking<T>(
        _ body: (Database) throws(ViewError) -> T
    ) throws(ViewError) -> T {
        do {
            return try database.read(body)
        } catch {
            throw ViewError(error).at(name)
        }
    }

    /// One transaction, for a caller that may block. There is one writer at a time.
    func writeBlocking<T>(
        _ body: (Database) throws(ViewError) -> T
    ) throws(ViewError) -> T {
        do {
            return try database.write(body)
        } catch {
            throw ViewError(error).at(name)
        }
    }

    /// Reads without blocking the caller's thread; everything `body` reads is of one moment.
    package func read<T: Sendable>(
        _ body: @Sendable (Database) throws(ViewError) -> T
    ) async throws(ViewError) -> T {
        do {
            return try await withoutActuallyEscaping(body) { body in
                try await database.read { try body($0) }
            }
        } catch {
            throw ViewError(error).at(name)
        }
    }

    /// Moves what stands in the write-ahead file into the file, and closes it.
    package func close() throws(ViewError) {
        do {
            if let pool = database as? DatabasePool {
                _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            }
            try database.close()
        } catch {
            throw ViewError(error).at(name)
        }
    }
}

extension Database {
    /// The one integer a statement answers; 0 where it answers none.
    func number(
        _ sql: String, _ bind: (inout Binder) -> Void = { _ in }
    ) throws(ViewError) -> Int64 {
        var found: Int64 = 0
        try each(sql, bind) { statement throws(ViewError) in
            found = try Cell(statement: statement, index: 0).integer()
        }
        return found
    }
}
