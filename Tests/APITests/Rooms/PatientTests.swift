import API
import Domain
import EventStore
import Projections
import Testing

/// Patients never come into a meeting room (ORG-3).
@Suite("Rooms: patients and guests") struct PatientTests {
    @Test("ORG-3 no command and no question about rooms takes a caller's token")
    func callers() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let caller = try await hospital.caller()
            let room = try await hospital.room()
            let (secret, link) = try await hospital.link(to: room)
            let bodies = Bodies([
                "room": .string(room), "link": .string(link), "secret": .string(secret),
                "organisation": .string(hospital.organisation),
            ])
            var tried = 0
            for entry in Catalogue.all.commands where entry.name.hasPrefix("room.") {
                let told = try await fixture.post(
                    entry.name, bodies.body(entry.fields()), by: caller)
                told.refused(403, "notForThisActor", entry.name)
                tried += 1
            }
            #expect(tried >= 12)
            for path in ["/v1/rooms/\(room)", "/v1/rooms/\(room)/live"] {
                try await fixture.get(path, by: caller).refused(403, "notForThisActor", path)
            }
            let state = try await fixture.get("/v1/rooms/\(room)", by: hospital.administrator)
            #expect(state.json["present"] == [])
        }
    }

    @Test("ORG-3 a client's address gets no link to a meeting room, however it is written")
    func addresses() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            try await fixture.must(
                "client.register",
                [
                    "details": [
                        "initials": "A", "surname": "Lovelace", "birthDate": "1815-12-10",
                        "email": "Ada@Example.org",
                    ]
                ], by: member)
            let meeting = try await hospital.room()
            let group = try await hospital.room("group")
            func invite(_ address: String, to room: String) async throws -> Told {
                try await fixture.post(
                    "room.invite", ["room": .string(room), "email": .string(address)],
                    by: member)
            }
            for address in ["ada@example.org", "Ada@Example.org", "ADA@EXAMPLE.ORG"] {
                try await fixture.appendsNothing(address) {
                    try await invite(address, to: meeting)
                        .refused(409, "addressOfClient", field: "email")
                }
            }
            let new = try await fixture.appended {
                try await invite("ada@example.org", to: group).accepted()
                try await invite("other@example.org", to: meeting).accepted()
            }
            #expect(
                new.map { "\($0.type)" }.sorted() == [
                    "mail.queued", "mail.queued", "room.guest-link-made", "room.guest-link-made",
                ])
            #expect(
                new.allSatisfy { !String(decoding: $0.payload, as: UTF8.self).contains("@exa") })
        }
    }

    @Test("ROLE-7 a guest is in one room and nowhere else, and sees it while they are inside")
    func oneRoom() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let (own, other) = (try await hospital.room("group"), try await hospital.room("group"))
            let guest = try await hospital.guest(in: own)
            let shown = try await fixture.get("/v1/rooms/\(own)", by: guest)
            shown.accepted()
            #expect(shown.json["present"]?.elements?.first?["name"] == "Grace")
            #expect(shown.json["members"] == nil && shown.json["links"] == nil)
            try await fixture.get("/v1/rooms/\(other)", by: guest)
                .refused(404, "notFound", field: "room")
            for command in ["room.enter", "room.leave"] {
                try await fixture.post(command, ["room": .string(other)], by: guest)
                    .refused(404, "notFound", field: "room", command)
            }
            for path in ["/v1/clinics", "/v1/staff", "/v1/clinics/\(hospital.clinic)/rooms"] {
                try await fixture.get(path, by: guest).refused(403, "notForThisActor", path)
            }
            let body: JSON = ["room": .string(own)]
            try await fixture.must("room.leave", body, by: guest)
            try await fixture.get("/v1/rooms/\(own)", by: guest).refused(409, "notInRoom")
            try await fixture.must("room.enter", body, by: guest)
            try await fixture.get("/v1/rooms/\(own)", by: guest).accepted()
            try await fixture.must("room.close", body, by: hospital.administrator)
            try await fixture.get("/v1/rooms/\(own)", by: guest).refused(409, "notInRoom")
            try await fixture.post("room.enter", body, by: guest).refused(409, "roomClosed")
        }
    }

    @Test("AUD-7 whose name is shown stands in the access log first; a guest's is under their key")
    func entries() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let room = try await hospital.room("group")
            let guest = try await hospital.guest(in: room, named: "Grace Hopper")
            let new = try await fixture.appended {
                try await fixture.get("/v1/rooms/\(room)", by: hospital.administrator).accepted()
            }
            var kinds: [AccessObjectKind] = []
            for event in new {
                let access: AccessEvent = try EventCoding.decode(event)
                guard case .noted(let noted) = access else { continue }
                kinds.append(noted.objectKind)
                #expect((noted.object != nil) == (noted.objectKind == .guest))
            }
            #expect(kinds.sorted { $0.rawValue < $1.rawValue } == [.room, .guest])
            for event in try await fixture.events(hospital.organisation, from: 0) {
                let text = String(decoding: event.payload, as: UTF8.self)
                #expect(!text.contains("Hopper"), "\(event.type)")
            }
            #expect(guest.id.utf8.count == 32)
        }
    }
}
