import Domain
import Projections

/// The parts that reports are put together from, every count published. A part that the settings
/// leave out is no table at all.
struct ReportTables {
    let counts: ReportCounts
    let settings: ReportSettings

    private typealias Cell = Report.Cell

    private func part(
        _ measure: ReportMeasure, _ make: () -> [Report.Table]
    ) -> [Report.Table] {
        settings.shows(measure) ? make() : []
    }

    // MARK: Appointments

    static let appointmentColumns = ["booked", "done", "no-shows", "cancelled", "not settled"]

    private func appointments(_ tally: Tally) -> [Report.Cell] {
        [
            tally.appointments, tally.done, tally.noShows, tally.cancelled, tally.unsettled,
        ].map(Cell.count)
    }

    var appointmentsByDay: [Report.Table] {
        part(.appointments) {
            [
                Report.Table(
                    "days", "Appointments and calls by day",
                    ["day"] + Self.appointmentColumns + ["calls", "short calls"],
                    counts.days.map { day in
                        let tally = counts.byDay[day] ?? Tally()
                        return [.text(date(day))] + appointments(tally)
                            + [.count(tally.calls), .count(tally.shortCalls)]
                    })
            ]
        }
    }

    /// A row for each clinic, and one for all.
    private func byClinic(_ cells: (Tally) -> [Report.Cell]) -> [[Report.Cell]] {
        counts.clinics.map { clinic in
            [.text(clinic.name), .text(clinic.clinic.description)]
                + cells(counts.byClinic[clinic.code] ?? Tally())
        } + [[.text("All clinics"), .none] + cells(counts.total)]
    }

    var appointmentsByClinic: [Report.Table] {
        part(.appointments) {
            [
                Report.Table(
                    "clinics", "Appointments and calls by clinic",
                    ["clinic", "id"] + Self.appointmentColumns + ["calls", "short calls"],
                    byClinic { tally in
                        appointments(tally) + [.count(tally.calls), .count(tally.shortCalls)]
                    })
            ]
        }
    }

    var lengths: [Report.Table] {
        part(.lengths) {
            func row(_ name: String, _ unit: String, _ lengths: Quantiles) -> [Report.Cell] {
                [
                    .text(name), .text(unit), .count(lengths.count), .count(lengths.sum),
                    Cell(lengths.median), Cell(lengths.ninetieth), Cell(lengths.longest),
                ]
            }
            return [
                Report.Table(
                    "lengths", "Lengths",
                    [
                        "what", "unit", "number", "sum", "median", "90th percentile", "longest",
                    ],
                    [
                        row("appointments, as booked", "minutes", counts.total.minutes),
                        row("calls", "seconds", counts.total.callSeconds),
                    ])
            ]
        }
    }

    private static let staffColumns = [
        "booked", "done", "no-shows", "cancelled", "minutes booked", "calls", "seconds of calls",
    ]

    private func cells(_ tally: StaffTally) -> [Report.Cell] {
        [
            tally.appointments, tally.done, tally.noShows, tally.cancelled, tally.minutes,
            tally.calls, tally.callSeconds,
        ].map(Cell.count)
    }

    var staff: [Report.Table] {
        part(.staff) {
            let met = counts.staff.enumerated().filter {
                $0.element.appointments + $0.element.done + $0.element.noShows
                    + $0.element.cancelled + $0.element.calls > 0
            }
            return [
                Report.Table(
                    "staff", "By staff member", ["code"] + Self.staffColumns,
                    met.map { code, tally in
                        [.text(ReportCounts.name(ofStaff: code))] + cells(tally)
                    })
            ]
        }
    }

    var staffByClinic: [Report.Table] {
        part(.staff) {
            let rows = counts.clinics.flatMap { clinic in
                (counts.staffByClinic[clinic.code] ?? [:]).sorted { $0.key < $1.key }.map {
                    code, tally in
                    [.text(clinic.name), .text(ReportCounts.name(ofStaff: code))] + cells(tally)
                }
            }
            return [
                Report.Table(
                    "staff", "By clinic and staff member",
                    ["clinic", "code"] + Self.staffColumns, rows)
            ]
        }
    }

    // MARK: Callers

