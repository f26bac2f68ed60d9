import API
import Domain
import Testing

/// What a caller and staff are told live when somebody is moved, or a clinic changes its mind.
@Suite("Moved callers, changed clinics") struct MovedCallerTests {
    private func change(_ hospital: Hospital, _ settings: JSON) async throws {
        try await hospital.fixture.must(
            "clinic.set-waiting-area", settings.setting("clinic", .string(hospital.clinic)),
            by: hospital.administrator)
    }

    private func move(_ caller: Person, _ hospital: Hospital) async throws -> Told {
        try await hospital.fixture.must(
            "visit.transfer",
            ["visit": .string(caller.id), "clinic": .string(hospital.otherClinic)],
            by: hospital.administrator)
    }

    @Test(
        "WA-6 messages that stay behind are not shown to the next clinic, wherever streams go on",
        arguments: [true, false])
    func messages(move together: Bool) async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            try await change(hospital, ["movesMessages": .bool(together)])
            let caller = try await hospital.caller()
            let visit: JSON = ["visit": .string(caller.id)]
            let before = try await fixture.head(hospital.organisation) - 1
            try await fixture.must("visit.message", visit.setting("text", "Behind."), by: caller)
            let moved = try await move(caller, hospital)
            let receiver = try await hospital.staff(["teamMember@\(hospital.otherClinic)"])
            try await fixture.must("visit.message", visit.setting("text", "Here."), by: caller)
            let path = "/v1/visits/\(caller.id)/live"
            for position in [before, nil] {
                let heard = try await fixture.live(path, by: receiver, after: position) {
                    await $0.through { $0.data.contains("Here.") }
                }
                #expect(heard.contains { $0.data.contains("Behind.") } == together)
            }
            // The caller wrote it, and reads it wherever they are.
            let own = try await fixture.live(path, by: caller, after: before) {
                await $0.through { $0.data.contains("Here.") }
            }
            #expect(own.contains { $0.data.contains("Behind.") })

            let last = try await fixture.head(hospital.organisation) - 1
            let area = try await fixture.get(
                "/v1/clinics/\(hospital.otherClinic)/waiting-area?position=\(last)", by: receiver)
            let row = try #require(area.json["rows"]?.elements?.first)
            #expect(row["messages"] == .integer(together ? 2 : 1))
            #expect(row["queued"] == .integer(try #require(moved.position)))
            try await hospital.replaysTheSame()
        }
    }

    @Test("TXT-3 whoever is moved is told what the other clinic announces, and no longer the first")
    func announcements() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            for (clinic, text) in [(hospital.clinic, "First."), (hospital.otherClinic, "Other.")] {
                try await fixture.must(
                    "announcement.make", ["clinic": .string(clinic), "text": .string(text)],
                    by: hospital.administrator)
            }
            let caller = try await hospital.caller()
            let heard = try await fixture.live("/v1/visits/\(caller.id)/live", by: caller) {
                var heard = await $0.through { $0.event == "ready" }
                _ = try await move(caller, hospital)
                heard += await $0.through { $0.data.contains("Other.") }
                return heard
            }
            let told = heard.filter { ["announcement", "withdrawn"].contains($0.event) }
            #expect(told.map(\.event) == ["announcement", "withdrawn", "announcement"])
            #expect(told.map { $0.json["text"] } == ["First.", nil, "Other."])
        }
    }

    @Test("ORG-6 a clinic that hides places from now on, or shows them, is heard by who waits")
    func hidden() async throws {
        try await inHospital { hospital in
            let caller = try await hospital.caller()
            let heard = try await hospital.fixture.live(
                "/v1/visits/\(caller.id)/live", by: caller
            ) {
                var heard = await $0.through { $0.event == "ready" }
                for shows in [false, true] {
                    try await change(hospital, ["showsPosition": .bool(shows)])
                    heard += await $0.through { $0.event == "place" }
                }
                return heard
            }
            let places = heard.filter { $0.event == "place" }.map { $0.json["position"] }
            #expect(places == [1, .null, 1])
        }
    }

    @Test("WA-3 a client whose link is opened twice is in the waiting area once")
    func twice() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let appointment = try await hospital.booked(by: member)
            func arrive() async throws -> Told {
                try await fixture.post(
                    "visit.arrive",
                    [
                        "organisation": .string(hospital.organisation),
                        "visit": .string(try await hospital.opened()),
                        "entry": ["firstName": "Grace"], "appointment": appointment,
                    ], by: .nobody)
            }
            let first = try await arrive()
            first.accepted()
            try await arrive().refused(409, "alreadyArrived")
            #expect(try await fixture.waitingArea(hospital).count == 1)
            // Gone, they may come again.
            let own = Person.bearing(
                try #require(first.result("token")), "client",
                id: try #require(first.result("visit")))
            try await fixture.must("visit.give-up", ["visit": .string(own.id)], by: own)
            try await arrive().accepted()
        }
    }
}
