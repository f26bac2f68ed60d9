import GRDB

/// Looks up rows that are not in memory.
struct TableSource<Row: TableRow>: Sendable {
    let file: ViewFile
    /// The log's number in the file.
    let org: Int64
    let sql: String

    init(_ file: ViewFile, org: Int64, version: Int) {
        self.file = file
        self.org = org
        sql = TableSchema(Row.self, version: version).selectOne
    }

    /// Blocks for as long as SQLite reads: a projector's own thread calls it, never the pool's.
    func load(_ key: Row.Key) throws(ViewError) -> Row? {
        try file.readBlocking { database throws(ViewError) in
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
