import EventStore
import Testing

import enum EventStore.Expectation

@Suite("Contract: append") struct AppendTests {
    @Test(
        "AUD-1 positions are dense within a log, versions within a stream", arguments: Engine.all)
    func dense(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let store = bed.store
            let first = try await store.append(commit(1, [.on(.visit), .on(.other), .on(.visit)]))
            #expect(first == Appended(first: 0, count: 3, repeated: false))
            let second = try await store.append(commit(2, [.on(.other), .on(.agenda)]))
            #expect(second == Appended(first: 3, count: 2, repeated: false))
            #expect(second.last == 4)
            let events = try await store.everything(in: .one)
            #expect(events.positions == [0, 1, 2, 3, 4])
            #expect(events.versions == [0, 0, 1, 1, 0])
            #expect(try await store.head(of: .one) == 5)
            #expect(try await store.version(of: .visit, in: .one) == 1)
            #expect(try await store.version(of: .nextDay, in: .one) == nil)
        }
    }

    @Test("AUD-1 an event is read as it was written, every field of it", arguments: Engine.all)
    func everyField(engine: Engine) async throws {
        try await withStore(engine) { bed in
            var model = Model()
            var random = Seeded(11)
            for events in [1, 3, 20, 256] {
                let commit = random.commit(log: .two, events: events)
                let answer = try await bed.store.append(commit)
                #expect(.success(answer) == model.append(commit))
            }
            try await model.expectAll(of: bed.store, page: 64)
            try await bed.reopen()
            try await model.expectAll(of: bed.store, page: 7)
        }
    }

    @Test("AUD-1 a log of one organisation knows nothing of another's", arguments: Engine.all)
    func independentLogs(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let store = bed.store
            #expect(try await store.logs() == [])
            #expect(try await store.head(of: .one) == 0)
            for log in [LogID.three, .one, .installation, .two] {
                let expected = [(StreamName.visit, Expectation.noneYet)]
                let answer = try await store.append(
                    commit(1, in: log, expecting: expected, [.on(.visit), .on(.visit)]))
                #expect(answer == Appended(first: 0, count: 2, repeated: false))
            }
            #expect(try await store.logs() == [.installation, .one, .two, .three])
            _ = try await store.append(commit(2, in: .two, [.on(.visit)]))
            #expect(try await store.head(of: .two) == 3)
            for log in [LogID.one, .installation, .three] {
                #expect(try await store.head(of: log) == 2)
                #expect(try await store.version(of: .visit, in: log) == 1)
                #expect(try await store.everything(in: log).allSatisfy { $0.log == log })
                #expect(try await store.find(commandID: 2, in: log) == nil)
            }
            #expect(try await store.version(of: .visit, in: .two) == 2)
        }
    }

    @Test("AUD-1 a log's time never goes back, and is its own", arguments: Engine.all)
    func recordedAt(engine: Engine) async throws {
        try await withStore(engine) { bed in
            _ = try await bed.store.append(commit(1, at: 500, [.on(.visit)]))
            _ = try await bed.store.append(commit(2, at: 400, [.on(.visit), .on(.other)]))
            _ = try await bed.store.append(commit(3, in: .two, at: 300, [.on(.visit)]))
            try await bed.reopen()
            _ = try await bed.store.append(commit(4, at: 499, [.on(.visit)]))
            _ = try await bed.store.append(commit(5, at: 501, [.on(.visit)]))
            _ = try await bed.store.append(commit(6, in: .two, at: 0, [.on(.visit)]))
            let one = try await bed.store.everything(in: .one)
            #expect(one.map(\.recordedAt) == [500, 500, 500, 500, 501])
            let two = try await bed.store.everything(in: .two)
            #expect(two.map(\.recordedAt) == [300, 300])
        }
    }

    @Test("OPS-2 the stored bytes are the same on every engine", arguments: Engine.all)
    func storedBytes(engine: Engine) async throws {
        let reference = MemoryStore()
        try await withStore(engine) { bed in
            var random = Seeded(12)
            for log in [LogID.one, .two, .one, .three, .one] {
                let commit = random.commit(log: log, events: Int.random(in: 1...9, using: &random))
                _ = try await bed.store.append(commit)
                _ = try reference.append(commit)
            }
            let expected = try await reference.scanEverything().map { Array($0.storedBytes) }
            let stored = try await bed.store.scanEverything().map { Array($0.storedBytes) }
            #expect(stored == expected)
            try await bed.reopen(forgettingIndexes: true)
            let again = try await bed.store.scanEverything().map { Array($0.storedBytes) }
            #expect(again == expected)
        }
    }
}

