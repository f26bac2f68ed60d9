import Domain

/// A staff member's story, for the tests. Clinic 1 is theirs.
enum Colleague {
    static let clinic: ID<Clinic> = id(1)
    static let key: ID<RecordKey> = id(800)
    static let profile = StaffProfile(name: "Grace Hopper")
    static let why = Reason("needed")
    static let sealedWhy = Sealed(why, under: key)
    static let grant = Grant(.teamMember, in: clinic)

    static func invitation(_ grants: [Grant] = [grant]) -> Invitation {
        Invitation(profile: profile, grants: grants, reason: why)
    }

    static let invitedEvent = StaffEvent.invited(
        StaffInvited(
            at: second(0), profile: Sealed(profile, under: key),
            until: Instant(milliseconds: Staff.invitationLife.count), reason: sealedWhy))
    static let accepted = StaffEvent.accepted(InvitationAccepted(at: second(10)))
    static let invited = [invitedEvent, given(grant, at: 0)]
    static let active = invited + [accepted]
    static let suspended =
        active + [.suspended(StaffSuspended(at: second(20), reason: sealedWhy))]
    static let removed = active + [.removed(StaffRemoved(at: second(20), reason: sealedWhy))]

    /// Active from the start, with these roles.
    static func active(_ grants: Grant...) -> [StaffEvent] {
        [invitedEvent] + grants.map { given($0, at: 0) } + [accepted]
    }

    static func given(_ grant: Grant, at time: Int) -> StaffEvent {
        .roleGiven(
            RoleGiven(
                at: second(time), role: grant.role, clinic: grant.clinic, reason: sealedWhy))
    }
    static func taken(_ grant: Grant, at time: Int) -> StaffEvent {
        .roleTaken(
            RoleTaken(
                at: second(time), role: grant.role, clinic: grant.clinic, reason: sealedWhy))
    }
    static func token(_ number: Int, at time: Int, until: Instant? = nil) -> StaffEvent {
        .tokenIssued(
            TokenIssued(
                at: second(time), token: id(number), secretHash: hash(number), until: until))
    }
    static func hash(_ number: Int) -> Digest { Digest(high: 7, low: UInt128(number)) }
}
