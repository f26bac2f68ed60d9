import Domain
package import Projections

/// Makes a report of what the log says of a stretch of days.
package struct ReportBuilder {
    private let request: ReportRequest
    private let counts: ReportCounts
    private let settings: ReportSettings
    private let organisation: String

    /// - Parameter organisation: its id.
    /// - Throws: ``ReportRejection``.
    package static func report(
        _ request: ReportRequest, of organisation: String, days: ClosedRange<Int>,
        from source: ReportSource
    ) throws(ReportRejection) -> Report {
        let settings = source.settings(on: days.upperBound)
        try check(request, days, source)
        let clinics = source.clinics.filter { settings.counts($0.clinic) }
        let shown = clinics.filter { request.clinic == nil || $0.clinic == request.clinic }
        if request.clinic != nil, shown.isEmpty { throw .clinicUnknown }
        let isWhole = request.name == .weekly || request.name == .monthly
        // Suppression works on the whole organisation: a clinic's report is a part of that.
        let counted = settings.suppressBelow == nil ? shown : clinics
        let builder = ReportBuilder(
            request: request,
            counts: ReportCounts(source, days, counted, splitsStaff: isWhole),
            settings: settings, organisation: organisation)
        if let below = settings.suppressBelow {
            return builder.report(builder.suppressed(below, shown))
        }
        return builder.report(builder.tables())
    }

    private static func check(
        _ request: ReportRequest, _ days: ClosedRange<Int>, _ source: ReportSource
    ) throws(ReportRejection) {
        let suppressing = days.first { source.settings(on: $0).suppressBelow != nil }
        guard let suppressing else { return }
        let instead: ReportName =
            switch source.settings(on: suppressing).period {
            case .week: .weekly
            case .month: .monthly
            }
        guard request.name == instead else { throw .suppressed(instead: instead) }
        guard !source.settingsChanged(after: days.lowerBound, through: days.upperBound) else {
            throw .settingsChanged
        }
    }

    private func report(_ parts: (tables: [Report.Table], chart: Report.Chart?)) -> Report {
        Report(
            name: request.name, title: title, head: head, tables: parts.tables,
            chart: parts.chart, definitions: ReportDefinitions.of(settings))
    }

    private var title: String {
        switch request.name {
        case .usage: "Usage"
        case .waits: "Waits"
        case .transfers: "Transfers"
        case .weekly: "Weekly report"
        case .monthly: "Monthly report"
        }
    }

    private var head: [Report.Line] {
        let through = counts.source.through
        var lines = [
            Report.Line("organisation", organisation),
            Report.Line("organisation name", through.organisation),
        ]
        if let clinic = request.clinic {
            let name = counts.source.clinics.first { $0.clinic == clinic }?.name ?? ""
            lines += [
                Report.Line("clinic", clinic.description), Report.Line("clinic name", name),
            ]
        }
        return lines + [
            Report.Line("from", date(counts.days.lowerBound)),
            Report.Line("through", date(counts.days.upperBound)),
            Report.Line("time zone", through.zone),
            Report.Line("log position", String(through.position)),
            Report.Line("minimum duration in seconds", String(settings.minimumSeconds)),
            Report.Line(
                "suppression",
                settings.suppressBelow.map { "counts from 1 to \($0 - 1)" } ?? "none"),
        ]
    }

    // MARK: Without suppression

    private func tables() -> (tables: [Report.Table], chart: Report.Chart?) {
        let tables = ReportTables(counts: counts, settings: settings)
        switch request.name {
        case .usage:
            return (
                tables.appointmentsByDay + tables.appointmentsByClinic + tables.lengths
                    + tables.staff + tables.rooms + tables.errors + tables.corrections,
                tables.usageChart
            )
        case .waits:
            return (
                tables.callers + tables.waits + tables.hours + tables.weekdays
                    + tables.corrections, tables.arrivalsChart
            )
        case .transfers: return (tables.transfers, tables.transfersChart)
        case .weekly, .monthly:
            return (
                tables.appointmentsByDay + tables.appointmentsByClinic + tables.lengths
                    + tables.staffByClinic + tables.callers + tables.waits + tables.hours
                    + tables.weekdays + tables.transfers + tables.rooms + tables.errors
                    + tables.corrections, tables.usageChart
            )
        }
    }

    // MARK: With suppression

    private func suppressed(
        _ below: Int, _ shown: [ReportClinic]
    ) -> (tables: [Report.Table], chart: Report.Chart?) {
        let system = SuppressedCounts(counts, below: below)
        let isWhole = request.clinic == nil
        return (
            system.tables(of: shown, settings, isWhole: isWhole),
            isWhole ? system.chart(settings) : nil
        )
    }
}

/// `2026-11-21`
func date(_ day: Int) -> String { LocalDate(day: day)?.description ?? "day \(day)" }
