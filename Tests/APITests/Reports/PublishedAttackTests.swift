import API
import Domain
import Projections
import TestSupport
import Testing

/// Attacks on all that is published of one week together: the organisation's report and each
/// clinic's, every table of them (REP-5). What the attacker reckons with is written down here anew,
/// from what the words of a report mean.
@Suite("All that is published of one week") struct PublishedAttackTests {
    @Test("REP-5 from all reports of a week together no hidden cell can be solved for")
    func together() throws {
        var hidden = 0
        for seed in UInt64(0)..<400 {
            let week = try DrawnWeek(seed: seed)
            var known = Published()
            for clinic in [nil] + week.clinics.map(\.clinic) {
                let request = ReportRequest(name: .weekly, clinic: clinic)
                known.read(
                    try ReportBuilder.report(
                        request, of: "organisation", days: DrawnWeek.days, from: week.source))
            }
            #expect(known.contradictions.isEmpty, "seed \(seed): \(known.contradictions)")
            hidden += known.unknowns.count
            let solved = known.solved(by: known.equations(week.truth))
            #expect(solved.isEmpty, "seed \(seed), below \(week.below): \(solved)")
            let squeezed = known.squeezed(week.truth, below: week.below)
            #expect(squeezed.isEmpty, "seed \(seed), below \(week.below): \(squeezed)")
        }
        #expect(hidden > 5_000, "only \(hidden) cells were hidden")
    }

    @Test("REP-5 without suppression the same attack finds what is hidden by hand")
    func attackWorks() throws {
        let week = try DrawnWeek(seed: 1, suppresses: false)
        var known = Published()
        known.read(
            try ReportBuilder.report(
                ReportRequest(name: .weekly), of: "organisation", days: DrawnWeek.days,
                from: week.source))
        let whole = try #require(
            known.cells.first { $0.key.column == "arrivals" && $0.key.row == "all" })
        known.hide(whole.key)
        #expect(known.solved(by: known.equations(week.truth)) == [whole.key])
    }
}

/// A week of two or three clinics, small enough that many counts are.
private struct DrawnWeek {
    /// A Monday to a Sunday.
    static let days = 20_790...20_796

    let below: Int
    let clinics: [ReportClinic]
    let source: ReportSource
    /// What is true of each cell: which sums hold, an attacker may well guess.
    let truth: [Place: Int]

    init(seed: UInt64, suppresses: Bool = true) throws {
        var random = Seeded(seed)
        below = Int.random(in: 3...6, using: &random)
        let clinics = (1...Int.random(in: 2...3, using: &random)).map {
            ReportClinic(clinic: ID(bits: UInt128($0)), code: $0, name: "Clinic \($0)")
        }
        self.clinics = clinics
        var rows: [ClinicDayRow] = []
        for day in Self.days {
            for clinic in clinics where Int.random(in: 0...2, using: &random) > 0 {
                let place = DayClinic(day: day, clinic: clinic.code)
                rows.append(Self.row(place, clinics.count, &random))
            }
        }
        // Who left one clinic came to another; half the time before their wait ended, which it did
        // there.
        for index in rows.indices {
            for transfer in rows[index].transfersOut {
                let to = rows.firstIndex { $0.place.clinic == Int(transfer.value) }
                guard let to else { continue }
                rows[to].transfersIn += Int(transfer.count)
                if Bool.random(using: &random) {
                    rows[index].arrivals += Int(transfer.count)
                    rows[index].arrivalsByHour[8].count += transfer.count
                    rows[to].waitsSeen.append(ValueCount(value: 61, count: transfer.count))
                    rows[to].calls.append(ValueCount(value: 301, count: transfer.count))
                }
            }
        }
        let settings = ReportSettings(suppressBelow: suppresses ? below : nil, period: .week)
        source = ReportSource(
            through: ClosedDayRow(
                key: Int64(Self.days.upperBound), position: 9, zone: "UTC",
                from: Instant(milliseconds: 0), until: Instant(milliseconds: 86_400_000),
                offsetSeconds: 0, organisation: "Example"), rows: rows, clinics: clinics,
            settings: [ReportSettingsRow(from: ReportSettingsRow.always, settings)])
        // The same with nothing suppressed.
        let open = ReportSource(
            through: source.through, rows: rows, clinics: clinics, settings: [])
        var all = Published()
        all.read(
            try ReportBuilder.report(
                ReportRequest(name: .weekly), of: "organisation", days: Self.days, from: open))
        truth = all.cells.compactMapValues { $0 }
    }

    private static func row(
        _ place: DayClinic, _ clinics: Int, _ random: inout Seeded
    ) -> ClinicDayRow {
        var row = ClinicDayRow(place: place)
        func few(_ most: Int) -> Int { max(0, Int.random(in: -2...most, using: &random)) }
        for code in 1...2 {
            var day = StaffDay(code: UInt32(code))
            (day.done, day.noShows) = (UInt32(few(3)), UInt32(few(1)))
            day.cancelled = UInt32(few(1))
            day.appointments = day.done + day.noShows + day.cancelled + UInt32(few(0))
            if Int.random(in: 0...5, using: &random) == 0 { day.appointments += 1 }
            row.done += Int(day.done)
            row.noShows += Int(day.noShows)
            row.cancelled += Int(day.cancelled)
            row.appointments += Int(day.appointments)
            row.staff.append(day)
        }
        if row.appointments > 0 {
            row.minutes = [ValueCount(value: 20, count: UInt32(row.appointments))]
        }
        let (atOnce, seen, left) = (few(1), few(3), few(1))
        if atOnce > 0 { row.waitsSeen.append(ValueCount(value: 0, count: UInt32(atOnce))) }
        if seen > 0 { row.waitsSeen.append(ValueCount(value: 60, count: UInt32(seen))) }
        if left > 0 { row.waitsLeft = [ValueCount(value: 90, count: UInt32(left))] }
        row.otherwise = few(0)
        row.arrivals = atOnce + seen + left + row.otherwise
        let out = few(1)
        if out > 0, clinics > 1 {
            let other = place.clinic % clinics + 1
            row.transfersOut = [ValueCount(value: UInt32(other), count: UInt32(out))]
        }
        row.openedByHour = Array(repeating: HourCount(count: 0), count: 24)
        row.arrivalsByHour = row.openedByHour
        for _ in 0..<row.arrivals {
            row.arrivalsByHour[Int.random(in: 8...11, using: &random)].count += 1
        }
        (row.opened, row.openedByHour) = (row.arrivals, row.arrivalsByHour)
        let calls = atOnce + seen
        if calls > 0 { row.calls = [ValueCount(value: 300, count: UInt32(calls))] }
        return row
    }
}
