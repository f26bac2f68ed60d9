import GRDBSQLite

/// SQLite files as somebody else's program writes them.
enum SQLiteSample {
    struct Failure: Error {
        let reason: String
    }

    /// A SQLite file with one value in it.
    static func write(_ path: String, _ value: String) throws {
        try execute(path, "CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('\(value)')")
    }

    /// Runs statements on a file that nobody has open, or that this makes.
    static func execute(_ path: String, _ sql: String) throws {
        var database: OpaquePointer?
        defer { sqlite3_close(database) }
        guard sqlite3_open(path, &database) == SQLITE_OK,
            sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK
        else { throw Failure(reason: String(cString: sqlite3_errmsg(database))) }
    }
}