@Suite("Contract: expectations") struct ExpectationTests {
    /// What is expected of a stream with so many events, and whether it holds. No cell is left out.
    static let table: [(events: Int, expected: Expectation, holds: Bool)] = [
        (0, .any, true), (0, .noneYet, true),
        (0, .exactly(-1), false), (0, .exactly(0), false), (0, .exactly(.max), false),
        (1, .any, true), (1, .noneYet, false),
        (1, .exactly(-1), false), (1, .exactly(0), true), (1, .exactly(1), false),
        (3, .any, true), (3, .noneYet, false), (3, .exactly(1), false), (3, .exactly(2), true),
        (3, .exactly(3), false), (3, .exactly(.min), false), (3, .exactly(.max), false),
    ]

    @Test("AUD-1 an expectation holds or the conflict is named", arguments: Engine.all)
    func table(engine: Engine) async throws {
        for row in ExpectationTests.table {
            try await withStore(engine) { bed in
                let store = bed.store
                try await store.fill(streams: [.visit], count: row.events)
                let asked = commit(1, expecting: [(.visit, row.expected)], [.on(.visit)])
                let actual = row.events == 0 ? nil : Int64(row.events - 1)
                if row.holds {
                    #expect(try await store.append(asked).first == Int64(row.events), "\(row)")
                } else {
                    let conflict = AppendError.conflict(
                        stream: .visit, expected: row.expected, actual: actual)
                    await #expect(throws: conflict, "\(row)") { try await store.append(asked) }
                    #expect(try await store.head(of: .one) == Int64(row.events), "\(row)")
                }
            }
        }
    }

    @Test(
        "AUD-1 where several streams are not as expected, the first is named", arguments: Engine.all
    )
    func severalStreams(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let store = bed.store
            try await store.fill(streams: [.visit, .agenda], count: 4)
            let refused = commit(
                1,
                expecting: [(.visit, .exactly(1)), (.agenda, .exactly(0)), (.other, .exactly(5))],
                [.on(.visit), .on(.agenda), .on(.other)])
            let conflict = AppendError.conflict(
                stream: .agenda, expected: .exactly(0), actual: 1)
            await #expect(throws: conflict) { try await store.append(refused) }
            #expect(try await store.head(of: .one) == 4)
            #expect(try await store.version(of: .visit, in: .one) == 1)
            #expect(try await store.version(of: .other, in: .one) == nil)
            let accepted = commit(
                1, expecting: [(.visit, .exactly(1)), (.agenda, .exactly(1)), (.other, .noneYet)],
                [.on(.visit), .on(.agenda), .on(.other), .on(.other)])
            #expect(try await store.append(accepted).first == 4)
            #expect(try await store.version(of: .other, in: .one) == 1)
        }
    }

    @Test("AUD-1 a stream can be expected without being written to", arguments: Engine.all)
    func onlyExpected(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let store = bed.store
            let asked = commit(1, expecting: [(.agenda, .noneYet)], [.on(.visit)])
            _ = try await store.append(asked)
            _ = try await store.append(commit(2, [.on(.agenda)]))
            let conflict = AppendError.conflict(stream: .agenda, expected: .noneYet, actual: 0)
            await #expect(throws: conflict) {
                try await store.append(
                    commit(3, expecting: [(.agenda, .noneYet)], [.on(.visit)]))
            }
            #expect(try await store.version(of: .visit, in: .one) == 0)
        }
    }

    @Test(
        "AUD-1 streams whose names differ in any part are different streams", arguments: Engine.all)
    func names(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let names: [StreamName] = [
                StreamName("visit", 7), StreamName("visit", 7 << 64), StreamName("visits", 7),
                StreamName("visit", 0), StreamName("visit", 7, part: 1),
                StreamName("visit", 7, part: .max), StreamName("visit", .max),
            ]
            for (index, name) in names.enumerated() {
                let asked = commit(
                    UInt128(index + 1), expecting: [(name, .noneYet)], [.on(name, [UInt8(index)])])
                _ = try await bed.store.append(asked)
            }
            try await bed.reopen(forgettingIndexes: true)
            for (index, name) in names.enumerated() {
                let read = try await bed.store.readStream(name, in: .one, from: 0, limit: 9)
                #expect(read.map { Array($0.payload) } == [[UInt8(index)]], "\(name)")
            }
        }
    }
}
