import Dispatch
import Domain
import GRDBSQLite

/// One reading statement over an organisation's report tables, which stand alone in a database of
/// their own in memory: no other organisation, no file and nothing personal is within reach of any
/// statement (REP-2). SQLite's authorizer lets nothing else through.
package enum ReportSQL {
    /// Days the tables hold at most.
    package static let daysMax = 800
    /// Rows answered; of more, these are the first.
    package static let rowsMax = 10_000
    /// Steps of SQLite's machine, about two seconds' worth. Counted, not timed: the same statement
    /// ends the same way on every machine.
    package static let stepsMax = 40_000_000
    /// Bytes of a statement, and of any value.
    package static let statementMax = 10_000
    package static let valueMax = 1_000_000

    package enum Value: Hashable, Sendable {
        case null
        case integer(Int64)
        case real(Double)
        case text(String)
    }

    package struct Answer: Hashable, Sendable {
        package let columns: [String]
        package let rows: [[Value]]
        /// There were more than ``rowsMax``.
        package let isCut: Bool
    }

    /// Why a statement was not run to its end.
    package enum Failure: Error, Hashable, Sendable {
        /// None, or more than one.
        case notOneStatement
        /// It would do something else than read these tables.
        case notAllowed
        case tooMuchWork(steps: Int)
        /// SQLite's words: the writer of the statement mends it.
        case wrong(String)
    }

    /// One statement after the other; the pool's threads are not theirs.
    private static let queue = DispatchQueue(label: "reports.sql")

    package static func run(
        _ statement: String, over source: ReportSource
    ) async throws(Failure) -> Answer {
        let result: Result<Answer, Failure> = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(
                    returning: Result { () throws(Failure) in
                        try runBlocking(statement, over: source)
                    })
            }
        }
        return try result.get()
    }

    private static func runBlocking(
        _ statement: String, over source: ReportSource
    ) throws(Failure) -> Answer {
        guard statement.utf8.count <= statementMax else {
            throw .wrong("a statement has at most \(statementMax) bytes")
        }
        let database = try SQLDatabase()
        defer { database.close() }
        try ReportSQLTables.fill(database, from: source)
        return try database.read(statement)
    }
}

/// A database in memory, by SQLite's own interface: GRDB has no authorizer of ours.
final class SQLDatabase {
    private let handle: OpaquePointer
    private var steps = 0
    /// Between two looks at the number of steps.
    private static let stepsAtOnce = 10_000

    init() throws(ReportSQL.Failure) {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY
        guard
            sqlite3_open_v2(":memory:", &handle, flags | SQLITE_OPEN_PRIVATECACHE, nil)
                == SQLITE_OK,
            let handle
        else { throw .wrong("no database in memory") }
        self.handle = handle
    }

    func close() { sqlite3_close_v2(handle) }

