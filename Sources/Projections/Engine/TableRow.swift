/// One row of a projection's table, of one log. Its columns are declared once, by a walk; the
/// schema, the writer and the reader follow from that.
///
///     extension CallerRow: TableRow {
///         static let table = "callers"
///         init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
///             visit = try c.key("visit", \.visit)
///             clinic = try c("clinic", \.clinic)
///         }
///     }
///
/// Change a walk, and the projection's version has to be raised.
package protocol TableRow: Hashable, Sendable {
    associatedtype Key: RowKey
    /// The table's name without its version.
    static var table: String { get }
    /// Columns to find rows by, besides the key; each list makes one index within a log.
    static var indexes: [[String]] { get }
    var key: Key { get }
    /// Key columns first, in the order of the key.
    init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self
    /// Follows from the walk, as ``read(_:)`` does. Both are asked of each type, so that the walk
    /// is compiled for it: through a generic one each column makes its key path anew.
    func bindAll(to binder: inout Binder) throws(ViewError)
    /// The row `statement` stands on: its columns are those of the walk, in order.
    static func read(_ statement: OpaquePointer) throws(ViewError) -> Self
}

extension TableRow {
    package static var indexes: [[String]] { [] }
}

/// Walks the columns of a row. Answers each call with the column's value.
package protocol Columns<Root> {
    associatedtype Root
    /// A column of the primary key.
    mutating func key<Value: ColumnValue>(
        _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(ViewError) -> Value
    mutating func callAsFunction<Value: ColumnValue>(
        _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(ViewError) -> Value
}

/// What names a row within its table and log.
package protocol RowKey: Hashable, Comparable, Sendable {
    /// Binds the key's columns, in the order of the row's walk.
    func bind(to binder: inout Binder)
}

extension RowKey where Self: ColumnValue {
    package func bind(to binder: inout Binder) { binder.bind(self) }
}

/// What can stand in a column. Each value has one form, for digests are taken of it.
package protocol ColumnValue: Hashable, Sendable {
    static var storage: ColumnStorage { get }
    static var isOptional: Bool { get }
    func bind(to binder: inout Binder)
    static func read(from cell: Cell) throws(ViewError) -> Self
    /// Any value: stands in where only the walk's names and types are wanted.
    static var placeholder: Self { get }
}

extension ColumnValue {
    package static var isOptional: Bool { false }
}

/// SQLite's storage classes, but for floating point, which stands in no event.
package enum ColumnStorage: String, Sendable {
    case integer = "INTEGER"
    case text = "TEXT"
    case blob = "BLOB"
}
