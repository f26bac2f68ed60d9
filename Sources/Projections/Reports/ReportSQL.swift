import Domain
import GRDBSQLite

/// One reading statement over an organisation's report tables, which stand alone in a database of
/// their own in memory: no other organisation, no file and nothing personal is within reach of any
/// statement (REP-2). SQLite's authorizer lets nothing else through.
///
/// What no limit of SQLite's bounds is how much work and memory it takes to *prepare* a statement:
/// 350 bytes of nested sub-selects take 3 GB. So strangers' statements run in a process that may
/// have only so much of both; here is what happens on its two sides.
package enum ReportSQL {
    /// Days the tables hold at most.
    package static let daysMax = 800
    /// Rows answered, and bytes of values in them; of more, these are the first.
    package static let rowsMax = 10_000
    package static let answerBytesMax = 8 << 20
    package static let columnsMax = 100
    /// Steps of SQLite's machine, about two seconds' worth. Counted, not timed: the same statement
    /// ends the same way on every machine.
    package static let stepsMax = 40_000_000
    /// Bytes of a statement, and of any value.
    package static let statementMax = 10_000
    package static let valueMax = 100_000
    /// Characters of a pattern of `LIKE`.
    package static let patternMax = 100

    package enum Value: Hashable, Sendable {
        case null
        case integer(Int64)
        case real(Double)
        case text(String)
    }

    package struct Answer: Hashable, Sendable {
        package let columns: [String]
        package let rows: [[Value]]
        /// There were more than ``rowsMax``, or more than ``answerBytesMax`` of them.
        package let isCut: Bool

        package init(columns: [String], rows: [[Value]], isCut: Bool) {
            self.columns = columns
            self.rows = rows
            self.isCut = isCut
        }
    }

    /// Why a statement was not run to its end.
    package enum Failure: Error, Hashable, Sendable {
        /// None, or more than one.
        case notOneStatement
        /// It would do something else than read these tables.
        case notAllowed
        case tooMuchWork(steps: Int)
        case tooMuchMemory
        /// SQLite's words: the writer of the statement mends it.
        case wrong(String)
    }

    /// The tables, as bytes of a database.
    package static func image(of source: ReportSource) throws(Failure) -> [UInt8] {
        let database = try SQLDatabase()
        defer { database.close() }
        try ReportSQLTables.fill(database, from: source)
        return try database.image()
    }

    /// What a stranger's statement says of such tables.
    package static func answer(
        _ statement: String, over image: [UInt8]
    ) throws(Failure) -> Answer {
        guard statement.utf8.count <= statementMax else {
            throw .wrong("a statement has at most \(statementMax) bytes")
        }
        guard !statement.utf8.contains(0) else { throw .wrong("a statement has no character 0") }
        let database = try SQLDatabase()
        defer { database.close() }
        try database.open(image)
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

    /// All of it, as it would stand in a file.
    func image() throws(ReportSQL.Failure) -> [UInt8] {
        var count: sqlite3_int64 = 0
        guard let bytes = sqlite3_serialize(handle, "main", &count, 0) else {
            throw .tooMuchMemory
        }
        defer { sqlite3_free(bytes) }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    /// Takes what ``image()`` gave in the place of what it holds, to be read only.
    func open(_ image: [UInt8]) throws(ReportSQL.Failure) {
        // SQLite frees it, also where it refuses it.
        guard let bytes = sqlite3_malloc64(sqlite3_uint64(image.count)) else {
            throw .tooMuchMemory
        }
        UnsafeMutableRawBufferPointer(start: bytes, count: image.count).copyBytes(from: image)
        let flags = UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY)
        let code = sqlite3_deserialize(
            handle, "main", bytes.assumingMemoryBound(to: UInt8.self), sqlite3_int64(image.count),
            sqlite3_int64(image.count), flags)
        guard code == SQLITE_OK else { throw said }
    }

    // MARK: Statements of others

    func read(_ sql: String) throws(ReportSQL.Failure) -> ReportSQL.Answer {
        // Sorting beyond its cache would go to a file; statements have none.
        try run("PRAGMA temp_store = MEMORY")
        try run("PRAGMA query_only = ON")
        restrict()
        let (statement, rest) = try prepare(sql)
        defer { sqlite3_finalize(statement) }
        let (second, _) = try prepare(rest)
        sqlite3_finalize(second)
        guard let statement, second == nil else { throw .notOneStatement }
        // `EXPLAIN` shows SQLite's inside, and what has no column answers nothing.
        guard sqlite3_stmt_readonly(statement) != 0, sqlite3_stmt_isexplain(statement) == 0,
            sqlite3_column_count(statement) > 0
        else { throw .notAllowed }
        return try answer(of: statement)
    }

    /// The first statement of a text, nil where there is none, and what follows it.
    private func prepare(
        _ sql: String
    ) throws(ReportSQL.Failure) -> (statement: OpaquePointer?, rest: String) {
        var statement: OpaquePointer?
        var rest = ""
        let code = sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v2(handle, text, -1, &statement, &tail)
            rest = tail.map { String(cString: $0) } ?? ""
            return code
        }
        guard code == SQLITE_OK else { throw failure(code) }
        return (statement, rest)
    }

    private func answer(
        of statement: OpaquePointer
    ) throws(ReportSQL.Failure) -> ReportSQL.Answer {
        let columns = (0..<sqlite3_column_count(statement)).map { index in
            sqlite3_column_name(statement, index).map { String(cString: $0) } ?? ""
        }
        var rows: [[ReportSQL.Value]] = []
        var bytes = 0
        while true {
            let code = sqlite3_step(statement)
            guard code == SQLITE_ROW else {
                guard code == SQLITE_DONE else { throw failure(code) }
                return ReportSQL.Answer(columns: columns, rows: rows, isCut: false)
            }
            let row = (0..<CInt(columns.count)).map { value(statement, $0) }
            bytes += row.reduce(0) { $0 + $1.bytes }
            guard rows.count < ReportSQL.rowsMax, bytes <= ReportSQL.answerBytesMax else {
                return ReportSQL.Answer(columns: columns, rows: rows, isCut: true)
            }
            rows.append(row)
        }
    }

    private func failure(_ code: CInt) -> ReportSQL.Failure {
        switch code {
        case SQLITE_INTERRUPT: .tooMuchWork(steps: ReportSQL.stepsMax)
        case SQLITE_AUTH: .notAllowed
        case SQLITE_NOMEM: .tooMuchMemory
        default: said
        }
    }

    private func restrict() {
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, CInt(ReportSQL.valueMax))
        sqlite3_limit(handle, SQLITE_LIMIT_COLUMN, CInt(ReportSQL.columnsMax))
        sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, CInt(ReportSQL.patternMax))
        sqlite3_limit(handle, SQLITE_LIMIT_VARIABLE_NUMBER, 0)
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, 100)
        sqlite3_limit(handle, SQLITE_LIMIT_COMPOUND_SELECT, 50)
        sqlite3_limit(handle, SQLITE_LIMIT_WORKER_THREADS, 0)
        // Tables that are none, such as `json_each` and `dbstat`.
        sqlite3_drop_modules(handle, nil)
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
            guard let first else { return false }
            let table = String(cString: first)
            // Rows of a table, or of what the statement calls like one, are counted, and no column
            // read; SQLite's own are called like this.
            if let second, second.pointee == 0 {
                return !table.lowercased().hasPrefix("sqlite_")
                    && !table.lowercased().hasPrefix("pragma_")
            }
            return ReportSQLTables.names.contains(table)
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
        default:
            // A text, or bytes made of one.
            .text(
                sqlite3_column_text(statement, index).map { text in
                    let count = Int(sqlite3_column_bytes(statement, index))
                    return String(
                        decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
                } ?? "")
        }
    }

    private var said: ReportSQL.Failure {
        .wrong(sqlite3_errmsg(handle).map { String(cString: $0) } ?? "SQLite says nothing")
    }
}

extension ReportSQL.Value {
    /// About what it takes in an answer.
    fileprivate var bytes: Int {
        switch self {
        case .null, .integer, .real: 16
        case .text(let text): 16 + text.utf8.count
        }
    }
}
