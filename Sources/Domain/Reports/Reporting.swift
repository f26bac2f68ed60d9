/// How an organisation's reports are made. Saved by event, and in force from the day after: what a
/// report says of a period follows from the log alone (REP-2, REP-4, REP-5).
package enum Reporting: Decider {
    package static let clinicsMax = 500
    /// Seconds a call may be required to last to count.
    package static let minimumSecondsMax = 3_600
    /// The bounds of ``ReportSettings/suppressBelow``.
    package static let suppressBelowRange = 3...100

    package struct State: Hashable, Sendable {
        package var settings = ReportSettings.standard
    }

    package static let initial = State()

    package static func decide(
        _ command: ReportingCommand, _ state: State
    ) throws(ReportingRejection) -> [ReportEvent] {
        switch command {
        case .configure(let at, let settings):
            guard (0...minimumSecondsMax).contains(settings.minimumSeconds) else {
                throw .minimumOutOfRange(limit: minimumSecondsMax)
            }
            if let below = settings.suppressBelow, !suppressBelowRange.contains(below) {
                throw .suppressionOutOfRange(limit: suppressBelowRange.upperBound)
            }
            guard settings.clinics.count <= clinicsMax else {
                throw .tooManyClinics(limit: clinicsMax)
            }
            guard Set(settings.clinics).count == settings.clinics.count else {
                throw .clinicNamedTwice
            }
            guard Set(settings.measures).count == settings.measures.count else {
                throw .measureNamedTwice
            }
            if settings == state.settings { return [] }
            return [.configured(ReportsConfigured(at: at, settings: settings))]
        }
    }

    package static func evolve(_ state: inout State, _ event: ReportEvent) {
        switch event {
        case .configured(let configured): state.settings = configured.settings
        }
    }
}

/// What can be asked of an organisation's reports.
package enum ReportingCommand: Hashable, Sendable {
    case configure(at: Instant, ReportSettings)
}

/// Why settings of reports are refused. In order: where two reasons apply, the earlier is thrown.
package enum ReportingRejection: Rejected {
    case minimumOutOfRange(limit: Int)  // Seconds.
    case suppressionOutOfRange(limit: Int)
    case tooManyClinics(limit: Int)
    case clinicNamedTwice
    case measureNamedTwice

    package var told: Told {
        switch self {
        case .minimumOutOfRange(let limit):
            Told(
                "minimumOutOfRange", "0 to \(limit) seconds.", field: "minimumSeconds",
                limit: limit)
        case .suppressionOutOfRange(let limit):
            Told(
                "suppressionOutOfRange",
                "\(Reporting.suppressBelowRange.lowerBound) to \(limit), or left out.",
                field: "suppressBelow", limit: limit)
        case .tooManyClinics(let limit):
            Told("tooManyClinics", "At most \(limit) clinics.", field: "clinics", limit: limit)
        case .clinicNamedTwice:
            Told("clinicNamedTwice", "A clinic is named twice.", field: "clinics")
        case .measureNamedTwice:
            Told("measureNamedTwice", "A measure is named twice.", field: "measures")
        }
    }
}
