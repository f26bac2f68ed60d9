import Domain
import EventStore
import Foundation
import Projections
import Testing

/// Counts a log's events by category: small, and in two versions.
struct CountRow: TableRow {
    let category: Tally
    var count: Int

    static let table = "counts"
    var key: Tally { category }

    init(category: Tally, count: Int) {
        self.category = category
        self.count = count
    }

    init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        category = try c.key("category", \.category)
        count = try c("count", \.count)
    }
}

typealias Tally = ID<CountRow>

struct Count: Projection {
    static let name = "count"
    static let version = 1
    static let categories: [Word] = []
    var counts = Table<CountRow>()

    mutating func apply(_ fact: Fact) throws(ViewError) {
        let key = Tally(bits: fact.stream.category.bits)
        if try !counts.update(key, { $0.count += 1 }) {
            counts.put(CountRow(category: key, count: 1))
        }
    }

    mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError) {
        try walker(&counts)
    }
}

/// Counts by tens: another version of the same.
struct CountByTens: Projection {
    static let name = "count"
    static let version = 2
    static let categories: [Word] = []
    var counts = Table<CountRow>()

    mutating func apply(_ fact: Fact) throws(ViewError) {
        let key = Tally(bits: UInt128(fact.position / 10))
        if try !counts.update(key, { $0.count += 1 }) {
            counts.put(CountRow(category: key, count: 1))
        }
    }

    mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError) {
        try walker(&counts)
    }
}

@Suite("Engine") struct EngineTests {
    @Test("AUD-3 a new version is built beside the old one, which goes when it has caught up")
    func versions() async throws {
        let store = MemoryStore()
        try store.fill([.north, .south], commits: 50, seed: 51)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let old = ViewSet([Count.self])
        let new = ViewSet([CountByTens.self])
        let both = ViewSet([Count.self, CountByTens.self])

        let first = try await running(store, in: folder.path, old) { runner, shelf in
            try await runner.caughtUp(.north, store, old)
            return try await Views(shelf).digests(of: .north)
        }
        let beside = try await running(store, in: folder.path, both) { runner, shelf in
            try await runner.caughtUp(.north, store, both)
            return try await Views(shelf).digests(of: .north)
        }
        #expect(beside.first == first.first)
        let alone = try await Replay(store, cores: 1).digests(of: .north, .head, new)
        #expect(Array(beside.dropFirst()) == alone)

        try await running(store, in: folder.path, new) { runner, shelf in
            try await runner.caughtUp(.north, store, new)
            try await runner.caughtUp(.south, store, new)
            // A further event is taken by all logs only after the old version has gone.
            for log in [LogID.north, .south] {
                try store.fill([log], commits: 1, seed: UInt64(truncatingIfNeeded: log.bits >> 64))
                try await runner.caughtUp(log, store, new)
            }
        }
        let shelf = try ViewShelf(folder: folder.path, old) { _ in }
        let gone = try await Views(shelf).digests(of: .north)
        #expect(gone.map(\.rows) == [0], "the old version's rows are dropped")
        try shelf.close()
    }

    @Test("REP-4 how many cores there are, and which log comes first, changes nothing")
    func cores() async throws {
        let store = MemoryStore()
        let logs = (1...12).map { LogID(bits: UInt128($0) << 64) }
        try store.fill(logs, commits: 400, seed: 61)
        var seen: [[ViewDigest]] = []
        for cores in [1, 2, 5] {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let shelf = try ViewShelf(folder: folder.path, .all) { _ in }
            let order = cores == 2 ? Array(logs.reversed()) : logs
            try await Replay(store, cores: cores).run(onto: shelf, logs: order)
            var digests: [ViewDigest] = []
            for log in logs { digests += try await Views(shelf).digests(of: log) }
            seen.append(digests)
            try shelf.close()
        }
        #expect(seen[0] == seen[1])
        #expect(seen[0] == seen[2])
    }

