/// The rules behind ``Staff``'s transition table; the standing has been checked.
extension Staff {
    static func invite(
        _ at: Instant, _ invitation: Invitation, _ key: ID<RecordKey>
    ) throws(StaffRejection) -> [StaffEvent] {
        let reason = try sealed(invitation.reason, key)
        try check(invitation.profile)
        guard !invitation.grants.isEmpty else { throw .roleMissing }
        let (until, overflow) = at.milliseconds.addingReportingOverflow(invitationLife.count)
        var events: [StaffEvent] = [
            .invited(
                StaffInvited(
                    at: at, profile: Sealed(invitation.profile, under: key),
                    until: Instant(milliseconds: overflow ? .max : until), reason: reason))
        ]
        var state = fold(events)
        for grant in invitation.grants {
            for event in try giveRole(at, grant, reason, state) {
                evolve(&state, event)
                events.append(event)
            }
        }
        return events
    }

    static func giveRole(
        _ at: Instant, _ grant: Grant, _ reason: Sealed<Reason>, _ state: State
    ) throws(StaffRejection) -> [StaffEvent] {
        guard grant.isWhole else { throw grant.clinic == nil ? .clinicMissing : .clinicNotWanted }
        if state.grants.contains(grant) { return [] }
        if grant.role == .referrer {
            guard state.grants.contains(where: { $0.role.isOfClinic && $0.role != .referrer })
            else { throw .referrerNeedsClinicRole }
        }
        guard state.grants.count < grantsMax else { throw .tooManyRoles(limit: grantsMax) }
        return [
            .roleGiven(RoleGiven(at: at, role: grant.role, clinic: grant.clinic, reason: reason))
        ]
    }

    static func issueToken(
        _ at: Instant, _ token: ID<Token>, _ secretHash: Digest, _ until: Instant?, _ state: State
    ) throws(StaffRejection) -> [StaffEvent] {
        let good = state.tokens.values.count { $0.isGood(at: at) }
        guard good < tokensMax else { throw .tooManyTokens(limit: tokensMax) }
        guard state.tokens[token] == nil else { throw .tokenExists }
        if let until, until < at { throw .untilPast }
        return [
            .tokenIssued(TokenIssued(at: at, token: token, secretHash: secretHash, until: until))
        ]
    }

    static func check(_ profile: StaffProfile) throws(StaffRejection) {
        guard !profile.name.isEmpty else { throw .nameMissing }
        if let field = profile.tooLong {
            let isList = field == .languages
            throw .profileTooLong(
                field, limit: isList ? StaffProfile.languagesMax : StaffProfile.textMax)
        }
    }

    static func sealed(
        _ reason: Reason, _ key: ID<RecordKey>
    ) throws(StaffRejection) -> Sealed<Reason> {
        guard !reason.text.isEmpty else { throw .reasonMissing }
        guard reason.text.unicodeScalars.count <= Reason.textMax else {
            throw .reasonTooLong(limit: Reason.textMax)
        }
        return Sealed(reason, under: key)
    }
}

extension Staff.TokenState {
    /// Whether it is good by its own dates; a suspended holder's is not, see ``Authority``.
    package func isGood(at now: Instant) -> Bool { until.map { now <= $0 } ?? true }
}

extension StaffCommand {
    /// The key that comes with the record's first command.
    var firstKey: ID<RecordKey>? {
        switch self {
        case .invite(_, _, let key), .add(_, _, let key): key
        case .accept, .giveRole, .takeRole, .markPractitioner, .unmarkPractitioner,
            .changeProfile, .suspend, .restore, .remove, .issueToken, .revokeToken,
            .setPhoto, .removePhoto:
            nil
        }
    }
}
