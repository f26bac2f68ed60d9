import Domain
import EventStore
import Projections

extension QueryCatalogue {
    static let securityQueries: [QueryEntry] = [security, apiKeys, supports, staffExport]

    private static let security = QueryEntry(
        .securityRead, at: "/v1/security", "The organisation's rules for signing in.",
        shows: .one(.security), fields: { _ in }
    ) { _, reading throws(Refusal) in
        try await reading.allow(in: nil)
        reading.note(.read, on: .organisation)
        let state = try await reading.dispatch.security(of: reading.organisation)
        return [
            "secondFactor": .string(state.secondFactor.word),
            "isSupportOn": .bool(state.isSupportOn),
        ]
    }

    private static let apiKeys = QueryEntry(
        .apiKeysRead, at: "/v1/api-keys",
        "Keys of other systems; their secrets are not kept (ACC-5).",
        shows: .rows(.apiKeys), fields: { page(&$0) }
    ) { request, reading throws(Refusal) in
        try await reading.allow(in: nil)
        let log = reading.log
        let page = try await reading.view(Directory.name) { views in
            try await views.apiKeys(in: log, request)
        }
        reading.note(.listed, on: .organisation, records: page.rows.count)
        return list(
            page,
            page.rows.map { row in
                [
                    "key": .id(row.key), "name": .string(row.name),
                    "scopes": .array(row.scopes.split(separator: ",").map { .string(String($0)) }),
                    "madeAt": .instant(row.madeAt), "usedAt": .instant(row.usedAt),
                    "revokedAt": .instant(row.revokedAt),
                ]
            })
    }

    private static let supports = QueryEntry(
        .supportRead, at: "/v1/support",
        "Sessions of remote support: asked for, let in, over (ROLE-4).",
        shows: .rows(.supports), fields: { page(&$0) }
    ) { request, reading throws(Refusal) in
        try await reading.allow(in: nil)
        let log = reading.log
        let page = try await reading.view(Directory.name) { views in
            try await views.supports(in: log, request)
        }
        reading.note(.listed, on: .organisation, records: page.rows.count)
        var rows: [JSON] = []
        for row in page.rows { rows.append(try await reading.support(row)) }
        return list(page, rows)
    }

    /// Rows of staff in one file.
    static let exportRowsMax = 100_000

    private static let staffExport = QueryEntry(
        .staffExport, at: "/v1/staff-export",
        """
        All staff as CSV (RFC 4180): who, which clinics and roles, state, last sign-in. No cell \
        begins with what a spreadsheet takes for a formula (ORG-10).
        """,
        shows: .one([]).or(.csv), fields: { _ in }
    ) { _, reading throws(Refusal) in
        try await reading.allow(in: nil)
        let log = reading.log
        var table = StaffTable()
        var after: PageMark?
        let clinics = try await reading.clinicNames()
        repeat {
            let request = PageRequest(after: after, limit: PageRequest.rowsMax)
            let page = try await reading.view(Directory.name) { views in
                try await views.staff(in: log, request)
            }
            for row in page.rows { table.add(row, try await reading.profile(row), clinics) }
            after = page.next
        } while after != nil && table.rows < exportRowsMax
        reading.note(.exported, on: .staff, records: table.rows)
        reading.answer(as: ReportFormat.csv.mediaType, Array(table.text.utf8))
        return .null
    }
}

/// The staff of an organisation as a spreadsheet reads it.
private struct StaffTable {
    private(set) var text = "staff,name,email,state,roles,practitioner in,last sign-in\r\n"
    private(set) var rows = 0

    mutating func add(_ row: StaffRow, _ profile: StaffProfile?, _ clinics: [ID<Clinic>: String]) {
        let roles = row.grants.map { held in
            held.role.word + (held.clinic.map { " in \(clinics[$0] ?? "\($0)")" } ?? "")
        }
        let cells = [
            row.staff.description, profile?.name ?? "", profile?.email ?? "", "\(row.standing)",
            roles.joined(separator: "; "),
            row.practisesIn.map { clinics[$0] ?? "\($0)" }.joined(separator: "; "),
            row.lastSignInAt?.description ?? "",
        ]
        text += cells.map(StaffTable.cell).joined(separator: ",") + "\r\n"
        rows += 1
    }

    /// Quoted; an apostrophe goes before what would be a formula. Source: OWASP, CSV Injection.
    private static func cell(_ text: String) -> String {
        let risky: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r", "\n"]
        let isFormula = text.unicodeScalars.first.map(risky.contains) ?? false
        let quoted = text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"")
        return "\"\(isFormula ? "'" : "")\(quoted)\""
    }
}

extension Reading {
    fileprivate mutating func profile(_ row: StaffRow) async throws(Refusal) -> StaffProfile? {
        guard let shut = row.profile else { return nil }
        return try await open(
            shut.sealed(as: StaffProfile.self), of: row.staff, .exported, on: .staff)
    }

    fileprivate mutating func clinicNames() async throws(Refusal) -> [ID<Clinic>: String] {
        let log = log
        var names: [ID<Clinic>: String] = [:]
        var after: PageMark?
        repeat {
            let request = PageRequest(after: after, limit: PageRequest.rowsMax)
            let page = try await view(Directory.name) { views in
                try await views.clinics(in: log, request)
            }
            for row in page.rows { names[row.clinic] = row.name }
            after = page.next
        } while after != nil
        return names
    }

    fileprivate mutating func support(_ row: SupportRow) async throws(Refusal) -> JSON {
        let state = try await load(Support.self, row.support).state
        var details: SupportDetails?
        if let sealed = state.details {
            details = try await open(sealed, of: row.support, .listed, on: .organisation)
        }
        let isOpen = row.endedAt == nil && (row.approvedUntil.map { now <= $0 } ?? false)
        return [
            "support": .id(row.support), "staff": .id(row.staff),
            "supporter": .text(details?.supporter), "reason": .text(details?.reason),
            "askedAt": .instant(row.askedAt), "approvedUntil": .instant(row.approvedUntil),
            "endedAt": .instant(row.endedAt), "isOpen": .bool(isOpen),
        ]
    }
}

extension [Field] {
    fileprivate static let security: [Field] = [
        .text("secondFactor", "`off`, `offered`, `required`.", always: true),
        .yes("isSupportOn", "Supporters may be let in."),
    ]

    fileprivate static let apiKeys: [Field] = [
        .id("key", "The key, to revoke it by.", always: true),
        .text("name", "What system it is for.", always: true),
        .list("scopes", "All it may do.", of: Field.word),
        .instant("madeAt", "When it was made.", always: true),
        .instant("usedAt", "When it was last used, noted once an hour."),
        .instant("revokedAt", "When it was revoked."),
    ]

    fileprivate static let supports: [Field] = [
        .id("support", "The session.", always: true),
        .id("staff", "Whom the supporter acts as.", always: true),
        .text("supporter", "Who asks."), .text("reason", "Why."),
        .instant("askedAt", "When it was asked for.", always: true),
        .instant("approvedUntil", "They may act until then; left out: not let in."),
        .instant("endedAt", "When it was ended."),
        .yes("isOpen", "They may act now, where support is switched on."),
    ]
}
