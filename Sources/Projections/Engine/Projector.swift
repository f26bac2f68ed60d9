import Dispatch
package import Domain
package import EventStore
import GRDB

/// Brings every projection of one log forward, on threads that may block: SQLite's calls never sit
/// on the cooperative pool.
actor Projector {
    nonisolated let log: LogID
    private let file: ViewFile
    private let lookup: RowLookup
    private let set: ViewSet
    private let upcasters: Upcasters
    private let executor: BlockingExecutor
    private let seats: [any AnySeat]
    /// Categories that some projection has to understand, each once.
    private let understood: [Word]
    private var org: Int64 = 0
    private var isLoaded = false
    /// Events applied and not yet written.
    private var pending = 0
    /// Events applied at each projection's newest snapshot, once it has been looked up.
    private var newestSnapshots: [String: Int64] = [:]
    /// Events applied when snapshots were last thought of: not after every commit.
    private var snapshotsSeen: Int64 = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        _ log: LogID, _ file: ViewFile, _ set: ViewSet, _ upcasters: Upcasters,
        on executor: BlockingExecutor
    ) {
        self.log = log
        self.file = file
        lookup = RowLookup(file)
        self.set = set
        self.upcasters = upcasters
        self.executor = executor
        seats = set.seats()
        understood = Set(set.projections.flatMap { $0.categories }).sorted()
    }

    /// Takes up where the file stands.
    /// - Returns: the position to read the log from.
    func load() throws(ViewError) -> Int64 {
        try file.writeBlocking { database throws(ViewError) in
            org = try database.org(of: log)
            for seat in seats { try seat.load(lookup, database, org: org) }
        }
        pending = 0
        isLoaded = true
        noteWritten()
        return next
    }

    /// The first position that a projection which has not stopped wants; the highest one where all
    /// have stopped.
    private var next: Int64 {
        let running = seats.filter { $0.stop == nil }
        return running.map(\.position.applied).min() ?? seats.map(\.position.applied).max() ?? 0
    }

    /// Where each projection's written rows stand.
    private(set) var written: [Standing] = []

    /// Position and command id of the last event of each projection, to tell histories apart.
    func lastCommands() -> [Int64: UInt128] {
        let begun = seats.map(\.position).filter { $0.applied > 0 }
        return Dictionary(
            begun.map { ($0.applied - 1, $0.lastCommand) }, uniquingKeysWith: { first, _ in first })
    }

    /// Puts the nearest snapshots into an empty file.
    func restore(from snapshots: Snapshots, _ end: ReplayEnd) throws(ViewError) {
        for projection in set.projections {
            _ = try snapshots.restore(projection, log, end, into: file)
        }
    }

    /// Writes the snapshots that are due, of the rows written last.
    func snapshot(to snapshots: Snapshots) throws(ViewError) {
        let furthest = written.map(\.applied).max() ?? 0
        guard furthest - snapshotsSeen >= min(snapshots.every, Int64(EngineLimits.pageEvents))
        else {
            return
        }
        snapshotsSeen = furthest
        for projection in set.projections {
            let (name, version) = (projection.name, projection.version)
            let standing = written.first { $0.projection == name && $0.version == version }
            guard let applied = standing?.applied else { continue }
            let key = "\(name) \(version)"
            if newestSnapshots[key] == nil {
                newestSnapshots[key] = try snapshots.entries(name, version, log).last?.applied
            }
            let newest = newestSnapshots[key] ?? 0
            guard snapshots.isDue(after: newest, at: applied) else { continue }
            try snapshots.write(projection, log, file)
            newestSnapshots[key] = applied
        }
    }

    /// Drops what older versions left behind.
    func retire() throws(ViewError) { try set.retire(file) }

    /// Drops this log's rows and begins anew.
    func reset() throws(ViewError) -> Int64 {
        try file.writeBlocking { database throws(ViewError) in
            for table in set.projections.flatMap(ViewSet.tables) {
                try database.run(table.deleteAll) { $0.bind(org) }
            }
            try database.run("DELETE FROM positions WHERE org = ?") { $0.bind(org) }
        }
        return try load()
    }

    /// Applies `events`, which begin where this log's projections stand, and writes when a batch is
    /// full or `flush` says so. Where it throws, nothing of the batch counts: load again.
    /// - Returns: ``written``.
    @discardableResult
    func apply(
        _ events: [RecordedEvent], flush: Bool, keeping rowsMax: Int
    ) throws(ViewError) -> [Standing] {
        precondition(isLoaded, "load comes first")
        do {
            try lookup.within { () throws(ViewError) in
                for event in events { try apply(event) }
            }
            pending += events.count
            if pending > 0 && (flush || pending >= EngineLimits.batchEvents) {
                try write(keeping: rowsMax)
            }
            return written
        } catch {
            isLoaded = false
            throw error
        }
    }

    private func write(keeping rowsMax: Int) throws(ViewError) {
        try file.writeBlocking { database throws(ViewError) in
            for seat in seats { try seat.flush(database, org: org) }
        }
        pending = 0
        for seat in seats { try seat.trim(lookup, org: org, to: rowsMax) }
        noteWritten()
    }

    private func noteWritten() {
        written = seats.map {
            Standing(
                projection: $0.name, version: $0.version, log: log,
                applied: $0.position.applied, recordedAt: $0.position.recordedAt, stop: $0.stop)
        }
    }

    /// The one place where events are decoded: once for all projections.
    private func apply(_ event: RecordedEvent) throws(ViewError) {
        guard understood.contains(event.stream.category) else {
            return try apply(EventCoding.envelope(event), nil)
        }
        let fact: Fact
        do {
            fact = try EventCoding.fact(event, upcasters: upcasters)
        } catch {
            return try apply(EventCoding.envelope(event), error)
        }
        try apply(fact, nil)
    }

    private func apply(_ fact: Fact, _ failure: CodingError?) throws(ViewError) {
        for seat in seats { try seat.apply(fact, failure) }
    }
}

/// How far one projection of one log has come.
package struct Standing: Hashable, Sendable {
    package let projection: String
    package let version: Int
    package let log: LogID
    /// Events applied: the position of the next one.
    package let applied: Int64
    /// Of the last event applied.
    package let recordedAt: Instant
    /// Why it goes no further, where it doesn't.
    package let stop: ProjectionStop?
}

/// Runs actors' jobs one after the other on a dispatch queue, whose threads may block.
package final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    package init(_ label: String) { queue = DispatchQueue(label: label) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}

extension Database {
    /// The number a log has in this file; given at first meeting.
    func org(of log: LogID) throws(ViewError) -> Int64 {
        try run("INSERT OR IGNORE INTO logs (log) VALUES (?)") { $0.bind(log.bits) }
        return try number("SELECT org FROM logs WHERE log = ?") { $0.bind(log.bits) }
    }

    /// The number a log has in this file; nil where the file has none of its rows.
    func knownOrg(of log: LogID) throws(ViewError) -> Int64? {
        let org = try number("SELECT org FROM logs WHERE log = ?") { $0.bind(log.bits) }
        return org == 0 ? nil : org
    }
}
