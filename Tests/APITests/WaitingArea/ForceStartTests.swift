import API
import Domain
import EventStore
import Projections
import Testing

/// The room of an appointment opened without its client, where the client is there already, was
/// moved, has left, or comes at that very moment.
@Suite("Force start") struct ForceStartTests {
    /// The client follows the link and comes for their appointment.
    private func client(_ hospital: Hospital, for appointment: JSON) async throws -> Person {
        let visit = try await hospital.opened()
        let arrived = try await hospital.fixture.must(
            "visit.arrive",
            [
                "organisation": .string(hospital.organisation), "visit": .string(visit),
                "entry": ["firstName": "Grace"], "appointment": appointment,
            ], by: .nobody)
        return .bearing(
            try #require(arrived.result("token")), "client",
            id: try #require(arrived.result("visit")))
    }

    private func start(_ hospital: Hospital, _ appointment: JSON, by member: Person) async throws
        -> Told
    {
        try await hospital.fixture.post(
            "visit.start", ["clinic": .string(hospital.clinic), "appointment": appointment],
            by: member)
    }

    @Test(
        "WA-8 a client who waits already is taken straight in, by whoever starts first; then joined"
    )
    func waits() async throws {
        try await inHospital { hospital in
            let member = try await hospital.teamMember()
            let colleague = try await hospital.teamMember()
            let appointment = try await hospital.booked(by: member)
            let client = try await client(hospital, for: appointment)
            let started = try await start(hospital, appointment, by: member)
            started.accepted()
            #expect(started.result("visit") == client.id)
            let own = try await hospital.fixture.get("/v1/visits/\(client.id)", by: client)
            #expect(own.json["state"] == "beingSeen")
            try await start(hospital, appointment, by: colleague).accepted()
            let rows = try await hospital.fixture.waitingArea(hospital)
            #expect(rows.count == 1, "one entry for one client")
            #expect(rows.first?["awaitsClient"] == false)
            #expect(rows.first?["participants"]?.elements?.count == 3)
            try await hospital.replaysTheSame()
        }
    }

    @Test(
        "WA-8 a client on hold is taken in again; one who lost contact is waited for, and so told")
    func holds() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let appointment = try await hospital.booked(by: member)
            let client = try await client(hospital, for: appointment)
            let visit: JSON = ["visit": .string(client.id)]
            try await fixture.must("visit.admit", visit, by: member)
            try await fixture.must("visit.leave", visit, by: member)
            let again = try await start(hospital, appointment, by: member)
            again.accepted()
            #expect(again.result("visit") == client.id)
            try await fixture.must("visit.leave", visit, by: member)
            try await fixture.must("visit.disconnect", visit, by: client)
            let new = try await fixture.appended {
                try await start(hospital, appointment, by: member).refused(409, "nobodyThere")
            }
            #expect(!new.contains { $0.stream.category == Category.visit })
        }
    }

    @Test(
        "WA-8 a client who was moved to another clinic is not taken in from this one, and so told")
    func elsewhere() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.staff([
                "teamMember@\(hospital.clinic)", "teamMember@\(hospital.otherClinic)",
            ])
            let appointment = try await hospital.booked(by: member)
            let client = try await client(hospital, for: appointment)
            let visit: JSON = ["visit": .string(client.id)]
            try await fixture.must(
                "visit.transfer", visit.setting("clinic", .string(hospital.otherClinic)),
                by: member)
            let new = try await fixture.appended {
                try await start(hospital, appointment, by: member)
                    .refused(409, "clientElsewhere", field: "appointment")
            }
            #expect(!new.contains { $0.stream.category == Category.visit })
            let own = try await fixture.get("/v1/visits/\(client.id)", by: client)
            #expect(own.json["state"] == "waiting")
            // They left meanwhile: the room opens without them, as for one who never came.
            try await fixture.must("visit.give-up", visit, by: client)
            let started = try await start(hospital, appointment, by: member)
            started.accepted()
            #expect(started.result("visit") != client.id)
            let rows = try await fixture.waitingArea(hospital)
            #expect(rows.map { $0["awaitsClient"] } == [true])
        }
    }

    @Test(
        "WA-8 a client who arrives while the room is being opened is noticed: one entry, and in it")
    func arrivesFirst() async throws {
        let store = InterposedStore()
        try await inHospital(store: store) { hospital in
            let member = try await hospital.teamMember()
            let appointment = try await hospital.booked(by: member)
            store.beforeNext(Category.visit) {
                _ = try await client(hospital, for: appointment)
            }
            // The first append to a visit is the start's own: it has seen nobody.
            try await start(hospital, appointment, by: member).accepted()
            #expect(store.hasHappened)
            try await oneEntryBeingSeen(hospital)
        }
    }

    @Test("WA-8 a room that is opened while its client arrives is where they arrive")
    func startedFirst() async throws {
        let store = InterposedStore()
        try await inHospital(store: store) { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let appointment = try await hospital.booked(by: member)
            let visit = try await hospital.opened()
            store.beforeNext(Category.visit) {
                try await start(hospital, appointment, by: member).accepted()
            }
            let arrived = try await fixture.must(
                "visit.arrive",
                [
                    "organisation": .string(hospital.organisation), "visit": .string(visit),
                    "entry": ["firstName": "Grace"], "appointment": appointment,
                ], by: .nobody)
            #expect(store.hasHappened)
            #expect(arrived.result("visit") != visit)
            try await oneEntryBeingSeen(hospital)
        }
    }

    private func oneEntryBeingSeen(_ hospital: Hospital) async throws {
        let rows = try await hospital.fixture.waitingArea(hospital)
        #expect(rows.map { $0["state"] } == ["beingSeen"])
        #expect(rows.first?["awaitsClient"] == false)
        #expect(rows.first?["participants"]?.elements?.count == 2)
        try await hospital.replaysTheSame()
    }
}

extension Hospital {
    /// Live = rebuilt: each projection's digest, from the log alone.
    func replaysTheSame() async throws {
        try await fixture.caughtUp(organisation)
        let log = try fixture.log(organisation)
        let live = try await fixture.side.views.digests(of: log)
        let rebuilt = try await Replay(fixture.store, cores: 1).views(of: log, at: .head)
        #expect(try await rebuilt.digests(of: log) == live)
    }
}