    var callers: [Report.Table] {
        part(.waits) {
            [
                Report.Table(
                    "callers", "Callers by clinic",
                    [
                        "clinic", "id", "arrivals", "taken in", "of them at once",
                        "left before being seen", "ended otherwise", "no-shows",
                        "transfers in", "transfers out",
                    ],
                    byClinic { tally in
                        [
                            tally.arrivals, tally.seen, tally.seenAtOnce, tally.left,
                            tally.otherwise, tally.noShows, tally.transfersIn, tally.transferred,
                        ].map(Cell.count)
                    })
            ]
        }
    }

    static let waitColumns = [
        "clinic", "id", "waits", "number", "median", "90th percentile", "longest",
    ]

    static func kinds(_ tally: Tally) -> [(String, Quantiles)] {
        [
            ("all", tally.waits), ("taken in", tally.waitsSeen),
            ("left before being seen", tally.waitsLeft),
        ]
    }

    var waits: [Report.Table] {
        part(.waits) {
            func rows(_ name: Report.Cell, _ id: Report.Cell, _ tally: Tally) -> [[Report.Cell]] {
                Self.kinds(tally).map { kind, waits in
                    [
                        name, id, .text(kind), .count(waits.count), Cell(waits.median),
                        Cell(waits.ninetieth), Cell(waits.longest),
                    ]
                }
            }
            let clinics = counts.clinics.flatMap { clinic in
                rows(
                    .text(clinic.name), .text(clinic.clinic.description),
                    counts.byClinic[clinic.code] ?? Tally())
            }
            return [
                Report.Table(
                    "waits", "Waits in seconds", Self.waitColumns,
                    clinics + rows(.text("All clinics"), .none, counts.total))
            ]
        }
    }

    var hours: [Report.Table] {
        part(.arrivals) {
            let total = counts.total
            let hours = (0..<24).map { hour -> [Report.Cell] in
                [
                    .text(Self.hour(hour)), .count(total.openedByHour[hour]),
                    .count(total.arrivalsByHour[hour]),
                ]
            }
            let late: [Report.Cell] = [
                .text("corrections"), .count(total.opened - total.openedByHour.reduce(0, +)),
                .count(total.arrivals - total.arrivalsByHour.reduce(0, +)),
            ]
            return [
                Report.Table(
                    "hours", "Arrivals by hour", ["hour", "links opened", "arrivals"],
                    hours + [late])
            ]
        }
    }

    /// `08:00`
    static func hour(_ hour: Int) -> String { hour < 10 ? "0\(hour):00" : "\(hour):00" }

    static let weekdayNames = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    var weekdays: [Report.Table] {
        part(.arrivals) {
            var sums = Array(repeating: (opened: 0, arrivals: 0, left: 0), count: 7)
            for (day, tally) in counts.byDay {
                guard let weekday = LocalDate(day: day)?.weekday else { continue }
                sums[weekday - 1].opened += tally.opened
                sums[weekday - 1].arrivals += tally.arrivals
                sums[weekday - 1].left += tally.left
            }
            return [
                Report.Table(
                    "weekdays", "Arrivals by weekday",
                    ["weekday", "links opened", "arrivals", "left before being seen"],
                    zip(Self.weekdayNames, sums).map { name, sum in
                        [
                            .text(name), .count(sum.opened), .count(sum.arrivals),
                            .count(sum.left),
                        ]
                    })
            ]
        }
    }

    // MARK: The rest

    /// Names of every clinic of the organisation, counted here or not: callers go there too.
    private var names: [Int: String] {
        Dictionary(
            counts.source.clinics.map { ($0.code, $0.name) }, uniquingKeysWith: { one, _ in one })
    }

    var transfers: [Report.Table] {
        part(.transfers) {
            let names = names
            let pairs = counts.clinics.flatMap { clinic in
                (counts.byClinic[clinic.code]?.transfersOut ?? [:]).sorted { $0.key < $1.key }.map {
                    to, count -> [Report.Cell] in
                    [.text(clinic.name), .text(names[Int(to)] ?? ""), .count(count)]
                }
            }
            return [
                Report.Table(
                    "transfers", "Transfers from clinic to clinic", ["from", "to", "number"],
                    pairs),
                Report.Table(
                    "transfersByClinic", "Transfers by clinic", ["clinic", "id", "in", "out"],
                    byClinic { [.count($0.transfersIn), .count($0.transferred)] }),
            ]
        }
    }

