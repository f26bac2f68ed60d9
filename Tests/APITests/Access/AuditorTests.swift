import API
import Domain
import Testing

/// Somebody from outside who reads history for a while.
@Suite("Auditors over HTTP") struct AuditorTests {
    @Test("ROLE-6 an auditor reads the whole log as it stands, ciphertext shut, each look an entry")
    func log() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            _ = try await hospital.caller(firstName: "Unreadable")
            let auditor = try await hospital.auditor()
            let head = try await fixture.head(hospital.organisation)
            var rows: [JSON] = []
            var after = ""
            while true {
                let new = try await fixture.appended {
                    let page = try await fixture.get("/v1/log?limit=5\(after)", by: auditor)
                    page.accepted()
                    #expect(!page.text.contains("Unreadable"))
                    rows += page.json["rows"]?.elements ?? []
                    after = page.json["next"]?.text.map { "&after=\($0)" } ?? ""
                }
                #expect(new.map(\.described) == ["\(hospital.organisation) access.noted allowed"])
                #expect(new.first?.context.actor.kind.description == "auditor")
                guard !after.isEmpty, rows.count < head else { break }
            }
            #expect(rows.prefix(Int(head)).compactMap { $0["position"]?.whole } == Array(0..<head))
            let arrived = rows.first { $0["type"] == "visit.arrived" }
            #expect(arrived?["data"]?["entry"]?["sealed"]?.text?.isEmpty == false)
        }
    }

    @Test("ROLE-6 personal data is opened where that was granted too, and noted; else refused")
    func personal() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let visit = try await hospital.caller(firstName: "Grace").id
            let shut = try await hospital.auditor()
            let open = try await hospital.auditor(opensPersonal: true)
            try await fixture.appendsRefusalOnly(in: hospital.organisation, "ciphertext only") {
                let refused = try await fixture.get("/v1/visits/\(visit)", by: shut)
                refused.refused(403, "notForThisActor")
            }
            let new = try await fixture.appended {
                let told = try await fixture.get("/v1/visits/\(visit)", by: open)
                told.accepted()
                #expect(told.json["entry"]?["firstName"] == "Grace")
            }
            #expect(new.map(\.described) == ["\(hospital.organisation) access.noted allowed"])
        }
    }

    @Test("ROLE-6 a grant ends with its time, or at once when it is revoked")
    func ends() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let first = try await hospital.auditor()
            let second = try await hospital.auditor()
            let shown = try await fixture.get(
                "/v1/auditors/\(first.id)", by: hospital.administrator)
            #expect(shown.json["name"] == "Vera Verifier")
            #expect(shown.json["purpose"] == "The yearly audit")
            try await fixture.must(
                "auditor.revoke", ["auditor": .string(first.id)], by: hospital.administrator)
            let revoked = try await fixture.get("/v1/log", by: first)
            revoked.refused(401, "tokenRefused")
            let good = try await fixture.get("/v1/access-log", by: second)
            good.accepted()
            fixture.clock.advance(seconds: 86_401)
            let over = try await fixture.get("/v1/access-log", by: second)
            over.refused(401, "tokenRefused")
        }
    }
}
