import EventStore
import Testing

@Suite("Contract: subscriptions", .timeLimit(.minutes(5))) struct SubscriptionTests {
    @Test(
        "OPS-6 a subscription catches up, then goes on live: no gap, no repeat",
        arguments: Engine.all)
    func live(engine: Engine) async throws {
        let writers = 4
        let commits = 60
        try await withStore(engine) { bed in
            let store = bed.store
            try await store.fill(count: 700)  // More than one page.
            let total = Int64(700 + writers * commits)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<writers {
                    group.addTask { try await SubscriptionTests.write(store, writer, commits) }
                }
                for start in [Int64(0), 1, 699, 700, 850] {
                    group.addTask {
                        let read = try await SubscriptionTests.follow(store, from: start, to: total)
                        #expect(read == Array(start..<total), "from \(start)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// `commits` of one event each, another log's in between.
    static func write(_ store: any EventStore, _ writer: Int, _ commits: Int) async throws {
        for index in 0..<commits {
            let id = UInt128(1_000_000 + writer * commits + index)
            let event = NewEvent.on(StreamName("visit", UInt128(writer)))
            _ = try await store.append(commit(id, [event]))
            _ = try await store.append(commit(id, in: .two, [event]))
        }
    }

    /// Positions handed over by a subscription until `end` is reached.
    static func follow(
        _ store: any EventStore, from start: Int64, to end: Int64
    ) async throws -> [Int64] {
        var positions: [Int64] = []
        for try await page in store.subscribe(to: .one, from: start) {
            #expect(!page.isEmpty && page.count <= Limits.subscriptionPage)
            positions += page.positions
            if let last = positions.last, last + 1 >= end { break }
        }
        return positions
    }

    @Test("OPS-6 a scan that waits at the end misses nothing", arguments: Engine.all)
    func scanning(engine: Engine) async throws {
        let writers = 3
        let commits = 50
        try await withStore(engine) { bed in
            let store = bed.store
            let scanned = try await withThrowingTaskGroup(of: [RecordedEvent].self) { group in
                for writer in 0..<writers {
                    group.addTask {
                        try await SubscriptionTests.write(store, writer, commits)
                        return []
                    }
                }
                group.addTask {
                    var events: [RecordedEvent] = []
                    var cursor: Cursor?
                    while events.count < 2 * writers * commits {
                        try await store.waitForEvents(after: cursor)
                        let (page, next) = try await store.scan(after: cursor, limit: 16)
                        #expect(!page.isEmpty)
                        events += page
                        cursor = next
                    }
                    return events
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            for log in [LogID.one, .two] {
                let positions = scanned.filter { $0.log == log }.positions
                #expect(positions == Array(0..<Int64(writers * commits)))
            }
        }
    }

    @Test("OPS-6 a wait ends with the count, and only by its own log", arguments: Engine.all)
    func waits(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let store = bed.store
            try await store.fill(count: 2)
            #expect(try await store.waitForEvents(in: .one, beyond: 0) == 2)
            #expect(try await store.waitForEvents(in: .one, beyond: -1) == 2)
            async let counted = store.waitForEvents(in: .one, beyond: 2)
            try await store.fill(.two, count: 5)
            _ = try await store.append(commit(1, [.on(.visit), .on(.visit), .on(.visit)]))
            #expect(try await counted == 5)
        }
    }

    @Test("OPS-6 no event is missed by who waits for each", arguments: Engine.all)
    func pingPong(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let store = bed.store
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Each writes only when it has seen the other's: one lost wake-up and all stand
                // still.
                group.addTask {
                    for round in Int64(0)..<200 {
                        _ = try await store.append(commit(UInt128(1 + round), [.on(.visit)]))
                        let seen = try await store.waitForEvents(in: .two, beyond: round)
                        #expect(seen == round + 1)
                    }
                }
                group.addTask {
                    var cursor: Cursor?
                    var seen = 0
                    for round in 0..<200 {
                        while seen <= round {
                            try await store.waitForEvents(after: cursor)
                            let (page, next) = try await store.scan(after: cursor, limit: 9)
                            seen += page.count { $0.log == .one }
                            cursor = next
                        }
                        let id = UInt128(1 + round)
                        _ = try await store.append(commit(id, in: .two, [.on(.visit)]))
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("OPS-6 a cancelled wait ends at once, at whatever moment", arguments: Engine.all)
    func cancelled(engine: Engine) async throws {
        try await withStore(engine) { bed in
            let store = bed.store
            try await store.fill(count: 1)
            let end = try await store.scan(after: nil, limit: 9).next
            for yields in 0..<100 {
                await withTaskGroup(of: Bool.self) { group in
                    group.addTask {
                        await endsCancelled {
                            _ = try await store.waitForEvents(in: .one, beyond: 1)
                        }
                    }
                    group.addTask {
                        await endsCancelled { try await store.waitForEvents(after: end) }
                    }
                    for _ in 0..<yields % 10 { await Task.yield() }
                    group.cancelAll()
                    for await isCancelled in group { #expect(isCancelled, "yields \(yields)") }
                }
            }
            _ = try await store.append(commit(1, [.on(.visit)]))
            #expect(try await store.waitForEvents(in: .one, beyond: 1) == 2)
        }
    }

    @Test("OPS-6 closing ends every wait and subscription", arguments: Engine.all)
    func closed(engine: Engine) async throws {
        for yields in 0..<10 {
            try await withFolder { folder in
                let opened = try await engine.open(folder)
                let store = opened.store
                try await store.fill(count: 1)
                let end = try await store.scan(after: nil, limit: 9).next
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await #expect(throws: StoreClosed()) {
                            try await store.waitForEvents(in: .one, beyond: 1)
                        }
                    }
                    group.addTask {
                        await #expect(throws: StoreClosed()) {
                            try await store.waitForEvents(after: end)
                        }
                    }
                    for _ in 0..<yields { await Task.yield() }
                    try await opened.close()
                    try await group.waitForAll()
                }
            }
        }
    }
}

/// Whether `body` ends with `CancellationError`.
private func endsCancelled(_ body: () async throws -> Void) async -> Bool {
    do {
        try await body()
        return false
    } catch {
        return error is CancellationError
    }
}
