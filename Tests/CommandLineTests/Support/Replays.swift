import API
import Foundation
import Testing

/// Replays of a data folder, and what must be the same of them.
enum Replays {
    /// AUD-3: twice, and once on a copy without anything rebuildable, the digests are those of the
    /// live projections. A server may go on beside, and close days: what is compared is the log up
    /// to where the first replay came.
    /// - Parameter copy: what the copy is called.
    static func agree(
        in folder: Folder, copy name: String = "copy", location: SourceLocation = #_sourceLocation
    ) async throws {
        let data = folder.path("data")
        let first = try await digests(data, folder)
        #expect(!first.isEmpty, sourceLocation: location)
        let again = try await digests(data, folder, asFarAs: first)
        #expect(again == first, sourceLocation: location)
        let verified = try await Program.succeed(
            "verify", "--json", "--data", data, in: folder, location: location
        ).json()
        #expect(!verified.isEmpty, sourceLocation: location)
        for line in verified {
            #expect(line["live"] == line["replayed"], "\(line)", sourceLocation: location)
        }
        let copy = try bareCopy(of: folder, as: name)
        let elsewhere = try await digests(copy, folder, asFarAs: first)
        #expect(elsewhere == first, sourceLocation: location)
    }

    /// What one line of `replay` says.
    struct Line: Hashable {
        let organisation: String
        let projection: String
        let position: Int64
        let rest: [String]

        init(_ line: JSON) {
            func text(_ name: String) -> String { line[name]?.text ?? "" }
            organisation = text("organisation")
            projection = text("projection")
            position = line["position"]?.whole ?? -1
            rest = [line["rows"]?.description ?? "", text("digest")]
        }
    }

    /// Of every organisation there is.
    static func digests(_ data: String, _ folder: Folder) async throws -> Set<Line> {
        let lines = try await Program.succeed("replay", "--json", "--data", data, in: folder).json()
        return Set(lines.map(Line.init))
    }

    /// Of each organisation as far as another replay came.
    private static func digests(
        _ data: String, _ folder: Folder, asFarAs other: Set<Line>
    ) async throws -> Set<Line> {
        var lines: Set<Line> = []
        for (organisation, ofOne) in Dictionary(grouping: other, by: \.organisation) {
            let end = ofOne.map(\.position).max() ?? 0
            let again = try await Program.succeed(
                "replay", "--json", "--data", data, "--org", organisation, "--until", "\(end)",
                in: folder)
            lines.formUnion(try again.json().map(Line.init))
        }
        return lines
    }

    /// A copy of what cannot be rebuilt: segments, vault, identity, key and list of erasures; its
    /// path. A server may go on
    /// beside: what it appends meanwhile is in the copy or not.
    static func bareCopy(of folder: Folder, as name: String) throws -> String {
        let files = FileManager.default
        let data = folder.url.appendingPathComponent("data")
        let copy = folder.url.appendingPathComponent(name)
        let log = copy.appendingPathComponent("log")
        try files.createDirectory(at: log, withIntermediateDirectories: true)
        for end in ["key", "erasures"]
        where end == "key" || files.fileExists(atPath: folder.path("data.\(end)")) {
            try files.copyItem(
                atPath: folder.path("data.\(end)"), toPath: folder.path("\(name).\(end)"))
        }
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
