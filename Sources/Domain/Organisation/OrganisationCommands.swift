/// What can be asked of an organisation. Who its staff and administrators are follows from
/// ``Staffing``.
package enum OrganisationCommand: Hashable, Sendable {
    case create(
        at: Instant, profile: OrganisationProfile, subdomain: DNSLabel, staffMax: Int?,
        isTest: Bool)
    case change(at: Instant, profile: OrganisationProfile)
    case setPackage(at: Instant, staffMax: Int?, functions: PackageFunctions = .all)
    case setLogo(at: Instant, [UInt8])
    case removeLogo(at: Instant)
    case enterStaff(at: Instant, staff: ID<Staff>)
    case leaveStaff(at: Instant, staff: ID<Staff>)
    case seatAdmin(at: Instant, staff: ID<Staff>)
    case unseatAdmin(at: Instant, staff: ID<Staff>)
}

/// Why an organisation refuses. In order: where two reasons apply, the earlier is thrown.
package enum OrganisationRejection: Rejected {
    case organisationUnknown
    case organisationExists
    case nameMissing
    case tooManyLanguages(limit: Int)
    case staffMaxTooLow(limit: Int)
    case packageFull(limit: Int)
    case lastOrgAdmin
    case logoTooLarge(limit: Int)  // Bytes.
    case logoUnknownForm

    package var told: Told {
        switch self {
        case .organisationUnknown: Told("organisationUnknown", "There is no such organisation.")
        case .organisationExists:
            Told("organisationExists", "This organisation exists.", field: "organisation")
        case .nameMissing: Told("nameMissing", "An organisation has a name.", field: "name")
        case .tooManyLanguages(let limit):
            Told(
                "tooManyLanguages", "At most \(limit) languages.", field: "languages",
                limit: limit)
        case .staffMaxTooLow(let limit):
            Told(
                "staffMaxTooLow", "The package must hold at least \(limit) staff members.",
                field: "staffMax", limit: limit)
        case .packageFull(let limit):
            Told("packageFull", "The package holds \(limit) staff members.", limit: limit)
        case .lastOrgAdmin:
            Told(
                "lastOrgAdmin",
                "This is the last organisation administrator; give the role to another first.",
                field: "staff")
        case .logoTooLarge(let limit):
            Told(
                "logoTooLarge", "A logo has at most \(limit) bytes.", field: "picture",
                limit: limit)
        case .logoUnknownForm:
            Told("logoUnknownForm", "A logo is a PNG or JPEG picture.", field: "picture")
        }
    }
}
