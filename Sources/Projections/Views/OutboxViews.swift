package import Domain
package import EventStore
import GRDB

/// A mail whose next attempt is due, and whose log it stands in.
package struct DueMail: Hashable, Sendable {
    package let log: LogID
    package let mail: ID<Mail>
}

extension Views {
    /// Mails of all organisations whose next attempt is due, the one due longest first.
    package func mailsDue(
        at now: Instant, limit: Int
    ) async throws(ViewError) -> [DueMail] {
        let schema = TableSchema(MailRow.self, version: Outbox.version)
        let sql = """
            SELECT logs.log, mails.mail FROM logs JOIN \(schema.name) AS mails USING (org) \
            WHERE mails.due <= ? ORDER BY mails.due, mails.mail LIMIT ?
            """
        return try await shelf.read { database throws(ViewError) in
            var due: [DueMail] = []
            try database.each(sql) { binder in
                binder.bind(now.milliseconds)
                binder.bind(limit)
            } _: { statement throws(ViewError) in
                let log = try UInt128.read(from: Cell(statement: statement, index: 0))
                let mail = try ID<Mail>.read(from: Cell(statement: statement, index: 1))
                due.append(DueMail(log: LogID(bits: log), mail: mail))
            }
            return due
        }
    }

    /// An organisation's mails, the ones queued first before the others.
    package func mails(
        in log: LogID, _ request: PageRequest
    ) async throws(ViewError) -> Page<MailRow> {
        let query = RowQuery<MailRow>(Outbox.self, order: ["queued_at"])
        return try await shelf.read { database throws(ViewError) in
            try query.page(request, log, database) { $0.queuedAt.milliseconds }
        }
    }
}
