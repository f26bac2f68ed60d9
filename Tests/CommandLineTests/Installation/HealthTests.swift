import API
import Domain
import EventStore
import Foundation
import Projections
import Testing

@Suite("Health", .timeLimit(.minutes(5))) struct HealthTests {
    private func open(_ folder: Folder) async throws -> (Installation, LogID) {
        let installation = try await Installation.open(
            folder.path("data"), Installation.Options { _ in })
        let answer = try await installation.dispatch.run(
            CommandRequest(
                name: "organisation.create",
                body: [
                    "name": "Watched", "subdomain": "watched", "zone": "UTC",
                    "administrator": ["name": "A B", "email": "a@b.example"],
                ],
                key: IdempotencyKey("health-of-an-installation"), actor: .operator,
                door: .inProcess))
        return (installation, LogID(bits: answer.organisation.bits))
    }

    private func views(_ health: Health) throws -> Health.Part {
        try #require(health.parts.first { $0.name == "views" })
    }

    @Test("OPS-3 projections that are behind the log are told, and by how much")
    func behind() async throws {
        let folder = try Folder()
        let (installation, log) = try await open(folder)
        let head = try installation.store.head(of: log)
        // Nothing follows the log yet.
        let before = try views(installation.health(behindMax: head - 1))
        #expect(!before.isGood)
        #expect(before.words == "log \(log): \(head) events behind")
        #expect(try views(installation.health(behindMax: head)).isGood)
        let runner = installation.side.runner
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            for other in try installation.store.logs() {
                let head = try installation.store.head(of: other)
                for projection in installation.shelf.set.projections {
                    try await runner.waitUntil(projection.name, other, shows: head - 1)
                }
            }
            let after = try views(installation.health(behindMax: 0))
            #expect(after.isGood)
            #expect(after.words == "follow the log")
            group.cancelAll()
        }
        try await installation.close()
    }

    @Test("OPS-3 a projection that met what it does not know is told, and what it was")
    func stopped() async throws {
        let folder = try Folder()
        let (installation, log) = try await open(folder)
        // A newer program's event in a kind of stream that `visits` reads.
        let appended = try await installation.store.append(
            Commit(
                log: log, commandID: 7, now: 1_795_000_000_000,
                context: Context(
                    actor: Actor("operator"), role: "operator", basis: "installation",
                    origin: "cli"),
                events: [
                    NewEvent(
                        stream: StreamName(Category.visit, 9), type: "visit.beamed-up", schema: 1,
                        payload: [])
                ]))
        let runner = installation.side.runner
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            do {
                try await runner.waitUntil(Visits.name, log, shows: appended.last)
                Issue.record("it was understood")
            } catch ViewError.stopped(let stop) {
                #expect(stop.position == appended.last)
            }
            let health = installation.health
            #expect(!health.isGood)
            #expect(try views(health).words.contains("visit.beamed-up"))
            group.cancelAll()
        }
        try await installation.close()
    }
}
