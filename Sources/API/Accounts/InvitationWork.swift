import Domain
import EventStore
import Projections

// Inviting, and who is known already (ACC-1).
extension Work {
    /// Invites; who is known by their address is added at once. Where history is imported nobody is
    /// written to, or looked for.
    mutating func invite(_ invitation: Invitation) async throws(Refusal) {
        guard request.door != .importing,
            let address = invitation.profile.email.flatMap(SoughtAddress.init)
        else { return try await inviteStranger(invitation) }
        let here = try await dispatch.people(withEmail: address, in: organisation)
            .filter { $0.staff.standing != .removed }
        if let known = here.first {
            // More roles would not make the link that lapsed a good one.
            if known.staff.standing == .invited, let until = known.staff.invitedUntil, at > until {
                throw .rule(StaffRejection.invitationLapsed.told)
            }
            return try await add(invitation.grants, to: known, invitation.reason)
        }
        if let elsewhere = try await dispatch.accountElsewhere(address, than: organisation) {
            return try await add(invitation, with: elsewhere)
        }
        let staff = try await inviteStranger(invitation, as: newID())
        // A mail server takes less than what people write as addresses.
        if invitation.profile.email.flatMap(EmailAddress.init) != nil {
            try await sendLink(.invitation, to: staff)
        }
    }

    private mutating func inviteStranger(_ invitation: Invitation) async throws(Refusal) {
        _ = try await inviteStranger(invitation, as: newID())
    }

    private mutating func inviteStranger(
        _ invitation: Invitation, as staff: ID<Staff>
    ) async throws(Refusal) -> ID<Staff> {
        let key = try await takeKey()
        try await change(
            staff, judging: invitation.grants, .invite(at: at, invitation, key: key))
        return staff
    }

    /// Somebody of this organisation: they hold these roles too, from now on.
    private mutating func add(
        _ grants: [Grant], to known: Dispatch.Person, _ reason: Reason
    ) async throws(Refusal) {
        try allow(try await mayManage(grants))
        for grant in grants {
            try await change(
                known.id, judging: grants, .giveRole(at: at, grant, reason: reason))
        }
    }

    /// Somebody with an account in another organisation: active at once, with the same password.
    private mutating func add(
        _ invitation: Invitation, with account: Dispatch.Person
    ) async throws(Refusal) {
        let key = try await takeKey()
        let staff: ID<Staff> = newID()
        try await change(staff, judging: invitation.grants, .add(at: at, invitation, key: key))
        guard let hash = try await dispatch.openPassword(of: account) else { return }
        try await decide(
            Account.self, StreamName(accountOf: staff),
            .putPassword(at: at, hash, key: key, .carried, keeping: nil))
    }

    /// Lets on who may manage somebody with all the roles they hold.
    mutating func overAccount(of staff: ID<Staff>) async throws(Refusal) {
        let held = try await existing(Staff.self, staff, field: "staff").grants
        try allow(try await mayManage(held.sorted()))
    }

    mutating func resendInvitation(to staff: ID<Staff>) async throws(Refusal) {
        let state = try await load(Staff.self, staff).state
        let account = try await load(Account.self, StreamName(accountOf: staff)).state
        switch state.standing {
        case .invited:
            if let until = state.invitedUntil, at > until {
                throw .rule(StaffRejection.invitationLapsed.told)
            }
            try await sendLink(.invitation, to: staff)
        case .active:
            guard account.password == nil else {
                throw .rule(StaffRejection.alreadyAccepted.told)
            }
            try await sendLink(.reset, to: staff)
        case .suspended: throw .rule(StaffRejection.notActive.told)
        case .removed: throw .rule(StaffRejection.staffRemoved.told)
        case .unknown: throw .rule(StaffRejection.staffUnknown.told)
        }
    }

    /// Another address is nobody's who has an account here, and is yet to be shown to be theirs.
    mutating func changeProfile(
        of staff: ID<Staff>, to profile: StaffProfile
    ) async throws(Refusal) {
        let before = try await load(Staff.self, staff).state.profile
        let known = try await open(before, in: StreamName(of: staff), field: "staff")?.email
        let old = known.flatMap(SoughtAddress.init)
        let new = profile.email.flatMap(SoughtAddress.init)
        try await decide(Staff.self, staff, .changeProfile(at: at, profile))
        guard request.door != .importing, old != new else { return }
        if let new {
            let others = try await dispatch.people(withEmail: new, in: organisation)
            guard others.allSatisfy({ $0.id == staff || $0.account.password == nil }) else {
                throw .rule(StaffRejection.addressTaken.told)
            }
        }
        try await decide(Account.self, StreamName(accountOf: staff), .changeAddress(at: at))
    }
}

extension Dispatch {
    /// Who has shown to read that address's mail and has a password, in the first other
    /// organisation there is one in. Looks through all of them: inviting is rare.
    fileprivate func accountElsewhere(
        _ address: SoughtAddress, than organisation: ID<Organisation>
    ) async throws(Refusal) -> Person? {
        let logs: [LogID]
        do {
            logs = try await store.logs()
        } catch {
            throw .read(error)
        }
        for log in logs where log != .installation && log.bits != organisation.bits {
            let people = try await people(withEmail: address, in: ID(bits: log.bits))
            let known = people.first {
                $0.mayAct && $0.account.provedAddress && $0.account.password != nil
            }
            if let known { return known }
        }
        return nil
    }
}
