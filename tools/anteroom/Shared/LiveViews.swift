import EventStore
import Foundation
import GRDBSQLite
import Projections

/// The projections as they lie in the data folder, at one moment: a copy of their file, so that
/// nothing there changes, and a server may go on beside.
struct LiveViews {
    private let folder: URL

    /// Nil where there are none.
    init?(_ data: DataOptions) throws {
        let files = FileManager.default
        let source = "\(data.views)/\(ViewShelf.fileName)"
        guard files.fileExists(atPath: source) else { return nil }
        folder = files.temporaryDirectory.appendingPathComponent(
            "anteroom-verify-\(UUID().uuidString)")
        try files.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let copy = folder.appendingPathComponent(ViewShelf.fileName).path
        if files.fileExists(atPath: source + "-shm") {
            // Somebody writes it, or was killed while doing so: SQLite alone knows what holds.
            try LiveViews.back(up: source, to: copy)
        } else {
            for suffix in ["", "-wal"] where files.fileExists(atPath: source + suffix) {
                try files.copyItem(atPath: source + suffix, toPath: copy + suffix)
            }
        }
    }

    func digests(of logs: [LogID]) async throws -> [ViewDigest] {
        let shelf = try ViewShelf(folder: folder.path, .all) { Terminal.say("projections: \($0)") }
        let views = Views(shelf)
        var digests: [ViewDigest] = []
        for log in logs { digests += try await views.digests(of: log) }
        try shelf.close()
        return digests
    }

    func remove() throws { try FileManager.default.removeItem(at: folder) }

    private static func back(up source: String, to copy: String) throws(Failure) {
        var from: OpaquePointer?
        var to: OpaquePointer?
        defer {
            sqlite3_close(from)
            sqlite3_close(to)
        }
        guard sqlite3_open_v2(source, &from, SQLITE_OPEN_READONLY, nil) == SQLITE_OK,
            sqlite3_open_v2(copy, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil) == SQLITE_OK
        else { throw .wrong("\(source): \(String(cString: sqlite3_errmsg(from)))") }
        guard let backup = sqlite3_backup_init(to, "main", from, "main") else {
            throw .wrong("\(source): \(String(cString: sqlite3_errmsg(to)))")
        }
        let outcome = sqlite3_backup_step(backup, -1)
        sqlite3_backup_finish(backup)
        // A file that is no database is told by who opens the copy.
        guard outcome == SQLITE_DONE || outcome == SQLITE_NOTADB || outcome == SQLITE_CORRUPT else {
            throw .wrong("\(source): \(String(cString: sqlite3_errstr(outcome)))")
        }
    }
}
