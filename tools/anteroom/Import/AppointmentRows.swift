/// Reads bookings: booked when the row says, for a day without hour or length, done or missed at
/// the end of that day, or at the booking where that was later (the row was written afterwards).
struct AppointmentRows: RowReader {
    private let times: LocalTimes
    private let outcomes: (done: [String], noShow: [String])
    private let clinic: ClinicColumn
    private let client: Int
    private let bookedAt: Int
    private let day: Int
    private let outcome: Int

    init(_ mapping: Mapping.Appointments, _ columns: Columns, _ times: LocalTimes)
        throws(ImportError)
    {
        self.times = times
        outcomes = (mapping.done, mapping.noShow)
        clinic = try ClinicColumn(mapping.clinic, columns)
        client = try columns.place(mapping.client)
        bookedAt = try columns.place(mapping.bookedAt)
        day = try columns.place(mapping.day)
        outcome = try columns.place(mapping.outcome)
    }

    func steps(of row: DelimitedRow) throws(RowRefusal) -> [ImportStep] {
        func refusal(_ reason: String) -> RowRefusal { RowRefusal(line: row.line, reason: reason) }
        let clinic = try clinic.name(in: row)
        let client = row.fields[client]
        guard !client.isEmpty else { throw refusal("no client number") }
        guard let day = LocalTimes.day(row.fields[day]),
            let dayEnd = times.instant(day, second: 86_400)
        else {
            throw refusal("«\(row.fields[day])» is no day")
        }
        let booking = row.fields[bookedAt].drop { $0 != "T" }.dropFirst().prefix { $0 != "Z" }
        guard let bookingDay = LocalTimes.day(row.fields[bookedAt]),
            let second = LocalTimes.second(booking),
            let booked = times.instant(bookingDay, second: second)
        else { throw refusal("«\(row.fields[bookedAt])» is no time of booking") }
        let action: ImportAction
        if outcomes.done.contains(row.fields[outcome]) {
            action = .complete
        } else if outcomes.noShow.contains(row.fields[outcome]) {
            action = .noShow
        } else {
            throw refusal("«\(row.fields[outcome])» is no outcome that the mapping knows")
        }
        return [
            ImportStep(
                at: booked, line: row.line, part: 0,
                action: .book(clinic: clinic, client: client, day: day)),
            ImportStep(at: max(dayEnd, booked), line: row.line, part: 1, action: action),
        ]
    }
}

/// The clinic's name: a column's value, or one for the whole file.
struct ClinicColumn {
    private let place: Int?
    private let fixed: String

    init(_ mapping: Mapping.ClinicName, _ columns: Columns) throws(ImportError) {
        switch (mapping.column, mapping.name) {
        case (let column?, nil):
            place = try columns.place(column)
            fixed = ""
        case (nil, let name?):
            place = nil
            fixed = name
        case (nil, nil), (_?, _?): throw .mapping("clinic: give either a column or a name")
        }
    }

    func name(in row: DelimitedRow) throws(RowRefusal) -> String {
        let name = place.map { row.fields[$0] } ?? fixed
        guard !name.isEmpty else { throw RowRefusal(line: row.line, reason: "no clinic") }
        return name
    }
}
