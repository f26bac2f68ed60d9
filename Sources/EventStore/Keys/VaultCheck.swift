import GRDB

/// What ``SQLiteVault/check()`` found.
package struct VaultCheck: Hashable, Sendable {
    package var keys = 0
    package var secrets = 0
    /// In words; empty where all is well.
    package var wrong: [String] = []
}

extension SQLiteVault {
    /// Opens every key and checks every page: changes nothing. About 200,000 keys a second, and
    /// the file is busy meanwhile: for `anteroom verify`.
    package func check() async throws(VaultError) -> VaultCheck {
        try await file.run { [self] database in
            var check = VaultCheck()
            let pages = try String.fetchAll(database, sql: "PRAGMA integrity_check")
            if pages != ["ok"] { check.wrong += pages.map { "\(file.path): \($0)" } }
            check.keys = try checkRows("key", .recordKey, &check.wrong, database)
            check.secrets = try checkRows("secret", .secret, &check.wrong, database)
            return check
        }
    }

    private func checkRows(
        _ table: String, _ kind: WrappingKey.Kind, _ wrong: inout [String], _ database: Database
    ) throws -> Int {
        var count = 0
        var last = UInt128?.none
        while true {
            let select = try RawStatement(
                database,
                "SELECT id, wrapped FROM \(table) WHERE id >= ? ORDER BY id LIMIT 4096")
            try select.bind(1, last.map { $0 &+ 1 } ?? 0)
            let rows = try select.all { (id: try $0.bits(0), wrapped: $0.bytes(1)) }
            for row in rows {
                if !opens(row.wrapped, kind, row.id) {
                    wrong.append("\(file.path): the wrapped key \(hex(row.id)) was changed")
                }
            }
            count += rows.count
            guard let end = rows.last, end.id < .max else { return count }
            last = end.id
        }
    }
}
