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
    case setWaitingArea(at: Instant, WaitingAreaSettings)
    case switchWaitingArea(at: Instant, WaitingAreaMode, text: PublicText?)
}

/// Why a clinic refuses. In order: where two reasons apply, the earlier is thrown.
package enum ClinicRejection: Rejected {
    case clinicUnknown
    case clinicExists
    case nameMissing
    case lastClinicAdmin
    case tooManyLanguages(limit: Int)
    case addOnNotInPackage
    case hoursBackwards
    case hoursOverlap
    case dayTwice
    case weekdayUnknown
    case tooManyTimes(limit: Int)
    case questionTwice
    case peopleMaxOutOfRange(limit: Int)
    case longWaitOutOfRange(limit: Int)  // Minutes.
    case disabledTextMissing

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
        case .hoursBackwards:
            Told("hoursBackwards", "Opening times end after they begin.", field: "hours")
        case .hoursOverlap:
            Told(
                "hoursOverlap", "A day's opening times are in order and do not overlap.",
                field: "hours")
        case .dayTwice: Told("dayTwice", "Each day has its times once.", field: "hours")
        case .weekdayUnknown:
            Told("weekdayUnknown", "A weekday is from 1, Monday, to 7, Sunday.", field: "hours")
        case .tooManyTimes(let limit):
            Told("tooManyTimes", "At most \(limit) are taken.", field: "hours", limit: limit)
        case .questionTwice: Told("questionTwice", "Each question is asked once.", field: "entry")
        case .peopleMaxOutOfRange(let limit):
            Told(
                "peopleMaxOutOfRange", "Two to \(limit) people are in a call.",
                field: "peopleMax", limit: limit)
        case .longWaitOutOfRange(let limit):
            Told(
                "longWaitOutOfRange", "A long wait is from one minute to \(limit).",
                field: "longWaitMinutes", limit: limit)
        case .disabledTextMissing:
            Told(
                "disabledTextMissing", "Callers are told why the waiting area is switched off.",
                field: "text")
        }
    }
}
