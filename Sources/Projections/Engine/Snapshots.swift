package import Domain
import EventStore
import Foundation

/// Rows of one projection and log as they stood at some position, so that time travel need not
/// begin at the beginning. Files under `read/snapshots/`, derived as all there: one that is damaged
/// or of another history is passed over.
///
/// A snapshot is due when the log has grown by a quarter since the last, so that a state is never
/// further from one than a fifth of its own history, and their number grows with its logarithm.
/// Projections of more than ``EngineLimits/snapshotBytes`` have none and are replayed from the
/// beginning.
/// ```
/// LOG/NAME-vN-APPLIED-RECORDEDAT.snap =
///     "anteroom snapshot 1" 00 ‖ NAME 00 ‖ N, 8 bytes ‖ log, 16 ‖ applied, 8
///     ‖ command id of the last event, 16 ‖ its recorded-at, 8
///     ‖ tables as in ViewDigest ‖ SHA-256 of everything before, 32
/// ```
package struct Snapshots: Sendable {
    package let folder: String

    /// Events before a log's first snapshot, and at least between two.
    package let every: Int64

    package init(folder: String, every: Int64 = EngineLimits.snapshotEvents) {
        self.folder = folder
        self.every = every
    }

    /// One file's name, which says what is in it.
    struct Entry: Hashable, Sendable {
        let path: String
        let applied: Int64
        let recordedAt: Instant
    }

    func isDue(after newest: Int64, at applied: Int64) -> Bool {
        applied - newest >= max(every, newest / 4)
    }

    /// Snapshots of one projection's version and log, oldest first. None where there is no folder.
    func entries(_ projection: String, _ version: Int, _ log: LogID) throws(ViewError) -> [Entry] {
        let directory = "\(folder)/\(log)"
        guard FileManager.default.fileExists(atPath: directory) else { return [] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw .io(file: directory, reason: error.localizedDescription)
        }
        let prefix = "\(projection)-v\(version)-"
        return names.compactMap { name in
            guard name.hasPrefix(prefix), name.hasSuffix(".snap") else { return nil }
            let numbers = name.dropFirst(prefix.count).dropLast(".snap".count).split(separator: "-")
            guard numbers.count == 2, let applied = Int64(numbers[0]),
                let recordedAt = Int64(numbers[1])
            else { return nil }
            return Entry(
                path: "\(directory)/\(name)", applied: applied,
                recordedAt: Instant(milliseconds: recordedAt))
        }.sorted { $0.applied < $1.applied }
    }

    /// Writes the rows as they stand in `file`; nothing where they are too many.
    func write(
        _ projection: any Projection.Type, _ log: LogID, _ file: ViewFile
    ) throws(ViewError) {
        let snapshot = try file.readBlocking { database throws(ViewError) in
            try SnapshotBytes(of: projection, log, database)
        }
        guard let snapshot else { return }
        let directory = "\(folder)/\(log)"
        let name =
            "\(projection.name)-v\(projection.version)-\(snapshot.position.applied)"
            + "-\(snapshot.position.recordedAt.milliseconds).snap"
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            // Written beside and renamed: half a file has no name.
            try Data(snapshot.bytes).write(
                to: URL(fileURLWithPath: "\(directory)/\(name)"), options: .atomic)
        } catch {
            throw .io(file: "\(directory)/\(name)", reason: error.localizedDescription)
        }
    }

    /// Puts the newest snapshot that `end` includes into `file`, where it has no rows of this
    /// projection and log yet.
    /// - Returns: whether there was one.
    func restore(
        _ projection: any Projection.Type, _ log: LogID, _ end: ReplayEnd, into file: ViewFile
    ) throws(ViewError) -> Bool {
        let entries = try entries(projection.name, projection.version, log)
        for entry in entries.reversed() where end.includes(entry) {
            guard let bytes = FileManager.default.contents(atPath: entry.path) else { continue }
            let snapshot = SnapshotBytes(Array(bytes))
            let isWhole = try file.writeBlocking { database throws(ViewError) in
                try snapshot?.insert(projection, log, database) ?? false
            }
            if isWhole { return true }
        }
        return false
    }
}

/// How far a replay goes.
package enum ReplayEnd: Hashable, Sendable {
    /// All there is when the replay gets there.
    case head
    /// The event of that position included.
    case through(Int64)
    /// Everything recorded up to that moment, it included.
    case moment(Instant)

    func includes(_ event: RecordedEvent) -> Bool {
        switch self {
        case .head: true
        case .through(let position): event.position <= position
        case .moment(let moment): event.recordedAt <= moment.milliseconds
        }
    }

    func includes(_ entry: Snapshots.Entry) -> Bool {
        switch self {
        case .head: true
        case .through(let position): entry.applied - 1 <= position
        case .moment(let moment): entry.recordedAt <= moment
        }
    }
}
