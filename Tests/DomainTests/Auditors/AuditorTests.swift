import Domain
import Testing

@Suite("Auditors") struct AuditorTests {
    private static let at = Instant(milliseconds: 1_800_000_000_000)
    private static let key = ID<RecordKey>(bits: 7)

    private static func terms(_ until: Instant) -> AuditorTerms {
        AuditorTerms(until: until, opensPersonal: false, secretHash: Digest(high: 1, low: 2))
    }

    private static func grant(
        _ paper: AuditorPaper = AuditorPaper(name: "Vera", purpose: "Audit"),
        until: Instant = at + .days(1)
    ) -> AuditorCommand {
        .grant(at: at, paper, key: key, terms(until))
    }

    private static let granted = AuditorEvent.granted(
        AuditorGranted(
            at: at, paper: Sealed(AuditorPaper(name: "Vera", purpose: "Audit"), under: key),
            until: at + .days(1), opensPersonal: false, secretHash: Digest(high: 1, low: 2)))

    @Test("ROLE-6 a grant names who, what for and until when")
    func grants() {
        Given<Auditor>().when(AuditorTests.grant()).then(AuditorTests.granted)
    }

    @Test("ROLE-6 a grant without name, purpose or end, or for too long, is refused")
    func refusals() {
        let at = AuditorTests.at
        let paper = AuditorPaper(name: "Vera", purpose: "Audit")
        Given<Auditor>().when(AuditorTests.grant(AuditorPaper(name: "", purpose: "Audit")))
            .refused(.nameMissing)
        Given<Auditor>().when(AuditorTests.grant(AuditorPaper(name: "Vera", purpose: "")))
            .refused(.purposeMissing)
        let long = String(repeating: "x", count: 501)
        Given<Auditor>().when(AuditorTests.grant(AuditorPaper(name: "Vera", purpose: long)))
            .refused(.paperTooLong(limit: 500))
        Given<Auditor>().when(AuditorTests.grant(paper, until: at)).refused(.untilPast)
        Given<Auditor>().when(AuditorTests.grant(paper, until: at + .days(367)))
            .refused(.grantTooLong(limit: 366))
        Given<Auditor>().when(.revoke(at: at)).refused(.auditorUnknown)
        Given<Auditor>(AuditorTests.granted).when(AuditorTests.grant()).refused(.auditorExists)
    }

    @Test("ROLE-6 a grant is good to its last moment, and not once revoked")
    func isGood() {
        let at = AuditorTests.at
        var state = Auditor.initial
        #expect(!state.isGood(at: at))
        Auditor.evolve(&state, AuditorTests.granted)
        #expect(state.isGood(at: at + .days(1)))
        #expect(!state.isGood(at: at + .days(1) + Milliseconds(1)))
        let revoked = AuditorEvent.revoked(AuditorRevoked(at: at))
        Given<Auditor>(AuditorTests.granted).when(.revoke(at: at)).then(revoked)
        Given<Auditor>(AuditorTests.granted, revoked).when(.revoke(at: at)).then()
        Auditor.evolve(&state, revoked)
        #expect(!state.isGood(at: at))
    }
}
