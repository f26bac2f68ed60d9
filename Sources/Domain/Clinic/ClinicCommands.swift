/// What can be asked of a clinic. Who its administrators are follows from ``Staffing``.
package enum ClinicCommand: Hashable, Sendable {
    case create(at: Instant, name: PublicText, zone: ZoneName, languages: [LanguageTag] = [])
    case rename(at: Instant, name: PublicText)
    case close(at: Instant)
    case reopen(at: Instant)
    case seatAdmin(at: Instant, staff: ID<Staff>)
    case unseatAdmin(at: Instant, staff: ID<Staff>)
    /// - Parameter allowed: by the operator's package; read, not expected.
    case setAddOns(at: Instant, [AddOn], allowed: PackageFunctions)
}

/// Why a clinic refuses. In order: where two reasons apply, the earlier is thrown.
package enum ClinicRejection: Rejected {
    case clinicUnknown
    case clinicExists
    case nameMissing
    case lastClinicAdmin
    case tooManyLanguages(limit: Int)
    case addOnNotInPackage

    package var told: Told {
        switch self {
        case .clinicUnknown: Told("clinicUnknown", "There is no such clinic.", field: "clinic")
        case .clinicExists:
            Told(
                "clinicExists", "This clinic exists, and its waiting area with it.", field: "clinic"
            )
        case .nameMissing: Told("nameMissing", "A clinic has a name.", field: "name")
        case .lastClinicAdmin:
            Told(
                "lastClinicAdmin",
                "This is the clinic's last administrator; give the role to another first.",
                field: "staff")
        case .tooManyLanguages(let limit):
            Told(
                "tooManyLanguages", "At most \(limit) languages.", field: "languages",
                limit: limit)
        case .addOnNotInPackage:
            Told(
                "notInPackage", "The organisation's package does not hold this function.",
                field: "addOns")
        }
    }
}
