import API
import Testing

@Suite("Queries: views that are behind") struct BehindTests {
    @Test("OPS-6 a view that does not come as far as was asked is said to be behind, to ask again")
    func behind() async throws {
        let store = InterposedStore()
        try await inHospital(store: store, patience: .milliseconds(1)) { hospital in
            let fixture = hospital.fixture
            try await fixture.caughtUp(hospital.organisation)
            store.failReads()
            let caller = try await hospital.caller()
            let position = try await fixture.head(hospital.organisation) - 1
            let told = try await fixture.get(
                "/v1/visits?position=\(position)", by: hospital.administrator)
            #expect(told.status == 503 && told.code == "behind", "\(told.text)")
            #expect(told.headers[.retryAfter] != nil)
            #expect(!told.text.contains(caller.id))
        }
    }
}
