import Domain
import EventStore
import Projections

extension Catalogue {
    static let staffCommands: [CommandEntry] = [
        CommandEntry(
            .staffInvite,
            """
            Invites somebody: a link to set a password goes to their address. Who has an account \
            already, here or in another organisation, is added at once. Whoever invites needs the \
            right to give each of the roles (ROLE-3, ACC-1).
            """,
            makes: [.id("staff", of: Category.staff, "The staff member.")], body: Invited.init
        ) { input, work throws(Refusal) in
            try await work.invite(input.invitation)
        },
        CommandEntry(
            .staffAdd, "Adds somebody who is known already: active at once.",
            makes: [.id("staff", of: Category.staff, "The staff member.")], body: Invited.init
        ) { input, work throws(Refusal) in
            let key = try await work.takeKey()
            try await work.change(
                work.newID(), judging: input.invitation.grants,
                .add(at: work.at, input.invitation, key: key))
        },
        CommandEntry(
            .staffAccept,
            "Accepts an invitation for who was invited, as where history comes in (ACC-1).",
            body: staff
        ) { staff, work throws(Refusal) in
            _ = try await work.existing(Staff.self, staff, field: "staff")
            try await work.change(staff, judging: [], .accept(at: work.at))
        },
        CommandEntry(
            .staffGiveRole, "Gives a role.", body: RoleChange.init
        ) { input, work throws(Refusal) in
            _ = try await work.existing(Staff.self, input.staff, field: "staff")
            try await work.change(
                input.staff, judging: [input.grant],
                .giveRole(at: work.at, input.grant, reason: input.reason))
        },
        CommandEntry(
            .staffTakeRole, "Takes a role.", body: RoleChange.init
        ) { input, work throws(Refusal) in
            _ = try await work.existing(Staff.self, input.staff, field: "staff")
            try await work.change(
                input.staff, judging: [input.grant],
                .takeRole(at: work.at, input.grant, reason: input.reason))
        },
        CommandEntry(
            .staffResendInvitation,
            """
            Sends the link to set a password again; links sent before are good no more. For who is \
            invited, and for who was added and has no password yet (ACC-1).
            """,
            body: staff
        ) { staff, work throws(Refusal) in
            try await work.overAccount(of: staff)
            try await work.resendInvitation(to: staff)
        },
        CommandEntry(
            .staffExcuseSecondFactor,
            """
            Switches somebody's second factor off, until they enrol again: their authenticator \
            and recovery codes are good no more (ACC-3).
            """,
            body: staff
        ) { staff, work throws(Refusal) in
            try await work.overAccount(of: staff)
            try await work.decide(
                Account.self, StreamName(accountOf: staff),
                .switchOffTOTP(at: work.at, byOther: true))
        },
        standing(.staffSuspend, "Suspends: they may do nothing until restored.") {
            .suspend(at: $0, reason: $1)
        },
        standing(.staffRestore, "Ends a suspension; the roles are as they were.") {
            .restore(at: $0, reason: $1)
        },
        standing(.staffRemove, "Removes somebody for good, with all roles and tokens.") {
            .remove(at: $0, reason: $1)
        },
        practice(.staffMarkPractitioner, "Makes somebody bookable in a clinic.") {
            .markPractitioner(at: $0, clinic: $1)
        },
        practice(.staffUnmarkPractitioner, "Makes somebody no longer bookable in a clinic.") {
            .unmarkPractitioner(at: $0, clinic: $1)
        },
        CommandEntry(
            .staffChangeProfile, "Changes one's own profile, all of it.",
            body: { $0("profile", .profile, "The whole profile.") }
        ) { profile, work throws(Refusal) in
            guard case .staff(_, let staff) = work.request.actor else { return }
            try await work.allow(in: nil)
            try await work.changeProfile(of: staff, to: profile)
        },
        issueToken, revokeToken,
    ]

    private static func staff(_ body: inout Body) -> ID<Staff> {
        body("staff", .id(), "The staff member.")
    }

