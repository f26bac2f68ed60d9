import Domain
import EventStore
import Projections

extension Catalogue {
    static let auditorCommands: [CommandEntry] = [
        CommandEntry(
            .auditorGrant,
            """
            Lets somebody read the organisation's history, access logs and anonymisation reports \
            for a time; ciphertext only, unless opening personal data is granted too (ROLE-6).
            """,
            makes: [
                .id("auditor", of: Category.auditor, "The auditor."),
                .secret("token", "Their bearer token, shown once."),
            ], tellsSecret: true,
            body: { body in Granted(&body) }
        ) { input, work throws(Refusal) in
            try await work.allow(in: nil)
            let auditor: ID<Auditor> = work.newID()
            let token = AuditorToken(
                organisation: work.organisation, auditor: auditor, secret: work.newSecret())
            let terms = AuditorTerms(
                until: input.until, opensPersonal: input.opensPersonal, secretHash: token.digest)
            let key = try await work.takeKey()
            try await work.decide(
                Auditor.self, auditor, .grant(at: work.at, input.paper, key: key, terms))
            work.tellOnce("token", token.text)
        },
        CommandEntry(
            .auditorRevoke, "Ends an auditor's grant at once (ROLE-6).",
            body: { $0("auditor", .id(), "The auditor.") as ID<Auditor> }
        ) { auditor, work throws(Refusal) in
            try await work.allow(in: nil)
            _ = try await work.existing(Auditor.self, auditor, field: "auditor")
            try await work.decide(Auditor.self, auditor, .revoke(at: work.at))
        },
    ]
}

private struct Granted: Sendable {
    let paper: AuditorPaper
    let until: Instant
    let opensPersonal: Bool

    init(_ body: inout Body) {
        paper = AuditorPaper(
            name: body("name", .text(max: AuditorPaper.textMax), "Who they are."),
            email: body.optional("email", .text(max: AuditorPaper.textMax), "E-mail address."),
            purpose: body("purpose", .text(max: AuditorPaper.purposeMax), "What for."))
        until = body("until", .instant, "Good until then, \(Auditor.daysMax) days at most.")
        opensPersonal =
            body.optional(
                "opensPersonal", .bool, "They may open personal data, each look noted.") ?? false
    }
}
