import Domain
import EventStore
import Projections

extension QueryCatalogue {
    static let directoryQueries: [QueryEntry] = [organisation, clinics, staff, profile]

    private static let organisation = QueryEntry(
        .organisationRead, at: "/v1/organisation", "The organisation as it describes itself.",
        shows: .one(.organisation),
        fields: { _ in }
    ) { _, reading throws(Refusal) in
        try await reading.allow(in: nil)
        reading.note(.read, on: .organisation)
        let log = reading.log
        let row = try await reading.view(Directory.name) { views in
            try await views.organisation(in: log)
        }.value
        guard let row else { throw .notFound(field: "organisation") }
        let state = try await reading.load(Organisation.self, ID(bits: log.bits)).state
        return [
            "organisation": .id(row.organisation), "name": .string(row.name),
            "zone": .string(row.zone), "subdomain": .string(row.subdomain),
            "languages": .array(row.languages.split(separator: ",").map { .string(String($0)) }),
            "contact": .text(row.contact), "staffMax": .whole(row.staffMax),
            "functions": state.functions.list.map { .array($0.map { .string($0.word) }) },
            "hasLogo": .bool(state.logo != nil),
            "isTest": .bool(row.isTest),
        ]
    }

    private static let clinics = QueryEntry(
        .clinicsRead, at: "/v1/clinics", "The clinics one may see (ROLE-1).",
        shows: .rows(.clinics),
        fields: { page(&$0) }
    ) { request, reading throws(Refusal) in
        try await reading.allow(in: nil)
        let log = reading.log
        let page = try await reading.view(Directory.name) { views in
            try await views.clinics(in: log, request)
        }
        var rows = page.rows
        if case .staff = reading.actor, let seen = try await reading.authority().clinicsSeen {
            rows = rows.filter { seen.contains($0.clinic) }
        }
        reading.note(.listed, on: .clinic, records: rows.count)
        return list(
            page,
            rows.map { row in
                [
                    "clinic": .id(row.clinic), "name": .string(row.name),
                    "zone": .string(row.zone),
                    "languages": .array(
                        row.languages.split(separator: ",").map { .string(String($0)) }),
                    "isOpen": .bool(row.isOpen),
                ]
            })
    }

    private static let staff = QueryEntry(
        .staffRead, at: "/v1/staff", "All staff of the organisation (ORG-10).",
        shows: .rows(.staff),
        fields: { page(&$0) }
    ) { request, reading throws(Refusal) in
        try await reading.allow(in: nil)
        let log = reading.log
        let page = try await reading.view(Directory.name) { views in
            try await views.staff(in: log, request)
        }
        reading.note(.listed, on: .staff, records: page.rows.count)
        var rows: [JSON] = []
        for row in page.rows { rows.append(try await reading.staffMember(row)) }
        return list(page, rows)
    }

    private static let profile = QueryEntry(
        .ownProfileRead, at: "/v1/profile", "One's own profile and roles.", shows: .one(.staff),
        fields: { _ in }
    ) { _, reading throws(Refusal) in
        guard case .staff(_, let staff) = reading.actor else { throw .notSignedIn }
        try await reading.allow(in: nil)
        let log = reading.log
        let row = try await reading.view(Directory.name) { views in
            try await views.staffMember(staff, in: log)
        }.value
        guard let row else { throw .notFound(field: "staff") }
        return try await reading.staffMember(row, .read)
    }
}

extension Reading {
    /// One staff member; the look at them is noted.
    fileprivate mutating func staffMember(
        _ row: StaffRow, _ code: AccessEventCode = .listed
    ) async throws(Refusal) -> JSON {
        var profile: StaffProfile?
        if let shut = row.profile {
            profile = try await open(
                shut.sealed(as: StaffProfile.self), of: row.staff, code, on: .staff)
        }
        let roles = row.grants.map { held -> JSON in
            ["role": .string(held.role.word), "clinic": .id(held.clinic)]
        }
        return [
            "staff": .id(row.staff), "standing": .string("\(row.standing)"),
            "profile": profile?.json, "roles": .array(roles),
            "practisesIn": .array(row.practisesIn.map { .id($0) }),
            "lastSignInAt": .instant(row.lastSignInAt), "hasPhoto": .bool(row.hasPhoto),
        ]
    }
}

extension StaffProfile {
    fileprivate var json: JSON {
        [
            "name": .string(name), "email": .text(email), "phone": .text(phone),
            "languages": .array(languages.map { .string($0.description) }),
            "externalNumber": .text(externalNumber), "addressNl": .text(addressNl),
            "addressEn": .text(addressEn), "addressDe": .text(addressDe),
        ]
    }
}
