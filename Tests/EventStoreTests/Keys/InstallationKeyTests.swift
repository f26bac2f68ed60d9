import Crypto
import EventStore
import Foundation
import Testing

@Suite("Installation key") struct InstallationKeyTests {
    let root: URL
    let folder: String

    init() throws {
        root = FileManager.default.temporaryDirectory
            .appendingPathComponent("anteroom-key-\(UUID().uuidString)")
        folder = root.appendingPathComponent("data").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func file(_ text: String, _ name: String = "key") throws -> String {
        let path = root.appendingPathComponent(name).path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test("ANON-1 a key file holds 64 hexadecimal digits or 32 bytes in base64, notes apart")
    func forms() throws {
        let key = (0..<32).map { UInt8($0 &* 7) }
        let digits = key.map { String(format: "%02x", $0) }.joined()
        for text in [
            digits, digits.uppercased() + "\n", "# a note\n\n  \(digits)  \r\n",
            Data(key).base64EncodedString(),
        ] {
            let loaded = try InstallationKey.load(try file(text), dataFolder: folder)
            #expect(bytes(of: loaded.key) == key)
            #expect(!loaded.isForTrying)
        }
    }

    @Test(
        "ANON-1 anything else is refused, naming the file",
        arguments: [
            "", "\n", "# only a note", "abc", String(repeating: "g", count: 64),
            String(repeating: "a", count: 63), String(repeating: "a", count: 66),
            String(repeating: "a", count: 64) + "\n" + String(repeating: "b", count: 64),
            "AAAA", String(repeating: "é", count: 32), String(repeating: "a", count: 5000),
        ])
    func malformed(text: String) throws {
        let path = try file(text)
        let error = #expect(throws: InstallationKeyError.self) {
            try InstallationKey.load(path, dataFolder: folder)
        }
        guard case .malformed(path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("ANON-1 no file, a folder, and a path inside the data folder are refused")
    func places() throws {
        let missing = root.appendingPathComponent("none").path
        #expect(throws: InstallationKeyError.missing(path: missing)) {
            try InstallationKey.load(missing, dataFolder: folder)
        }
        #expect(throws: InstallationKeyError.self) {
            try InstallationKey.load(root.path, dataFolder: root.path + "/data")
        }
        let inside = folder + "/key"
        try InstallationKey.random().save(inside)
        for path in [inside, folder + "/../data/key", folder + "/./key"] {
            #expect(throws: InstallationKeyError.insideDataFolder(path: path)) {
                try InstallationKey.load(path, dataFolder: folder + "/")
            }
        }
        let link = root.appendingPathComponent("link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: inside)
        #expect(throws: InstallationKeyError.insideDataFolder(path: link)) {
            try InstallationKey.load(link, dataFolder: folder)
        }
    }

    @Test("ANON-1 without a key file one is made beside the data folder, for trying, once")
    func trying() throws {
        let made = try InstallationKey.forTrying(dataFolder: folder + "/")
        let path = folder + ".key"
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        #expect(made.isForTrying && !made.isReadableByOthers)
        let again = try InstallationKey.forTrying(dataFolder: folder)
        #expect(bytes(of: again.key) == bytes(of: made.key))
        let named = try InstallationKey.load(path, dataFolder: folder)
        #expect(named.isForTrying)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
                == ["data", "data.key"])
        chmod(path, 0o644)
        #expect(try InstallationKey.load(path, dataFolder: folder).isReadableByOthers)
    }

    @Test("ANON-1 where there is a vault, a lost key is not replaced by a new one")
    func lost() throws {
        try Data().write(to: URL(fileURLWithPath: folder + "/keys.sqlite"))
        #expect(throws: InstallationKeyError.missing(path: folder + ".key")) {
            try InstallationKey.forTrying(dataFolder: folder)
        }
        #expect(!FileManager.default.fileExists(atPath: folder + ".key"))
    }
}