    /// A command over somebody's standing: it takes the permission for each role they hold.
    private static func standing(
        _ operation: Domain.Operation, _ docs: String,
        _ command: @escaping @Sendable (Instant, Reason) -> StaffCommand
    ) -> CommandEntry {
        CommandEntry(
            operation, docs,
            body: { body in (staff(&body), body("reason", .reason, "Why.")) }
        ) { (input: (ID<Staff>, Reason), work: inout Work) async throws(Refusal) in
            let held = try await work.existing(Staff.self, input.0, field: "staff").grants
            try await work.change(input.0, judging: held.sorted(), command(work.at, input.1))
        }
    }

    private static func practice(
        _ operation: Domain.Operation, _ docs: String,
        _ command: @escaping @Sendable (Instant, ID<Clinic>) -> StaffCommand
    ) -> CommandEntry {
        CommandEntry(
            operation, docs,
            body: { body in (staff(&body), body("clinic", .id(), "The clinic.") as ID<Clinic>) }
        ) { input, work throws(Refusal) in
            let grant = Grant(.teamMember, in: input.1)
            _ = try await work.existing(Clinic.self, input.1, field: "clinic")
            _ = try await work.existing(Staff.self, input.0, field: "staff")
            try await work.change(input.0, judging: [grant], command(work.at, input.1))
        }
    }

    private static let issueToken = CommandEntry(
        .staffIssueToken, "Issues a bearer token, shown once (ACC-6).",
        makes: [.tokenID, .secret("token", "The token.")], tellsSecret: true,
        body: { body in
            (
                staff(&body),
                body.optional("until", .instant, "Good until then; left out: until revoked.")
            )
        }
    ) { (input: (ID<Staff>, Instant?), work: inout Work) async throws(Refusal) in
        work.allowByBeing()
        _ = try await work.existing(Staff.self, input.0, field: "staff")
        let token = StaffToken(
            organisation: work.organisation, staff: input.0, secret: work.newSecret())
        try await work.decide(
            Staff.self, input.0,
            .issueToken(
                at: work.at, token: work.newID(), secretHash: token.digest, until: input.1))
        work.tellOnce("token", token.text)
    }

    private static let revokeToken = CommandEntry(
        .staffRevokeToken, "Makes a token useless: one's own, or as the operator anyone's.",
        body: { body in (staff(&body), body("token", .id(), "The token's id.") as ID<Token>) }
    ) { input, work throws(Refusal) in
        if case .staff(_, let actor) = work.request.actor, actor != input.0 {
            throw .notPermitted(.useOwnProfile)
        }
        try await work.allow(in: nil)
        _ = try await work.existing(Staff.self, input.0, field: "staff")
        try await work.decide(Staff.self, input.0, .revokeToken(at: work.at, token: input.1))
    }
}

extension CommandEntry.Result {
    /// What a token is revoked by.
    fileprivate static let tokenID = CommandEntry.Result.derived(
        "id", "The token's id, to revoke it by."
    ) { made throws(Refusal) in
        guard let event = made.events.first(where: { $0.stream.category == Category.staff }),
            case .tokenIssued(let issued) = try Coding.decode(event, as: StaffEvent.self)
        else { return nil }
        return .id(issued.token)
    }
}

private struct Invited: Sendable {
    let invitation: Invitation

    init(_ body: inout Body) {
        invitation = Invitation(
            profile: body("profile", .profile, "Who they are."),
            grants: body("roles", .list(of: .grant, max: Staff.grantsMax), "At least one."),
            reason: body("reason", .reason, "Why."))
    }
}

private struct RoleChange: Sendable {
    let staff: ID<Staff>
    let grant: Grant
    let reason: Reason

    init(_ body: inout Body) {
        staff = body("staff", .id(), "The staff member.")
        grant = Grant(
            body("role", .role, "The role."),
            in: body.optional("clinic", .id(), "The clinic, for the roles held in one."))
        reason = body("reason", .reason, "Why.")
    }
}
