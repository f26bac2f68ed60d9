import API
import Domain
import EventStore
import Projections
import Testing

@Suite("Rooms: presence") struct PresenceTests {
    private func keeper(_ fixture: Fixture) -> PresenceKeeper {
        PresenceKeeper(dispatch: fixture.dispatch, views: fixture.side.views) {
            Issue.record("\($0)")
        }
    }

    private func tell(_ place: JSON, by person: Person, _ fixture: Fixture) async throws -> Told {
        try await fixture.request(
            .post, "/v1/presence", by: person, ["Content-Type": "application/json"],
            body: place.bytes)
    }

    private func present(_ room: String, _ hospital: Hospital) async throws -> Int {
        let shown = try await hospital.fixture.get(
            "/v1/rooms/\(room)", by: hospital.administrator)
        return shown.json["present"]?.elements?.count ?? -1
    }

    @Test("ORG-3 who was silent for longer than the grace time is dropped, who is heard is not")
    func silence() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let room = try await hospital.room("group")
            let keeper = keeper(fixture)
            let member = try await hospital.teamMember()
            try await fixture.must("room.enter", ["room": .string(room)], by: member)
            let heard = try await hospital.guest(in: room, named: "Heard")
            let silent = try await hospital.guest(in: room, named: "Silent")
            fixture.clock.advance(seconds: 100)
            let told = try await tell(["room": .string(room)], by: member, fixture)
            told.accepted()
            #expect(told.json["graceSeconds"] == 120 && told.json["intervalSeconds"] == 30)
            try await tell([:], by: heard, fixture).accepted()
            try await fixture.caughtUp(hospital.organisation)
            fixture.clock.advance(seconds: 20)
            #expect(try await keeper.tick() == 0)
            fixture.clock.advance(seconds: 1)
            let new = try await fixture.appended {
                #expect(try await keeper.tick() == 1)
                // The view may still show them: dropped once all the same.
                _ = try await keeper.tick()
            }
            #expect(new.map { "\($0.type)" } == ["room.left", "guest.left"])
            #expect(new.allSatisfy { $0.context.actor == Actor("policy") })
            #expect(try await present(room, hospital) == 2)
            try await tell([:], by: silent, fixture).refused(409, "notInRoom")
            // They come back by the token they have.
            try await fixture.must("room.enter", ["room": .string(room)], by: silent)
            try await tell([:], by: silent, fixture).accepted()
            #expect(try await present(room, hospital) == 3)
        }
    }

    @Test("WA-3 after a start nobody is dropped before one whole grace time")
    func start() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let room = try await hospital.room("group")
            _ = try await hospital.guest(in: room)
            try await fixture.caughtUp(hospital.organisation)
            fixture.clock.advance(seconds: 3_600)
            let started = keeper(fixture)
            #expect(try await started.tick() == 0)
            fixture.clock.advance(seconds: 120)
            #expect(try await started.tick() == 0)
            fixture.clock.advance(seconds: 1)
            #expect(try await started.tick() == 1)
            #expect(try await present(room, hospital) == 0)
        }
    }

    @Test("ORG-3 who left and came back is not dropped for the time before")
    func cameBack() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let room = try await hospital.room("group")
            let keeper = keeper(fixture)
            let guest = try await hospital.guest(in: room)
            fixture.clock.advance(seconds: 119)
            let body: JSON = ["room": .string(room)]
            try await fixture.must("room.leave", body, by: guest)
            try await fixture.must("room.enter", body, by: guest)
            try await fixture.caughtUp(hospital.organisation)
            fixture.clock.advance(seconds: 119)
            #expect(try await keeper.tick() == 0)
        }
    }

    @Test("ROLE-7 only who is there tells that they are, and of nobody else; nothing is written")
    func who() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let room = try await hospital.room("group")
            let guest = try await hospital.guest(in: room)
            let caller = try await hospital.caller()
            let other = try await hospital.caller()
            let member = try await hospital.teamMember()
            try await fixture.appendsNothing("heartbeats") {
                try await tell([:], by: guest, fixture).accepted()
                try await tell(["room": .string(room)], by: guest, fixture).accepted()
                try await tell([:], by: caller, fixture).accepted()
                try await tell(["visit": .string(caller.id)], by: caller, fixture).accepted()
                try await tell(["visit": .string(other.id)], by: caller, fixture)
                    .refused(404, "notFound", field: "visit")
                try await tell(["visit": .string(other.id)], by: guest, fixture)
                    .refused(404, "notFound", field: "room")
                try await tell(["room": .string(room)], by: member, fixture)
                    .refused(409, "notInRoom")
                try await tell(["visit": .string(caller.id)], by: member, fixture)
                    .refused(409, "notPresent")
                try await tell([:], by: member, fixture)
                    .refused(422, "invalidFields", field: "room")
                try await tell(["room": 1, "stranger": 1], by: member, fixture)
                    .refused(422, "invalidFields")
                try await tell([:], by: .nobody, fixture).refused(401, "notSignedIn")
                try await tell(["room": .string(hospital.clinic)], by: member, fixture)
                    .refused(404, "notFound", field: "room")
            }
        }
    }

    @Test("WA-3 the table of who was heard has a bound, and forgets the silent")
    func bound() throws {
        let presence = Presence()
        let log = LogID(bits: 7)
        func being(_ number: Int) -> Presence.Being {
            Presence.Being(
                in: log, at: ID<Room>(bits: UInt128(number)), .staff(ID(bits: UInt128(number))))
        }
        let now = Instant(milliseconds: 1_000_000)
        for number in 1...Presence.beingsMax { try presence.note(being(number), at: now) }
        #expect(throws: Refusal.busy) { try presence.note(being(0), at: now) }
        try presence.note(being(1), at: now + .seconds(100))
        presence.forgetSilent(at: now + .seconds(241))
        #expect(presence.last(being(2)) == nil)
        #expect(presence.last(being(1)) == now + .seconds(100))
        try presence.note(being(0), at: now)
    }
}
