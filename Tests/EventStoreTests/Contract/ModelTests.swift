import EventStore
import Foundation
import Testing

import enum EventStore.Expectation

/// Random operations against ``Model``. A run that fails prints how to repeat it: engine and seed.
@Suite("Contract: against the model") struct ModelTests {
    /// `ANTEROOM_SEEDS=100..<500` runs others than the usual ones.
    static let seeds: Range<UInt64> = {
        let asked = ProcessInfo.processInfo.environment["ANTEROOM_SEEDS"] ?? ""
        let bounds = asked.components(separatedBy: "..<").compactMap { UInt64($0) }
        return bounds.count == 2 && bounds[0] < bounds[1] ? bounds[0]..<bounds[1] : 0..<5
    }()

    @Test("AUD-1 an engine answers as the model does", arguments: Engine.all, seeds)
    func agrees(engine: Engine, seed: UInt64) async throws {
        let note = """
            repeat: ANTEROOM_SEEDS='\(seed)..<\(seed + 1)' swift test --filter ModelTests \
            (engine \(engine.name))
            """
        try await withStore(engine) { bed in
            var run = Run(seed: seed, note: note)
            for _ in 0..<250 { try await run.step(bed) }
            try await run.model.expectAll(of: bed.store, page: 37, note)
            try await bed.reopen(forgettingIndexes: true)
            try await run.model.expectAll(of: bed.store, page: 256, note)
        }
    }

    struct Run {
        let note: String
        var model = Model()
        private var random: Seeded
        private var asked: [Commit] = []
        private let logs: [LogID] = [.one, .two, .installation]
        private let streams = (1...6).map { StreamName("visit", $0, part: UInt32($0 % 3)) }

        init(seed: UInt64, note: String) {
            random = Seeded(seed)
            self.note = note
        }

        /// One operation, and what it must give.
        mutating func step(_ bed: Bed) async throws {
            let store = bed.store
            let log = logs[Int.random(in: 0..<3, using: &random)]
            let place = Int64.random(in: -1...Int64(model.all(in: log).count + 2), using: &random)
            let limit = Int.random(in: 0...40, using: &random)
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<60: try await append(to: store)
            case 60..<70:
                let read = try await store.read(log, from: place, limit: limit)
                let expected = model.all(in: log).filter { $0.position >= place }.first(limit)
                try agree(read.seen, expected, "read", note)
            case 70..<78:
                let read = try await store.readBackward(log, before: place, limit: limit)
                let expected = model.all(in: log).reversed().filter { $0.position < place }
                try agree(read.seen, expected.first(limit), "backward", note)
            case 78..<90: try await readStream(in: log, limit, store)
            case 90..<95:
                guard let known = asked.randomElement(using: &random) else { break }
                let found = try await store.find(commandID: known.commandID, in: log)
                try agree([found], [model.find(known.commandID, in: log)], "find", note)
            case 95: try await bed.settle()
            case 96..<98: try await bed.reopen(forgettingIndexes: true)
            default: try await bed.reopen()
            }
        }

        private mutating func readStream(
            in log: LogID, _ limit: Int, _ store: any EventStore
        ) async throws {
            let stream = streams[Int.random(in: 0..<6, using: &random)]
            let all = model.all(of: stream, in: log)
            let version = Int64.random(in: -1...Int64(all.count + 1), using: &random)
            let read = try await store.readStream(stream, in: log, from: version, limit: limit)
            let expected = all.filter { $0.version >= version }.first(limit)
            try agree(read.seen, expected, "stream \(stream)", note)
            let last = try await store.version(of: stream, in: log)
            try agree([last], [all.last?.version], "version of \(stream)", note)
        }

        private mutating func append(to store: any EventStore) async throws {
            let commit = nextCommit()
            let expected = model.append(commit)
            if case .success(let answer) = expected, !answer.repeated { asked.append(commit) }
            let answer: Result<Appended, AppendError>
            do throws(AppendError) {
                answer = .success(try await store.append(commit))
            } catch {
                answer = .failure(error)
            }
            try agree([answer], [expected], "append", note)
        }

        /// Mostly new, small and rightly expecting; sometimes known, huge or wrong.
        private mutating func nextCommit() -> Commit {
            if Int.random(in: 0..<5, using: &random) == 0,
                let known = asked.randomElement(using: &random)
            {
                return known
            }
            let isLarge = Int.random(in: 0..<25, using: &random) == 0
            let size = isLarge ? 100...Limits.commitEvents : 1...4
            var made = random.commit(
                log: logs[Int.random(in: 0..<3, using: &random)],
                events: .random(in: size, using: &random))
            made.now = .random(in: 0...2_000_000, using: &random)
            for index in made.events.indices {
                made.events[index].stream = streams[Int.random(in: 0..<6, using: &random)]
            }
            if Int.random(in: 0..<20, using: &random) == 0 {
                made.events[0].payload = random.bytes(.random(in: 0...60_000, using: &random))
            }
            made.expectations = expectations(of: made)
            return made
        }

        private mutating func expectations(
            of commit: Commit
        ) -> [(stream: StreamName, version: Expectation)] {
            var made: [(stream: StreamName, version: Expectation)] = []
            for stream in Set(commit.events.map(\.stream)).sorted() {
                let actual = model.version(of: stream, in: commit.log)
                let right = actual.map { Expectation.exactly($0) } ?? .noneYet
                switch Int.random(in: 0..<12, using: &random) {
                case 0: made.append((stream, .noneYet))
                case 1: made.append((stream, .exactly(.random(in: 0...40, using: &random))))
                case 2..<5: made.append((stream, .any))
                case 5..<10: made.append((stream, right))
                default: break
                }
            }
            return made
        }
    }
}
