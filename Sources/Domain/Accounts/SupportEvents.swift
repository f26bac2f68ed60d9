/// What can happen to a session of remote support. Source: ROLE-4.
package enum SupportEvent: Hashable, Sendable {
    case asked(SupportAsked)
    case approved(SupportApproved)
    case ended(SupportEnded)
}

extension SupportEvent: EventFamily {
    package static let category = "support"
    package static let members = Members<SupportEvent>(
        Member(SupportAsked.self, SupportEvent.asked),
        Member(SupportApproved.self, SupportEvent.approved),
        Member(SupportEnded.self, SupportEvent.ended))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .asked(let event): try visitor.visit(event)
        case .approved(let event): try visitor.visit(event)
        case .ended(let event): try visitor.visit(event)
        }
    }
}

/// A supporter of the platform asks to act as a staff member. Name and reason are sealed under a
/// key of this session's own.
package struct SupportAsked: Hashable, Sendable {
    package let at: Instant
    /// Whom they would act as.
    package let staff: ID<Staff>
    /// Who asks and why.
    package let details: Sealed<SupportDetails>
    /// SHA-256 of the token's secret, which is random.
    package let secretHash: Digest

    package init(
        at: Instant, staff: ID<Staff>, details: Sealed<SupportDetails>, secretHash: Digest
    ) {
        self.at = at
        self.staff = staff
        self.details = details
        self.secretHash = secretHash
    }
}

extension SupportAsked: Event {
    package static let name = "support.asked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
        details = try f(3, "details", \.details)
        secretHash = try f(4, "secret_hash", \.secretHash)
    }
}

/// An organisation administrator let them in, for a time.
package struct SupportApproved: Hashable, Sendable {
    package let at: Instant
    /// The last moment at which they may act.
    package let until: Instant

    package init(at: Instant, until: Instant) {
        self.at = at
        self.until = until
    }
}

extension SupportApproved: Event {
    package static let name = "support.approved"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        until = try f(2, "until", \.until)
    }
}

/// Over before its time, or never begun.
package struct SupportEnded: Hashable, Sendable {
    package let at: Instant
    package let why: SupportEnd

    package init(at: Instant, why: SupportEnd) {
        self.at = at
        self.why = why
    }
}

extension SupportEnded: Event {
    package static let name = "support.ended"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        why = try f(2, "why", \.why)
    }
}
