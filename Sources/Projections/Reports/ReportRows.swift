package import Domain

/// Where an organisation's reports stand: one row.
package struct ReportClockRow: Hashable, Sendable {
    package let key: Int64
    /// The day after the last one closed, since 1970-01-01; nil before the first was.
    package var openDay: Int?
    /// When it began.
    package var openFrom: Instant?
    package var organisation = ""
    /// Seconds a call has to last on the open day.
    package var minimumSeconds = 0
    /// The same for the day after.
    package var savedMinimumSeconds = 0
    /// Numbers given so far.
    package var clinics = 0
    package var staff = 0
    /// Those that have a ``PendingRow``, ascending.
    package var minutes: [PendingMinute] = []

    /// The key of the only row.
    static let only: Int64 = 0

    init() { key = ReportClockRow.only }
}

/// A day that is closed: what a report of it is a function of.
package struct ClosedDayRow: Hashable, Sendable {
    /// Since 1970-01-01.
    package let key: Int64
    /// Of the `day.closed` event in the organisation's log.
    package let position: Int64
    package let zone: String
    package let from: Instant
    package let until: Instant
    package let offsetSeconds: Int
    /// The organisation's name when the day was closed.
    package let organisation: String

    package init(
        key: Int64, position: Int64, zone: String, from: Instant, until: Instant,
        offsetSeconds: Int, organisation: String
    ) {
        self.key = key
        self.position = position
        self.zone = zone
        self.from = from
        self.until = until
        self.offsetSeconds = offsetSeconds
        self.organisation = organisation
    }
}

/// Settings of reports, from the first day they are in force.
package struct ReportSettingsRow: Hashable, Sendable {
    /// Since 1970-01-01; ``always`` where no day was closed when they were saved.
    package let key: Int64
    package let minimumSeconds: Int
    package let suppressBelow: Int?
    package let period: Int
    package let clinics: [ID<Clinic>]
    package let measures: [MeasureMark]

    /// Before every day there is.
    package static let always: Int64 = -1_000_000

    package init(from day: Int64, _ settings: ReportSettings) {
        key = day
        minimumSeconds = settings.minimumSeconds
        suppressBelow = settings.suppressBelow
        period = settings.period.rawValue
        clinics = settings.clinics
        measures = settings.measures.map(MeasureMark.init)
    }

    package var settings: ReportSettings {
        ReportSettings(
            minimumSeconds: minimumSeconds, suppressBelow: suppressBelow,
            period: ReportPeriod(rawValue: period) ?? .week, clinics: clinics,
            measures: measures.map(\.measure))
    }
}

/// A measure in one byte.
package struct MeasureMark: PackedElement {
    package let measure: ReportMeasure

    init(_ measure: ReportMeasure) { self.measure = measure }

    package static var bytes: Int { 1 }
    package func write(to output: inout [UInt8]) {
        output.append(UInt8(truncatingIfNeeded: measure.rawValue))
    }
    package init?(packed input: UnsafeRawBufferPointer) {
        guard let measure = ReportMeasure(rawValue: Int(input[0])) else { return nil }
        self.measure = measure
    }
}

/// The number a clinic has in reports, in the order the log names them, from 1.
package struct ClinicCodeRow: Hashable, Sendable {
    package let clinic: ID<Clinic>
    package let code: Int
}

/// What a clinic is called in reports of a day and the days after it.
package struct ClinicNameRow: Hashable, Sendable {
    /// The day from which on; ``ReportSettingsRow/always`` where none was closed before.
    package let place: DayClinic
    package let name: String
}

/// The code a staff member has in reports: a number in the order the log names them, from 1.
package struct StaffCodeRow: Hashable, Sendable {
    package let staff: ID<Staff>
    package let code: Int
}

/// A visit that is not over: what its later facts need to know.
package struct OpenVisitRow: Hashable, Sendable {
    package let visit: ID<Visit>
    package var clinic: Int
    package var waitingFrom: Instant?
    package var seenAt: Instant?
    /// Who took the caller in first.
    package var staff = 0
    /// They were in a group call before anybody took them in by themselves.
    package var wasInGroup = false
}

/// An appointment nobody has settled.
package struct OpenAppointmentRow: Hashable, Sendable {
    package let appointment: ID<Appointment>
    package let day: Int
    package let clinic: Int
    /// 0: with the clinic.
    package let staff: Int
}

extension ReportClockRow: TableRow {
    package static let table = "report_clock"

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        key = try c.key("only", \.key)
        openDay = try c("open_day", \.openDay)
        openFrom = try c("open_from", \.openFrom)
        organisation = try c("organisation", \.organisation)
        minimumSeconds = try c("minimum_seconds", \.minimumSeconds)
        savedMinimumSeconds = try c("saved_minimum_seconds", \.savedMinimumSeconds)
        clinics = try c("clinics", \.clinics)
        staff = try c("staff", \.staff)
        minutes = try c("minutes", \.minutes)
    }
}

extension ClosedDayRow: TableRow {
    package static let table = "report_days"

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        key = try c.key("day", \.key)
        position = try c("position", \.position)
        zone = try c("zone", \.zone)
        from = try c("from_at", \.from)
        until = try c("until_at", \.until)
        offsetSeconds = try c("offset_seconds", \.offsetSeconds)
        organisation = try c("organisation", \.organisation)
    }
}

extension ReportSettingsRow: TableRow {
    package static let table = "report_settings"

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        key = try c.key("day", \.key)
        minimumSeconds = try c("minimum_seconds", \.minimumSeconds)
        suppressBelow = try c("suppress_below", \.suppressBelow)
        period = try c("period", \.period)
        clinics = try c("clinics", \.clinics)
        measures = try c("measures", \.measures)
    }
}

extension ClinicCodeRow: TableRow {
    package static let table = "report_clinics"
    package var key: ID<Clinic> { clinic }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        clinic = try c.key("clinic", \.clinic)
        code = try c("code", \.code)
    }
}

extension ClinicNameRow: TableRow {
    package static let table = "report_clinic_names"
    package var key: DayClinic { place }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        place = DayClinic(
            day: try c.key("day", \.place.day), clinic: try c.key("clinic", \.place.clinic))
        name = try c("name", \.name)
    }
}

extension StaffCodeRow: TableRow {
    package static let table = "report_staff"
    package var key: ID<Staff> { staff }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        staff = try c.key("staff", \.staff)
        code = try c("code", \.code)
    }
}

extension OpenVisitRow: TableRow {
    package static let table = "report_open_visits"
    package var key: ID<Visit> { visit }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        visit = try c.key("visit", \.visit)
        clinic = try c("clinic", \.clinic)
        waitingFrom = try c("waiting_from", \.waitingFrom)
        seenAt = try c("seen_at", \.seenAt)
        staff = try c("staff", \.staff)
        wasInGroup = try c("was_in_group", \.wasInGroup)
    }
}

extension OpenAppointmentRow: TableRow {
    package static let table = "report_open_appointments"
    package var key: ID<Appointment> { appointment }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        appointment = try c.key("appointment", \.appointment)
        day = try c("day", \.day)
        clinic = try c("clinic", \.clinic)
        staff = try c("staff", \.staff)
    }
}
