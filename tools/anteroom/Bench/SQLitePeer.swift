import Foundation
import GRDBSQLite

/// An events table in SQLite (WAL, synchronous=FULL), through its C API with cached statements: the
/// peer to beat.
final class SQLitePeer: @unchecked Sendable {
    // @unchecked: used by one thread at a time, the measuring one or the group thread.
    private var database: OpaquePointer?
    private var insert: OpaquePointer?
    private var version: OpaquePointer?
    private var stream: OpaquePointer?
    let folder: URL

    static let schema = """
        create table if not exists events (position integer primary key, stream blob not null,
          version integer not null, type text not null, recorded_at integer not null,
          data text not null, unique (stream, version));
        """

    init(folder: URL) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try check(sqlite3_open(folder.appending(path: "events.sqlite").path, &database))
        try run("pragma journal_mode = wal")
        try run("pragma synchronous = full")
        try run(SQLitePeer.schema)
        insert = try prepare(
            "insert into events (stream, version, type, recorded_at, data) values (?, ?, ?, ?, ?)")
        version = try prepare("select max(version) from events where stream = ?")
        stream = try prepare(
            "select version, type, recorded_at, data from events where stream = ? order by version")
    }

    func close() {
        for statement in [insert, version, stream] { sqlite3_finalize(statement) }
        sqlite3_close(database)
        database = nil
    }

    /// One transaction: the expected version of each event's stream checked, then the event
    /// inserted.
    func commit(_ events: [BenchEvent]) throws {
        try run("begin immediate")
        for event in events {
            try bind(version, 1, event.stream)
            guard sqlite3_step(version) == SQLITE_ROW else { throw failure() }
            let actual =
                sqlite3_column_type(version, 0) == SQLITE_NULL
                ? -1 : sqlite3_column_int64(version, 0)
            sqlite3_reset(version)
            guard actual == event.version - 1 else {
                throw BenchError(message: "conflict at version \(actual)")
            }
            try add(event)
        }
        try run("commit")
    }

    /// One transaction without looking at versions (the unique constraint stands), as a bulk load
    /// does.
    func load(_ events: ArraySlice<BenchEvent>) throws {
        try run("begin immediate")
        for event in events { try add(event) }
        try run("commit")
    }

    /// Bytes of every row in order; touches them all.
    func readAll() throws -> (rows: Int, bytes: Int) {
        let all = try prepare(
            """
            select position, stream, version, type, recorded_at, data from events
            order by position
            """
        )
        defer { sqlite3_finalize(all) }
        var rows = 0
        var bytes = 0
        while sqlite3_step(all) == SQLITE_ROW {
            rows += 1
            guard sqlite3_column_text(all, 5) != nil, sqlite3_column_blob(all, 1) != nil else {
                throw failure()
            }
            bytes += Int(sqlite3_column_bytes(all, 5))
        }
        return (rows, bytes)
    }

    /// Events of one stream, its rows read.
    func readStream(_ id: UInt128) throws -> Int {
        try bind(stream, 1, id)
        defer { sqlite3_reset(stream) }
        var rows = 0
        while sqlite3_step(stream) == SQLITE_ROW {
            guard sqlite3_column_text(stream, 3) != nil else { throw failure() }
            rows += 1
        }
        return rows
    }

    /// Everything moved from the write-ahead file to the main one.
    func checkpoint() throws { try run("pragma wal_checkpoint(truncate)") }

    private func add(_ event: BenchEvent) throws {
        try bind(insert, 1, event.stream)
        sqlite3_bind_int64(insert, 2, event.version)
        sqlite3_bind_text(insert, 3, event.type, -1, transient)
        sqlite3_bind_int64(insert, 4, event.recordedAt)
        try event.json.withUnsafeBytes { bytes in
            let text = bytes.bindMemory(to: CChar.self).baseAddress
            try check(sqlite3_bind_text(insert, 5, text, Int32(bytes.count), transient))
        }
        guard sqlite3_step(insert) == SQLITE_DONE else { throw failure() }
        sqlite3_reset(insert)
    }

    private func bind(_ statement: OpaquePointer?, _ index: Int32, _ id: UInt128) throws {
        try withUnsafeBytes(of: id.bigEndian) { bytes in
            try check(sqlite3_bind_blob(statement, index, bytes.baseAddress, 16, transient))
        }
    }

    private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private func run(_ sql: String) throws { try check(sqlite3_exec(database, sql, nil, nil, nil)) }

    private func prepare(_ sql: String) throws -> OpaquePointer? {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(database, sql, -1, &statement, nil))
        return statement
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw failure() }
    }

    private func failure() -> BenchError {
        BenchError(message: "SQLite: \(String(cString: sqlite3_errmsg(database)))")
    }
}
