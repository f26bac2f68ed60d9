import GRDB

/// Where a projector's tables look rows up: during ``within(_:)`` in one transaction of one
/// connection, which is begun once for many rows.
///
/// `@unchecked Sendable`: it is its projector's, whose executor runs one job at a time.
final class RowLookup: @unchecked Sendable {
    private let file: ViewFile
    private var open: Database?

    init(_ file: ViewFile) { self.file = file }

    /// Blocks for as long as SQLite reads: a projector's own thread calls it, never the pool's.
    func within(_ body: () throws(ViewError) -> Void) throws(ViewError) {
        try file.readBlocking { database throws(ViewError) in
            open = database
            defer { open = nil }
            try body()
        }
    }

    func read<T>(_ body: (Database) throws(ViewError) -> T) throws(ViewError) -> T {
        if let open { return try body(open) }
        return try file.readBlocking(body)
    }
}

/// Looks up rows that are not in memory.
struct TableSource<Row: TableRow>: Sendable {
    private let lookup: RowLookup
    /// The log's number in the file.
    private let org: Int64
    private let sql: String

    init(_ lookup: RowLookup, org: Int64, version: Int) {
        self.lookup = lookup
        self.org = org
        sql = TableSchema(Row.self, version: version).selectOne
    }

    func load(_ key: Row.Key) throws(ViewError) -> Row? {
        try lookup.read { database throws(ViewError) in
            var found: Row?
            try database.each(sql) { binder in
                binder.bind(org)
                key.bind(to: &binder)
            } _: { statement throws(ViewError) in
                found = try Row.read(statement)
            }
            return found
        }
    }
}

/// Writes rows within a transaction of the file.
struct TableWriter<Row: TableRow> {
    let org: Int64
    private let upsertStatement: Prepared
    private let deleteStatement: Prepared

    init(_ database: Database, org: Int64, version: Int) throws(ViewError) {
        let schema = TableSchema(Row.self, version: version)
        self.org = org
        upsertStatement = try Prepared(database, schema.upsert)
        deleteStatement = try Prepared(database, schema.delete)
    }

    func upsert(_ row: Row) throws(ViewError) {
        var binder = Binder(upsertStatement.pointer)
        binder.bind(org)
        try row.bindAll(to: &binder)
        defer { upsertStatement.reset() }
        while try upsertStatement.step() {}
    }

    func delete(_ key: Row.Key) throws(ViewError) {
        try deleteStatement.run { binder in
            binder.bind(org)
            key.bind(to: &binder)
        }
    }
}
