import Domain
import Projections

extension Catalogue {
    static let clinicCommands: [CommandEntry] = [
        CommandEntry(
            .clinicCreate,
            "Creates a clinic with its waiting area and first administrator (ORG-2, ORG-11).",
            makes: [.id("clinic", of: Category.clinic, "The clinic.")], body: NewClinic.init
        ) { input, work throws(Refusal) in
            try await work.allow(in: nil)
            _ = try await work.existing(Staff.self, input.administrator, field: "administrator")
            let clinic: ID<Clinic> = work.newID()
            let states = try await work.staffing(of: input.administrator, clinics: [clinic])
            let zone = input.zone ?? states.organisation.profile?.zone ?? .utc
            let languages = input.languages ?? states.organisation.profile?.languages ?? []
            let at = work.at
            let outcome = Result { () throws(StaffingRejection) in
                try Founding.clinic(
                    clinic, named: input.name, zone: zone, languages: languages, at: at,
                    administrator: input.administrator, reason: input.reason, states)
            }
            try await work.take(outcome, of: input.administrator)
        },
        CommandEntry(
            .clinicRename, "Gives a clinic another name.",
            body: { body in
                (
                    body("clinic", .id(), "The clinic.") as ID<Clinic>,
                    body("name", .publicText(max: OrganisationProfile.nameMax), "Its new name.")
                )
            }
        ) { input, work throws(Refusal) in
            let (clinic, name) = input
            try await work.change(clinic, .rename(at: work.at, name: name))
        },
        CommandEntry(
            .clinicClose, "Closes a clinic: it admits nobody and keeps its history (ORG-2).",
            body: clinic
        ) { clinic, work throws(Refusal) in
            try await work.change(clinic, .close(at: work.at))
        },
        CommandEntry(
            .clinicReopen, "Opens a closed clinic again.", body: clinic
        ) { clinic, work throws(Refusal) in
            try await work.change(clinic, .reopen(at: work.at))
        },
    ]

    private static func clinic(_ body: inout Body) -> ID<Clinic> {
        body("clinic", .id(), "The clinic.")
    }
}

private struct NewClinic: Sendable {
    let name: PublicText
    let zone: ZoneName?
    let languages: [LanguageTag]?
    let administrator: ID<Staff>
    let reason: Reason

    init(_ body: inout Body) {
        name = body("name", .publicText(max: OrganisationProfile.nameMax), "Its name.")
        zone = body.optional("zone", .zone, "Left out: the organisation's.")
        languages = body.optional(
            "languages", .list(of: .language, max: Organisation.languagesMax),
            "Languages spoken, the default first; left out: the organisation's.")
        administrator = body(
            "administrator", .id(), "A staff member, who becomes its administrator.")
        reason = body.optional("reason", .reason, "Why.") ?? Reason("first administrator")
    }
}

extension Work {
    fileprivate mutating func change(
        _ clinic: ID<Clinic>, _ command: ClinicCommand
    ) async throws(Refusal) {
        try await allow(in: clinic)
        _ = try await existing(Clinic.self, clinic, field: "clinic")
        try await decide(Clinic.self, clinic, command)
    }
}
