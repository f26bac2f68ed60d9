package import Crypto
import Foundation

/// The 32 bytes that open the vault. They lie neither in the data folder nor in a backup of it.
package struct InstallationKey: Sendable {
    package let key: SymmetricKey
    /// Made beside the data folder at first use: **for trying, not for patients**. Every start
    /// says so.
    package let isForTrying: Bool
    /// The file can be read by others than its owner: every start says so.
    package let isReadableByOthers: Bool

    package static let byteCount = 32
    /// A key file is longer than a key only by its notes.
    static let fileBytesMax = 4096

    package init(
        key: SymmetricKey, isForTrying: Bool = false, isReadableByOthers: Bool = false
    ) {
        precondition(key.bitCount == 8 * InstallationKey.byteCount, "not 256 bits")
        self.key = key
        self.isForTrying = isForTrying
        self.isReadableByOthers = isReadableByOthers
    }

    /// A new one from the system's generator.
    package static func random(isForTrying: Bool = false) -> InstallationKey {
        InstallationKey(key: SymmetricKey(size: .bits256), isForTrying: isForTrying)
    }

    /// Reads a key file: 64 hexadecimal digits, or 32 bytes in base64; lines that begin with `#`
    /// and space around are passed over.
    /// - Throws: ``InstallationKeyError``.
    package static func load(
        _ path: String, dataFolder: String
    ) throws(InstallationKeyError) -> InstallationKey {
        guard !isInside(path, dataFolder) else { throw .insideDataFolder(path: path) }
        let text: String
        switch KeyFile.read(path, bytesMax: fileBytesMax) {
        case .success(let bytes): text = String(decoding: bytes, as: UTF8.self)
        case .failure(let error): throw error
        }
        let lines = text.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
        guard let line = lines.first, lines.count == 1 else {
            throw .malformed(path: path, reason: "\(lines.count) lines besides notes, 1 wanted")
        }
        guard let bytes = decode(line) else {
            throw .malformed(
                path: path, reason: "neither 64 hexadecimal digits nor 32 bytes in base64")
        }
        return InstallationKey(
            key: SymmetricKey(data: bytes), isForTrying: text.contains(KeyFile.tryingNote),
            isReadableByOthers: KeyFile.isReadableByOthers(path))
    }

    /// Where the key for trying lies: `DIR.key`, beside the data folder.
    package static func pathForTrying(dataFolder: String) -> String {
        let folder = URL(fileURLWithPath: dataFolder).standardizedFileURL.path
        return folder + ".key"
    }

    /// The key at ``pathForTrying(dataFolder:)``, made now where there is neither one nor a vault.
    /// - Throws: ``InstallationKeyError``; ``InstallationKeyError/missing(path:)`` where there is
    ///   a vault already, as a new key would not open it.
    package static func forTrying(
        dataFolder: String
    ) throws(InstallationKeyError) -> InstallationKey {
        let path = pathForTrying(dataFolder: dataFolder)
        if !FileManager.default.fileExists(atPath: path) {
            let vault = URL(fileURLWithPath: dataFolder)
                .appendingPathComponent(SQLiteVault.fileName).path
            guard !FileManager.default.fileExists(atPath: vault) else {
                throw .missing(path: path)
            }
            try random(isForTrying: true).save(path)
        }
        return try load(path, dataFolder: dataFolder)
    }

    /// Writes a key file that must not exist yet: mode 0600, whole or not at all, durable on
    /// return. A file that another process made meanwhile is left as it is.
    package func save(_ path: String) throws(InstallationKeyError) {
        let digits = key.withUnsafeBytes { hexDigits($0) }
        let note = isForTrying ? KeyFile.tryingNote : KeyFile.note
        try KeyFile.make(path, Array("# \(note)\n\(digits)\n".utf8))
    }

    /// Puts a key file in the place of another; durable on return.
    package static func move(_ path: String, over other: String) throws(InstallationKeyError) {
        let folder = URL(fileURLWithPath: other).deletingLastPathComponent().path
        guard rename(path, other) == 0, KeyFile.syncFolder(folder) else {
            throw .io(path: path, reason: KeyFile.lastError())
        }
    }

    private static func decode(_ line: String) -> [UInt8]? {
        if line.utf8.count == 2 * byteCount {
            let digits = line.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
            guard digits.count == 2 * byteCount else { return nil }
            return (0..<byteCount).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) }
        }
        guard let data = Data(base64Encoded: line), data.count == byteCount else { return nil }
        return Array(data)
    }

    /// True also where a symbolic link leads into the folder.
    private static func isInside(_ path: String, _ folder: String) -> Bool {
        func resolved(_ path: String) -> [String] {
            URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().pathComponents
        }
        return resolved(path).starts(with: resolved(folder))
    }
}

/// Why there is no installation key; the server does not start.
package enum InstallationKeyError: Error, Hashable, Sendable {
    /// No such file. Where a vault exists, its key must be found: no other opens it.
    case missing(path: String)
    /// A key in the data folder would lie in every backup of it: keep it elsewhere.
    case insideDataFolder(path: String)
    case malformed(path: String, reason: String)
    /// The operating system refused: its words.
    case io(path: String, reason: String)
}
