import Crypto
import EventStore
import Foundation
import Testing

/// A data folder of its own with a vault, closed and opened again in the middle of a test.
final class VaultBed {
    /// Holds the data folder, and beside it what must not lie in it.
    let root: String
    let folder: String
    let erasureList: String
    var key = InstallationKey.random()
    private(set) var vault: SQLiteVault

    init() async throws {
        let place = FileManager.default.temporaryDirectory
            .appendingPathComponent("anteroom-vault-\(UUID().uuidString)")
        root = place.path
        folder = place.appendingPathComponent("data").path
        erasureList = place.appendingPathComponent("data.erasures").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        vault = try await SQLiteVault.open(folder, key: key, erasureList: erasureList)
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: root)
        } catch {
            print("\(root) was left: \(error)")
        }
    }

    var vaultFile: String { folder + "/keys.sqlite" }

    func reopen(erasuresAtLeast: Int = 0) async throws {
        try await vault.close()
        vault = try await open(erasuresAtLeast: erasuresAtLeast)
    }

    func open(erasuresAtLeast: Int = 0) async throws(VaultError) -> SQLiteVault {
        try await SQLiteVault.open(
            folder, key: key, erasureList: erasureList, erasuresAtLeast: erasuresAtLeast)
    }

    /// What a power cut now would leave: a copy of everything, opened beside the live one.
    func crashed(into name: String) throws -> String {
        let copy = root + "/" + name
        try FileManager.default.copyItem(atPath: folder, toPath: copy)
        try FileManager.default.copyItem(atPath: erasureList, toPath: copy + ".erasures")
        return copy
    }
}

/// How often `needle` stands in the file; 0 where there is no file.
func occurrences(of needle: [UInt8], inFile path: String) throws -> Int {
    guard FileManager.default.fileExists(atPath: path) else { return 0 }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    var count = 0
    var rest = bytes.startIndex..<bytes.endIndex
    while let found = bytes.range(of: Data(needle), in: rest) {
        count += 1
        rest = found.lowerBound + 1..<bytes.endIndex
    }
    return count
}

func bytes(of key: SymmetricKey) -> [UInt8] { key.withUnsafeBytes { Array($0) } }
