import EventStore
import Foundation

/// A search of every byte under a folder: files as they are, names of files, blocks of segments
/// unpacked, and values of SQLite files that cross pages put together again.
package struct FolderSearch: Sendable {
    /// Where something was found.
    package struct Find: Hashable, Sendable {
        package let file: String
        package let hit: Needles.Hit
    }

    /// What was looked through.
    package struct Result: Sendable {
        package var finds: [Find] = []
        package var files = 0
        package var bytes = 0
        /// Bytes of blocks and long values, after unpacking.
        package var unpacked = 0
    }

    private let folder: String

    package init(folder: String) { self.folder = folder }

    /// - Parameter names: files to look through, by their paths in the folder; nil: all.
    package func run(
        _ needles: Needles, only names: (String) -> Bool = { _ in true }
    ) throws -> Result {
        var result = Result()
        let all = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        for name in all where names(name) {
            note(needles, Array(name.utf8), "the name of \(name)", &result)
            let url = URL(fileURLWithPath: "\(folder)/\(name)")
            let values = try url.resourceValues(forKeys: [.isRegularFileKey])
            guard values.isRegularFile ?? false else { continue }
            let bytes = [UInt8](try Data(contentsOf: url, options: .mappedIfSafe))
            result.files += 1
            result.bytes += bytes.count
            note(needles, bytes, name, &result)
            if name.hasSuffix(".seg") {
                unpack(bytes) { block in
                    result.unpacked += block.count
                    note(needles, block, "\(name), unpacked", &result)
                }
            } else if let pages = SQLitePages(bytes, wal: try wal(of: url)) {
                for payload in pages.longPayloads() {
                    result.unpacked += payload.count
                    note(needles, payload, "\(name), a value over several pages", &result)
                }
            }
        }
        return result
    }

    private func note(
        _ needles: Needles, _ bytes: [UInt8], _ file: String, _ result: inout Result
    ) {
        let hits = bytes.withUnsafeBytes { needles.hits(in: $0) }
        result.finds += hits.map { Find(file: file, hit: $0) }
    }

    private func wal(of url: URL) throws -> [UInt8] {
        let path = url.path + "-wal"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Each block of a segment file, as it was before it was compressed.
    private func unpack(_ file: [UInt8], _ each: ([UInt8]) -> Void) {
        let first: Int64
        do {
            first = try file.withUnsafeBytes { raw throws(BlockHeader.Fault) in
                guard raw.count >= BlockHeader.bytes else { return -1 }
                return try BlockHeader(
                    UnsafeRawBufferPointer(rebasing: raw[0..<BlockHeader.bytes])
                ).first
            }
        } catch {
            return  // Prepared, and nothing written into it.
        }
        guard first >= 0 else { return }
        _ = SegmentScan(bytes: file, first: first) { block in
            each(Array(block.raw(from: 0, through: block.count - 1)))
        }
    }
}
