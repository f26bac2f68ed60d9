import API
import Domain
import EventStore
import Projections
import Testing

@Suite("Rooms: live view, reports and retention") struct RoomLiveTests {
    private func names(_ heard: Heard) -> [String] {
        (heard.json["present"]?.elements?.compactMap { $0["name"]?.text } ?? []).sorted()
    }

    @Test("ORG-3 a room's stream tells who comes and goes, and a guest's ends when they leave")
    func live() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let room = try await hospital.room("group")
            let (secret, _) = try await hospital.link(to: room)
            let path = "/v1/rooms/\(room)/live"
            let guest = try await hospital.guest(in: room, named: "Grace")
            let heard = try await fixture.live(path, by: guest) {
                var heard = await $0.through { $0.event == "ready" }
                try await hospital.enter(room, by: secret, as: "Mary").accepted()
                heard += await $0.through { $0.event == "room" }
                try await fixture.must("room.leave", ["room": .string(room)], by: guest)
                heard += await $0.through { $0.event == "ended" }
                return heard
            }
            #expect(heard.map(\.event) == ["room", "ready", "room", "ended"])
            #expect(names(try #require(heard.first)) == ["Grace"])
            #expect(names(heard[2]) == ["Grace", "Mary"])
            #expect(heard.last?.json["code"] == "notInRoom")
            let position = try #require(heard[1].id)
            let again = try await fixture.live(
                path, by: hospital.administrator, after: position
            ) {
                await $0.through { $0.json["present"]?.elements?.count == 1 }
            }
            #expect(again.map { names($0) } == [["Grace", "Mary"], ["Mary"]])
            #expect(again.compactMap(\.id) == again.compactMap(\.id).sorted())
        }
    }

    @Test("REP-6 calls in rooms and group calls are counted apart, each with its length")
    func reports() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let meeting = try await hospital.room()
            let group = try await hospital.room("group")
            let member = try await hospital.teamMember()
            for (room, seconds) in [(meeting, Int64(90)), (group, 600)] {
                let body: JSON = ["room": .string(room)]
                try await fixture.must("room.enter", body, by: member)
                fixture.clock.advance(seconds: 1_000)  // Alone is no call.
                let guest = try await hospital.guest(in: room)
                fixture.clock.advance(seconds: seconds)
                try await fixture.must("room.leave", body, by: guest)
                fixture.clock.advance(seconds: 1_000)
                try await fixture.must("room.leave", body, by: member)
            }
            for error in ["cameraFailed", "cameraFailed", "cameraRestored"] {
                try await fixture.must(
                    "app.report-error",
                    ["error": .string(error), "clinic": .string(hospital.clinic)], by: member)
            }
            try await fixture.closeDays(of: hospital.organisation)
            let told = try await fixture.get(
                "/v1/reports/usage?day=2026-11-18", by: hospital.administrator)
            told.accepted()
            func rows(_ table: String) -> [JSON] {
                told.json["tables"]?.elements?.first { $0["name"]?.text == table }?["rows"]?
                    .elements ?? []
            }
            #expect(
                rows("rooms") == [
                    ["waiting area", 0, 0, .null, 0], ["rooms", 1, 90, 90, 0],
                    ["group calls", 1, 600, 600, 0],
                ], "\(told.text)")
            #expect(
                rows("errors") == [
                    ["2026-11-18", "cameraFailed", 2], ["2026-11-18", "cameraRestored", 1],
                ])
        }
    }

    @Test("ANON-2 a guest's name falls due by the organisation's days, counted from the end")
    func retention() async throws {
        try await AnonymisedClinic.run { clinic in
            let dispatch = clinic.installation.dispatch
            func ask(
                _ name: String, _ body: JSON, by actor: RequestActor, daysAgo: Int64
            ) async throws -> CommandAnswer {
                try await dispatch.run(
                    CommandRequest(
                        name: name, body: body, key: IdempotencyKey(hex(RandomIDs().next())),
                        actor: actor, at: clinic.clock.now() - .days(daysAgo),
                        door: .importing))
            }
            func made(_ answer: CommandAnswer, _ name: String) -> JSON {
                answer.result.first { $0.name == name }?.value ?? .null
            }
            let staff = RequestActor.staff(organisation: clinic.organisation, clinic.staff)
            let added = try await ask(
                "room.add",
                ["clinic": .string(clinic.clinic), "kind": "group", "name": "Group"],
                by: staff, daysAgo: 99)
            let room = made(added, "room")
            let linked = try await ask(
                "room.make-guest-link", ["room": room], by: staff, daysAgo: 99)
            let secret = made(linked, "secret")
            func stay(leaves: Bool, daysAgo: Int64) async throws -> ID<GuestStay> {
                let entered = try await ask(
                    "room.enter-by-link",
                    [
                        "organisation": .string(clinic.organisation.description),
                        "room": room,
                        "secret": secret, "name": "Grace",
                    ], by: .nobody, daysAgo: daysAgo)
                let guest = made(entered, "guest").text ?? ""
                let stay = try #require(ID<GuestStay>(guest))
                if leaves {
                    _ = try await ask(
                        "room.leave", ["room": room],
                        by: .guest(organisation: clinic.organisation, stay), daysAgo: daysAgo)
                }
                return stay
            }
            let old = try await stay(leaves: true, daysAgo: 40)
            let recent = try await stay(leaves: true, daysAgo: 10)
            let inside = try await stay(leaves: false, daysAgo: 9)
            try await clinic.begin(days: 30)
            let outcome = try await clinic.run()
            #expect(outcome.erased[.guestStay] == 1)
            let left = try await clinic.installation.side.views.retained(
                [old, recent, inside].map { ID<AnyRecord>(bits: $0.bits) }, in: clinic.log)
            #expect(
                Set(left.value.map(\.record.bits)) == [recent.bits, inside.bits], "\(left.value)")
            let gone = try clinic.keys(of: old)
            #expect(gone.count == 1)
            for key in gone { #expect(try await clinic.installation.vault.key(key) == nil) }
        }
    }
}
