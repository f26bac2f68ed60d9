package import Domain
import EventStore
import GRDB

/// Some rows of a list, and where the next begin.
package struct Page<Row: Sendable>: Sendable {
    /// Events applied: the position of the next one.
    package let applied: Int64
    package let rows: [Row]
    /// Ask with it for the rows that follow; nil: these were the last.
    package let next: PageMark?

    package func map<Other: Sendable>(_ transform: (Row) -> Other) -> Page<Other> {
        Page<Other>(applied: applied, rows: rows.map(transform), next: next)
    }
}

/// Which part of a list is asked for.
package struct PageRequest: Hashable, Sendable {
    /// Rows on one page at most.
    package static let rowsMax = 1_000

    package let after: PageMark?
    package let limit: Int

    /// - Parameter limit: taken as 1…``rowsMax``.
    package init(after: PageMark? = nil, limit: Int = PageRequest.rowsMax) {
        self.after = after
        self.limit = min(max(1, limit), PageRequest.rowsMax)
    }

    package static let first = PageRequest()
}

/// A place in a list: that of the last row shown. Rows that come in before it are not shown again
/// nor missed. Written as `7-0f…`.
package struct PageMark: Hashable, Sendable, Comparable, LosslessStringConvertible {
    package let sort: Int64
    // Not a UInt128: see docs/decisions/0001-wide-arguments.md.
    private let row: ID<Page<Never>>

    /// Of the row among those with the same `sort`.
    package var id: UInt128 { row.bits }

    package init(sort: Int64, id: UInt128) {
        self.sort = sort
        row = ID(bits: id)
    }

    package static func < (one: PageMark, other: PageMark) -> Bool {
        (one.sort, one.id) < (other.sort, other.id)
    }

    package init?(_ text: String) {
        guard let dash = text.lastIndex(of: "-"), let sort = Int64(text[..<dash]),
            let id = ID<Page<Never>>(String(text[text.index(after: dash)...]))
        else { return nil }
        self.init(sort: sort, id: id.bits)
    }

    package var description: String { "\(sort)-\(hex(id))" }
}

/// A key that is an id: lists are ordered by it where all else is equal.
package protocol RecordID: RowKey {
    var bits: UInt128 { get }
}

extension ID: RecordID {}

/// A list of one log's rows: conditions, an order, a page.
struct RowQuery<Row: TableRow>: Sendable where Row.Key: RecordID {
    private let projection: String
    private let version: Int
    private let schema: TableSchema
    private let order: [String]
    private var conditions: [(sql: String, value: any ColumnValue)] = []

    /// - Parameter order: at most one column; the key follows it.
    init<P: Projection>(_ projection: P.Type, order: [String]) {
        self.projection = P.name
        version = P.version
        schema = TableSchema(Row.self, version: P.version)
        self.order = order
    }

    mutating func require<Value: ColumnValue>(_ column: String, _ operation: String, _ value: Value)
    {
        conditions.append(("\(column) \(operation) ?", value))
    }

    func page(
        _ request: PageRequest, _ log: LogID, _ database: Database, _ sortedBy: (Row) -> Int64
    ) throws(ViewError) -> Page<Row> {
        guard let org = try database.knownOrg(of: log) else {
            return Page(applied: 0, rows: [], next: nil)
        }
        let applied = try Position.read(database, org: org, projection, version)?.applied ?? 0
        let columns = order + [schema.keyName]
        var terms = ["org = ?"] + conditions.map(\.sql)
        if request.after != nil {
            let places = columns.map { _ in "?" }.joined(separator: ", ")
            terms.append("(\(columns.joined(separator: ", "))) > (\(places))")
        }
        let sql = """
            SELECT \(schema.list) FROM \(schema.name) WHERE \(terms.joined(separator: " AND ")) \
            ORDER BY \(columns.joined(separator: ", ")) LIMIT ?
            """
        var rows: [Row] = []
        try database.each(sql) { binder in
            binder.bind(org)
            for condition in conditions { condition.value.bind(to: &binder) }
            if let after = request.after {
                if !order.isEmpty { binder.bind(after.sort) }
                binder.bind(after.id)
            }
            binder.bind(request.limit + 1)  // One more tells whether there are more.
        } _: { statement throws(ViewError) in
            rows.append(try Row.read(statement))
        }
        guard rows.count > request.limit else {
            return Page(applied: applied, rows: rows, next: nil)
        }
        rows.removeLast()
        let next = rows.last.map { PageMark(sort: sortedBy($0), id: $0.key.bits) }
        return Page(applied: applied, rows: rows, next: next)
    }
}

extension Database {
    /// The row of that key.
    func row<Row: TableRow>(
        _ type: Row.Type, _ key: Row.Key, org: Int64, version: Int
    ) throws(ViewError) -> Row? {
        var found: Row?
        try each(TableSchema(Row.self, version: version).selectOne) { binder in
            binder.bind(org)
            key.bind(to: &binder)
        } _: { statement throws(ViewError) in
            found = try Row.read(statement)
        }
        return found
    }
}
