import Foundation
import GRDBSQLite

/// Looks at an SQLite file without changing anything, beside a server too: is it one, is it ours,
/// and, where nobody is writing it, are all its pages what they should be.
struct SQLiteCheck {
    /// Relative to the data folder.
    let name: String
    /// SQLite's `application_id`.
    let application: UInt32
    /// What its loss means.
    let loss: String

    static let all = [
        SQLiteCheck(
            name: "keys.sqlite", application: 0x414E_5456,
            loss: "restore a backup, or what its keys sealed is lost"),
        SQLiteCheck(
            name: "index.sqlite", application: 0x414E_5458, loss: "the next start makes it anew"),
        SQLiteCheck(
            name: "read/views.sqlite", application: 0x414E_5456,
            loss: "the next start makes it anew"),
    ]

    /// Why it is damaged; nil where it is well, or not there.
    func damage(in folder: String) -> String? {
        let path = "\(folder)/\(name)"
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { file.closeFile() }
        let header = file.readData(ofLength: 100)
        if header.isEmpty { return nil }  // About to be made.
        guard header.count == 100, header.prefix(16) == Data("SQLite format 3\0".utf8) else {
            return "no SQLite header; \(loss)"
        }
        let found = header[68..<72].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard found == application || found == 0 else { return "another program's; \(loss)" }
        let journal = FileManager.default.contents(atPath: path + "-wal")
        guard journal?.isEmpty ?? true else { return nil }  // Pages are on their way.
        return pages(path).map { "\($0); \(loss)" }
    }

    private func pages(_ path: String) -> String? {
        var database: OpaquePointer?
        defer { sqlite3_close(database) }
        let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
        // Immutable: no lock, no shared memory, no journal is made beside it.
        guard sqlite3_open_v2("file:\(escaped)?immutable=1", &database, flags, nil) == SQLITE_OK
        else { return String(cString: sqlite3_errmsg(database)) }
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard
            sqlite3_prepare_v2(database, "PRAGMA quick_check(1)", -1, &statement, nil) == SQLITE_OK,
            sqlite3_step(statement) == SQLITE_ROW, let text = sqlite3_column_text(statement, 0)
        else { return String(cString: sqlite3_errmsg(database)) }
        let words = String(cString: text)
        return words == "ok" ? nil : words
    }
}