    /// Runs a statement of ours.
    func run(_ sql: String) throws(ReportSQL.Failure) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw said }
    }

    /// Runs a statement of ours once for each row of values.
    func insert(into table: String, _ rows: [[ReportSQL.Value]]) throws(ReportSQL.Failure) {
        guard let first = rows.first else { return }
        let places = first.map { _ in "?" }.joined(separator: ", ")
        var statement: OpaquePointer?
        guard
            sqlite3_prepare_v2(
                handle, "INSERT INTO \(table) VALUES (\(places))", -1, &statement, nil) == SQLITE_OK
        else { throw said }
        defer { sqlite3_finalize(statement) }
        for row in rows {
            for (index, value) in row.enumerated() {
                let place = CInt(index + 1)
                switch value {
                case .null: sqlite3_bind_null(statement, place)
                case .integer(let integer): sqlite3_bind_int64(statement, place, integer)
                case .real(let real): sqlite3_bind_double(statement, place, real)
                case .text(let text):
                    sqlite3_bind_text(
                        statement, place, text, -1,
                        unsafeBitCast(-1, to: sqlite3_destructor_type.self))
                }
            }
            guard sqlite3_step(statement) == SQLITE_DONE else { throw said }
            sqlite3_reset(statement)
        }
    }

    // MARK: Statements of others

    func read(_ sql: String) throws(ReportSQL.Failure) -> ReportSQL.Answer {
        try run("PRAGMA query_only = ON")
        restrict()
        var statement: OpaquePointer?
        var rest = ""
        let code = sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v2(handle, text, -1, &statement, &tail)
            rest = tail.map { String(cString: $0) } ?? ""
            return code
        }
        defer { sqlite3_finalize(statement) }
        if code == SQLITE_AUTH { throw .notAllowed }
        guard code == SQLITE_OK else { throw said }
        guard let statement, rest.allSatisfy({ $0.isWhitespace || $0 == ";" }) else {
            throw .notOneStatement
        }
        guard sqlite3_stmt_readonly(statement) != 0 else { throw .notAllowed }
        let columns = (0..<sqlite3_column_count(statement)).map { index in
            sqlite3_column_name(statement, index).map { String(cString: $0) } ?? ""
        }
        var rows: [[ReportSQL.Value]] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                guard rows.count < ReportSQL.rowsMax else {
                    return ReportSQL.Answer(columns: columns, rows: rows, isCut: true)
                }
                rows.append((0..<CInt(columns.count)).map { value(statement, $0) })
            case SQLITE_DONE:
                return ReportSQL.Answer(columns: columns, rows: rows, isCut: false)
            case SQLITE_INTERRUPT: throw .tooMuchWork(steps: ReportSQL.stepsMax)
            case SQLITE_AUTH: throw .notAllowed
            default: throw said
            }
        }
    }

    private func restrict() {
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, CInt(ReportSQL.valueMax))
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, 100)
        sqlite3_limit(handle, SQLITE_LIMIT_COMPOUND_SELECT, 50)
        sqlite3_limit(handle, SQLITE_LIMIT_WORKER_THREADS, 0)
        sqlite3_set_authorizer(
            handle,
            { _, action, first, second, _, _ in
                SQLDatabase.allows(action, first, second) ? SQLITE_OK : SQLITE_DENY
            }, nil)
        sqlite3_progress_handler(
            handle, CInt(SQLDatabase.stepsAtOnce),
            { context in
                guard let context else { return 1 }
                let database = Unmanaged<SQLDatabase>.fromOpaque(context).takeUnretainedValue()
                database.steps += SQLDatabase.stepsAtOnce
                return database.steps > ReportSQL.stepsMax ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Reading the report tables, and functions whose answer follows from their arguments.
    private static func allows(
        _ action: CInt, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?
    ) -> Bool {
        switch action {
        case SQLITE_SELECT, SQLITE_RECURSIVE: return true
        case SQLITE_READ:
            // Rows of a table, or of a subquery, are counted, and no column read.
            if let second, second.pointee == 0 { return true }
            return first.map { ReportSQLTables.names.contains(String(cString: $0)) } ?? false
        case SQLITE_FUNCTION:
            return second.map { functions.contains(String(cString: $0).lowercased()) } ?? false
        default: return false
        }
    }

    private static let functions: Set<String> = [
        "abs", "avg", "ceil", "ceiling", "char", "coalesce", "count", "date", "floor", "format",
        "group_concat", "ifnull", "iif", "instr", "julianday", "length", "like", "lower", "ltrim",
        "max", "min", "nullif", "printf", "replace", "round", "row_number", "rank", "dense_rank",
        "lag", "lead", "first_value", "last_value", "nth_value", "ntile", "percent_rank",
        "cume_dist", "rtrim", "strftime", "substr", "substring", "sum", "total", "trim", "typeof",
        "unicode", "upper",
    ]

    private func value(_ statement: OpaquePointer, _ index: CInt) -> ReportSQL.Value {
        switch sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: .integer(sqlite3_column_int64(statement, index))
        case SQLITE_FLOAT: .real(sqlite3_column_double(statement, index))
        case SQLITE_NULL: .null
        default: .text(sqlite3_column_text(statement, index).map { String(cString: $0) } ?? "")
        }
    }

    private var said: ReportSQL.Failure {
        .wrong(sqlite3_errmsg(handle).map { String(cString: $0) } ?? "SQLite says nothing")
    }
}
