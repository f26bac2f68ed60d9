import Domain
import EventStore
import Projections

extension Catalogue {
    static let organisationCommands: [CommandEntry] = [
        CommandEntry(
            .organisationCreate,
            "Creates an organisation with its first administrator, who is active at once (ROLE-5).",
            makes: [.id("administrator", of: Category.staff, "The first administrator.")],
            foundsOrganisation: true, body: NewOrganisation.init
        ) { input, work throws(Refusal) in
            work.allowByBeing()
            let state = try await work.load(Organisation.self, ID(bits: work.organisation.bits))
                .state
            let founder = Founding.Founder(
                id: work.newID(), profile: input.administrator, key: try await work.takeKey(),
                reason: input.reason)
            let create = OrganisationCommand.create(
                at: work.at, profile: input.profile, subdomain: input.subdomain,
                staffMax: input.staffMax.map { Int($0) }, isTest: input.isTest)
            let at = work.at
            let outcome = Result { () throws(StaffingRejection) in
                try Founding.organisation(create, at: at, by: founder, state)
            }
            try await work.take(outcome, of: founder.id)
            if input.holdsDays {
                // In the founding commit: there is no moment at which the clock could close a day
                // that history is still to come to.
                try await work.decide(
                    DayBook.self, StreamName(Category.day, work.organisation.bits),
                    .hold(at: work.at, by: Import.founding(work.organisation)))
            }
            // Last: it is a commit of its own, and nothing refuses any more.
            try await work.claim(input.subdomain)
        },
        CommandEntry(
            .organisationChange, "Changes what an organisation says of itself (ORG-1).",
            body: OrganisationProfile.init
        ) { profile, work throws(Refusal) in
            try await work.allow(in: nil)
            try await work.decide(
                Organisation.self, ID(bits: work.organisation.bits),
                .change(at: work.at, profile: profile))
        },
        CommandEntry(
            .organisationSetPackage,
            "Sets how many staff members an organisation may have, and what it may use (ROLE-5).",
            body: { body in
                (
                    body.optional("staffMax", .whole(1...1_000_000), "Left out: any number."),
                    body.optional(
                        "functions", .list(of: .function, max: PackageFunction.allCases.count),
                        "Optional functions it holds; left out: all there are.")
                )
            }
        ) { (input: (Int64?, [PackageFunction]?), work: inout Work) async throws(Refusal) in
            work.allowByBeing()
            try await work.decide(
                Organisation.self, ID(bits: work.organisation.bits),
                .setPackage(
                    at: work.at, staffMax: input.0.map { Int($0) },
                    functions: PackageFunctions(input.1)))
        },
        CommandEntry(
            .organisationSetLogo, "Shows a logo in every clinic, at once (ORG-11).",
            body: {
                $0(
                    "picture", .base64(bytesMax: PublicBytes.bytesMax),
                    "A PNG or JPEG picture in base64.")
            }
        ) { picture, work throws(Refusal) in
            try await work.allow(in: nil)
            try await work.decide(
                Organisation.self, ID(bits: work.organisation.bits),
                .setLogo(at: work.at, picture))
        },
        CommandEntry(
            .organisationRemoveLogo, "Shows no logo any more.", body: { _ in }
        ) { _, work throws(Refusal) in
            try await work.allow(in: nil)
            try await work.decide(
                Organisation.self, ID(bits: work.organisation.bits), .removeLogo(at: work.at))
        },
    ]
}

private struct NewOrganisation: Sendable {
    let profile: OrganisationProfile
    let subdomain: DNSLabel
    let staffMax: Int64?
    let isTest: Bool
    let holdsDays: Bool
    let administrator: StaffProfile
    let reason: Reason

    init(_ body: inout Body) {
        profile = OrganisationProfile(&body)
        subdomain = body("subdomain", .label, "Unique in the installation.")
        staffMax = body.optional(
            "staffMax", .whole(1...1_000_000), "How many staff members; left out: any number.")
        isTest =
            body.optional("isTest", .bool, "Outgoing messages are kept, not sent (ORG-12).")
            ?? false
        holdsDays =
            body.optional(
                "holdsDays", .bool,
                "An import follows: no day is closed before it has begun and ended (REP-1).")
            ?? false
        administrator = body("administrator", .profile, "The first administrator.")
        reason = body.optional("reason", .reason, "Why.") ?? Reason("first administrator")
    }
}

extension OrganisationProfile {
    /// Characters of a name, and of contact details.
    static let nameMax = 200
    static let contactMax = 2_000

    fileprivate init(_ body: inout Body) {
        self.init(
            name: body("name", .publicText(max: Self.nameMax), "Its name."),
            zone: body("zone", .zone, "Time zone; clinics made later start with it."),
            languages: body.optional(
                "languages", .list(of: .language, max: Organisation.languagesMax),
                "Languages spoken.") ?? [],
            contact: body.optional("contact", .publicText(max: Self.contactMax), "Contact details.")
        )
    }
}
