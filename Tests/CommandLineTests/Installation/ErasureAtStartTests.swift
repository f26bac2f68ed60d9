import API
import Domain
import EventStore
import Foundation
import Projections
import Testing

@Suite("Erasures at the start") struct ErasureAtStartTests {
    @Test("ANON-4 what was ordered before a kill is carried out by the next start, once")
    func killed() async throws {
        let folder = try Folder()
        let bed = try await Bed(folder)
        let (log, client, key) = (bed.log, bed.client, bed.key)
        // The order commits, and the process goes before anything else of it is done.
        try await bed.order()
        try await bed.installation.close()

        var next = try await Bed.open(folder)
        #expect(try await next.vault.key(key) == nil)
        #expect(
            try await next.clients.clients(withNumber: Bed.number, in: log, limit: 9).isEmpty)
        let events = try await Bed.erasures(next, log)
        #expect(events.count == 2)
        #expect(events.last == .carriedOut(ErasureCarriedOut(at: Bed.now, order: 1)))
        let list = try String(
            contentsOfFile: folder.path("data.erasures"), encoding: .utf8)
        #expect(list.contains("k \(hex(key.bits))"))
        // Nothing that only the first start had to do is done again.
        let head = try next.store.head(of: log)
        try await next.close()
        next = try await Bed.open(folder)
        #expect(try next.store.head(of: log) == head)
        #expect(try await next.vault.erasuresDone(in: log) > 0)
        // Made anew from the log, the index does not find the client again.
        try await next.close()
        try FileManager.default.removeItem(atPath: folder.path("data/index.sqlite"))
        next = try await Bed.open(folder)
        #expect(
            try await next.clients.clients(withNumber: Bed.number, in: log, limit: 9).isEmpty)
        #expect(try next.store.version(of: StreamName(of: client), in: log) == 0)
        try await next.close()
    }

    @Test("ANON-4 a step of opening that fails closes what was opened before it")
    func halfOpen() async throws {
        let folder = try Folder()
        let bed = try await Bed(folder)
        try await bed.installation.close()
        // The last thing to be opened cannot be: a file stands where its folder goes.
        let views = folder.path("data/read")
        try FileManager.default.removeItem(atPath: views)
        try Data().write(to: URL(fileURLWithPath: views))
        for _ in 0..<2 {
            // Twice: had the lock or the vault's file stayed open, the second would say so.
            do {
                try await Bed.open(folder).close()
                Issue.record("it opened")
            } catch OpeningError.views(.io(let file, _)) {
                #expect(file == views)
            }
        }
        try FileManager.default.removeItem(atPath: views)
        try await Bed.open(folder).close()
    }
}

/// An installation with one client whose record key is known.
private struct Bed {
    static let now = Instant(milliseconds: 1_795_000_000_000)
    static let number = "4711"
    let installation: Installation
    let log: LogID
    let client: ID<Client>
    let key: KeyID

    struct StandingClock: API.Clock {
        func now() -> Instant { Bed.now }
    }

    static func open(_ folder: Folder) async throws -> Installation {
        try await Installation.open(
            folder.path("data"), Installation.Options(clock: StandingClock()) { _ in })
    }

    init(_ folder: Folder) async throws {
        installation = try await Bed.open(folder)
        let dispatch = installation.dispatch
        func run(_ name: String, _ body: JSON) async throws -> CommandAnswer {
            try await dispatch.run(
                CommandRequest(
                    name: name, body: body, key: IdempotencyKey("bed-of-tests-\(name)"),
                    actor: .operator, door: .importing))
        }
        let organisation = try await run(
            "organisation.create",
            [
                "name": "Erased", "subdomain": "erased", "zone": "UTC",
                "administrator": ["name": "A B", "email": "a@b.example"],
            ]
        ).organisation
        log = LogID(bits: organisation.bits)
        let answer = try await run(
            "client.register",
            [
                "organisation": .string(organisation.description),
                "details": ["externalNumber": .string(Bed.number)],
            ])
        let text = try #require(answer.result.first { $0.name == "client" }?.value.text)
        client = try #require(ID<Client>(text))
        let recorded = try installation.store.readStream(
            StreamName(of: client), in: log, from: 0, limit: 1)
        guard
            case .client(_, .registered(let registered)) = try EventCoding.fact(
                try #require(recorded.first)
            ).body
        else { throw NotThere() }
        key = KeyID(bits: registered.details.key.bits)
        let found = try await installation.clients.clients(
            withNumber: Bed.number, in: log, limit: 9)
        #expect(found == [client])
    }

    struct NotThere: Error {}

    func order() async throws {
        let events = try Erasures.decide(
            .order(
                at: Bed.now, keys: [ID(bits: key.bits)], records: [ID(bits: client.bits)],
                claims: []),
            Erasures.initial)
        let stream = StreamName(Category.erasure, log.bits)
        _ = try await installation.store.append(
            Commit(
                log: log, commandID: 1, now: Bed.now.milliseconds,
                context: Context(
                    actor: Actor("operator"), role: "operator", basis: "installation",
                    origin: "cli"),
                events: events.map { try EventCoding.newEvent($0, in: stream) }))
    }

    static func erasures(_ installation: Installation, _ log: LogID) async throws -> [ErasureEvent]
    {
        let recorded = try installation.store.readStream(
            StreamName(Category.erasure, log.bits), in: log, from: 0, limit: 100)
        return try recorded.map { try EventCoding.decode($0) }
    }
}
