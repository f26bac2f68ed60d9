/// A table as SQLite is told of it: `visits_v1`, keyed by log and key, without row ids, so that a
/// log's rows stand together in the order their digest takes.
struct TableSchema {
    struct Column {
        let name: String
        let declaration: String
        let isKey: Bool
    }

    /// With the projection's version, so that two versions stand beside each other.
    let name: String
    let baseName: String
    let columns: [Column]
    let indexes: [[String]]

    init<Row: TableRow>(_ row: Row.Type, version: Int) {
        var walk = ColumnNames<Row>()
        do {
            _ = try Row(&walk)
        } catch {
            preconditionFailure("\(Row.self): a walk of names cannot fail: \(error)")
        }
        baseName = Row.table
        name = "\(Row.table)_v\(version)"
        columns = walk.columns
        indexes = Row.indexes
    }

    /// The first column of the key.
    var keyName: String { keys[0] }

    private var keys: [String] { columns.filter(\.isKey).map(\.name) }

    var statements: [String] {
        let declared = columns.map { "\($0.name) \($0.declaration)" }
        return [
            """
            CREATE TABLE IF NOT EXISTS \(name) (org INTEGER NOT NULL, \
            \(declared.joined(separator: ", ")), \
            PRIMARY KEY (org, \(keys.joined(separator: ", ")))) STRICT, WITHOUT ROWID
            """
        ]
            + indexes.map { index in
                """
                CREATE INDEX IF NOT EXISTS \(name)_\(index.joined(separator: "_")) \
                ON \(name) (org, \(index.joined(separator: ", ")))
                """
            }
    }

    var list: String { columns.map(\.name).joined(separator: ", ") }

    var upsert: String {
        let values = Array(repeating: "?", count: columns.count + 1).joined(separator: ", ")
        let others = columns.filter { !$0.isKey }.map { "\($0.name) = excluded.\($0.name)" }
        let change = others.isEmpty ? "NOTHING" : "UPDATE SET " + others.joined(separator: ", ")
        return "INSERT INTO \(name) (org, \(list)) VALUES (\(values)) ON CONFLICT DO \(change)"
    }

    private var whereKey: String {
        "WHERE org = ? AND " + keys.map { "\($0) = ?" }.joined(separator: " AND ")
    }

    var delete: String { "DELETE FROM \(name) \(whereKey)" }
    var selectOne: String { "SELECT \(list) FROM \(name) \(whereKey)" }
    /// Every row of a log, in the order of the key.
    var selectAll: String {
        "SELECT \(list) FROM \(name) WHERE org = ? ORDER BY \(keys.joined(separator: ", "))"
    }
    var deleteAll: String { "DELETE FROM \(name) WHERE org = ?" }
}

/// Walks a row for its columns' names and types.
private struct ColumnNames<Root: TableRow>: Columns {
    var columns: [TableSchema.Column] = []

    mutating func key<Value: ColumnValue>(
        _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(ViewError) -> Value {
        precondition(columns.allSatisfy(\.isKey), "\(Root.self): key columns come first")
        add(name, Value.self, isKey: true)
        return Value.placeholder
    }

    mutating func callAsFunction<Value: ColumnValue>(
        _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(ViewError) -> Value {
        add(name, Value.self, isKey: false)
        return Value.placeholder
    }

    private mutating func add<Value: ColumnValue>(
        _ name: StaticString, _ type: Value.Type, isKey: Bool
    ) {
        let declaration = Value.storage.rawValue + (Value.isOptional ? "" : " NOT NULL")
        columns.append(.init(name: "\(name)", declaration: declaration, isKey: isKey))
    }
}

/// Walks a row and binds each column.
private struct ColumnBinder<Root: TableRow>: Columns {
    let row: Root
    var binder: Binder

    @inline(__always)
    mutating func key<Value: ColumnValue>(
        _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(ViewError) -> Value {
        try self(name, path)
    }

    @inline(__always)
    mutating func callAsFunction<Value: ColumnValue>(
        _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(ViewError) -> Value {
        let value = row[keyPath: path]
        value.bind(to: &binder)
        return value
    }
}

/// Walks a row and reads each column of the row a statement stands on.
private struct ColumnReader<Root: TableRow>: Columns {
    let statement: OpaquePointer
    var next: CInt = 0

    @inline(__always)
    mutating func key<Value: ColumnValue>(
        _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(ViewError) -> Value {
        try self(name, path)
    }

    @inline(__always)
    mutating func callAsFunction<Value: ColumnValue>(
        _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(ViewError) -> Value {
        defer { next += 1 }
        return try Value.read(from: Cell(statement: statement, index: next))
    }
}

extension TableRow {
    package static func read(_ statement: OpaquePointer) throws(ViewError) -> Self {
        var reader = ColumnReader<Self>(statement: statement)
        return try Self(&reader)
    }

    package func bindAll(to binder: inout Binder) throws(ViewError) {
        var walk = ColumnBinder(row: self, binder: binder)
        _ = try Self(&walk)
        binder = walk.binder
    }
}
