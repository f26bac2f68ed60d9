import API
import Foundation
import Testing

/// Replays of a data folder, and what must be the same of them.
enum Replays {
    /// AUD-3: twice, and once on a copy without anything rebuildable, the digests are those of the
    /// live projections.
    /// - Parameter copy: what the copy is called.
    static func agree(
        in folder: Folder, copy name: String = "copy", location: SourceLocation = #_sourceLocation
    ) async throws {
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
        let copy = try bareCopy(of: folder, as: name)
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

    /// A copy of what cannot be rebuilt: segments, vault and identity; its path. A server may go on
    /// beside: what it appends meanwhile is in the copy or not.
    static func bareCopy(of folder: Folder, as name: String) throws -> String {
        let files = FileManager.default
        let data = folder.url.appendingPathComponent("data")
        let copy = folder.url.appendingPathComponent(name)
        let log = copy.appendingPathComponent("log")
        try files.createDirectory(at: log, withIntermediateDirectories: true)
        try files.copyItem(atPath: folder.path("data.key"), toPath: folder.path("\(name).key"))
        for file in try files.contentsOfDirectory(atPath: data.path)
        where file.hasPrefix("keys.sqlite") || file == "anteroom.json" {
            try files.copyItem(
                at: data.appendingPathComponent(file), to: copy.appendingPathComponent(file))
        }
        for file in try files.contentsOfDirectory(atPath: data.appendingPathComponent("log").path)
        where file.hasSuffix(".seg") {
            try files.copyItem(
                at: data.appendingPathComponent("log/\(file)"), to: log.appendingPathComponent(file)
            )
        }
        return copy.path
    }
}
