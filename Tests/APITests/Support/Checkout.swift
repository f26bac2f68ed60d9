import Foundation

/// The files of this checkout that tests compare with, or make anew, and those beside it.
enum Checkout {
    /// The package's folder.
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The built `anteroom`: beside the test bundle, whatever the configuration.
    static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "anteroom").path

    /// Set `ANTEROOM_REGENERATE=1` and the tests write what they otherwise compare with.
    static let isRegenerating = ProcessInfo.processInfo.environment["ANTEROOM_REGENERATE"] == "1"

    /// The file's text; empty where there is none yet.
    static func text(_ path: String) throws -> String {
        let file = root.appending(path: path)
        guard FileManager.default.fileExists(atPath: file.path) else { return "" }
        return try String(contentsOf: file, encoding: .utf8)
    }

    static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: root.appending(path: path))
    }

    /// Files of others that tests read; nil, and told, where they are not on this machine.
    static func shared(_ path: String) -> URL? {
        let file = root.deletingLastPathComponent().appending(path: "shared/data/\(path)")
        guard FileManager.default.fileExists(atPath: file.path) else {
            print("skipped: \(file.path) is not on this machine")
            return nil
        }
        return file
    }
}
