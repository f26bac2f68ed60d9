import Foundation
import Testing

/// A temporary folder that goes with its last user.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("anteroom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(at: url) } catch {
            print("left behind: \(url.path)")
        }
    }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: url.appendingPathComponent(name))
        return path(name)
    }

    func write(_ name: String, _ text: String) throws -> String {
        try write(name, Array(text.utf8))
    }
}

/// Real data that lies beside the repository and is never committed.
enum SharedData {
    /// The path of `name` under `../shared/data`; nil, with a notice, where it is not there.
    static func path(_ name: String) -> String? {
        let path = Program.root.deletingLastPathComponent()
            .appendingPathComponent("shared/data/\(name)").path
        if FileManager.default.fileExists(atPath: path) { return path }
        print("notice: \(path) is not here; the test that needs it checks nothing")
        return nil
    }
}
