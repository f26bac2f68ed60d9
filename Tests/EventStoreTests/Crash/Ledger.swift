import EventStore
import Testing

/// What was asked of a store that may die, and what is known of each commit.
struct Ledger: Sendable {
    enum Outcome: Equatable, Sendable {
        case done(Appended)
        case notDone(AppendError)
        /// The store was closed or died before it answered.
        case unknown
    }

    private(set) var entries: [(commit: Commit, outcome: Outcome)] = []

    /// Appends `commits`, `width` at once, and notes the answers.
    mutating func ask(_ store: any EventStore, _ commits: [Commit], width: Int) async {
        var rest = commits[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(width))
            rest = rest.dropFirst(width)
            let outcomes = await withTaskGroup(of: (Int, Outcome).self) { group in
                for (index, commit) in batch.enumerated() {
                    group.addTask { (index, await Ledger.ask(store, commit)) }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for (index, commit) in batch.enumerated() {
                entries.append((commit, outcomes[index] ?? .unknown))
            }
        }
    }

    /// Takes note of what became of a commit whose outcome was not known.
    mutating func note(_ commit: Commit, _ outcome: Outcome) {
        for index in entries.indices where entries[index].commit.commandID == commit.commandID {
            entries[index].outcome = outcome
        }
    }

    private static func ask(_ store: any EventStore, _ commit: Commit) async -> Outcome {
        do throws(AppendError) {
            return .done(try await store.append(commit))
        } catch {
            switch error {
            case .closed: return .unknown
            case .conflict, .unacceptable, .overloaded, .diskFull, .readOnly:
                return .notDone(error)
            }
        }
    }

    var done: Int {
        entries.count {
            if case .done = $0.outcome { true } else { false }
        }
    }

    /// Every acknowledged commit is in `store` once and whole; of the others each is there whole or
    /// not at all, and none that was refused. What is there is as if those had come one by one.
    func expectKept(by store: any EventStore, _ note: String) async throws {
        var model = Model()
        let byID = Dictionary(entries.map { ($0.commit.commandID, $0) }) { first, _ in first }
        for event in try await store.scanEverything(page: 64) {
            let isNew = model.find(event.commandID, in: event.log) == nil
            guard isNew else { continue }
            guard let entry = byID[event.commandID] else {
                throw Disagreement(description: "nobody asked for \(event). \(note)")
            }
            let answer = model.append(entry.commit)
            let position = try answer.get().first
            try agree([event.position], [position], "first position", note)
            switch entry.outcome {
            case .done(let appended):
                try agree([appended.first], [position], "position acknowledged", note)
            case .unknown: break
            case .notDone(let error):
                throw Disagreement(description: "refused (\(error)), and there. \(note)")
            }
        }
        try await model.expectAll(of: store, page: 64, note)
        for entry in entries {
            guard case .done(let appended) = entry.outcome else { continue }
            let found = try await store.find(
                commandID: entry.commit.commandID, in: entry.commit.log)
            let whole = Appended(first: appended.first, count: appended.count, repeated: true)
            try agree([found], [whole], "acknowledged", note)
        }
    }

    /// Asks for everything again: what was acknowledged is answered the same, and all of it can go
    /// on.
    mutating func askAgain(_ store: any EventStore, _ note: String) async throws {
        for index in entries.indices {
            let (commit, outcome) = entries[index]
            let again = await Ledger.ask(store, commit)
            switch (outcome, again) {
            case (.done(let first), .done(let second)):
                try agree([second.first], [first.first], "asked again", note)
                #expect(second.repeated, "\(note)")
            case (.done, _), (_, .unknown):
                throw Disagreement(description: "asked again: \(again), not \(outcome). \(note)")
            case (.notDone, _), (.unknown, _):
                entries[index].outcome = again
            }
        }
    }
}

/// Commits for a store that may die: small and large ones on few streams of two logs.
struct CommitSource {
    private var random: Seeded
    private var nextID: UInt128

    init(seed: UInt64) {
        random = Seeded(seed)
        nextID = UInt128(seed) << 32
    }

    mutating func commits(_ count: Int) -> [Commit] { (0..<count).map { _ in commit() } }

    private mutating func commit() -> Commit {
        nextID += 1
        let isLarge = Int.random(in: 0..<12, using: &random) == 0
        let size =
            isLarge
            ? Int.random(in: 10...40, using: &random) : Int.random(in: 1...3, using: &random)
        let events = (0..<size).map { _ in
            // Sealed in part: what cannot be compressed, and what can.
            NewEvent.on(
                StreamName("visit", UInt128.random(in: 1...8, using: &random)),
                random.bytes(.random(in: 0...200, using: &random))
                    + Array(repeating: 0, count: .random(in: 0...60, using: &random)))
        }
        let isNew = StreamName("visit", nextID)
        return EventStoreTests.commit(
            nextID, in: Bool.random(using: &random) ? .one : .two,
            at: .random(in: 0...1_000_000, using: &random),
            expecting: [(isNew, .noneYet)], events + [.on(isNew)])
    }
}
