import GRDB

/// Rows and what stands around them in their one canonical form; see ``ViewDigest``.
struct CanonicalBytes {
    static let rowMark: UInt8 = 0x52
    static let endMark: UInt8 = 0x45

    var bytes: [UInt8] = []

    mutating func add(_ name: String) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(0)
    }

    mutating func add(_ number: Int64) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func add(_ id: UInt128) {
        withUnsafeBytes(of: id.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// A table with a log's rows in the order of their keys; `org` nil: with none.
    /// - Parameter goesOn: asked after each row; may take `bytes` away, and ends it by false.
    /// - Returns: how many rows.
    mutating func add(
        _ table: TableSchema, org: Int64?, _ database: Database,
        goesOn: (inout CanonicalBytes) -> Bool
    ) throws(ViewError) -> Int {
        add(table.baseName)
        var count = 0
        if let org {
            let rows = try Prepared(database, table.selectAll)
            var binder = Binder(rows.pointer)
            binder.bind(org)
            defer { rows.reset() }
            while try rows.step() {
                bytes.append(CanonicalBytes.rowMark)
                for index in table.columns.indices {
                    Cell(statement: rows.pointer, index: CInt(index)).appendCanonical(to: &bytes)
                }
                count += 1
                guard goesOn(&self) else { return count }
            }
        }
        bytes.append(CanonicalBytes.endMark)
        add(Int64(count))
        return count
    }
}
