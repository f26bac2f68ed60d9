package import EventStore
import Foundation
import GRDBSQLite

/// Every byte under a data folder as a thief would lay it out: files as they are, the blocks of
/// segments unpacked, and the values of SQLite's rows put together again, which may cross pages.
package struct StolenFolder {
    package struct Part {
        package let name: String
        package let bytes: [UInt8]
    }
    package private(set) var parts: [Part] = []
    /// Of all logs, in the order they were written.
    package private(set) var events: [RecordedEvent] = []
    /// The rows of all tables, each with its values one after another.
    package private(set) var rows: [Part] = []

    package init(_ folder: String) throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        for name in names {
            let path = "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
                !isFolder.boolValue
            else { continue }
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            parts.append(Part(name: name, bytes: bytes))
            if name.hasSuffix(".seg") {
                let blocks = blocks(bytes)
                let raw = blocks.flatMap { $0.raw(from: 0, through: $0.count - 1) }
                parts.append(Part(name: name + " unpacked", bytes: raw))
                for block in blocks {
                    events += try (0..<block.count).map { try block.event($0) }
                }
            } else if bytes.starts(with: "SQLite format 3".utf8) {
                let found = try tableRows(path).map { Part(name: "\(name) \($0)", bytes: $1) }
                rows += found
                parts.append(Part(name: name + " rows", bytes: found.flatMap(\.bytes)))
            }
        }
    }

    /// Names of the parts that hold `needle`.
    package func holders(of needle: [UInt8]) -> [String] {
        parts.filter { contains($0.bytes, needle) }.map(\.name)
    }

    /// "form in part" for each form of `canary` found anywhere, names of files included.
    package func hits(_ canary: Canary) -> [String] {
        canary.forms.flatMap { form in
            let named = parts.filter { contains(Array($0.name.utf8), form.bytes) }.map(\.name)
            return (holders(of: form.bytes) + named).map { "\(form.name) in \($0)" }
        }
    }
}

/// The blocks of a segment file, unpacked.
private func blocks(_ file: [UInt8]) -> [Block] {
    var blocks: [Block] = []
    let first: Int64
    do {
        first = try file.withUnsafeBytes { raw in
            try BlockHeader(UnsafeRawBufferPointer(rebasing: raw[0..<BlockHeader.bytes])).first
        }
    } catch {
        return []  // Prepared, and nothing written into it.
    }
    _ = SegmentScan(bytes: file, first: first) { blocks.append($0) }
    return blocks
}

struct SQLiteFailure: Error {
    let reason: String
}

/// All rows of all tables: the table's name, and the values as bytes, one after another.
private func tableRows(_ path: String) throws -> [(table: String, bytes: [UInt8])] {
    var database: OpaquePointer?
    defer { sqlite3_close(database) }
    guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, nil) == SQLITE_OK else {
        throw SQLiteFailure(reason: path)
    }
    let tables = try rows(database, "SELECT name FROM sqlite_master WHERE type = 'table'")
    return try tables.flatMap { name in
        let table = String(decoding: name.dropLast(), as: UTF8.self)
        return try rows(database, "SELECT * FROM \"\(table)\"").map { (table, $0) }
    }
}

/// What a statement gives, row by row; a zero behind each value.
private func rows(_ database: OpaquePointer?, _ sql: String) throws -> [[UInt8]] {
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    guard sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK else {
        throw SQLiteFailure(reason: sql)
    }
    var rows: [[UInt8]] = []
    while sqlite3_step(statement) == SQLITE_ROW {
        var row: [UInt8] = []
        for index in 0..<sqlite3_column_count(statement) {
            if let start = sqlite3_column_blob(statement, index) {
                let count = Int(sqlite3_column_bytes(statement, index))
                row += UnsafeRawBufferPointer(start: start, count: count)
            }
            row.append(0)
        }
        rows.append(row)
    }
    return rows
}

package func contains(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
    precondition(!needle.isEmpty)
    return bytes.withUnsafeBytes { hay in
        var start = 0
        while start + needle.count <= hay.count,
            let base = hay.baseAddress,
            let hit = memchr(base + start, Int32(needle[0]), hay.count - needle.count + 1 - start)
        {
            if memcmp(hit, needle, needle.count) == 0 { return true }
            start = hit - UnsafeMutableRawPointer(mutating: base) + 1
        }
        return false
    }
}
