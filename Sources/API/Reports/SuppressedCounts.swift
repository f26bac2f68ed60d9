import Domain
import Projections

/// The counts of one whole week or month, with the small ones hidden and as many others as it takes
/// (REP-5). One system for the organisation: whatever is published, of the whole or of a clinic, is
/// a part of it, so that no two reports together give away what neither does.
struct SuppressedCounts {
    /// What is counted for each clinic and for all.
    enum Measure: Int, CaseIterable {
        case appointments, done, noShows, cancelled
        case arrivals, seen, left, otherwise
        case calls, transfersIn, transfersOut

        func count(_ tally: Tally) -> Int {
            switch self {
            case .appointments: tally.appointments
            case .done: tally.done
            case .noShows: tally.noShows
            case .cancelled: tally.cancelled
            case .arrivals: tally.arrivals
            case .seen: tally.seen
            case .left: tally.left
            case .otherwise: tally.otherwise
            case .calls: tally.calls
            case .transfersIn: tally.transfersIn
            case .transfersOut: tally.transferred
            }
        }
    }

    private let counts: ReportCounts
    private let below: Int
    private(set) var system = CountSystem()
    private(set) var hidden: [Bool] = []
    /// By measure.
    private var total: [Int] = []
    /// By clinic, then by measure.
    private var clinics: [Int: [Int]] = [:]
    /// By clinic and staff member: booked, done, no-shows, cancelled.
    private var staff: [Int: [(code: Int, places: [Int])]] = [:]
    private var hours: [Int] = []
    private var weekdays: [Int] = []

    init(_ counts: ReportCounts, below: Int) {
        self.counts = counts
        self.below = below
        total = places(counts.total)
        for clinic in counts.clinics {
            let places = places(counts.byClinic[clinic.code] ?? Tally())
            clinics[clinic.code] = places
            addStaff(of: clinic.code, under: places)
        }
        for measure in Measure.allCases {
            let parts = counts.clinics.compactMap { clinics[$0.code]?[measure.rawValue] }
            system.relate(total[measure.rawValue], isSumOf: parts)
        }
        // Whoever left one clinic came to another: the two totals are one.
        system.relate(
            total[Measure.transfersIn.rawValue], isSumOf: [total[Measure.transfersOut.rawValue]])
        addTimes()
        hidden = Suppression.hidden(in: system, below: below)
    }

    private mutating func places(_ tally: Tally) -> [Int] {
        let places = Measure.allCases.map { system.add($0.count(tally)) }
        func place(_ measure: Measure) -> Int { places[measure.rawValue] }
        system.relate(
            place(.appointments), isSumOf: [place(.done), place(.noShows), place(.cancelled)])
        system.relate(
            place(.arrivals), isSumOf: [place(.seen), place(.left), place(.otherwise)])
        // Where every transfer came before the wait ended: who came, here or from elsewhere, went
        // elsewhere or ended waiting here.
        system.relate(
            [place(.arrivals), place(.transfersIn)],
            areAsManyAs: [
                place(.seen), place(.left), place(.otherwise), place(.transfersOut),
            ])
        // Where nobody is in a call over midnight, who was taken in has had a call.
        system.relate(place(.calls), isSumOf: [place(.seen)])
        return places
    }

    private mutating func addStaff(of clinic: Int, under places: [Int]) {
        let members = (counts.staffByClinic[clinic] ?? [:]).sorted { $0.key < $1.key }
        let rows = members.map { code, tally in
            let counts = [tally.appointments, tally.done, tally.noShows, tally.cancelled]
            let places = counts.map { system.add($0) }
            system.relate(places[0], isSumOf: Array(places[1...]))
            return (code: code, places: places)
        }
        for measure in 0..<4 {
            system.relate(places[measure], isSumOf: rows.map { $0.places[measure] })
        }
        staff[clinic] = rows
    }

    private mutating func addTimes() {
        let arrivals = total[Measure.arrivals.rawValue]
        hours = counts.total.arrivalsByHour.map { system.add($0) }
        let late = system.add(
            counts.total.arrivals - counts.total.arrivalsByHour.reduce(0, +))
        hours.append(late)
        system.relate(arrivals, isSumOf: hours)
        var sums = Array(repeating: 0, count: 7)
        for (day, tally) in counts.byDay {
            guard let weekday = LocalDate(day: day)?.weekday else { continue }
            sums[weekday - 1] += tally.arrivals
        }
        weekdays = sums.map { system.add($0) }
        system.relate(arrivals, isSumOf: weekdays)
    }

    private func cell(_ place: Int) -> Report.Cell {
        hidden[place] ? .hidden : .count(system.counts[place])
    }

    private func published(_ place: Int) -> Int? {
        hidden[place] ? nil : system.counts[place]
    }

    // MARK: Published