    @Test("AUD-3 what a newer program wrote stops those that need it; they say so, others go on")
    func newer() async throws {
        let store = MemoryStore()
        try store.fill([.north], commits: 30, seed: 71)
        let last = try store.add(
            NewEvent(stream: .visit(ID(bits: 1)), type: "visit.teleported", schema: 1, payload: []))
        let position = last.last
        try store.add(
            .of(
                ClientEvent.registered(
                    ClientRegistered(
                        at: .minute(0),
                        details: Sealed(ClientDetails(surname: "Hopper"), under: ID(bits: 3)))),
                .client(ID(bits: 77))))
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let notices = Notices()
        let before = try await Replay(store, cores: 1).digests(of: .north, .through(position - 1))

        try await running(store, in: folder.path, notices: notices) { runner, shelf in
            for name in [Appointments.name, Directory.name, AccessLog.name] {
                try await runner.waitUntil(name, .north, shows: position + 1)
            }
            for name in [WaitingArea.name, Visits.name] {
                let refused = await #expect(throws: ViewError.self) {
                    try await runner.waitUntil(name, .north, shows: position)
                }
                guard case .stopped(let stop) = refused else {
                    Issue.record("\(name) did not stop: \(String(describing: refused))")
                    continue
                }
                #expect(stop.projection == name)
                #expect(stop.log == .north)
                #expect(stop.position == position)
                #expect(stop.type == "visit.teleported")
                #expect(stop.reason.isNewer)
                #expect(notices.all.contains(.stopped(stop)))
                #expect(runner.standings().flatMap(\.stops).contains(stop))
            }
            let digests = try await Views(shelf).digests(of: .north)
            #expect(digests[0] == before[0], "what it showed before, it shows")
            #expect(digests[1] == before[1])
            let client = try await Views(shelf).client(ID(bits: 77), in: .north)
            #expect(client.value != nil)
        }
    }

    @Test("AUD-3 an enumeration value of a newer program stops a projection too")
    func newerValue() async throws {
        let store = MemoryStore()
        // Field 1: at, zigzag varint; field 3: reason 99, which nobody knows.
        try store.add(
            NewEvent(
                stream: .visit(ID(bits: 1)), type: "visit.ended", schema: 1,
                payload: [0x08, 0x02, 0x18, 99]))
        let shelf = try ViewShelf(inMemory: "newer", .all)
        let standings = try await Replay(store, cores: 1).run(onto: shelf)
        let stops = standings.flatMap(\.stops)
        #expect(
            stops.map(\.projection) == [
                WaitingArea.name, Visits.name, ReportFacts.name, RetentionDue.name,
                Alerting.name,
            ])
        #expect(stops.allSatisfy { $0.position == 0 && $0.reason.isNewer })
    }

    @Test("AUD-3 a stopped projection goes on where it stopped once the program knows the event")
    func upgraded() async throws {
        let store = MemoryStore()
        try store.fill([.north], commits: 30, seed: 81)
        let before = try store.head(of: .north)
        try store.add(
            NewEvent(
                stream: .visit(ID(bits: 1)), type: "visit.held", schema: 0x7FFF_FFFF, payload: []))
        try store.fill([.north], commits: 30, seed: 82)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await running(store, in: folder.path) { runner, _ in
            try await runner.waitUntil(
                AccessLog.name, .north, shows: try store.head(of: .north) - 1)
        }
        // Restarted, it stands at the same event, and rows of the others are not applied twice.
        try await running(store, in: folder.path) { runner, shelf in
            let last = try store.head(of: .north) - 1
            try await runner.waitUntil(AccessLog.name, .north, shows: last)
            let digests = try await Views(shelf).digests(of: .north)
            for digest in digests {
                // Those that look at visits stand before the one they do not know.
                let stops = [
                    WaitingArea.name, Visits.name, ReportFacts.name, RetentionDue.name,
                    Alerting.name,
                ].contains(digest.projection)
                #expect(digest.applied == (stops ? before : last + 1), "\(digest.projection)")
            }
            #expect(digests.count == ViewSet.all.projections.count)
            let replayed = try await Replay(store, cores: 1).digests(of: .north)
            #expect(digests == replayed)
        }
    }

    @Test("OPS-6 whoever waits for a position sees what is written there")
    func atLeast() async throws {
        let store = MemoryStore()
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await running(store, in: folder.path) { runner, shelf in
            for index in 1...40 {
                let client = ID<Client>(bits: UInt128(index))
                let appended = try store.add(
                    .of(
                        ClientEvent.registered(
                            ClientRegistered(
                                at: .minute(0),
                                details: Sealed(ClientDetails(), under: ID(bits: 3)))),
                        .client(client)))
                try await runner.waitUntil(Directory.name, .north, shows: appended.last)
                #expect(try await Views(shelf).client(client, in: .north).value != nil)
            }
            let waiting = Task { try await runner.waitUntil(Directory.name, .north, shows: 40) }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            await #expect(throws: ViewError.unknownProjection("crystal-ball")) {
                try await runner.waitUntil("crystal-ball", .north, shows: 0)
            }
        }
    }

    @Test("ORG-1 a log that begins while others are followed is followed too, without a restart")
    func begins() async throws {
        let store = MemoryStore()
        try store.fill([.north], commits: 20, seed: 111)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await running(store, in: folder.path) { runner, shelf in
            try await runner.caughtUp(.north, store)
            #expect(runner.standings().map(\.log) == [.north])
            // Told of it, as Dispatch does when an organisation is made …
            try store.fill([.south], commits: 20, seed: 112)
            runner.follow(log: .south)
            try await runner.caughtUp(.south, store)
            // … and not told: whoever waits for it has it followed.
            let west = LogID(bits: 0x0C << 64)
            try store.fill([west], commits: 20, seed: 113)
            try await runner.caughtUp(west, store)
            // Before its first event, too.
            let east = LogID(bits: 0x0D << 64)
            runner.follow(log: east)
            runner.follow(log: east)
            try store.fill([east], commits: 20, seed: 114)
            for log in [LogID.south, west, east] {
                try await runner.caughtUp(log, store)
                #expect(
                    try await Views(shelf).digests(of: log)
                        == Replay(store, cores: 1).digests(of: log))
            }
        }
    }
}
