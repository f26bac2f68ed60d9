/// A person with an account: practitioner, receptionist, administrator. Roles take effect with
/// their event (ROLE-3).
package enum Staff: Decider {
    package static let grantsMax = 100
    package static let tokensMax = 20
    /// How long an invitation can be accepted (ACC-1).
    package static let invitationLife = Milliseconds.days(30)

    package enum Standing: String, CaseIterable, Hashable, Sendable {
        case unknown, invited, active, suspended, removed
    }

    package struct State: Hashable, Sendable {
        package var standing = Standing.unknown
        /// The record key of everything personal here.
        package var key: ID<RecordKey>?
        /// As it was told last.
        package var profile: Sealed<StaffProfile>?
        package var invitedUntil: Instant?
        /// Roles held, whatever the standing; ``Authority`` looks at both.
        package var grants: Set<Grant> = []
        /// Where they are bookable.
        package var practisesIn: Set<ID<Clinic>> = []

        /// Whether visitors may be sent to them there, in their walk-in hours (WALK-2).
        package func takesVisitors(in clinic: ID<Clinic>) -> Bool {
            standing == .active && practisesIn.contains(clinic)
        }

        package var tokens: [ID<Token>: TokenState] = [:]
        /// Whether they show a photo; which is read where it is asked for, for a state is kept in
        /// memory.
        package var hasPhoto = false
        /// When last: sessions from before are over, whatever came after (ACC-6).
        package var suspendedAt: Instant?
    }

    package struct TokenState: Hashable, Sendable {
        package let secretHash: Digest
        package let until: Instant?
    }

    package static let initial = State()

    package static func decide(
        _ command: StaffCommand, _ state: State
    ) throws(StaffRejection) -> [StaffEvent] {
        if let refusal = refusal(of: command, in: state.standing) { throw refusal }
        guard let key = state.key ?? command.firstKey else { throw .staffUnknown }
        switch command {
        case .invite(let at, let invitation, _):
            return try invite(at, invitation, key)
        case .add(let at, let invitation, _):
            return try invite(at, invitation, key) + [.accepted(InvitationAccepted(at: at))]
        case .accept(let at):
            if let until = state.invitedUntil, at > until { throw .invitationLapsed }
            return [.accepted(InvitationAccepted(at: at))]
        case .giveRole(let at, let grant, let reason):
            let reason = try sealed(reason, key)
            return try giveRole(at, grant, reason, state)
        case .takeRole(let at, let grant, let reason):
            let reason = try sealed(reason, key)
            guard state.grants.contains(grant) else { return [] }
            guard state.grants.contains(where: { $0.role != .referrer && $0 != grant }) else {
                throw .lastRole
            }
            return [
                .roleTaken(
                    RoleTaken(at: at, role: grant.role, clinic: grant.clinic, reason: reason))
            ]
        case .markPractitioner(let at, let clinic):
            if state.practisesIn.contains(clinic) { return [] }
            guard state.grants.contains(where: { $0.clinic == clinic && $0.role != .referrer })
            else { throw .notOfClinic }
            return [.practitionerMarked(PractitionerMarked(at: at, clinic: clinic))]
        case .unmarkPractitioner(let at, let clinic):
            guard state.practisesIn.contains(clinic) else { return [] }
            return [.practitionerUnmarked(PractitionerUnmarked(at: at, clinic: clinic))]
        case .changeProfile(let at, let profile):
            try check(profile)
            let profile = Sealed(profile, under: key)
            return [.profileChanged(StaffProfileChanged(at: at, profile: profile))]
        case .suspend(let at, let reason):
            let reason = try sealed(reason, key)
            if state.standing == .suspended { return [] }
            return [.suspended(StaffSuspended(at: at, reason: reason))]
        case .restore(let at, let reason):
            let reason = try sealed(reason, key)
            if state.standing == .active { return [] }
            return [.restored(StaffRestored(at: at, reason: reason))]
        case .remove(let at, let reason):
            let reason = try sealed(reason, key)
            if state.standing == .removed { return [] }
            return [.removed(StaffRemoved(at: at, reason: reason))]
        case .issueToken(let at, let token, let secretHash, let until):
            return try issueToken(at, token, secretHash, until, state)
        case .revokeToken(let at, let token):
            guard state.tokens[token] != nil else { return [] }
            return [.tokenRevoked(TokenRevoked(at: at, token: token))]
        case .setPhoto(let at, let bytes):
            let photo = try StaffPhoto(bytes)
            return [.photoSet(StaffPhotoSet(at: at, photo: Sealed(photo, under: key)))]
        case .removePhoto(let at):
            return state.hasPhoto ? [.photoRemoved(StaffPhotoRemoved(at: at))] : []
        }
    }

    /// The transition table: nil where `command` has a meaning in `standing`.
    static func refusal(of command: StaffCommand, in standing: Standing) -> StaffRejection? {
        switch (command, standing) {
        case (.invite, .unknown), (.add, .unknown): nil
        case (_, .unknown): .staffUnknown

        case (.invite, .invited), (.invite, .active), (.invite, .suspended), (.invite, .removed),
            (.add, .invited), (.add, .active), (.add, .suspended), (.add, .removed):
            .staffExists

        case (.remove, .removed): nil
        case (_, .removed): .staffRemoved

        case (.accept, .invited): nil
        case (.accept, .active), (.accept, .suspended): .alreadyAccepted

        case (.suspend, .active), (.suspend, .suspended): nil
        case (.suspend, .invited): .notAccepted
        case (.restore, .suspended), (.restore, .active): nil
        case (.restore, .invited): .notSuspended

        case (.issueToken, .active): nil
        case (.issueToken, .invited): .notAccepted
        case (.issueToken, .suspended): .notActive

        case (.giveRole, .invited), (.giveRole, .active), (.giveRole, .suspended),
            (.takeRole, .invited), (.takeRole, .active), (.takeRole, .suspended),
            (.markPractitioner, .invited), (.markPractitioner, .active),
            (.markPractitioner, .suspended),
            (.unmarkPractitioner, .invited), (.unmarkPractitioner, .active),
            (.unmarkPractitioner, .suspended),
            (.changeProfile, .invited), (.changeProfile, .active), (.changeProfile, .suspended),
            (.remove, .invited), (.remove, .active), (.remove, .suspended),
            (.revokeToken, .invited), (.revokeToken, .active), (.revokeToken, .suspended),
            (.setPhoto, .invited), (.setPhoto, .active), (.setPhoto, .suspended),
            (.removePhoto, .invited), (.removePhoto, .active), (.removePhoto, .suspended):
            nil
        }
    }

    package static func evolve(_ state: inout State, _ event: StaffEvent) {
        switch event {
        case .invited(let invited):
            state.standing = .invited
            state.key = invited.profile.key
            state.profile = invited.profile
            state.invitedUntil = invited.until
        case .accepted: state.standing = .active
        case .roleGiven(let given): state.grants.insert(Grant(given.role, in: given.clinic))
        case .roleTaken(let taken):
            state.grants.remove(Grant(taken.role, in: taken.clinic))
            if let clinic = taken.clinic,
                !state.grants.contains(where: { $0.clinic == clinic && $0.role != .referrer })
            {
                state.practisesIn.remove(clinic)
            }
        case .practitionerMarked(let marked): state.practisesIn.insert(marked.clinic)
        case .practitionerUnmarked(let unmarked): state.practisesIn.remove(unmarked.clinic)
        case .profileChanged(let changed):
            state.key = changed.profile.key
            state.profile = changed.profile
        case .suspended(let suspended):
            state.standing = .suspended
            state.suspendedAt = suspended.at
        case .restored: state.standing = .active
        case .removed:
            state.standing = .removed
            state.grants = []
            state.practisesIn = []
            state.tokens = [:]
            state.hasPhoto = false
        case .tokenIssued(let issued):
            state.tokens[issued.token] = TokenState(
                secretHash: issued.secretHash, until: issued.until)
        case .tokenRevoked(let revoked): state.tokens[revoked.token] = nil
        case .photoSet: state.hasPhoto = true
        case .photoRemoved: state.hasPhoto = false
        }
    }
}
