import Domain

/// The tables that statements of reporting staff see: counts, and staff by code (docs/reports.md).
enum ReportSQLTables {
    /// Name and columns of each.
    private static let declared: [(name: String, columns: String)] = [
        (
            "clinic_days",
            """
            day TEXT, clinic TEXT, clinic_name TEXT, booked INTEGER, done INTEGER, \
            no_shows INTEGER, cancelled INTEGER, opened INTEGER, arrivals INTEGER, \
            taken_in INTEGER, taken_in_at_once INTEGER, left_unseen INTEGER, otherwise INTEGER, \
            calls INTEGER, short_calls INTEGER, transfers_in INTEGER, transfers_out INTEGER, \
            corrections INTEGER
            """
        ),
        (
            "staff_days",
            """
            day TEXT, clinic TEXT, code TEXT, booked INTEGER, done INTEGER, no_shows INTEGER, \
            cancelled INTEGER, minutes INTEGER, calls INTEGER, call_seconds INTEGER
            """
        ),
        ("waits", "day TEXT, clinic TEXT, outcome TEXT, seconds INTEGER, number INTEGER"),
        ("call_lengths", "day TEXT, clinic TEXT, seconds INTEGER, number INTEGER"),
        ("appointment_lengths", "day TEXT, clinic TEXT, minutes INTEGER, number INTEGER"),
        ("arrivals", "day TEXT, clinic TEXT, hour INTEGER, opened INTEGER, arrivals INTEGER"),
        ("transfers", "day TEXT, clinic TEXT, to_clinic TEXT, number INTEGER"),
    ]

    static let names = Set(declared.map(\.name))

    static func fill(
        _ database: SQLDatabase, from source: ReportSource
    ) throws(ReportSQL.Failure) {
        for (name, columns) in declared {
            try database.run("CREATE TABLE \(name) (\(columns)) STRICT")
        }
        let clinics = Dictionary(
            source.clinics.map { ($0.code, $0) }, uniquingKeysWith: { one, _ in one })
        try database.run("BEGIN")
        for row in source.rows {
            guard let day = LocalDate(day: row.place.day) else { continue }
            let clinic = clinics[row.place.clinic]
            let place: [ReportSQL.Value] = [
                .text(day.description), .text(clinic?.clinic.description ?? ""),
            ]
            try database.insert(
                into: "clinic_days", [place + [.text(clinic?.name ?? "")] + counts(of: row)])
            try database.insert(into: "staff_days", row.staff.map { place + cells($0) })
            func spread(_ word: String, _ values: [ValueCount]) -> [[ReportSQL.Value]] {
                values.map {
                    place + [
                        .text(word), .integer(Int64($0.value)), .integer(Int64($0.count)),
                    ]
                }
            }
            try database.insert(
                into: "waits", spread("taken in", row.waitsSeen) + spread("left", row.waitsLeft))
            try database.insert(into: "call_lengths", row.calls.map { place + cells($0) })
            try database.insert(into: "appointment_lengths", row.minutes.map { place + cells($0) })
            try database.insert(into: "arrivals", hours(of: row).map { place + $0 })
            try database.insert(
                into: "transfers",
                row.transfersOut.map { transfer in
                    let to = clinics[Int(transfer.value)]?.clinic.description ?? ""
                    return place + [.text(to), .integer(Int64(transfer.count))]
                })
        }
        try database.run("COMMIT")
    }

    private static func counts(of row: ClinicDayRow) -> [ReportSQL.Value] {
        func sum(_ values: [ValueCount]) -> Int { values.reduce(0) { $0 + Int($1.count) } }
        let atOnce = row.waitsSeen.first { $0.value == 0 }.map { Int($0.count) } ?? 0
        return [
            row.appointments, row.done, row.noShows, row.cancelled, row.opened, row.arrivals,
            sum(row.waitsSeen), atOnce, sum(row.waitsLeft), row.otherwise, sum(row.calls),
            row.shortCalls, row.transfersIn, sum(row.transfersOut),
            row.lateAppointments + row.lateVisits,
        ].map { .integer(Int64($0)) }
    }

    private static func cells(_ day: StaffDay) -> [ReportSQL.Value] {
        let code = day.code == 0 ? "nobody in particular" : "S\(day.code)"
        let counts = [
            day.appointments, day.done, day.noShows, day.cancelled, day.minutes, day.calls,
            day.callSeconds,
        ]
        return [.text(code)] + counts.map { .integer(Int64($0)) }
    }

    private static func cells(_ entry: ValueCount) -> [ReportSQL.Value] {
        [.integer(Int64(entry.value)), .integer(Int64(entry.count))]
    }

    private static func hours(of row: ClinicDayRow) -> [[ReportSQL.Value]] {
        func at(_ hours: [HourCount], _ hour: Int) -> Int64 {
            hours.isEmpty ? 0 : Int64(hours[hour].count)
        }
        return (0..<24).compactMap { hour in
            let (opened, arrivals) = (at(row.openedByHour, hour), at(row.arrivalsByHour, hour))
            guard opened + arrivals > 0 else { return nil }
            return [.integer(Int64(hour)), .integer(opened), .integer(arrivals)]
        }
    }
}
