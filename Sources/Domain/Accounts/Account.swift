/// How a staff member signs in: password, second factor, sessions, links sent to them. A stream
/// beside ``Staff``'s, under the same id and record key, so that signing in never races a change of
/// roles (ACC-1, ACC-2, ACC-3, ACC-6).
package enum Account: Decider {
    /// Sessions at once; beyond it the oldest ends.
    package static let sessionsMax = 20
    package static let recoveryCodes = 10
    /// How long a link is good (ACC-1).
    package static let linkLife = Milliseconds.hours(24)
    /// How often use of a session is noted at most: no event for each request.
    package static let seenPace = Milliseconds.hours(1)

    package struct State: Hashable, Sendable {
        package var password: Sealed<PasswordHash>?
        /// Whether the holder has shown that they read the mail of their address.
        package var provedAddress = false
        package var links: [LinkPurpose: LinkState] = [:]
        package var sessions: [ID<Session>: SessionState] = [:]
        package var totp: TOTP = .off
        /// Of the last code accepted: none at or before it is taken.
        package var lastStep: Int?
        package var recovery: Set<Digest> = []
        /// An administrator switched the second factor off, until it is enrolled again.
        package var isExcused = false
        package var lastSignInAt: Instant?
    }

    package enum TOTP: Hashable, Sendable {
        case off
        case begun(Sealed<TOTPSecret>)
        /// With what is begun anew beside it.
        case on(Sealed<TOTPSecret>)

        package var isOn: Bool {
            switch self {
            case .on: true
            case .off, .begun: false
            }
        }
    }

    package struct LinkState: Hashable, Sendable {
        package let secretHash: Digest
        package let until: Instant
    }

    package struct SessionState: Hashable, Sendable {
        package let secretHash: Digest
        package let kind: SessionKind
        package let begunAt: Instant
        package var seenAt: Instant

        package init(
            secretHash: Digest, kind: SessionKind, begunAt: Instant, seenAt: Instant
        ) {
            self.secretHash = secretHash
            self.kind = kind
            self.begunAt = begunAt
            self.seenAt = seenAt
        }
    }

    package static let initial = State()

    package static func decide(
        _ command: AccountCommand, _ state: State
    ) throws(AccountRejection) -> [AccountEvent] {
        switch command {
        case .makeLink(let at, let purpose, let secretHash):
            return [
                .linkMade(
                    LinkMade(
                        at: at, purpose: purpose, secretHash: secretHash,
                        until: at.adding(linkLife)))
            ]
        case .setPassword(let at, let password, let key, let link):
            guard let purpose = state.purpose(ofLink: link, at: at) else { throw .linkSpent }
            let means: PasswordMeans = purpose == .invitation ? .invitation : .reset
            let password = Sealed(password, under: key)
            return [.passwordSet(PasswordSet(at: at, password: password, means: means))]
        case .putPassword(let at, let password, let key, let means, let keeping):
            let password = Sealed(password, under: key)
            return [
                .passwordSet(
                    PasswordSet(at: at, password: password, means: means, keeping: keeping))
            ]
        case .changeAddress(let at):
            guard state.provedAddress else { return [] }
            return [.addressChanged(AddressChanged(at: at))]
        case .beginSession(let at, let session, let secretHash, let kind, let factor):
            return try begin(at, session, secretHash, kind, factor, state)
        case .seeSession(let at, let session):
            guard let known = state.sessions[session] else { throw .sessionUnknown }
            guard known.wantsNote(at: at) else { return [] }
            return [.sessionSeen(SessionSeen(at: at, session: session))]
        case .endSession(let at, let session, let why):
            guard state.sessions[session] != nil else { return [] }
            return [.sessionEnded(SessionEnded(at: at, session: session, why: why))]
        case .endSessions(let at, let keeping):
            return state.sessions.keys.sorted().filter { $0 != keeping }.map {
                .sessionEnded(SessionEnded(at: at, session: $0, why: .revoked))
            }
        case .enrolTOTP(let at, let secret, let key):
            guard !state.totp.isOn else { throw .totpOn }
            return [.totpBegun(TOTPBegun(at: at, secret: Sealed(secret, under: key)))]
        case .confirmTOTP(let at, let step, let recovery):
            return try confirm(at, step, recovery, state)
        case .renewRecovery(let at, let codes):
            guard state.totp.isOn else { throw .totpOff }
            return [.recoveryRenewed(RecoveryRenewed(at: at, codes: codes))]
        case .switchOffTOTP(let at, let byOther):
            guard state.totp.isOn || byOther && !state.isExcused else { return [] }
            return [.totpSwitchedOff(TOTPSwitchedOff(at: at, byOther: byOther))]
        }
    }

    private static func confirm(
        _ at: Instant, _ step: Int, _ recovery: [Digest], _ state: State
    ) throws(AccountRejection) -> [AccountEvent] {
        switch state.totp {
        case .off: throw .totpNotBegun
        case .on: throw .totpOn
        case .begun:
            if let last = state.lastStep, step <= last { throw .codeUsed }
            return [.totpConfirmed(TOTPConfirmed(at: at, step: step, recovery: recovery))]
        }
    }

    private static func begin(
        _ at: Instant, _ session: ID<Session>, _ secretHash: Digest, _ kind: SessionKind,
        _ factor: SecondFactor, _ state: State
    ) throws(AccountRejection) -> [AccountEvent] {
        guard state.password != nil || factor == .signOn else { throw .noPassword }
        var step: Int?
        var recovery: Digest?
        switch factor {
        case .none: if state.totp.isOn { throw .codeNeeded }
        case .signOn: break
        case .code(let given):
            if let last = state.lastStep, given <= last { throw .codeUsed }
            step = given
        case .recovery(let code):
            guard state.recovery.contains(code) else { throw .recoveryUnknown }
            recovery = code
        }
        guard state.sessions[session] == nil else { throw .sessionExists }
        // What ran out makes room silently; of what is good the oldest goes.
        let good = state.sessions.filter { $0.value.isGood(at: at) }
            .sorted { ($0.value.begunAt, $0.key) < ($1.value.begunAt, $1.key) }
        let displaced = good.prefix(max(0, good.count - sessionsMax + 1))
        return displaced.map {
            .sessionEnded(SessionEnded(at: at, session: $0.key, why: .displaced))
        } + [
            .sessionBegun(
                SessionBegun(
                    at: at, session: session, secretHash: secretHash, kind: kind, step: step,
                    recovery: recovery))
        ]
    }

    package static func evolve(_ state: inout State, _ event: AccountEvent) {
        switch event {
        case .linkMade(let made):
            state.links[made.purpose] = LinkState(secretHash: made.secretHash, until: made.until)
        case .passwordSet(let set):
            state.password = set.password
            state.provedAddress = state.provedAddress || set.means.provesAddress
            state.links = [:]
            state.sessions = state.sessions.filter { $0.key == set.keeping }
        case .addressChanged:
            state.provedAddress = false
            state.links = [:]
        case .sessionBegun(let begun):
            // Those over by their dates are forgotten here, so that the state stays small.
            state.sessions = state.sessions.filter { $0.value.isGood(at: begun.at) }
            state.sessions[begun.session] = SessionState(
                secretHash: begun.secretHash, kind: begun.kind, begunAt: begun.at,
                seenAt: begun.at)
            state.lastStep = begun.step ?? state.lastStep
            if let code = begun.recovery { state.recovery.remove(code) }
            state.lastSignInAt = begun.at
        case .sessionSeen(let seen): state.sessions[seen.session]?.seenAt = seen.at
        case .sessionEnded(let ended): state.sessions[ended.session] = nil
        case .totpBegun(let begun): state.totp = .begun(begun.secret)
        case .totpConfirmed(let confirmed):
            if case .begun(let secret) = state.totp { state.totp = .on(secret) }
            state.lastStep = confirmed.step
            state.recovery = Set(confirmed.recovery)
            state.isExcused = false
        case .recoveryRenewed(let renewed): state.recovery = Set(renewed.codes)
        case .totpSwitchedOff(let off):
            state.totp = .off
            state.recovery = []
            state.isExcused = off.byOther
        }
    }
}

