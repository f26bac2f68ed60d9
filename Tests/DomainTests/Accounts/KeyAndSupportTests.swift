import Domain
import Testing

@Suite("Keys of other systems, and remote support") struct KeyAndSupportTests {
    private static let hash = Digest(high: 1, low: 2)

    @Test("ACC-5 a key has a name and scopes, is used, and revoked for good")
    func key() throws {
        let name = try #require(PublicText("CRM"))
        let made = APIKeyEvent.made(
            APIKeyMade(
                at: second(0), name: name, scopes: [.clientRead, .clinicsRead],
                secretHash: Self.hash))
        Given<APIKey>().when(
            .make(
                at: second(0), name: name, scopes: [.clinicsRead, .clientRead, .clinicsRead],
                secretHash: Self.hash)
        ).then(made)
        Given<APIKey>().when(.make(at: second(0), name: name, scopes: [], secretHash: Self.hash))
            .refused(.scopeMissing)
        Given<APIKey>().when(.revoke(at: second(1))).refused(.keyUnknown)
        Given<APIKey>(made).when(.use(at: second(1))).then(.used(APIKeyUsed(at: second(1))))
            .when(.use(at: second(3600))).then()
            .when(.use(at: second(3601))).then(.used(APIKeyUsed(at: second(3601))))
        Given<APIKey>(made).when(.revoke(at: second(1)))
            .then(.revoked(APIKeyRevoked(at: second(1))))
            .when(.use(at: second(2))).then()
            .when(.revoke(at: second(3))).then()
    }

    @Test("ROLE-4 support is asked for, let in for four hours, and ended by either side")
    func support() {
        let details = SupportDetails(supporter: "Sam", reason: "ticket")
        let request = SupportRequest(staff: id(1), details: details, secretHash: Self.hash)
        let asked = SupportEvent.asked(
            SupportAsked(
                at: second(0), staff: id(1), details: Sealed(details, under: id(9)),
                secretHash: Self.hash))
        let day = 86_400
        Given<Support>().when(.ask(at: second(0), request, key: id(9))).then(asked)
        Given<Support>().when(.approve(at: second(0))).refused(.supportUnknown)
        Given<Support>(asked).when(.ask(at: second(1), request, key: id(9)))
            .refused(.supportExists)
        Given<Support>(asked).when(.approve(at: second(day + 1))).refused(.supportOver)
        let approved = SupportEvent.approved(
            SupportApproved(at: second(day), until: second(day + 4 * 3600)))
        let open = Given<Support>(asked).when(.approve(at: second(day))).then(approved)
        open.when(.approve(at: second(day + 1))).then()
        open.when(.end(at: second(day + 1), .bySupporter))
            .then(.ended(SupportEnded(at: second(day + 1), why: .bySupporter)))
            .when(.approve(at: second(day + 2))).refused(.supportOver)
        let state = Support.fold([asked, approved])
        #expect(state.isOpen(at: second(day + 4 * 3600)))
        #expect(!state.isOpen(at: second(day + 4 * 3600 + 1)))
        #expect(!Support.fold([asked]).isOpen(at: second(1)))
    }
}
