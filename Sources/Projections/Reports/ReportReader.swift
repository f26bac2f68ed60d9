package import Domain
package import EventStore
import GRDB

/// What a report of a stretch of days is made from. It does not change once the last of them is
/// closed.
package struct ReportSource: Hashable, Sendable {
    /// The last of the days: all of them are closed.
    package let through: ClosedDayRow
    /// By day, then by clinic; days and clinics without anything have none.
    package let rows: [ClinicDayRow]
    /// Clinics as they were called on the last day, in the order of their numbers.
    package let clinics: [ReportClinic]
    /// Settings by the day they came into force, ascending.
    package let settings: [ReportSettingsRow]

    package init(
        through: ClosedDayRow, rows: [ClinicDayRow], clinics: [ReportClinic],
        settings: [ReportSettingsRow]
    ) {
        self.through = through
        self.rows = rows
        self.clinics = clinics
        self.settings = settings
    }

    /// What was in force on a day.
    package func settings(on day: Int) -> ReportSettings {
        settings.last { $0.key <= Int64(day) }?.settings ?? .standard
    }

    /// Whether other settings came into force after the first day, up to the last.
    package func settingsChanged(after first: Int, through last: Int) -> Bool {
        settings(on: first) != settings(on: last)
            || settings.contains { $0.key > Int64(first) && $0.key <= Int64(last) }
    }
}

/// A clinic as reports name it.
package struct ReportClinic: Hashable, Sendable {
    package let clinic: ID<Clinic>
    /// Its number in the rows.
    package let code: Int
    package let name: String

    package init(clinic: ID<Clinic>, code: Int, name: String) {
        self.clinic = clinic
        self.code = code
        self.name = name
    }
}

extension Views {
    /// The last day closed, since 1970-01-01; nil before the first was.
    package func lastClosedDay(in log: LogID) async throws(ViewError) -> Answer<Int?> {
        try await reports(in: log) { database, org throws(ViewError) in
            var last: Int?
            let table = TableSchema(ClosedDayRow.self, version: ReportFacts.version)
            try database.each(
                "SELECT max(day) FROM \(table.name) WHERE org = ?", { $0.bind(org) }
            ) { statement throws(ViewError) in
                last = try Int?.read(from: Cell(statement: statement, index: 0))
            }
            return last
        } ?? Answer(applied: 0, value: nil)
    }

    /// What reports of these days are made from; nil where the last of them is not closed.
    package func reportSource(
        in log: LogID, from: Int, through: Int
    ) async throws(ViewError) -> Answer<ReportSource?> {
        try await reports(in: log) { database, org throws(ViewError) in
            let version = ReportFacts.version
            guard
                let closed = try database.row(
                    ClosedDayRow.self, Int64(through), org: org, version: version)
            else { return nil }
            let days = try database.rows(
                ClinicDayRow.self, org, "day BETWEEN ? AND ? ORDER BY day, clinic", from, through)
            let names = try database.rows(
                ClinicNameRow.self, org, "day BETWEEN ? AND ? ORDER BY day", Int.min, through)
            let called = Dictionary(
                names.map { ($0.place.clinic, $0.name) }, uniquingKeysWith: { _, later in later })
            let codes = try database.rows(
                ClinicCodeRow.self, org, "code BETWEEN ? AND ? ORDER BY code", 0, Int.max)
            let clinics = codes.compactMap { row in
                called[row.code].map {
                    ReportClinic(clinic: row.clinic, code: row.code, name: $0)
                }
            }
            let settings = try database.rows(
                ReportSettingsRow.self, org, "day BETWEEN ? AND ? ORDER BY day", Int.min, through)
            return ReportSource(
                through: closed, rows: days, clinics: clinics, settings: settings)
        } ?? Answer(applied: 0, value: nil)
    }

    /// Whose codes stand in reports: what a screen puts names to.
    package func reportStaff(
        in log: LogID
    ) async throws(ViewError) -> Answer<[StaffCodeRow]> {
        try await reports(in: log) { database, org throws(ViewError) in
            try database.rows(
                StaffCodeRow.self, org, "code BETWEEN ? AND ? ORDER BY code", 0, Int.max)
        } ?? Answer(applied: 0, value: [])
    }

    /// Nil where nothing of the log is known here.
    private func reports<Value: Sendable>(
        in log: LogID, _ read: @Sendable (Database, Int64) throws(ViewError) -> Value
    ) async throws(ViewError) -> Answer<Value>? {
        try await file.read { database throws(ViewError) in
            guard let org = try database.knownOrg(of: log) else { return nil }
            let position = try Position.read(
                database, org: org, ReportFacts.name, ReportFacts.version)
            return Answer(applied: position?.applied ?? 0, value: try read(database, org))
        }
    }
}

extension Database {
    /// Rows of one log between two numbers that `condition` asks for.
    fileprivate func rows<Row: TableRow>(
        _ type: Row.Type, _ org: Int64, _ condition: String, _ from: Int, _ through: Int
    ) throws(ViewError) -> [Row] {
        let schema = TableSchema(Row.self, version: ReportFacts.version)
        var rows: [Row] = []
        try each("SELECT \(schema.list) FROM \(schema.name) WHERE org = ? AND \(condition)") {
            $0.bind(org)
            $0.bind(from)
            $0.bind(through)
        } _: { statement throws(ViewError) in
            rows.append(try Row.read(statement))
        }
        return rows
    }
}