extension Account.SessionState {
    /// The last moment it is good, as far as is known: use moves it, up to its whole life.
    package var until: Instant {
        min(seenAt.adding(kind.idleMax), begunAt.adding(kind.lifeMax))
    }

    package func isGood(at now: Instant) -> Bool { now <= until }

    /// Whether its use now is worth an event.
    package func wantsNote(at now: Instant) -> Bool {
        isGood(at: now) && seenAt.adding(Account.seenPace) <= now
    }
}

extension Account.State {
    /// What the link with that hash is for, where it is good.
    package func purpose(ofLink hash: Digest, at now: Instant) -> LinkPurpose? {
        LinkPurpose.allCases.first { purpose in
            links[purpose].map { $0.secretHash == hash && now <= $0.until } ?? false
        }
    }

    /// The session with that secret, where it is good: begun after its holder was last suspended.
    package func session(
        _ secretHash: Digest, at now: Instant, after suspended: Instant?
    ) -> ID<Session>? {
        sessions.filter { _, session in
            session.secretHash == secretHash && session.isGood(at: now)
                && suspended.map { session.begunAt > $0 } ?? true
        }.keys.min()
    }
}

extension Instant {
    /// What is beyond 64 bits stays at their end.
    func adding(_ length: Milliseconds) -> Instant {
        let (sum, overflow) = milliseconds.addingReportingOverflow(length.count)
        return Instant(milliseconds: overflow ? (length.count < 0 ? .min : .max) : sum)
    }
}
