import GRDB
import GRDBSQLite

/// Binds one value after the other to a statement: raw, because rows by the hundred thousand a
/// second pass through here (GRDB's own binding does a third of that).
package struct Binder {
    let statement: OpaquePointer
    private var next: CInt = 1

    init(_ statement: OpaquePointer) { self.statement = statement }

    mutating func bind<Value: ColumnValue>(_ value: Value) { value.bind(to: &self) }

    mutating func bind(null: Void) {
        sqlite3_bind_null(statement, next)
        next += 1
    }

    mutating func bind(integer: Int64) {
        sqlite3_bind_int64(statement, next, integer)
        next += 1
    }

    mutating func bind(text: String) {
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                _ = sqlite3_bind_text(statement, next, $0.baseAddress, CInt($0.count), transient)
            }
        }
        next += 1
    }

    mutating func bind(blob: UnsafeRawBufferPointer) {
        if blob.isEmpty {
            sqlite3_bind_zeroblob(statement, next, 0)  // A null pointer would bind NULL.
        } else {
            sqlite3_bind_blob(statement, next, blob.baseAddress, CInt(blob.count), transient)
        }
        next += 1
    }
}

/// SQLITE_TRANSIENT: SQLite copies before it returns.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// One value of the row a statement stands on.
package struct Cell {
    let statement: OpaquePointer
    let index: CInt

    var isNull: Bool { sqlite3_column_type(statement, index) == SQLITE_NULL }

    func integer() throws(ViewError) -> Int64 {
        guard sqlite3_column_type(statement, index) == SQLITE_INTEGER else { throw wrong }
        return sqlite3_column_int64(statement, index)
    }

    func text() throws(ViewError) -> String {
        guard sqlite3_column_type(statement, index) == SQLITE_TEXT else { throw wrong }
        return String(decoding: bytes(), as: UTF8.self)
    }

    func blob() throws(ViewError) -> UnsafeRawBufferPointer {
        guard sqlite3_column_type(statement, index) == SQLITE_BLOB else { throw wrong }
        return bytes()
    }

    /// Valid until the statement steps.
    private func bytes() -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: sqlite3_column_blob(statement, index),
            count: Int(sqlite3_column_bytes(statement, index)))
    }

    /// What a column holds is not what its type writes.
    var wrong: ViewError {
        let name = sqlite3_column_name(statement, index).map { String(cString: $0) } ?? "?"
        return .damaged(file: "", reason: "column \(name) holds a value of the wrong kind")
    }

    /// Appends the cell's canonical form (see ``Digest``).
    func appendCanonical(to bytes: inout [UInt8]) {
        switch sqlite3_column_type(statement, index) {
        case SQLITE_NULL:
            bytes.append(0)
        case SQLITE_INTEGER:
            bytes.append(1)
            withUnsafeBytes(of: sqlite3_column_int64(statement, index).bigEndian) {
                bytes.append(contentsOf: $0)
            }
        case let type:
            let content = self.bytes()
            bytes.append(type == SQLITE_TEXT ? 3 : 2)
            withUnsafeBytes(of: UInt32(content.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: content)
        }
    }
}

extension Database {
    /// Runs a statement that answers nothing, with the values `bind` gives it.
    func run(_ sql: String, _ bind: (inout Binder) -> Void = { _ in }) throws(ViewError) {
        try Prepared(self, sql).run(bind)
    }

    /// Calls `row` on each row of the answer.
    func each(
        _ sql: String, _ bind: (inout Binder) -> Void,
        _ row: (_ statement: OpaquePointer) throws(ViewError) -> Void
    ) throws(ViewError) {
        let prepared = try Prepared(self, sql)
        var binder = Binder(prepared.pointer)
        bind(&binder)
        defer { prepared.reset() }
        while try prepared.step() { try row(prepared.pointer) }
    }
}

/// A statement of a connection, prepared once and kept by it.
struct Prepared {
    let pointer: OpaquePointer
    private let statement: Statement

    init(_ database: Database, _ sql: String) throws(ViewError) {
        do {
            statement = try database.cachedStatement(sql: sql)
        } catch {
            throw ViewError(error)
        }
        pointer = statement.sqliteStatement
    }

    func run(_ bind: (inout Binder) -> Void) throws(ViewError) {
        var binder = Binder(pointer)
        bind(&binder)
        defer { reset() }
        while try step() {}
    }

    /// True while there is a row.
    func step() throws(ViewError) -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        case let code:
            throw ViewError(
                DatabaseError(
                    resultCode: ResultCode(rawValue: code),
                    message: String(cString: sqlite3_errmsg(sqlite3_db_handle(pointer)))))
        }
    }

    func reset() {
        sqlite3_reset(pointer)
    }
}

extension ViewError {
    /// What SQLite said; ``ViewFile`` adds its name.
    init(_ error: any Error) {
        switch error {
        case let error as ViewError: self = error
        case let error as DatabaseError:
            let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
            self =
                switch error.resultCode {
                case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(file: "", reason: reason)
                case .SQLITE_FULL: .diskFull(file: "")
                default: .io(file: "", reason: reason)
                }
        default: self = .io(file: "", reason: "\(error)")
        }
    }

    func at(_ file: String) -> ViewError {
        switch self {
        case .damaged("", let reason): .damaged(file: file, reason: reason)
        case .diskFull(""): .diskFull(file: file)
        case .io("", let reason): .io(file: file, reason: reason)
        case .damaged, .diskFull, .io, .stopped, .otherHistory, .unknownProjection,
            .tooManyWaiting, .log, .closed:
            self
        }
    }
}
