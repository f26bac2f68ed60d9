import EventStore
import Testing

import enum EventStore.Expectation

@Suite("Contract: concurrent writers", .timeLimit(.minutes(5))) struct RaceTests {
    @Test("AUD-1 of many who expect the same, exactly one wins", arguments: Engine.all)
    func oneWinner(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let store = bed.store
            for round in 0..<20 {
                let expected: Expectation = round == 0 ? .noneYet : .exactly(Int64(round - 1))
                let answers = await race(64, on: store) { writer in
                    let id = UInt128(1 + round * 64 + writer)
                    return commit(id, expecting: [(.visit, expected)], [.on(.visit)])
                }
                let conflict = AppendError.conflict(
                    stream: .visit, expected: expected, actual: Int64(round))
                #expect(answers.count { $0 == .failure(conflict) } == 63)
                let won = Appended(first: Int64(round), count: 1, repeated: false)
                #expect(answers.count { $0 == .success(won) } == 1)
            }
            let head = try await store.head(of: .one)
            #expect(head == 20)
        }
    }

    @Test("OPS-6 one command asked many times at once is done once", arguments: Engine.all)
    func oneCommand(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let store = bed.store
            for round in 0..<10 {
                let asked = commit(UInt128(1 + round), [.on(.visit), .on(.other)])
                let answers = await race(64, on: store) { _ in asked }
                let first = Int64(2 * round)
                let new = Appended(first: first, count: 2, repeated: false)
                #expect(answers.count { $0 == .success(new) } == 1)
                let known = Appended(first: first, count: 2, repeated: true)
                #expect(answers.count { $0 == .success(known) } == 63)
            }
        }
    }

    @Test("AUD-1 many writers are as if they had come one by one", arguments: Engine.all, [51, 52])
    func asIfOneByOne(engine: Engine, seed: UInt64) async throws {
        try await withStore(engine) { bed in
            let store = bed.store
            var random = Seeded(seed)
            let asked = (0..<600).map { index in RaceTests.contested(UInt128(index + 1), &random) }
            let answers = await race(asked.count, on: store) { asked[$0] }
            try await bed.reopen()
            // The order stored is an order in which one writer alone would have got the same
            // answers.
            var model = Model()
            var done: Set<UInt128> = []
            for event in try await bed.store.scanEverything()
            where done.insert(event.commandID).inserted {
                let index = Int(event.commandID - 1)
                try agree([answers[index]], [model.append(asked[index])], "append", "seed \(seed)")
            }
            try await model.expectAll(of: bed.store, page: 50, "seed \(seed)")
            for (commit, answer) in zip(asked, answers) {
                RaceTests.expectTrue(answer, of: commit, model)
            }
        }
    }

    /// A refusal names what was true at some time and nothing of it is there; an answer is what the
    /// log holds.
    static func expectTrue(
        _ answer: Result<Appended, AppendError>, of commit: Commit, _ model: Model
    ) {
        let found = model.find(commit.commandID, in: commit.log)
        switch answer {
        case .success(let appended): #expect(found?.first == appended.first)
        case .failure(.conflict(let stream, let expected, let actual)):
            #expect(found == nil)
            #expect(commit.expectations.contains { $0.stream == stream && $0.version == expected })
            #expect(expected == .noneYet || expected != actual.map(Expectation.exactly))
            #expect(actual ?? -1 <= model.version(of: stream, in: commit.log) ?? -1)
        case .failure(let error): Issue.record("\(error)")
        }
    }

    /// On one or two of five streams; what it expects is often true at some moment.
    static func contested(_ id: UInt128, _ random: inout Seeded) -> Commit {
        let log = Bool.random(using: &random) ? LogID.one : .two
        let streams = (0..<Int.random(in: 1...2, using: &random)).map { _ in
            StreamName("visit", UInt128.random(in: 1...5, using: &random))
        }
        let expectations = Set(streams).sorted().compactMap {
            stream -> (StreamName, Expectation)? in
            switch Int.random(in: 0..<3, using: &random) {
            case 0: nil
            case 1: (stream, .noneYet)
            default: (stream, .exactly(.random(in: 0...30, using: &random)))
            }
        }
        return commit(
            id, in: log, at: .random(in: 0...10_000, using: &random), expecting: expectations,
            streams.map { .on($0, random.bytes(.random(in: 0...200, using: &random))) })
    }
}

/// What `store` answers `count` tasks that append at once, by number.
private func race(
    _ count: Int, on store: any EventStore, _ make: @escaping @Sendable (Int) -> Commit
) async -> [Result<Appended, AppendError>] {
    await withTaskGroup(of: (Int, Result<Appended, AppendError>).self) { group in
        for number in 0..<count {
            group.addTask {
                do throws(AppendError) {
                    return (number, .success(try await store.append(make(number))))
                } catch {
                    return (number, .failure(error))
                }
            }
        }
        var answers: [Int: Result<Appended, AppendError>] = [:]
        for await (number, answer) in group { answers[number] = answer }
        return (0..<count).compactMap { answers[$0] }
    }
}
