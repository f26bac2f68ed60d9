/// What can happen to an account. Source: ACC-1, ACC-2, ACC-3, ACC-6.
package enum AccountEvent: Hashable, Sendable {
    case linkMade(LinkMade)
    case passwordSet(PasswordSet)
    case addressChanged(AddressChanged)
    case sessionBegun(SessionBegun)
    case sessionSeen(SessionSeen)
    case sessionEnded(SessionEnded)
    case totpBegun(TOTPBegun)
    case totpConfirmed(TOTPConfirmed)
    case recoveryRenewed(RecoveryRenewed)
    case totpSwitchedOff(TOTPSwitchedOff)
}

extension AccountEvent: EventFamily {
    package static let category = "account"
    package static let members = Members<AccountEvent>(
        Member(LinkMade.self, AccountEvent.linkMade),
        Member(PasswordSet.self, AccountEvent.passwordSet),
        Member(AddressChanged.self, AccountEvent.addressChanged),
        Member(SessionBegun.self, AccountEvent.sessionBegun),
        Member(SessionSeen.self, AccountEvent.sessionSeen),
        Member(SessionEnded.self, AccountEvent.sessionEnded),
        Member(TOTPBegun.self, AccountEvent.totpBegun),
        Member(TOTPConfirmed.self, AccountEvent.totpConfirmed),
        Member(RecoveryRenewed.self, AccountEvent.recoveryRenewed),
        Member(TOTPSwitchedOff.self, AccountEvent.totpSwitchedOff))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .linkMade(let event): try visitor.visit(event)
        case .passwordSet(let event): try visitor.visit(event)
        case .addressChanged(let event): try visitor.visit(event)
        case .sessionBegun(let event): try visitor.visit(event)
        case .sessionSeen(let event): try visitor.visit(event)
        case .sessionEnded(let event): try visitor.visit(event)
        case .totpBegun(let event): try visitor.visit(event)
        case .totpConfirmed(let event): try visitor.visit(event)
        case .recoveryRenewed(let event): try visitor.visit(event)
        case .totpSwitchedOff(let event): try visitor.visit(event)
        }
    }
}

/// A link was made for them, to be sent by e-mail; only its secret's hash is here, and the secret
/// is random, so the hash says nothing.
package struct LinkMade: Hashable, Sendable {
    package let at: Instant
    package let purpose: LinkPurpose
    /// SHA-256 of the secret.
    package let secretHash: Digest
    /// The last moment at which it is good.
    package let until: Instant

    package init(at: Instant, purpose: LinkPurpose, secretHash: Digest, until: Instant) {
        self.at = at
        self.purpose = purpose
        self.secretHash = secretHash
        self.until = until
    }
}

extension LinkMade: Event {
    package static let name = "account.link-made"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        purpose = try f(2, "purpose", \.purpose)
        secretHash = try f(3, "secret_hash", \.secretHash)
        until = try f(4, "until", \.until)
    }
}

/// A password was set. Sessions end, and so do links.
package struct PasswordSet: Hashable, Sendable {
    package let at: Instant
    /// Its memory-hard hash, under the staff member's key.
    package let password: Sealed<PasswordHash>
    package let means: PasswordMeans
    /// The session that goes on: that of who set it.
    package let keeping: ID<Session>?

    package init(
        at: Instant, password: Sealed<PasswordHash>, means: PasswordMeans,
        keeping: ID<Session>? = nil
    ) {
        self.at = at
        self.password = password
        self.means = means
        self.keeping = keeping
    }
}

extension PasswordSet: Event {
    package static let name = "account.password-set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        password = try f(2, "password", \.password)
        means = try f(3, "means", \.means)
        keeping = try f(4, "keeping", \.keeping)
    }
}

