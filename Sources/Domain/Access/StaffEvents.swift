/// What can happen to a staff member. Source: ROLE-3, ACC-1.
package enum StaffEvent: Hashable, Sendable {
    case invited(StaffInvited)
    case accepted(InvitationAccepted)
    case roleGiven(RoleGiven)
    case roleTaken(RoleTaken)
    case practitionerMarked(PractitionerMarked)
    case practitionerUnmarked(PractitionerUnmarked)
    case profileChanged(StaffProfileChanged)
    case suspended(StaffSuspended)
    case restored(StaffRestored)
    case removed(StaffRemoved)
    case tokenIssued(TokenIssued)
    case tokenRevoked(TokenRevoked)
    case photoSet(StaffPhotoSet)
    case photoRemoved(StaffPhotoRemoved)
}

extension StaffEvent: EventFamily {
    package static let category = "staff"
    package static let members = Members<StaffEvent>(
        Member(StaffInvited.self, StaffEvent.invited),
        Member(InvitationAccepted.self, StaffEvent.accepted),
        Member(RoleGiven.self, StaffEvent.roleGiven),
        Member(RoleTaken.self, StaffEvent.roleTaken),
        Member(PractitionerMarked.self, StaffEvent.practitionerMarked),
        Member(PractitionerUnmarked.self, StaffEvent.practitionerUnmarked),
        Member(StaffProfileChanged.self, StaffEvent.profileChanged),
        Member(StaffSuspended.self, StaffEvent.suspended),
        Member(StaffRestored.self, StaffEvent.restored),
        Member(StaffRemoved.self, StaffEvent.removed),
        Member(TokenIssued.self, StaffEvent.tokenIssued),
        Member(TokenRevoked.self, StaffEvent.tokenRevoked),
        Member(StaffPhotoSet.self, StaffEvent.photoSet),
        Member(StaffPhotoRemoved.self, StaffEvent.photoRemoved))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .invited(let event): try visitor.visit(event)
        case .accepted(let event): try visitor.visit(event)
        case .roleGiven(let event): try visitor.visit(event)
        case .roleTaken(let event): try visitor.visit(event)
        case .practitionerMarked(let event): try visitor.visit(event)
        case .practitionerUnmarked(let event): try visitor.visit(event)
        case .profileChanged(let event): try visitor.visit(event)
        case .suspended(let event): try visitor.visit(event)
        case .restored(let event): try visitor.visit(event)
        case .removed(let event): try visitor.visit(event)
        case .tokenIssued(let event): try visitor.visit(event)
        case .tokenRevoked(let event): try visitor.visit(event)
        case .photoSet(let event): try visitor.visit(event)
        case .photoRemoved(let event): try visitor.visit(event)
        }
    }
}

/// Somebody was invited; the profile is sealed under the staff member's record key, and so is every
/// reason.
package struct StaffInvited: Hashable, Sendable {
    package let at: Instant
    package let profile: Sealed<StaffProfile>
    /// The last moment at which it can be accepted.
    package let until: Instant
    package let reason: Sealed<Reason>

    package init(
        at: Instant, profile: Sealed<StaffProfile>, until: Instant, reason: Sealed<Reason>
    ) {
        self.at = at
        self.profile = profile
        self.until = until
        self.reason = reason
    }
}

extension StaffInvited: Event {
    package static let name = "staff.invited"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        profile = try f(2, "profile", \.profile)
        until = try f(3, "until", \.until)
        reason = try f(4, "reason", \.reason)
    }
}

/// The invitation was accepted: the staff member is active.
package struct InvitationAccepted: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension InvitationAccepted: Event {
    package static let name = "staff.accepted"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}

/// A role was given.
package struct RoleGiven: Hashable, Sendable {
    package let at: Instant
    package let role: Role
    /// Absent for the roles of the organisation.
    package let clinic: ID<Clinic>?
    package let reason: Sealed<Reason>

    package init(at: Instant, role: Role, clinic: ID<Clinic>? = nil, reason: Sealed<Reason>) {
        self.at = at
        self.role = role
        self.clinic = clinic
        self.reason = reason
    }
}

extension RoleGiven: Event {
    package static let name = "staff.role-given"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        role = try f(2, "role", \.role)
        clinic = try f(3, "clinic", \.clinic)
        reason = try f(4, "reason", \.reason)
    }
}

