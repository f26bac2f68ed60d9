import API
import Testing

@Suite("Thin thread") struct ThinThread {
    @Test("WA-1 a caller arrives, is seen by staff, is taken in, and the visit ends")
    func day() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            let member = try await hospital.teamMember()
            let caller = try await hospital.caller()
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area"
            let head = try await fixture.head(hospital.organisation)
            let area = try await fixture.get("\(path)?position=\(head - 1)", token: member.token)
            #expect(area.status == 200, "\(area.json.description)")
            let rows = try #require(area.json["rows"]?.elements)
            #expect(rows.count == 1)
            #expect(rows.first?["entry"]?["firstName"]?.text == "Grace")
            #expect(rows.first?["state"]?.text == "waiting")
            let visit: JSON = ["visit": .string(caller.visit)]
            try await fixture.must("visit.admit", visit, token: member.token)
            let ended = try await fixture.must("visit.end", visit, token: member.token)
            let after = try await fixture.get(
                "\(path)?position=\(ended.position ?? -1)", token: member.token)
            #expect(after.json["rows"]?.elements?.isEmpty == true)
        }
    }
}
