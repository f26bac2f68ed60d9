import GRDB

/// The projections that run over every log, and their tables in a file.
package struct ViewSet: Sendable {
    package let projections: [any Projection.Type]

    /// - Parameter projections: two of one name are two versions of it, built side by side.
    package init(_ projections: [any Projection.Type]) {
        let names = Set(projections.map { "\($0.name) \($0.version)" })
        precondition(names.count == projections.count, "a projection's version is given twice")
        self.projections = projections
    }

    /// Those of this program.
    package static let all = ViewSet([
        WaitingArea.self, Visits.self, Appointments.self, Directory.self, ReportFacts.self,
        AccessLog.self, RetentionDue.self, Outbox.self, Rooms.self, Alerting.self,
    ])

    func seats() -> [any AnySeat] { projections.map { makeSeat($0) } }

    private func makeSeat<P: Projection>(_ projection: P.Type) -> any AnySeat { Seat<P>() }

    /// The tables of one projection, in the order its digest takes.
    static func tables(of projection: any Projection.Type) -> [TableSchema] {
        func tables<P: Projection>(_ projection: P.Type) -> [TableSchema] {
            var collect = Collect(version: P.version)
            var empty = P()
            do {
                try empty.walk(&collect)
            } catch {
                preconditionFailure("\(P.name): a walk of schemas cannot fail: \(error)")
            }
            return collect.tables
        }
        return tables(projection)
    }

    /// Makes the tables that are not there yet, and notes whose they are.
    func prepare(_ file: ViewFile) throws(ViewError) {
        try file.writeBlocking { database throws(ViewError) in
            for projection in projections {
                for table in ViewSet.tables(of: projection) {
                    for statement in table.statements { try database.run(statement) }
                    try database.run("INSERT OR IGNORE INTO tables VALUES (?, ?, ?)") { binder in
                        binder.bind(projection.name)
                        binder.bind(projection.version)
                        binder.bind(table.name)
                    }
                }
            }
        }
    }

    /// Drops the tables of versions older than any of this set: these have caught up, and serve.
    func retire(_ file: ViewFile) throws(ViewError) {
        let oldest = Dictionary(
            projections.map { ($0.name, $0.version) }, uniquingKeysWith: { min($0, $1) })
        try file.writeBlocking { database throws(ViewError) in
            var old: [(projection: String, version: Int, table: String)] = []
            try database.each(
                "SELECT projection, version, name FROM tables ORDER BY name", { _ in }
            ) {
                statement throws(ViewError) in
                let projection = try String.read(from: Cell(statement: statement, index: 0))
                let version = try Int.read(from: Cell(statement: statement, index: 1))
                guard let current = oldest[projection], version < current else { return }
                let table = try String.read(from: Cell(statement: statement, index: 2))
                old.append((projection, version, table))
            }
            for (projection, version, table) in old {
                try database.run("DROP TABLE IF EXISTS \(table)")
                for list in ["tables", "positions"] {
                    try database.run("DELETE FROM \(list) WHERE projection = ? AND version = ?") {
                        $0.bind(projection)
                        $0.bind(version)
                    }
                }
            }
        }
    }
}

private struct Collect: TableWalker {
    let version: Int
    var tables: [TableSchema] = []

    mutating func callAsFunction<Row: TableRow>(_ table: inout Table<Row>) throws(ViewError) {
        tables.append(TableSchema(Row.self, version: version))
    }
}
