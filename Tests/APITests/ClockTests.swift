import API
import EventStore
import Testing

/// The machine's clock is not to be trusted.
@Suite("Clock and beginnings") struct ClockTests {
    @Test("AUD-1 a clock put back refuses nobody, and no visit's time goes back")
    func putBack() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let caller = try await hospital.caller()
            let visit: JSON = ["visit": .string(caller.id)]
            fixture.clock.advance(seconds: -3_600)
            for (command, person) in [
                ("visit.disconnect", caller), ("visit.come-back", caller), ("visit.admit", member),
                ("visit.leave", caller), ("visit.end", member),
            ] {
                try await fixture.must(command, visit, by: person)
            }
            let second = try await hospital.caller(firstName: "Second")
            fixture.clock.advance(seconds: -3_600)
            try await fixture.must("visit.give-up", ["visit": .string(second.id)], by: second)
            let events = try await fixture.events(hospital.organisation, from: 0)
            let times = events.map(\.recordedAt)
            #expect(times == times.sorted())
        }
    }

    @Test("OPS-6 an organisation's log is told to those who follow, once, as soon as it is there")
    func began() async throws {
        let told = Box<[LogID]>([])
        let dispatch = Dispatch(
            store: MemoryStore(), vault: MemoryVault(), clock: ManualClock(), ids: SeededIDs(),
            catalogue: .all, began: { told.content.append($0) })
        let create = CommandRequest(
            name: "organisation.create",
            body: [
                "name": "Example", "zone": "UTC", "subdomain": "example",
                "administrator": ["name": "Ada"],
            ], key: try IdempotencyKey("once"), actor: .operator, door: .socket)
        let made = try await dispatch.run(create)
        _ = try await dispatch.run(create)
        #expect(told.content.map(\.bits) == [made.organisation.bits])
    }
}