/// The profile names another e-mail address, which nobody has shown to be theirs yet.
package struct AddressChanged: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension AddressChanged: Event {
    package static let name = "account.address-changed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}

/// They signed in.
package struct SessionBegun: Hashable, Sendable {
    package let at: Instant
    package let session: ID<Session>
    /// SHA-256 of the token's secret, which is random.
    package let secretHash: Digest
    package let kind: SessionKind
    /// The time step of the authenticator's code: no code at or before it is taken again.
    package let step: Int?
    /// The recovery code used instead, by its hash.
    package let recovery: Digest?

    package init(
        at: Instant, session: ID<Session>, secretHash: Digest, kind: SessionKind, step: Int? = nil,
        recovery: Digest? = nil
    ) {
        self.at = at
        self.session = session
        self.secretHash = secretHash
        self.kind = kind
        self.step = step
        self.recovery = recovery
    }
}

extension SessionBegun: Event {
    package static let name = "account.session-begun"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        session = try f(2, "session", \.session)
        secretHash = try f(3, "secret_hash", \.secretHash)
        kind = try f(4, "kind", \.kind)
        step = try f(5, "step", \.step)
        recovery = try f(6, "recovery", \.recovery)
    }
}

/// A session was used; noted once an hour at most.
package struct SessionSeen: Hashable, Sendable {
    package let at: Instant
    package let session: ID<Session>

    package init(at: Instant, session: ID<Session>) {
        self.at = at
        self.session = session
    }
}

extension SessionSeen: Event {
    package static let name = "account.session-seen"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        session = try f(2, "session", \.session)
    }
}

/// A session is over before its time.
package struct SessionEnded: Hashable, Sendable {
    package let at: Instant
    package let session: ID<Session>
    package let why: SessionEnd

    package init(at: Instant, session: ID<Session>, why: SessionEnd) {
        self.at = at
        self.session = session
        self.why = why
    }
}

extension SessionEnded: Event {
    package static let name = "account.session-ended"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        session = try f(2, "session", \.session)
        why = try f(3, "why", \.why)
    }
}

/// An authenticator was given a secret; a code has yet to show that it has it.
package struct TOTPBegun: Hashable, Sendable {
    package let at: Instant
    /// Under the staff member's key.
    package let secret: Sealed<TOTPSecret>

    package init(at: Instant, secret: Sealed<TOTPSecret>) {
        self.at = at
        self.secret = secret
    }
}

extension TOTPBegun: Event {
    package static let name = "account.totp-begun"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        secret = try f(2, "secret", \.secret)
    }
}

/// The authenticator showed a right code: from now on signing in takes one.
package struct TOTPConfirmed: Hashable, Sendable {
    package let at: Instant
    /// The code's time step.
    package let step: Int
    /// SHA-256 of each recovery code, which are random.
    package let recovery: [Digest]

    package init(at: Instant, step: Int, recovery: [Digest]) {
        self.at = at
        self.step = step
        self.recovery = recovery
    }
}

extension TOTPConfirmed: Event {
    package static let name = "account.totp-confirmed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        step = try f(2, "step", \.step)
        recovery = try f(3, "recovery", \.recovery)
    }
}

/// New recovery codes; those before are good no more.
package struct RecoveryRenewed: Hashable, Sendable {
    package let at: Instant
    /// SHA-256 of each.
    package let codes: [Digest]

    package init(at: Instant, codes: [Digest]) {
        self.at = at
        self.codes = codes
    }
}

extension RecoveryRenewed: Event {
    package static let name = "account.recovery-renewed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        codes = try f(2, "codes", \.codes)
    }
}

/// Signing in takes no code any more.
package struct TOTPSwitchedOff: Hashable, Sendable {
    package let at: Instant
    /// An administrator did it: where the organisation requires a code, they are excused until they
    /// enrol again.
    package let byOther: Bool

    package init(at: Instant, byOther: Bool) {
        self.at = at
        self.byOther = byOther
    }
}

extension TOTPSwitchedOff: Event {
    package static let name = "account.totp-switched-off"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        byOther = try f(2, "by_other", \.byOther)
    }
}
