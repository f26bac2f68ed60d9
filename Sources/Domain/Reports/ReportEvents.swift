/// What can happen to how reports are made. Source: REP-2.
package enum ReportEvent: Hashable, Sendable {
    case configured(ReportsConfigured)
}

extension ReportEvent: EventFamily {
    package static let category = "report"
    package static let members = Members<ReportEvent>(
        Member(ReportsConfigured.self, ReportEvent.configured))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .configured(let event): try visitor.visit(event)
        }
    }
}

/// Reports are made like this from the next day on; all is told anew.
package struct ReportsConfigured: Hashable, Sendable {
    package let at: Instant
    package let settings: ReportSettings

    package init(at: Instant, settings: ReportSettings) {
        self.at = at
        self.settings = settings
    }
}

extension ReportsConfigured: Event {
    package static let name = "report.configured"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        settings = try f(2, "settings", \.settings)
    }
}

/// What an organisation chose for its reports.
package struct ReportSettings: Hashable, Sendable {
    /// Calls shorter than this leave the summary (REP-6). Seconds; 0: every call counts.
    package let minimumSeconds: Int
    /// Counts from 1 up to below this are not published (REP-5); absent: all are.
    package let suppressBelow: Int?
    /// What is published where counts are suppressed.
    package let period: ReportPeriod
    /// Those that count; none named: all.
    package let clinics: [ID<Clinic>]
    /// What reports show; none named: all.
    package let measures: [ReportMeasure]

    package init(
        minimumSeconds: Int = 0, suppressBelow: Int? = nil, period: ReportPeriod = .week,
        clinics: [ID<Clinic>] = [], measures: [ReportMeasure] = []
    ) {
        self.minimumSeconds = minimumSeconds
        self.suppressBelow = suppressBelow
        self.period = period
        self.clinics = clinics
        self.measures = measures
    }

    /// In force where nobody chose anything.
    package static let standard = ReportSettings()

    package func shows(_ measure: ReportMeasure) -> Bool {
        measures.isEmpty || measures.contains(measure)
    }

    package func counts(_ clinic: ID<Clinic>) -> Bool {
        clinics.isEmpty || clinics.contains(clinic)
    }
}

extension ReportSettings: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        minimumSeconds = try f(1, "minimum_seconds", \.minimumSeconds)
        suppressBelow = try f(2, "suppress_below", \.suppressBelow)
        period = try f(3, "period", \.period)
        clinics = try f(4, "clinics", \.clinics)
        measures = try f(5, "measures", \.measures)
    }
}

/// The only stretches of days published where small counts are suppressed: they do not overlap.
package enum ReportPeriod: Int, GrowingEnum {
    /// Monday to Sunday.
    case week = 0
    /// Of the calendar.
    case month = 1
}

/// A part of a report that can be left out.
package enum ReportMeasure: Int, GrowingEnum {
    case appointments = 0
    /// Lengths of appointments and calls.
    case lengths = 1
    /// By staff member, as a code.
    case staff = 2
    /// Waits, and who left before being seen.
    case waits = 3
    /// Arrivals by hour and weekday.
    case arrivals = 4
    case transfers = 5
    /// Calls in rooms and group calls.
    case rooms = 6
    /// Errors that apps reported.
    case errors = 7
}
