package import Domain
package import EventStore
import GRDB

/// An arrival somebody may want to be told of, and whose log it stands in.
package struct DueAlert: Hashable, Sendable {
    package let log: LogID
    /// Of the arrival.
    package let position: Int64
    package let clinic: ID<Clinic>
    package let at: Instant
    /// Who wanted word of it, as the view knew.
    package let staff: [ID<Staff>]
}

extension Views {
    /// Arrivals of all organisations nobody was told of yet, the earliest of each first.
    package func alertsDue(limit: Int) async throws(ViewError) -> [DueAlert] {
        let arrivals = TableSchema(ArrivalRow.self, version: Alerting.version)
        let clinics = TableSchema(WatchedClinicRow.self, version: Alerting.version)
        let sql = """
            SELECT logs.log, a.position, a.clinic, a.at, c.staff FROM logs \
            JOIN \(arrivals.name) AS a USING (org) \
            LEFT JOIN \(clinics.name) AS c ON c.org = a.org AND c.clinic = a.clinic \
            ORDER BY a.org, a.position LIMIT ?
            """
        return try await shelf.read { database throws(ViewError) in
            var due: [DueAlert] = []
            try database.each(sql) {
                $0.bind(limit)
            } _: { statement throws(ViewError) in
                func cell(_ index: Int32) -> Cell { Cell(statement: statement, index: index) }
                due.append(
                    DueAlert(
                        log: LogID(bits: try UInt128.read(from: cell(0))),
                        position: try Int64.read(from: cell(1)),
                        clinic: try ID<Clinic>.read(from: cell(2)),
                        at: try Instant.read(from: cell(3)),
                        staff: try [ID<Staff>]?.read(from: cell(4)) ?? []))
            }
            return due
        }
    }

    /// What a staff member chose; nil: they never did.
    package func alertSettings(
        of staff: ID<Staff>, in log: LogID
    ) async throws(ViewError) -> Answer<AlertSettingsRow?> {
        try await one(Alerting.self, AlertSettingsRow.self, staff, log)
    }
}
