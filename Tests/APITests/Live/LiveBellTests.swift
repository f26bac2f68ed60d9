import API
import Testing

/// Streams are woken by what is appended, and by nothing else: no heartbeat comes in these tests.
@Suite("Live: woken by appends") struct LiveBellTests {
    private static var unpolled: LivePace {
        var pace = LivePace()
        pace.heartbeat = .seconds(86_400)
        return pace
    }

    @Test("WA-2 what was acknowledged stands on the screen, with nothing asked meanwhile")
    func oneRoundTrip() async throws {
        try await inHospital(pace: LiveBellTests.unpolled) { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area/live"
            try await fixture.live(path, by: member) { screen in
                _ = await screen.through { $0.event == "ready" }
                for _ in 0..<5 {
                    let visit = try await hospital.opened()
                    let arrived = try await fixture.must(
                        "visit.arrive",
                        [
                            "organisation": .string(hospital.organisation),
                            "visit": .string(visit), "entry": ["firstName": "Grace"],
                        ], by: .nobody)
                    let told = await screen.through { $0.id == arrived.position }
                    #expect(told.last?.json["visit"]?.text == visit)
                }
            }
        }
    }

    @Test("OPS-6 of many who act at once each is told, in the order of the log, none twice")
    func manyAtOnce() async throws {
        try await inHospital(pace: LiveBellTests.unpolled) { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area/live"
            let heard = try await fixture.live(path, by: member, after: -1) { screen in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            for _ in 0..<10 {
                                let caller = try await hospital.caller()
                                try await fixture.must(
                                    "visit.end", ["visit": .string(caller.id)], by: member)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let caller = try await hospital.caller(firstName: "Last")
                return await screen.through { $0.json["visit"]?.text == caller.id }
            }
            // What is told of the clinic itself stands between.
            let ids = heard.filter { ["caller", "gone"].contains($0.event) }.compactMap(\.id)
            #expect(ids.count == 8 * 10 * 2 + 1)
            #expect(ids == Array(Set(ids)).sorted())
            #expect(heard.filter { $0.event == "gone" }.count == 80)
        }
    }

    @Test("ROLE-7 a caller is told of their own visit alone, however much goes on around it")
    func ownAlone() async throws {
        try await inHospital(pace: LiveBellTests.unpolled) { hospital in
            let fixture = hospital.fixture
            let caller = try await hospital.caller()
            let heard = try await fixture.live("/v1/visits/\(caller.id)/live", by: caller) { own in
                _ = await own.through { $0.event == "ready" }
                for _ in 0..<300 { _ = try await hospital.opened() }
                _ = try await hospital.caller(firstName: "Stranger")
                let told = try await fixture.must(
                    "visit.message", ["visit": .string(caller.id), "text": "Hello"], by: caller)
                return await own.through { $0.id == told.position }
            }
            #expect(heard.map(\.event) == ["message"])
        }
    }
}
