import API
import Domain
import Testing

@Suite("Accounts: staff overview") struct StaffExportTests {
    @Test("ORG-10 all staff as CSV: who, where, state, last sign-in; and no formula in it")
    func csv() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let holder = try await AccountHolder(hospital, name: "=HYPERLINK(\"x\")")
            let told = try await holder.signIn()
            let at = fixture.clock.now().description
            let position = try #require(told.json["position"]?.whole)
            let csv = try await fixture.get(
                "/v1/staff-export?position=\(position)", by: hospital.administrator)
            csv.accepted()
            #expect(csv.headers[.contentType]?.hasPrefix("text/csv") == true)
            let lines = csv.text.split(separator: "\r\n").map(String.init)
            #expect(lines[0] == "staff,name,email,state,roles,practitioner in,last sign-in")
            let row = try #require(lines.first { $0.contains(holder.person.id) })
            #expect(row.contains("\"'=HYPERLINK(\"\"x\"\")\""))
            #expect(row.contains("\"grace@example.org\",\"active\",\"teamMember in Cardiology\""))
            #expect(row.hasSuffix("\"\(at)\""))
            let overview = try await fixture.get("/v1/staff", by: hospital.administrator)
            let shown = overview.json["rows"]?.elements?.first {
                $0["staff"]?.text == holder.person.id
            }
            #expect(shown?["lastSignInAt"]?.text == at)
            let member = try await hospital.teamMember()
            (try await fixture.get("/v1/staff-export", by: member)).refused(403, "notPermitted")
        }
    }
}
