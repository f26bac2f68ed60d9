package import Domain
package import EventStore
import GRDB

// What a plan and a run of anonymisation ask.
extension Views {
    /// How many records count from which day, of each kind, earliest first.
    package func retentionDays(
        in log: LogID
    ) async throws(ViewError) -> Answer<[RetentionDayRow]> {
        try await read(log) { database, org throws(ViewError) in
            let schema = TableSchema(RetentionDayRow.self, version: RetentionDue.version)
            var rows: [RetentionDayRow] = []
            try database.each(schema.selectAll) {
                $0.bind(org)
            } _: { statement throws(ViewError) in
                rows.append(try RetentionDayRow.read(statement))
            }
            return rows
        } ?? Answer(applied: 0, value: [])
    }

    /// Up to `limit` records of `kind` that count from `through` or earlier, the earliest first,
    /// after `mark`.
    package func retained(
        _ kind: RecordKind, in log: LogID, through: Int64, after mark: PageMark? = nil,
        limit: Int
    ) async throws(ViewError) -> Page<RetentionRow> {
        var query = RowQuery<RetentionRow>(RetentionDue.self, order: ["day"])
        query.require("kind", "=", kind)
        query.require("day", "<=", through)
        let wanted = query
        return try await shelf.file.read { database throws(ViewError) in
            try wanted.page(
                PageRequest(after: mark, limit: limit), log, database, { $0.day ?? .min })
        }
    }

    /// Those of `records` that are not erased, in their order.
    package func retained(
        _ records: [ID<AnyRecord>], in log: LogID
    ) async throws(ViewError) -> Answer<[RetentionRow]> {
        try await read(log) { database, org throws(ViewError) in
            var rows: [RetentionRow] = []
            for record in records {
                let row = try database.row(
                    RetentionRow.self, record, org: org, version: RetentionDue.version)
                if let row { rows.append(row) }
            }
            return rows
        } ?? Answer(applied: 0, value: [])
    }

    /// Nil where the log has no event yet.
    private func read<Value: Sendable>(
        _ log: LogID, _ body: @Sendable (Database, Int64) throws(ViewError) -> Value
    ) async throws(ViewError) -> Answer<Value>? {
        try await shelf.file.read { database throws(ViewError) in
            guard let org = try database.knownOrg(of: log) else { return nil }
            let applied =
                try Position.read(
                    database, org: org, RetentionDue.name, RetentionDue.version)?.applied ?? 0
            return Answer(applied: applied, value: try body(database, org))
        }
    }
}
