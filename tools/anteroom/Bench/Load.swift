import EventStore
import Foundation

/// The workload made ready to be appended, so that a measure times the store alone.
struct Load: Sendable {
    struct Entry: Sendable {
        let commandID: UInt128
        let now: Int64
        let context: Context
        let version: Int64
        let event: NewEvent

        var expectation: (stream: StreamName, version: Expectation) {
            (event.stream, version == 0 ? .noneYet : .exactly(version - 1))
        }
    }

    private(set) var entries: [Entry] = []

    init(_ count: Int, seed: UInt64 = 1, content: Workload.Content = .mixed) throws {
        entries.reserveCapacity(count)
        var maker = LoadMaker(seed: seed, content: content)
        for _ in 0..<count { entries.append(try maker.next()) }
    }

    /// What `writers` writers append side by side: each its own streams, each stream in its order.
    /// All get about as much, so that none is left alone at the end.
    func lanes(_ writers: Int) -> [[Entry]] {
        Lanes.deal(entries, to: writers, stream: \.event.stream.id)
    }

    /// As the peers take it.
    func benchEvents(_ content: Workload.Content = .mixed, seed: UInt64 = 1) throws -> [BenchEvent]
    {
        var workload = Workload(seed: seed, content: content)
        return try entries.map { entry in
            guard let item = workload.next() else { preconditionFailure("a workload has no end") }
            return try item.benchEvent(entry.event, commandID: entry.commandID)
        }
    }
}

/// Makes entries one after the other, as many as are asked for.
struct LoadMaker {
    private var workload: Workload
    private var random: SplitMix64

    init(seed: UInt64 = 1, content: Workload.Content = .mixed) {
        workload = Workload(seed: seed, content: content)
        random = SplitMix64(state: seed &+ 99)
    }

    mutating func next() throws -> Load.Entry {
        guard let item = workload.next() else { preconditionFailure("a workload has no end") }
        return Load.Entry(
            commandID: random.bits(), now: item.at, context: item.context, version: item.version,
            event: try item.newEvent(&random))
    }

    /// A commit of the next `count` events; of each stream it touches, the version before is
    /// expected.
    mutating func commit(_ count: Int) throws -> Commit {
        Commit(try (0..<count).map { _ in try next() }[...])
    }
}

/// Items dealt to writers: those of a stream all to one, a new stream to who has fewest.
enum Lanes {
    static func deal<Item>(
        _ items: some Collection<Item>, to writers: Int, stream: (Item) -> UInt128
    ) -> [[Item]] {
        var lanes = [[Item]](repeating: [], count: writers)
        var owners: [UInt128: Int] = [:]
        for item in items {
            let owner =
                owners[stream(item)]
                ?? lanes.indices.min { lanes[$0].count < lanes[$1].count } ?? 0
            owners[stream(item)] = owner
            lanes[owner].append(item)
        }
        return lanes
    }
}

extension Commit {
    /// One commit of one event.
    init(_ entry: Load.Entry) {
        self.init(
            log: Workload.organisation, commandID: entry.commandID, now: entry.now,
            context: entry.context, expectations: [entry.expectation], events: [entry.event])
    }

    /// One commit of all of `entries`, under the first one's command id.
    init(_ entries: ArraySlice<Load.Entry>) {
        guard let first = entries.first, let last = entries.last else {
            preconditionFailure("a commit has an event")
        }
        var seen: Set<StreamName> = []
        self.init(
            log: Workload.organisation, commandID: first.commandID, now: last.now,
            context: first.context,
            expectations: entries.filter { seen.insert($0.event.stream).inserted }.map(
                \.expectation),
            events: entries.map(\.event))
    }
}

/// Appends each lane by a task of its own, one event a commit; commits per second.
func append(_ lanes: [[Load.Entry]], to store: any EventStore) async throws -> Double {
    try await drive(lanes) { _ = try await store.append(Commit($0)) }
}

/// Hands each lane's items to `operation` by a task of its own; items per second.
func drive<Item: Sendable>(
    _ lanes: [[Item]], _ operation: @escaping @Sendable (Item) async throws -> Void
) async throws -> Double {
    let clock = ContinuousClock()
    let started = clock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
        for lane in lanes {
            group.addTask { for item in lane { try await operation(item) } }
        }
        try await group.waitForAll()
    }
    return Double(lanes.reduce(0) { $0 + $1.count }) / (clock.now - started).inSeconds
}
