import EventStore
import Foundation

/// A backup in its first form: the log and the vault in two folders that are kept apart, the
/// erasure list in neither (ANON-6).
///
/// ```
/// LOG/log/…   LOG/anteroom.json   LOG/backup.json       VAULT/keys.sqlite   VAULT/backup.json
/// ```
/// Neither opens anything without the other, nor both without the installation key.
package struct Backup: Sendable {
    /// What `backup.json` says.
    package struct Manifest: Hashable, Sendable {
        package let at: Int64
        /// Events in all logs together, at least.
        package let events: Int
        /// Entries of the erasure list when it was made: a restore wants a list with as many.
        package let erasures: Int

        package static let fileName = "backup.json"

        package var json: JSON {
            [
                "backup": "anteroom 1", "at": .integer(at), "events": .integer(Int64(events)),
                "erasures": .integer(Int64(erasures)),
            ]
        }

        init(at: Int64, events: Int, erasures: Int) {
            self.at = at
            self.events = events
            self.erasures = erasures
        }

        /// - Throws: ``BackupError/malformed(file:)``.
        package init(file: String) throws {
            let json: JSON
            do {
                json = try JSON(parsing: Data(contentsOf: URL(fileURLWithPath: file)))
            } catch {
                throw BackupError.malformed(file: file)
            }
            guard json["backup"] == "anteroom 1", let at = json["at"]?.whole,
                let events = json["events"]?.whole, let erasures = json["erasures"]?.whole
            else { throw BackupError.malformed(file: file) }
            self.init(at: at, events: Int(events), erasures: Int(erasures))
        }
    }

    private let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Times the log is copied anew where it was repacked meanwhile.
    private static let triesMax = 3

    /// Copies the log into `logs`, then the vault into `vault`: two folders that are not there yet.
    /// Commands go on meanwhile; what they append may be in it or not.
    package func make(logs: String, vault: String) async throws -> Manifest {
        let files = FileManager.default
        for folder in [logs, vault] where files.fileExists(atPath: folder) {
            throw BackupError.exists(folder)
        }
        for folder in [logs, vault] {
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        }
        // The log first: every key it names is older than it, and so in the vault's copy.
        let events = try copyLog(to: "\(logs)/log")
        try files.copyItem(
            atPath: "\(installation.folder)/\(Identity.fileName)",
            toPath: "\(logs)/\(Identity.fileName)")
        try await installation.vault.copy(to: "\(vault)/\(SQLiteVault.fileName)")
        let manifest = Manifest(
            at: installation.dispatch.clock.now().milliseconds, events: events,
            erasures: installation.vault.erasures)
        for folder in [logs, vault] {
            try Data(manifest.json.bytes + Array("\n".utf8)).write(
                to: URL(fileURLWithPath: "\(folder)/\(Manifest.fileName)"), options: .atomic)
            try Durable.sync(folder)
        }
        return manifest
    }

    /// Files of a log that is written to, until the copy is a whole log.
    private func copyLog(to folder: String) throws -> Int {
        let files = FileManager.default
        let before = try count(installation.store)
        for _ in 0..<Backup.triesMax {
            try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
            var isWhole = true
            let names = try files.contentsOfDirectory(atPath: "\(installation.folder)/log")
            for name in names.sorted() where name.hasSuffix(".seg") {
                do {
                    try files.copyItem(
                        atPath: "\(installation.folder)/log/\(name)",
                        toPath: "\(folder)/\(name)")
                } catch CocoaError.fileReadNoSuchFile {
                    isWhole = false  // Repacked meanwhile.
                }
            }
            if isWhole, let events = try wholeEvents(folder), events >= before { return events }
            try files.removeItem(atPath: folder)
        }
        throw BackupError.logInMotion
    }

    /// Nil where the copy is damaged.
    private func wholeEvents(_ folder: String) throws -> Int? {
        let store = try SegmentStore.openReadOnly(folder: folder)
        defer { store.close() }
        return store.report.damage.isEmpty ? try count(store) : nil
    }

    private func count(_ store: SegmentStore) throws -> Int {
        try store.logs().reduce(0) { $0 + Int(try store.head(of: $1)) }
    }
}

/// Copies that are to outlive a power cut before anybody relies on them.
enum Durable {
    /// Syncs a folder, all there is in it, and the folder it is in.
    static func sync(_ folder: String) throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        for name in names { try syncOne("\(folder)/\(name)") }
        try syncOne(folder)
        try syncOne(URL(fileURLWithPath: folder).deletingLastPathComponent().path)
    }

    private static func syncOne(_ path: String) throws(BackupError) {
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .unsynced(path) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw .unsynced(path) }
    }
}

/// Why a backup was not made, or not restored.
package enum BackupError: Error, Hashable, Sendable {
    /// There is a folder already: nothing is written over.
    case exists(String)
    case missing(String)
    case malformed(file: String)
    /// The disk did not say that all is on it.
    case unsynced(String)
    /// The log was repacked each time it was copied: try again.
    case logInMotion
    /// The vault's copy is older than the log's: keys would be missing.
    case vaultOlder
    /// The erasure list is not as new as the newest checkpoint known: find the newest one (ANON-6).
    case listBehind(has: Int, needs: Int)

    package var words: String {
        switch self {
        case .exists(let path): "\(path): there is something already"
        case .missing(let path): "\(path): there is no such file"
        case .malformed(let file): "\(file): not what a backup holds"
        case .unsynced(let path): "\(path): the disk could not be synced; make it again"
        case .logInMotion: "the log changed while it was copied: try again"
        case .vaultOlder: "the vault's copy is older than the log's: keys would be missing"
        case .listBehind(let has, let needs):
            "the erasure list holds \(has) erasures, and \(needs) are known: find the newest list; "
                + "without it what was erased would come back"
        }
    }
}
