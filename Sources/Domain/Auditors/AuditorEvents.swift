/// What can happen to an auditor's grant. Source: ROLE-6.
package enum AuditorEvent: Hashable, Sendable {
    case granted(AuditorGranted)
    case revoked(AuditorRevoked)
}

extension AuditorEvent: EventFamily {
    package static let category = "auditor"
    package static let members = Members<AuditorEvent>(
        Member(AuditorGranted.self, AuditorEvent.granted),
        Member(AuditorRevoked.self, AuditorEvent.revoked))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .granted(let event): try visitor.visit(event)
        case .revoked(let event): try visitor.visit(event)
        }
    }
}

/// Somebody may read the organisation's history for a time.
package struct AuditorGranted: Hashable, Sendable {
    package let at: Instant
    /// Who and what for, under a key of the grant's own.
    package let paper: Sealed<AuditorPaper>
    /// The last moment at which it is good.
    package let until: Instant
    /// They may open personal data too; otherwise ciphertext only.
    package let opensPersonal: Bool
    /// SHA-256 of the token's secret.
    package let secretHash: Digest

    package init(
        at: Instant, paper: Sealed<AuditorPaper>, until: Instant, opensPersonal: Bool,
        secretHash: Digest
    ) {
        self.at = at
        self.paper = paper
        self.until = until
        self.opensPersonal = opensPersonal
        self.secretHash = secretHash
    }
}

extension AuditorGranted: Event {
    package static let name = "auditor.granted"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        paper = try f(2, "paper", \.paper)
        until = try f(3, "until", \.until)
        opensPersonal = try f(4, "opens_personal", \.opensPersonal)
        secretHash = try f(5, "secret_hash", \.secretHash)
    }
}

/// The grant ended before its time.
package struct AuditorRevoked: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) { self.at = at }
}

extension AuditorRevoked: Event {
    package static let name = "auditor.revoked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}

/// Who an auditor is and what they look for.
package struct AuditorPaper: Hashable, Sendable {
    package var name: String
    package var email: String?
    package var purpose: String

    /// Unicode scalars of name and address.
    package static let textMax = 200
    /// Unicode scalars.
    package static let purposeMax = 500

    package init(name: String, email: String? = nil, purpose: String) {
        self.name = name
        self.email = email
        self.purpose = purpose
    }
}

extension AuditorPaper: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        name = try f(1, "name", \.name)
        email = try f(2, "email", \.email)
        purpose = try f(3, "purpose", \.purpose)
    }
}
