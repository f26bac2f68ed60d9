import API
import Testing

@Suite("Thin thread") struct DayTests {
    @Test("WA-1 a caller arrives, is seen by staff, is taken in, and the visit ends")
    func day() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let caller = try await hospital.caller()
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area"
            let head = try await fixture.head(hospital.organisation)
            let area = try await fixture.get("\(path)?position=\(head - 1)", by: member)
            #expect(area.status == 200, "\(area.text)")
            let rows = try #require(area.json["rows"]?.elements)
            #expect(rows.count == 1)
            #expect(rows.first?["entry"]?["firstName"]?.text == "Grace")
            #expect(rows.first?["state"]?.text == "waiting")
            let visit: JSON = ["visit": .string(caller.id)]
            try await fixture.must("visit.admit", visit, by: member)
            let ended = try await fixture.must("visit.end", visit, by: member)
            let after = try await fixture.get(
                "\(path)?position=\(ended.position ?? -1)", by: member)
            #expect(after.json["rows"]?.elements?.isEmpty == true)
        }
    }
}
