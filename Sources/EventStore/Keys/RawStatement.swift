import GRDB
import GRDBSQLite

/// A statement bound and stepped through SQLite's C interface: three times as fast as values boxed
/// for GRDB (facts.md), for what runs once per key or index row.
struct RawStatement {
    private let statement: OpaquePointer

    /// From the connection's cache; bound values of its last use are overwritten by the next.
    init(_ database: Database, _ sql: String) throws {
        statement = try database.cachedStatement(sql: sql).sqliteStatement
        sqlite3_reset(statement)
    }

    func bind(_ index: Int32, _ bytes: [UInt8]) throws {
        try check(sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), Self.copied))
    }

    /// As 16 bytes, highest first, so that order in the file is order of the numbers.
    func bind(_ index: Int32, _ bits: UInt128) throws {
        var bits = bits.bigEndian
        try check(sqlite3_bind_blob(statement, index, &bits, 16, Self.copied))
    }

    func bind(_ index: Int32, _ number: Int64) throws {
        try check(sqlite3_bind_int64(statement, index, number))
    }

    /// Runs it and makes it ready for the next binding.
    func run() throws {
        defer { sqlite3_reset(statement) }
        while try step() {}
    }

    /// The first row, or nil; ready for the next binding.
    func first<Answer>(_ read: (RawStatement) throws -> Answer) throws -> Answer? {
        defer { sqlite3_reset(statement) }
        return try step() ? try read(self) : nil
    }

    func all<Answer>(_ read: (RawStatement) throws -> Answer) throws -> [Answer] {
        defer { sqlite3_reset(statement) }
        var answers: [Answer] = []
        while try step() { answers.append(try read(self)) }
        return answers
    }

    func bytes(_ column: Int32) -> [UInt8] {
        Array(
            UnsafeRawBufferPointer(
                start: sqlite3_column_blob(statement, column),
                count: Int(sqlite3_column_bytes(statement, column))))
    }

    func number(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    /// Throws where the column does not hold 16 bytes: the file was damaged.
    func bits(_ column: Int32) throws -> UInt128 {
        guard let bits = UInt128(bigEndianBytes: bytes(column)) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "an id is not 16 bytes")
        }
        return bits
    }

    private func step() throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(sqlite3_db_handle(statement))))
    }

    /// SQLite's SQLITE_TRANSIENT: it takes a copy before the call returns.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
