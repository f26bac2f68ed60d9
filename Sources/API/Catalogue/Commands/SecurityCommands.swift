import Domain
import EventStore
import Projections

extension Catalogue {
    static let securityCommands: [CommandEntry] = [
        CommandEntry(
            .securitySetSecondFactor,
            "Says whether signing in takes a second factor: off, offered or required (ACC-3).",
            body: {
                $0(
                    "rule", .choice(SecondFactorRule.allCases.map { ($0.word, $0) }),
                    "What the organisation wants.")
            }
        ) { rule, work throws(Refusal) in
            try await work.allow(in: nil)
            try await work.decide(
                Security.self, StreamName(securityOf: work.organisation),
                .setSecondFactor(at: work.at, rule))
        },
        CommandEntry(
            .securitySwitchSupport,
            """
            Says whether supporters of the platform may be let in, session by session; off, those \
            who are in are out at once (ROLE-4).
            """,
            body: { $0("isOn", .bool, "Whether they may.") }
        ) { isOn, work throws(Refusal) in
            try await work.allow(in: nil)
            try await work.decide(
                Security.self, StreamName(securityOf: work.organisation),
                .switchSupport(at: work.at, isOn: isOn))
        },
        makeKey, revokeKey, askSupport, approveSupport, endSupport,
    ]

    private static let makeKey = CommandEntry(
        .apiKeyMake,
        """
        Makes a key for another system: a bearer token, shown once, for what is named and nothing \
        else, at most 600 requests a minute (ACC-5).
        """,
        makes: [
            .id("key", of: Category.apiKey, "The key's id, to revoke it by."),
            .secret("token", "The key."),
        ], tellsSecret: true,
        body: { body in
            (
                body("name", .publicText(max: APIKey.nameMax), "What system it is for."),
                body(
                    "scopes",
                    .list(
                        of: .choice(KeyScope.allCases.map { ($0.word, $0) }),
                        max: KeyScope.allCases.count),
                    "All it may do, by names of operations.")
            )
        }
    ) { (input: (PublicText, [KeyScope]), work: inout Work) async throws(Refusal) in
        try await work.allow(in: nil)
        let token = SecretToken<APIKey>(
            organisation: work.organisation, subject: work.newID(), secret: work.newSecret())
        try await work.decide(
            APIKey.self, StreamName(key: token.subject),
            .make(at: work.at, name: input.0, scopes: input.1, secretHash: token.digest))
        work.tellOnce("token", token.text)
    }

    private static let revokeKey = CommandEntry(
        .apiKeyRevoke, "Makes a key useless.",
        body: { $0("key", .id(), "The key.") as ID<APIKey> }
    ) { key, work throws(Refusal) in
        try await work.allow(in: nil)
        _ = try await work.existing(APIKey.self, key, field: "key")
        try await work.decide(APIKey.self, StreamName(key: key), .revoke(at: work.at))
    }

    // MARK: Remote support (ROLE-4)

    private static let askSupport = CommandEntry(
        .supportAsk,
        """
        Asks, for a supporter of the platform, to act as a staff member. The token is good once an \
        organisation administrator approved it, and for four hours; only where the organisation \
        has support switched on.
        """,
        makes: [
            .id("support", of: Category.support, "The session."),
            .secret("token", "What the supporter acts by."),
        ], tellsSecret: true,
        body: { body in
            (
                body("staff", .id(), "Whom they would act as.") as ID<Staff>,
                SupportDetails(
                    supporter: body(
                        "supporter", .text(max: SupportDetails.nameMax), "The supporter's name."),
                    reason: body("reason", .text(max: Reason.textMax), "Why."))
            )
        }
    ) { (input: (ID<Staff>, SupportDetails), work: inout Work) async throws(Refusal) in
        work.allowByBeing()
        _ = try await work.existing(Staff.self, input.0, field: "staff")
        try await work.mustHaveSupportOn()
        let token = SecretToken<Support>(
            organisation: work.organisation, subject: work.newID(), secret: work.newSecret())
        let request = SupportRequest(
            staff: input.0, details: input.1, secretHash: token.digest)
        try await work.decide(
            Support.self, StreamName(support: token.subject),
            .ask(at: work.at, request, key: try await work.takeKey()))
        work.tellOnce("token", token.text)
    }

    private static let approveSupport = CommandEntry(
        .supportApprove, "Lets a supporter in, for four hours.", body: support
    ) { support, work throws(Refusal) in
        try await work.allow(in: nil)
        _ = try await work.existing(Support.self, support, field: "support")
        try await work.mustHaveSupportOn()
        try await work.decide(
            Support.self, StreamName(support: support), .approve(at: work.at))
    }

    private static let endSupport = CommandEntry(
        .supportEnd,
        """
        Ends a session of support, approved or not: by the organisation, by the platform, or by \
        the supporter with their own token, whomever they act as.
        """,
        body: support
    ) { support, work throws(Refusal) in
        var why: SupportEnd = work.request.actor == .operator ? .bySupporter : .byOrganisation
        if case .support(let own) = work.request.door {
            // Who else was let in is the organisation's to say.
            guard own == support else { throw .notPermitted(.administer) }
            work.allowSupporter()
            why = .bySupporter
        } else {
            try await work.allow(in: nil)
        }
        _ = try await work.existing(Support.self, support, field: "support")
        try await work.decide(
            Support.self, StreamName(support: support), .end(at: work.at, why))
    }

    private static func support(_ body: inout Body) -> ID<Support> {
        body("support", .id(), "The session.")
    }
}

extension Work {
    fileprivate mutating func mustHaveSupportOn() async throws(Refusal) {
        let security = try await load(Security.self, StreamName(securityOf: organisation)).state
        guard security.isSupportOn else { throw .rule(SupportRejection.supportOff.told) }
    }
}
