import API
import Domain
import EventStore
import Projections
import Testing

@Suite("Rooms") struct RoomTests {
    @Test("ORG-3 staff enter with their account, others by a guest link, a seventh is refused")
    func meeting() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let room = try await hospital.room()
            let body: JSON = ["room": .string(room)]
            for _ in 0..<3 {
                try await fixture.must("room.enter", body, by: try await hospital.teamMember())
            }
            let (secret, _) = try await hospital.link(to: room)
            for name in ["Grace", "Mary", "Joan"] {
                try await hospital.enter(room, by: secret, as: name).accepted()
            }
            let seventh = try await hospital.enter(room, by: secret)
            seventh.refused(409, "roomFull")
            #expect(seventh.json["limit"] == 6)
            let member = try await hospital.teamMember()
            try await fixture.post("room.enter", body, by: member).refused(409, "roomFull")
            let stranger = try await hospital.staff(["teamMember@\(hospital.otherClinic)"])
            try await fixture.post("room.enter", body, by: stranger).refused(403, "notPermitted")
            let shown = try await fixture.get("/v1/rooms/\(room)", by: member)
            let names = shown.json["present"]?.elements?.compactMap { $0["name"]?.text } ?? []
            #expect(names.filter { $0 == "Somebody" }.count == 3)
            #expect(Set(names).isSuperset(of: ["Grace", "Mary", "Joan"]))
        }
    }

    @Test("ORG-5 a group room takes twenty")
    func group() async throws {
        try await inHospital { hospital in
            let room = try await hospital.room("group")
            let (secret, _) = try await hospital.link(to: room)
            for _ in 0..<20 { try await hospital.enter(room, by: secret).accepted() }
            let next = try await hospital.enter(room, by: secret)
            next.refused(409, "roomFull")
            #expect(next.json["limit"] == 20)
        }
    }

    @Test("ORG-4 a user room is opened by its member alone, and bears their name, under seal")
    func userRoom() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.staff(
                ["teamMember@\(hospital.clinic)"], name: "Barbara Liskov")
            let room = try await hospital.room("user", named: nil, owner: member)
            let body: JSON = ["room": .string(room)]
            for other in [hospital.administrator, try await hospital.teamMember()] {
                try await fixture.post("room.enter", body, by: other).refused(403, "notPermitted")
                try await fixture.post("room.make-guest-link", body, by: other)
                    .refused(403, "notPermitted")
            }
            let (secret, _) = try await hospital.link(to: room, by: member)
            try await hospital.enter(room, by: secret).refused(409, "roomNotOpened")
            try await fixture.must("room.enter", body, by: member)
            try await hospital.enter(room, by: secret).accepted()
            for person in [member, hospital.administrator] {
                let last = try await fixture.head(hospital.organisation) - 1
                let list = try await fixture.get(
                    "/v1/clinics/\(hospital.clinic)/rooms?position=\(last)", by: person)
                let row = list.json["rows"]?.elements?.first
                #expect(row?["name"] == "Barbara Liskov", "\(list.text)")
                #expect(row?["people"] == 2 && row?["peopleMax"] == 6)
            }
            let colleague = try await fixture.get(
                "/v1/clinics/\(hospital.clinic)/rooms", by: try await hospital.teamMember())
            #expect(colleague.json["rows"] == [])
            for event in try await fixture.events(hospital.organisation, from: 0) {
                let text = String(decoding: event.payload, as: UTF8.self)
                #expect(!text.contains("Liskov"), "\(event.type)")
            }
        }
    }

    @Test("ORG-3 an administrator narrows a room to named members of the clinic")
    func narrowed() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let room = try await hospital.room()
            let named = try await hospital.teamMember()
            let other = try await hospital.teamMember()
            let stranger = try await hospital.staff(["teamMember@\(hospital.otherClinic)"])
            func narrow(_ people: [Person], by person: Person) async throws -> Told {
                try await fixture.post(
                    "room.narrow",
                    [
                        "room": .string(room),
                        "members": .array(people.map { .string($0.id) }),
                    ], by: person)
            }
            try await narrow([named], by: other).refused(403, "notPermitted")
            try await narrow([stranger], by: hospital.administrator)
                .refused(422, "invalidFields", field: "members[0]")
            try await narrow([named], by: hospital.administrator).accepted()
            let body: JSON = ["room": .string(room)]
            try await fixture.post("room.enter", body, by: other).refused(409, "notNamed")
            try await fixture.must("room.enter", body, by: named)
            try await narrow([], by: hospital.administrator).accepted()
            try await fixture.must("room.enter", body, by: other)
        }
    }

    @Test("WA-13 a locked room lets in whom those inside invite, and who lost contact")
    func locked() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let room = try await hospital.room()
            let body: JSON = ["room": .string(room)]
            let member = try await hospital.teamMember()
            try await fixture.must("room.enter", body, by: member)
            let (before, _) = try await hospital.link(to: room)
            try await fixture.must("room.lock", body, by: member)
            try await hospital.enter(room, by: before).refused(409, "roomLocked")
            try await fixture.post("room.enter", body, by: try await hospital.teamMember())
                .refused(409, "roomLocked")
            let (after, _) = try await hospital.link(to: room, by: member)
            try await hospital.enter(room, by: after).accepted()
            let shown = try await fixture.get("/v1/rooms/\(room)", by: member)
            #expect(shown.json["isLocked"] == true)
            try await fixture.must("room.unlock", body, by: hospital.administrator)
            try await hospital.enter(room, by: before).accepted()
        }
    }

    @Test("ORG-3 what opens a room stands in no log and no address; a wrong one is told nothing")
    func secrets() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let room = try await hospital.room()
            let made = try await fixture.must(
                "room.make-guest-link", ["room": .string(room)], by: hospital.administrator)
            let secret = try #require(made.result("secret"))
            let fragment = try #require(made.result("fragment"))
            #expect(fragment == "\(hospital.organisation).\(room).\(secret)")
            let bits = try #require(GuestLinkSecret(secret))
            #expect(bits.text == secret)
            for event in try await fixture.events(hospital.organisation, from: 0) {
                let text = String(decoding: event.payload, as: UTF8.self)
                #expect(!text.contains(secret), "\(event.type)")
            }
            let wrong = try await hospital.enter(room, by: String(repeating: "A", count: 22))
            let unknown = try await hospital.enter(hospital.clinic, by: secret)
            for told in [wrong, unknown] {
                told.refused(409, "linkRefused")
                #expect(told.bytes == wrong.bytes)
            }
            let again = try await fixture.post(
                "room.make-guest-link", ["room": .string(room)], by: hospital.administrator,
                key: "once")
            let repeated = try await fixture.post(
                "room.make-guest-link", ["room": .string(room)], by: hospital.administrator,
                key: "once")
            again.accepted()
            #expect(again.result("secret") != nil && repeated.result("secret") == nil)
            #expect(repeated.json["result"]?["secretAlreadyShown"] == true)
        }
    }

    @Test("ORG-3 a revoked link puts nobody out and lets nobody in")
    func revoked() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let room = try await hospital.room()
            let (secret, link) = try await hospital.link(to: room)
            let entered = try await hospital.enter(room, by: secret)
            let guest = Person.bearing(try #require(entered.result("token")), "guest")
            try await fixture.must(
                "room.revoke-guest-link", ["room": .string(room), "link": .string(link)],
                by: hospital.administrator)
            try await fixture.get("/v1/rooms/\(room)", by: guest).accepted()
            try await hospital.enter(room, by: secret).refused(409, "linkRefused")
            let body: JSON = ["room": .string(room)]
            try await fixture.must("room.leave", body, by: guest)
            try await fixture.post("room.enter", body, by: guest).refused(409, "linkRefused")
        }
    }
}
