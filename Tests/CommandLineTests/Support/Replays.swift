import API
import Foundation
import Testing

/// Replays of a data folder, and what must be the same of them.
enum Replays {
    /// AUD-3: twice, and once on a copy without anything rebuildable, the digests are those of the
    /// live projections.
    static func agree(in folder: Folder, location: SourceLocation = #_sourceLocation) async throws {
        let data = folder.path("data")
        let first = try await digests(data, folder)
        #expect(!first.isEmpty, sourceLocation: location)
        #expect(try await digests(data, folder) == first, sourceLocation: location)
        let verified = try await Program.succeed(
            "verify", "--json", "--data", data, in: folder, location: location
        ).json()
        for line in verified {
            #expect(line["live"] == line["replayed"], "\(line)", sourceLocation: location)
        }
        let copy = try bareCopy(of: folder)
        #expect(try await digests(copy, folder) == first, sourceLocation: location)
    }

    /// `projection organisation` → `position rows digest`.
    static func digests(_ data: String, _ folder: Folder) async throws -> [String: String] {
        let lines = try await Program.succeed("replay", "--json", "--data", data, in: folder).json()
        let pairs = lines.map { line in
            func text(_ name: String) -> String { line[name]?.description ?? "" }
            return (
                "\(text("projection")) \(text("organisation"))",
                "\(text("position")) \(text("rows")) \(text("digest"))"
            )
        }
        return Dictionary(pairs, uniquingKeysWith: { one, other in "twice: \(one), \(other)" })
    }

    /// A copy with `read/`, the keyed index and every index of the log deleted; its path.
    static func bareCopy(of folder: Folder) throws -> String {
        let files = FileManager.default
        let copy = folder.url.appendingPathComponent("copy")
        try files.copyItem(at: folder.url.appendingPathComponent("data"), to: copy)
        try files.copyItem(
            atPath: folder.path("data.key"), toPath: folder.path("copy.key"))
        for name in ["read", "index.sqlite", "index.sqlite-wal", "index.sqlite-shm"] {
            let path = copy.appendingPathComponent(name)
            if files.fileExists(atPath: path.path) { try files.removeItem(at: path) }
        }
        let log = copy.appendingPathComponent("log")
        for name in try files.contentsOfDirectory(atPath: log.path) where !name.hasSuffix(".seg") {
            try files.removeItem(at: log.appendingPathComponent(name))
        }
        return copy.path
    }
}
