import EventStore
import Testing

@Suite("Contract: reading") struct ReadTests {
    /// Odd on purpose: below zero, zero, one, in the middle, the end and beyond.
    static let places: [Int64] = [.min, -1, 0, 1, 2, 7, 22, 23, 24, 25, .max]
    static let limits = [Int.min, -1, 0, 1, 2, 5, 23, 24, 25, .max]

    /// 24 events: commits of 1, 2, 3 … on four streams, another log's in between.
    static func fill(_ store: any EventStore, _ model: inout Model) async throws {
        var random = Seeded(41)
        let streams: [StreamName] = [.visit, .other, .agenda, .nextDay]
        for (index, size) in [1, 2, 3, 1, 5, 1, 1, 4, 6].enumerated() {
            for log in [LogID.one, .two] {
                var asked = random.commit(log: log, events: log == .one ? size : 1)
                for event in asked.events.indices {
                    asked.events[event].stream = streams[(index + event * event) % 4]
                }
                let answer = try await store.append(asked)
                #expect(.success(answer) == model.append(asked))
            }
        }
    }

    @Test(
        "AUD-1 a log is read forward and backward from anywhere, with any limit",
        arguments: Engine.all)
    func log(engine: Engine) async throws {
        try await withStore(engine) { bed in
            var model = Model()
            try await ReadTests.fill(bed.store, &model)
            try await bed.reopen()
            let all = model.all(in: .one)
            for place in ReadTests.places {
                for limit in ReadTests.limits {
                    let forward = try await bed.store.read(.one, from: place, limit: limit)
                    #expect(
                        forward.seen == all.filter { $0.position >= place }.first(limit),
                        "from \(place), \(limit)")
                    let backward = try await bed.store.readBackward(
                        .one, before: place, limit: limit)
                    let before = all.reversed().filter { $0.position < place }
                    #expect(
                        backward.seen == before.first(limit), "before \(place), \(limit)")
                }
            }
            #expect(try await bed.store.read(.three, from: 0, limit: 9).isEmpty)
            #expect(try await bed.store.readBackward(.three, before: .max, limit: 9).isEmpty)
        }
    }

    @Test("AUD-1 a stream is read from any version, with any limit", arguments: Engine.all)
    func stream(engine: Engine) async throws {
        try await withStore(engine) { bed in
            var model = Model()
            try await ReadTests.fill(bed.store, &model)
            try await bed.reopen(forgettingIndexes: true)
            for stream in model.streams + [StreamName("nothing", 1)] {
                let all = model.all(of: stream, in: .one)
                for place in ReadTests.places {
                    for limit in ReadTests.limits {
                        let read = try await bed.store.readStream(
                            stream, in: .one, from: place, limit: limit)
                        let expected = all.filter { $0.version >= place }.first(limit)
                        #expect(read.seen == expected, "\(stream) from \(place), \(limit)")
                    }
                }
            }
        }
    }

    @Test(
        "OPS-2 a scan gives whole commits, everything once, in the order stored",
        arguments: Engine.all)
    func scan(engine: Engine) async throws {
        try await withStore(engine) { bed in
            #expect(try await bed.store.scan(after: nil, limit: 9).events.isEmpty)
            var model = Model()
            try await ReadTests.fill(bed.store, &model)
            try await bed.reopen()
            for limit in ReadTests.limits where limit > 0 {
                try await ReadTests.expectWholeCommits(bed.store, model.events, limit: limit)
            }
            for limit in [Int.min, -1, 0] {
                #expect(try await bed.store.scan(after: nil, limit: limit).events.isEmpty)
            }
        }
    }

    static func expectWholeCommits(
        _ store: any EventStore, _ all: [ModelEvent], limit: Int
    ) async throws {
        var cursor: Cursor?
        var seen: [ModelEvent] = []
        while true {
            let (page, next) = try await store.scan(after: cursor, limit: limit)
            if page.isEmpty {
                #expect(next == cursor)
                break
            }
            let commands = Set(page.map { Command(log: $0.log, id: $0.commandID) })
            let whole = all.filter { commands.contains(Command(log: $0.log, id: $0.commandID)) }
            #expect(page.seen == whole, "limit \(limit)")
            #expect(page.count <= limit || commands.count == 1, "limit \(limit)")
            if let cursor { #expect(next.map { $0 > cursor } == true) }
            cursor = next
            seen += page.seen
        }
        #expect(seen == all, "limit \(limit)")
    }

    struct Command: Hashable {
        let log: LogID
        let id: UInt128
    }

    @Test("OPS-2 a cursor goes on where it stood, after a restart too", arguments: Engine.all)
    func cursor(engine: Engine) async throws {
        try await withStore(engine) { bed in
            try await bed.store.fill(count: 10)
            let first = try await bed.store.scan(after: nil, limit: 4)
            #expect(first.events.positions == [0, 1, 2, 3])
            try await bed.reopen(forgettingIndexes: true)
            let second = try await bed.store.scan(after: first.next, limit: 100)
            #expect(second.events.positions == [4, 5, 6, 7, 8, 9])
            try await bed.store.fill(.two, count: 2)
            let third = try await bed.store.scan(after: second.next, limit: 100)
            #expect(third.events.map(\.log) == [.two, .two])
        }
    }

    @Test("OPS-2 a store that is closed says so", arguments: Engine.all)
    func closed(engine: Engine) async throws {
        try await withFolder { folder in
            let opened = try await engine.open(folder)
            let store = opened.store
            try await store.fill(count: 3)
            try await opened.close()
            await #expect(throws: AppendError.closed) {
                try await store.append(commit(1, [.on(.visit)]))
            }
            await #expect(throws: ReadError.closed) { try await store.head(of: .one) }
            await #expect(throws: ReadError.closed) {
                try await store.read(.one, from: 0, limit: 1)
            }
            await #expect(throws: ReadError.closed) { try await store.scan(after: nil, limit: 1) }
            await #expect(throws: StoreClosed()) {
                try await store.waitForEvents(in: .one, beyond: 3)
            }
            await #expect(throws: StoreClosed()) { try await store.waitForEvents(after: nil) }
        }
    }
}
