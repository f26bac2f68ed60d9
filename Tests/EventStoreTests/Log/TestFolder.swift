import EventStore
import Glibc

/// A folder of its own under /tmp, gone with its last user.
final class TestFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/anteroom-log-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { preconditionFailure("no folder under /tmp") }
        path = String(cString: made)
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    var names: [String] {
        do { return try PosixDisk().list(path) } catch { preconditionFailure("\(error)") }
    }

    func bytes(_ name: String) -> [UInt8] {
        do {
            let file = try File(PosixDisk(), "\(path)/\(name)", .read)
            return try file.bytes(at: 0, count: Int(try file.size()))
        } catch { preconditionFailure("\(error)") }
    }

    func write(_ bytes: [UInt8], to name: String) {
        do {
            let file = try File(PosixDisk(), "\(path)/\(name)", .create)
            try file.write(bytes, at: 0)
        } catch { preconditionFailure("\(error)") }
    }

    func remove(_ name: String) { unlink("\(path)/\(name)") }
}

extension SegmentOptions {
    /// Segments that fill within a few commits.
    static var tiny: SegmentOptions {
        var options = SegmentOptions()
        options.firstSegmentBytes = 8 << 10
        options.segmentBytes = 16 << 10
        options.batchBytes = 4 << 10
        options.repackedBlockBytes = 2 << 10
        options.cacheBytes = 32 << 10
        options.mergeRuns = 3
        return options
    }
}

/// Commits over a few logs and streams, as a clinic's, and what a store should then hold.
struct Workload {
    var random: Seeded
    let logs: [LogID]
    let streams: [StreamName]
    /// Every event in the order of acceptance, per log.
    var events: [LogID: [RecordedEvent]] = [:]
    var versions: [LogID: [StreamName: Int64]] = [:]
    var order: [RecordedEvent] = []
    var commits: [(commit: Commit, answer: Appended)] = []

    init(seed: UInt64, logs: Int = 3, streams: Int = 20) {
        var random = Seeded(seed)
        self.logs = (0..<logs).map { _ in LogID(bits: random.bits()) }
        self.streams = (0..<streams).map {
            StreamName(random.word(), random.bits(), part: UInt32($0 % 3))
        }
        self.random = random
    }

    mutating func next(eventsMax: Int = 4) -> Commit {
        var commit = random.commit(
            log: logs.randomElement(using: &random),
            events: Int.random(in: 1...eventsMax, using: &random))
        for index in commit.events.indices {
            commit.events[index].stream = streams.randomElement(using: &random) ?? streams[0]
        }
        let first = commit.events[0].stream
        let version = versions[commit.log]?[first]
        commit.expectations = [(first, version.map { .exactly($0) } ?? .noneYet)]
        return commit
    }

    /// Notes what the store must say after `commit` was accepted.
    mutating func accepted(_ commit: Commit, _ answer: Appended) {
        var log = events[commit.log, default: []]
        let time = max(commit.now, log.last?.recordedAt ?? 0)
        for event in commit.events {
            let version = (versions[commit.log]?[event.stream] ?? -1) + 1
            versions[commit.log, default: [:]][event.stream] = version
            let made = RecordedEvent(
                log: commit.log, position: Int64(log.count), stream: event.stream, version: version,
                type: event.type, schema: event.schema, recordedAt: time,
                commandID: commit.commandID, context: commit.context, payload: event.payload[...],
                storedBytes: [])
            log.append(made)
            order.append(made)
        }
        events[commit.log] = log
        commits.append((commit, answer))
    }
}

/// What of an event can be compared.
struct Seen: Hashable {
    let log: LogID
    let position: Int64
    let stream: StreamName
    let version: Int64
    let type: EventType
    let recordedAt: Int64
    let commandID: UInt128
    let context: Context
    let payload: [UInt8]

    init(_ event: RecordedEvent) {
        log = event.log
        position = event.position
        stream = event.stream
        version = event.version
        type = event.type
        recordedAt = event.recordedAt
        commandID = event.commandID
        context = event.context
        payload = Array(event.payload)
    }
}
