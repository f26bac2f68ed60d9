import GRDBSQLite

/// A SQLite file with one value in it.
enum SQLiteSample {
    struct Failure: Error {}

    static func write(_ path: String, _ value: String) throws {
        var database: OpaquePointer?
        defer { sqlite3_close(database) }
        guard sqlite3_open(path, &database) == SQLITE_OK,
            sqlite3_exec(
                database, "CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('\(value)')", nil, nil,
                nil) == SQLITE_OK
        else { throw Failure() }
    }
}