    func tables(
        of shown: [ReportClinic], _ settings: ReportSettings, isWhole: Bool
    ) -> [Report.Table] {
        func part(_ measure: ReportMeasure, _ make: () -> [Report.Table]) -> [Report.Table] {
            settings.shows(measure) ? make() : []
        }
        var tables = part(.appointments) {
            [
                table(
                    "clinics", "Appointments by clinic",
                    ["booked", "done", "no-shows", "cancelled"],
                    [.appointments, .done, .noShows, .cancelled], shown, isWhole)
            ]
        }
        tables += part(.staff) { [staffTable(shown)] }
        tables += part(.waits) {
            [
                table(
                    "callers", "Callers by clinic",
                    [
                        "arrivals", "taken in", "left before being seen", "ended otherwise",
                        "calls",
                    ],
                    [.arrivals, .seen, .left, .otherwise, .calls], shown, isWhole),
                statistics(
                    "waits", "Waits in seconds", "waits", shown, isWhole,
                    over: [[.seen, .left], [.seen], [.left]], ReportTables.kinds),
            ]
        }
        tables += part(.lengths) {
            [
                statistics(
                    "lengths", "Lengths", "what", shown, isWhole, over: [[.appointments], [.calls]]
                ) { tally in
                    [
                        ("minutes of appointments, as booked", tally.minutes),
                        ("seconds of calls", tally.callSeconds),
                    ]
                }
            ]
        }
        tables += part(.transfers) {
            [
                table(
                    "transfersByClinic", "Transfers by clinic", ["in", "out"],
                    [.transfersIn, .transfersOut], shown, isWhole)
            ]
        }
        return isWhole ? tables + part(.arrivals) { times } : tables
    }

    private func table(
        _ name: String, _ title: String, _ columns: [String], _ measures: [Measure],
        _ shown: [ReportClinic], _ isWhole: Bool
    ) -> Report.Table {
        func cells(_ places: [Int]) -> [Report.Cell] {
            measures.map { cell(places[$0.rawValue]) }
        }
        let rows = shown.compactMap { clinic in
            clinics[clinic.code].map {
                [.text(clinic.name), .text(clinic.clinic.description)] + cells($0)
            }
        }
        let all: [[Report.Cell]] = isWhole ? [[.text("All clinics"), .none] + cells(total)] : []
        return Report.Table(name, title, ["clinic", "id"] + columns, rows + all)
    }

    private func staffTable(_ shown: [ReportClinic]) -> Report.Table {
        let rows = shown.flatMap { clinic in
            (staff[clinic.code] ?? []).map { code, places -> [Report.Cell] in
                [.text(clinic.name), .text(ReportCounts.name(ofStaff: code))] + places.map(cell)
            }
        }
        return Report.Table(
            "staff", "Appointments by clinic and staff member",
            ["clinic", "code", "booked", "done", "no-shows", "cancelled"], rows)
    }

    /// Medians and percentiles alone: with sums, or numbers that no other table shows, more could
    /// be reckoned. None over fewer than the bound, and none over a hidden count: that there is one
    /// says the count is not small, and then others can be squeezed out of sums.
    /// - Parameter over: the counts that each kind is over.
    private func statistics(
        _ name: String, _ title: String, _ what: String, _ shown: [ReportClinic], _ isWhole: Bool,
        over: [[Measure]], _ kinds: (Tally) -> [(String, Quantiles)]
    ) -> Report.Table {
        func rows(
            _ name: Report.Cell, _ id: Report.Cell, _ tally: Tally, _ places: [Int]
        ) -> [[Report.Cell]] {
            zip(kinds(tally), over).map { kind, measures in
                let (word, values) = kind
                let isHidden = measures.contains { hidden[places[$0.rawValue]] }
                func cell(_ value: Int?) -> Report.Cell {
                    if measures.allSatisfy({ system.counts[places[$0.rawValue]] == 0 }) {
                        return .none
                    }
                    return isHidden || values.count < below ? .hidden : Report.Cell(value)
                }
                return [name, id, .text(word), cell(values.median), cell(values.ninetieth)]
            }
        }
        let clinics = shown.flatMap { clinic in
            rows(
                .text(clinic.name), .text(clinic.clinic.description),
                counts.byClinic[clinic.code] ?? Tally(), self.clinics[clinic.code] ?? total)
        }
        let all = isWhole ? rows(.text("All clinics"), .none, counts.total, total) : []
        return Report.Table(
            name, title, ["clinic", "id", what, "median", "90th percentile"], clinics + all)
    }

    private var times: [Report.Table] {
        let names = (0..<24).map(ReportTables.hour) + ["corrections"]
        return [
            Report.Table(
                "hours", "Arrivals by hour", ["hour", "arrivals"],
                zip(names, hours).map { [.text($0), cell($1)] }),
            Report.Table(
                "weekdays", "Arrivals by weekday", ["weekday", "arrivals"],
                zip(ReportTables.weekdayNames, weekdays).map { [.text($0), cell($1)] }),
        ]
    }

    func chart(_ settings: ReportSettings) -> Report.Chart? {
        guard settings.shows(.arrivals) else { return nil }
        return Report.Chart(
            title: "Arrivals by hour", across: "hour of the day", up: "callers",
            labels: (0..<24).map(ReportTables.hour),
            series: [
                Report.Chart.Series(name: "arrivals", values: hours.prefix(24).map(published))
            ], isStacked: true)
    }
}
