import Foundation
import GRDBSQLite
import Testing

/// Every wrapped key in a copy of a vault's files, by id, read past our own code.
func wrappedKeys(inCopyOf folder: String, table: String = "key") throws -> [UInt128: [UInt8]] {
    let copy = NSTemporaryDirectory() + "/raw-\(UUID().uuidString)"
    try FileManager.default.copyItem(atPath: folder, toPath: copy)
    defer {
        do { try FileManager.default.removeItem(atPath: copy) } catch { print("\(error)") }
    }
    var connection: OpaquePointer?
    try #require(sqlite3_open(copy + "/keys.sqlite", &connection) == SQLITE_OK)
    defer { sqlite3_close(connection) }
    var statement: OpaquePointer?
    let sql = "SELECT id, wrapped FROM \(table)"
    try #require(sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK)
    defer { sqlite3_finalize(statement) }
    var keys: [UInt128: [UInt8]] = [:]
    while sqlite3_step(statement) == SQLITE_ROW {
        let id = column(statement, 0).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        keys[id] = column(statement, 1)
    }
    return keys
}

private func column(_ statement: OpaquePointer?, _ index: Int32) -> [UInt8] {
    Array(
        UnsafeRawBufferPointer(
            start: sqlite3_column_blob(statement, index),
            count: Int(sqlite3_column_bytes(statement, index))))
}

/// How many of `needles` (each at least 16 bytes) stand anywhere in the files of `folder`.
func found(_ needles: [[UInt8]], inFilesOf folder: String) throws -> Int {
    let wanted = Dictionary(grouping: needles) { needle in
        needle.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    var hits: Set<[UInt8]> = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
        var window: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            window = window << 8 | UInt64(byte)
            guard index >= 7, let candidates = wanted[window] else { continue }
            let start = index - 7
            for needle in candidates where bytes[start...].starts(with: needle) {
                hits.insert(needle)
            }
        }
    }
    return hits.count
}