    var rooms: [Report.Table] {
        part(.rooms) {
            let total = counts.total
            func row(_ kind: String, _ calls: Quantiles, short: Report.Cell) -> [Report.Cell] {
                [
                    .text(kind), .count(calls.count), .count(calls.sum), Cell(calls.median), short,
                ]
            }
            return [
                Report.Table(
                    "rooms", "Calls by kind",
                    ["kind", "calls", "seconds", "median", "short calls"],
                    [
                        row("waiting area", total.callSeconds, short: .count(total.shortCalls)),
                        row("rooms", total.roomCallSeconds, short: .count(total.shortRoomCalls)),
                        row(
                            "group calls", total.groupCallSeconds,
                            short: .count(total.shortGroupCalls)),
                    ])
            ]
        }
    }

    var errors: [Report.Table] {
        part(.errors) {
            let rows = counts.days.flatMap { day in
                (counts.byDay[day]?.errors ?? [:]).sorted { $0.key < $1.key }.map {
                    number, count -> [Report.Cell] in
                    // One that a newer program knows was refused when it was read.
                    let word = AppError(rawValue: Int(number))?.word ?? ""
                    return [.text(date(day)), .text(word), .count(count)]
                }
            }
            return [
                Report.Table(
                    "errors", "Errors that apps reported", ["day", "error", "number"], rows)
            ]
        }
    }

    var corrections: [Report.Table] {
        [
            Report.Table(
                "corrections", "Corrections to days closed before they were recorded",
                ["what", "number"],
                [
                    [.text("appointments"), .count(counts.total.lateAppointments)],
                    [.text("visits"), .count(counts.total.lateVisits)],
                ])
        ]
    }
}

// MARK: - Charts

extension ReportTables {
    private func chart(
        _ measure: ReportMeasure, _ make: () -> Report.Chart
    ) -> Report.Chart? {
        settings.shows(measure) ? make() : nil
    }

    /// Where nobody books, calls are what there is to see.
    var usageChart: Report.Chart? {
        guard counts.total.appointments == 0, settings.shows(.appointments) else {
            return appointmentsChart
        }
        let calls = counts.days.map { counts.byDay[$0]?.calls ?? 0 }
        return Report.Chart(
            title: "Calls by day", across: "day", up: "calls", labels: counts.days.map { date($0) },
            series: [Report.Chart.Series(name: "calls", values: calls)], isStacked: true)
    }

    private var appointmentsChart: Report.Chart? {
        chart(.appointments) {
            func series(_ name: String, _ count: (Tally) -> Int) -> Report.Chart.Series {
                Report.Chart.Series(
                    name: name, values: counts.days.map { count(counts.byDay[$0] ?? Tally()) })
            }
            return Report.Chart(
                title: "Appointments by day", across: "day", up: "appointments",
                labels: counts.days.map { date($0) },
                series: [
                    series("done", \.done), series("no-show", \.noShows),
                    series("cancelled", \.cancelled), series("not settled", \.unsettled),
                ], isStacked: true)
        }
    }

    var arrivalsChart: Report.Chart? {
        chart(.arrivals) {
            Report.Chart(
                title: "Arrivals by hour", across: "hour of the day", up: "callers",
                labels: (0..<24).map(Self.hour),
                series: [
                    Report.Chart.Series(name: "arrivals", values: counts.total.arrivalsByHour)
                ], isStacked: true)
        }
    }

    /// Clinics in a picture: those with the most.
    private static let chartClinicsMax = 20

    var transfersChart: Report.Chart? {
        chart(.transfers) {
            let most = counts.clinics.map { clinic -> (ReportClinic, Int) in
                let tally = counts.byClinic[clinic.code] ?? Tally()
                return (clinic, tally.transfersIn + tally.transferred)
            }.filter { $0.1 > 0 }.sorted { ($1.1, $0.0.code) < ($0.1, $1.0.code) }
            let clinics = most.prefix(Self.chartClinicsMax).map(\.0)
            func series(_ name: String, _ count: (Tally) -> Int) -> Report.Chart.Series {
                Report.Chart.Series(
                    name: name,
                    values: clinics.map { count(counts.byClinic[$0.code] ?? Tally()) })
            }
            return Report.Chart(
                title: "Transfers by clinic", across: "clinic", up: "callers",
                labels: clinics.map(\.name),
                series: [series("in", \.transfersIn), series("out", \.transferred)],
                isStacked: false)
        }
    }
}
