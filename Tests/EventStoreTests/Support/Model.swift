import EventStore

/// What the contract says, at its simplest: arrays and a dictionary. Obviously right.
struct Model {
    struct Key<Name: Hashable>: Hashable {
        let log: LogID
        let name: Name
    }

    /// All events, in the order stored.
    private(set) var events: [ModelEvent] = []
    private var byLog: [LogID: [ModelEvent]] = [:]
    private var byStream: [Key<StreamName>: [ModelEvent]] = [:]
    private var answers: [Key<UInt128>: Appended] = [:]

    /// What an append of `commit`, which breaks no limit, must be answered; an accepted one is
    /// there afterwards.
    mutating func append(_ commit: Commit) -> Result<Appended, AppendError> {
        if let answer = find(commit.commandID, in: commit.log) { return .success(answer) }
        for (stream, expected) in commit.expectations {
            let actual = version(of: stream, in: commit.log)
            let isMet =
                switch expected {
                case .any: true
                case .noneYet: actual == nil
                case .exactly(let version): actual == version
                }
            guard isMet else {
                return .failure(.conflict(stream: stream, expected: expected, actual: actual))
            }
        }
        let first = Int64(all(in: commit.log).count)
        let time = max(commit.now, byLog[commit.log]?.last?.recordedAt ?? 0)
        for (index, event) in commit.events.enumerated() {
            add(
                ModelEvent(
                    log: commit.log, position: first + Int64(index), stream: event.stream,
                    version: (version(of: event.stream, in: commit.log) ?? -1) + 1,
                    type: event.type, schema: event.schema, recordedAt: time,
                    commandID: commit.commandID, context: commit.context, payload: event.payload))
        }
        let count = commit.events.count
        answers[Key(log: commit.log, name: commit.commandID)] = Appended(
            first: first, count: count, repeated: true)
        return .success(Appended(first: first, count: count, repeated: false))
    }

    private mutating func add(_ event: ModelEvent) {
        events.append(event)
        byLog[event.log, default: []].append(event)
        byStream[Key(log: event.log, name: event.stream), default: []].append(event)
    }

    func all(in log: LogID) -> [ModelEvent] { byLog[log] ?? [] }

    func all(of stream: StreamName, in log: LogID) -> [ModelEvent] {
        byStream[Key(log: log, name: stream)] ?? []
    }

    func version(of stream: StreamName, in log: LogID) -> Int64? {
        byStream[Key(log: log, name: stream)]?.last?.version
    }

    func find(_ commandID: UInt128, in log: LogID) -> Appended? {
        answers[Key(log: log, name: commandID)]
    }

    var logs: [LogID] { byLog.keys.sorted() }
    var streams: [StreamName] { Set(byStream.keys.map(\.name)).sorted() }
}

/// One event as everybody outside an engine sees it.
struct ModelEvent: Equatable {
    let log: LogID
    let position: Int64
    let stream: StreamName
    let version: Int64
    let type: EventType
    let schema: UInt32
    let recordedAt: Int64
    let commandID: UInt128
    let context: Context
    let payload: [UInt8]
}

extension ModelEvent {
    init(_ event: RecordedEvent) {
        self.init(
            log: event.log, position: event.position, stream: event.stream, version: event.version,
            type: event.type, schema: event.schema, recordedAt: event.recordedAt,
            commandID: event.commandID, context: event.context, payload: Array(event.payload))
    }
}

extension Sequence {
    /// The first `count` at most; none where it is below zero.
    func first(_ count: Int) -> [Element] { Array(prefix(Swift.max(0, count))) }
}

extension [RecordedEvent] {
    var seen: [ModelEvent] { map(ModelEvent.init) }
    var positions: [Int64] { map(\.position) }
    var versions: [Int64] { map(\.version) }
}

/// An engine answered otherwise than the model: ends a test at the first difference, and names it.
struct Disagreement: Error, CustomStringConvertible {
    let description: String
}

/// - Throws: ``Disagreement``, naming `what` and the first place where the two differ.
func agree<Element: Equatable>(
    _ answers: [Element], _ expected: [Element], _ what: String, _ note: String = ""
) throws(Disagreement) {
    guard answers != expected else { return }
    let place = zip(answers, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let index = place ?? min(answers.count, expected.count)
    let answer = index < answers.count ? "\(answers[index])" : "nothing"
    let wanted = index < expected.count ? "\(expected[index])" : "nothing"
    throw Disagreement(
        description: """
            \(what): \(answers.count) where \(expected.count) are right; at \(index) \
            \(answer.prefix(600)) where \(wanted.prefix(600)) is right. \(note)
            """)
}

extension Model {
    /// Everything `store` can be asked says what the model says.
    func expectAll(of store: any EventStore, page: Int, _ note: String = "") async throws {
        try agree(try await store.logs(), logs, "logs", note)
        try agree(try await store.scanEverything(page: page).seen, events, "scan", note)
        for log in logs {
            let all = all(in: log)
            try agree([try await store.head(of: log)], [Int64(all.count)], "head \(log)", note)
            let forward = try await store.everything(in: log, page: page)
            try agree(forward.seen, all, "read \(log)", note)
            let backward = try await store.readBackward(log, before: .max, limit: .max)
            try agree(backward.seen, all.reversed(), "backward \(log)", note)
            for stream in streams {
                let history = self.all(of: stream, in: log)
                let version = try await store.version(of: stream, in: log)
                try agree([version], [history.last?.version], "version of \(stream)", note)
                let read = try await store.readStream(stream, in: log, from: 0, limit: .max)
                try agree(read.seen, history, "stream \(stream) in \(log)", note)
            }
            for commandID in Set(all.map(\.commandID)).sorted() {
                let found = try await store.find(commandID: commandID, in: log)
                try agree([found], [find(commandID, in: log)], "command \(hex(commandID))", note)
            }
        }
    }
}
