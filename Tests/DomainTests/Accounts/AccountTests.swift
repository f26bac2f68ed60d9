import Domain
import Testing

@Suite("Account") struct AccountTests {
    private static let key: ID<RecordKey> = id(9)
    private static let hash = PasswordHash("$scrypt$")
    private static let sealed = Sealed(hash, under: key)

    private static func digest(_ number: Int) -> Digest {
        Digest(high: UInt128(number), low: 0)
    }

    private static let set = AccountEvent.passwordSet(
        PasswordSet(at: second(1), password: sealed, means: .invitation))

    private static func link(_ number: Int, at: Int, for purpose: LinkPurpose) -> AccountEvent {
        .linkMade(
            LinkMade(
                at: second(at), purpose: purpose, secretHash: digest(number),
                until: second(at + 86_400)))
    }

    private static func begun(
        _ number: Int, at: Int, step: Int? = nil, recovery: Digest? = nil
    ) -> AccountEvent {
        .sessionBegun(
            SessionBegun(
                at: second(at), session: id(number), secretHash: digest(number), kind: .app,
                step: step, recovery: recovery))
    }

    private static func begin(
        _ number: Int, at: Int, _ factor: SecondFactor = .none
    ) -> AccountCommand {
        .beginSession(
            at: second(at), id(number), secretHash: digest(number), .app, factor)
    }

    private static let enrolled: [AccountEvent] = [
        set,
        .totpBegun(TOTPBegun(at: second(2), secret: Sealed(TOTPSecret(base32: "MY"), under: key))),
        .totpConfirmed(TOTPConfirmed(at: second(3), step: 100, recovery: [digest(7)])),
    ]

    @Test("ACC-1 a link is good for 24 hours, once, and until another of its purpose is made")
    func links() {
        let made = Self.link(1, at: 0, for: .invitation)
        Given<Account>().when(
            .makeLink(at: second(0), .invitation, secretHash: Self.digest(1))
        ).then(made)
        func set(_ link: Int, at: Int) -> AccountCommand {
            .setPassword(at: second(at), Self.hash, key: Self.key, link: Self.digest(link))
        }
        let accepted = AccountEvent.passwordSet(
            PasswordSet(at: second(86_400), password: Self.sealed, means: .invitation))
        Given<Account>(made).when(set(1, at: 86_400)).then(accepted)
            .when(set(1, at: 86_400)).refused(.linkSpent)
        Given<Account>(made).when(set(1, at: 86_401)).refused(.linkSpent)
        Given<Account>(made).when(set(2, at: 1)).refused(.linkSpent)
        Given<Account>(made, Self.link(2, at: 5, for: .invitation)).when(set(1, at: 6))
            .refused(.linkSpent)
        Given<Account>(made, Self.link(2, at: 5, for: .reset)).when(set(2, at: 6))
            .then(
                .passwordSet(PasswordSet(at: second(6), password: Self.sealed, means: .reset)))
    }

    @Test("ACC-3 no code is taken twice, nor one from before; a recovery code is good once")
    func codes() {
        let on = Given<Account>(Self.enrolled)
        on.when(Self.begin(1, at: 10)).refused(.codeNeeded)
        on.when(Self.begin(1, at: 10, .code(step: 100))).refused(.codeUsed)
        on.when(Self.begin(1, at: 10, .code(step: 99))).refused(.codeUsed)
        on.when(Self.begin(1, at: 10, .code(step: 101)))
            .then(Self.begun(1, at: 10, step: 101))
            .when(Self.begin(2, at: 11, .code(step: 101))).refused(.codeUsed)
        on.when(Self.begin(1, at: 10, .recovery(Self.digest(8)))).refused(.recoveryUnknown)
        on.when(Self.begin(1, at: 10, .recovery(Self.digest(7))))
            .then(Self.begun(1, at: 10, recovery: Self.digest(7)))
            .when(Self.begin(2, at: 11, .recovery(Self.digest(7)))).refused(.recoveryUnknown)
    }

    @Test("ACC-6 there are at most twenty sessions: of more the oldest ends")
    func displaced() {
        let full = [Self.set] + (1...20).map { Self.begun($0, at: Int($0)) }
        Given<Account>(full).when(Self.begin(21, at: 30))
            .then(
                .sessionEnded(SessionEnded(at: second(30), session: id(1), why: .displaced)),
                Self.begun(21, at: 30))
        Given<Account>().when(Self.begin(1, at: 2)).refused(.noPassword)
    }

    @Test("ACC-6 a session is good for its idle time from its last noted use, up to its whole life")
    func expiry() throws {
        for kind in SessionKind.allCases {
            var session = Account.SessionState(
                secretHash: Self.digest(1), kind: kind, begunAt: second(0), seenAt: second(0))
            let idle = kind.idleMax.count
            let life = kind.lifeMax.count
            #expect(session.isGood(at: Instant(milliseconds: idle)))
            #expect(!session.isGood(at: Instant(milliseconds: idle + 1)))
            session.seenAt = Instant(milliseconds: life - 1)
            #expect(session.isGood(at: Instant(milliseconds: life)))
            #expect(!session.isGood(at: Instant(milliseconds: life + 1)))
        }
    }

    @Test("ACC-6 a password that is changed ends all sessions but the one it was changed by")
    func changed() {
        let state = Account.fold([
            Self.set, Self.begun(1, at: 2), Self.begun(2, at: 3),
            .passwordSet(
                PasswordSet(
                    at: second(4), password: Self.sealed, means: .change, keeping: id(2))),
        ])
        #expect(Set(state.sessions.keys) == [id(2)])
    }

    @Test("ACC-3 who is excused by another stays so until they enrol again")
    func excused() {
        let off = Account.fold(
            Self.enrolled + [.totpSwitchedOff(TOTPSwitchedOff(at: second(5), byOther: true))])
        #expect(off.isExcused && !off.totp.isOn && off.recovery.isEmpty)
        let again = Account.fold(
            Self.enrolled + [.totpSwitchedOff(TOTPSwitchedOff(at: second(5), byOther: true))]
                + Self.enrolled.dropFirst())
        #expect(!again.isExcused && again.totp.isOn)
    }
}