/// A role was taken.
package struct RoleTaken: Hashable, Sendable {
    package let at: Instant
    package let role: Role
    package let clinic: ID<Clinic>?
    package let reason: Sealed<Reason>

    package init(at: Instant, role: Role, clinic: ID<Clinic>? = nil, reason: Sealed<Reason>) {
        self.at = at
        self.role = role
        self.clinic = clinic
        self.reason = reason
    }
}

extension RoleTaken: Event {
    package static let name = "staff.role-taken"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        role = try f(2, "role", \.role)
        clinic = try f(3, "clinic", \.clinic)
        reason = try f(4, "reason", \.reason)
    }
}

/// Bookable in this clinic, whatever the role.
package struct PractitionerMarked: Hashable, Sendable {
    package let at: Instant
    package let clinic: ID<Clinic>

    package init(at: Instant, clinic: ID<Clinic>) {
        self.at = at
        self.clinic = clinic
    }
}

extension PractitionerMarked: Event {
    package static let name = "staff.practitioner-marked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        clinic = try f(2, "clinic", \.clinic)
    }
}

/// No longer bookable in this clinic.
package struct PractitionerUnmarked: Hashable, Sendable {
    package let at: Instant
    package let clinic: ID<Clinic>

    package init(at: Instant, clinic: ID<Clinic>) {
        self.at = at
        self.clinic = clinic
    }
}

extension PractitionerUnmarked: Event {
    package static let name = "staff.practitioner-unmarked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        clinic = try f(2, "clinic", \.clinic)
    }
}

/// Names or other details were changed; all are told anew.
package struct StaffProfileChanged: Hashable, Sendable {
    package let at: Instant
    package let profile: Sealed<StaffProfile>

    package init(at: Instant, profile: Sealed<StaffProfile>) {
        self.at = at
        self.profile = profile
    }
}

extension StaffProfileChanged: Event {
    package static let name = "staff.profile-changed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        profile = try f(2, "profile", \.profile)
    }
}

/// May do nothing until restored.
package struct StaffSuspended: Hashable, Sendable {
    package let at: Instant
    package let reason: Sealed<Reason>

    package init(at: Instant, reason: Sealed<Reason>) {
        self.at = at
        self.reason = reason
    }
}

extension StaffSuspended: Event {
    package static let name = "staff.suspended"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        reason = try f(2, "reason", \.reason)
    }
}

/// Active again, with the roles kept.
package struct StaffRestored: Hashable, Sendable {
    package let at: Instant
    package let reason: Sealed<Reason>

    package init(at: Instant, reason: Sealed<Reason>) {
        self.at = at
        self.reason = reason
    }
}

extension StaffRestored: Event {
    package static let name = "staff.restored"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        reason = try f(2, "reason", \.reason)
    }
}

/// Gone for good, with all roles and tokens; the name in history stays until the record key goes.
package struct StaffRemoved: Hashable, Sendable {
    package let at: Instant
    package let reason: Sealed<Reason>

    package init(at: Instant, reason: Sealed<Reason>) {
        self.at = at
        self.reason = reason
    }
}

extension StaffRemoved: Event {
    package static let name = "staff.removed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        reason = try f(2, "reason", \.reason)
    }
}

/// A bearer token was issued. Only its secret's hash is here; the secret is random, so the hash
/// says nothing.
package struct TokenIssued: Hashable, Sendable {
    package let at: Instant
    package let token: ID<Token>
    /// SHA-256 of the secret.
    package let secretHash: Digest
    /// The last moment at which it is good; absent: until revoked.
    package let until: Instant?

    package init(at: Instant, token: ID<Token>, secretHash: Digest, until: Instant? = nil) {
        self.at = at
        self.token = token
        self.secretHash = secretHash
        self.until = until
    }
}

extension TokenIssued: Event {
    package static let name = "staff.token-issued"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        token = try f(2, "token", \.token)
        secretHash = try f(3, "secret_hash", \.secretHash)
        until = try f(4, "until", \.until)
    }
}

/// The token is good no more.
package struct TokenRevoked: Hashable, Sendable {
    package let at: Instant
    package let token: ID<Token>

    package init(at: Instant, token: ID<Token>) {
        self.at = at
        self.token = token
    }
}

extension TokenRevoked: Event {
    package static let name = "staff.token-revoked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        token = try f(2, "token", \.token)
    }
}
