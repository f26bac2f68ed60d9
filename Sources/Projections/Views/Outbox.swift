package import Domain
package import EventStore

/// Mails and what became of them; those that wait for an attempt are found by when it is. What a
/// mail says and to whom is not here: its sender reads that from the log.
package struct Outbox: Projection {
    package static let name = "outbox"
    package static let version = 2
    package static let categories = [Category.mail, Category.erasure]

    private var mails = Table<MailRow>()

    package init() {}

    package mutating func apply(_ fact: Fact) throws(ViewError) {
        switch fact.body {
        case .mail(let id, let event): try apply(id, event)
        case .erasure(_, .ordered(let order)):
            for record in order.records { mails.remove(ID(bits: record.bits)) }
        case .organisation, .subdomain, .clinic, .staff, .account, .security, .apiKey, .support,
            .visit, .client, .appointment, .agenda,
            .questionnaire, .answers, .access, .clientAccess, .erasure(_, .carriedOut),
            .anonymisation, .imports, .days, .reports, .nothing, .room, .guest, .callInterface,
            .app, .groupCall, .announcement, .walkIn, .alert, .signOn, .auditor,
            .unread:
            return
        }
    }

    private mutating func apply(_ id: ID<Mail>, _ event: MailEvent) throws(ViewError) {
        switch event {
        case .queued(let queued): mails.put(MailRow(id, queued))
        case .failed(let failed):
            try mails.update(id) { row in
                row.attempts = failed.attempt
                row.fault = failed.fault
                row.reply = failed.reply
                row.due = failed.again.milliseconds
                row.at = failed.at
            }
        case .sent(let sent):
            try mails.update(id) { row in
                row.attempts = sent.attempt
                row.settle(.sent, sent.at)
            }
        case .givenUp(let givenUp):
            try mails.update(id) { row in
                row.attempts = givenUp.attempt
                row.fault = givenUp.fault
                row.reply = givenUp.reply
                row.settle(.givenUp, givenUp.at)
            }
        case .captured(let captured):
            try mails.update(id) { $0.settle(.captured, captured.at) }
        }
    }

    package mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError) {
        try walker(&mails)
    }
}

/// What became of a mail so far.
package enum MailStatus: Int, CaseIterable, Sendable {
    case waiting = 0
    case sent = 1
    case givenUp = 2
    case captured = 3
}

/// A mail.
package struct MailRow: Hashable, Sendable {
    package let mail: ID<Mail>
    package let kind: MailKind
    package let clinic: ID<Clinic>?
    package let queuedAt: Instant
    package let way: MailWay
    package var status = MailStatus.waiting
    /// Made so far.
    package var attempts = 0
    /// Of the last attempt that failed.
    package var fault: MailFault?
    package var reply: Int?
    /// Of the last thing that happened to it.
    package var at: Instant
    /// When the next attempt is, in milliseconds since 1970; nil: there is none.
    package var due: Int64?

    init(_ mail: ID<Mail>, _ queued: MailQueued) {
        self.mail = mail
        kind = queued.kind
        clinic = queued.clinic
        queuedAt = queued.at
        way = queued.by
        at = queued.at
        due = queued.at.milliseconds
    }

    mutating func settle(_ status: MailStatus, _ at: Instant) {
        self.status = status
        self.at = at
        due = nil
    }
}

extension MailKind: NumberedColumn {}
extension MailWay: NumberedColumn {}
extension MailFault: NumberedColumn {}
extension MailStatus: NumberedColumn {}

extension MailRow: TableRow {
    package static let table = "outbox_mails"
    package static let indexes = [["due"], ["queued_at"]]
    package var key: ID<Mail> { mail }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        mail = try c.key("mail", \.mail)
        kind = try c("kind", \.kind)
        clinic = try c("clinic", \.clinic)
        queuedAt = try c("queued_at", \.queuedAt)
        way = try c("way", \.way)
        status = try c("status", \.status)
        attempts = try c("attempts", \.attempts)
        fault = try c("fault", \.fault)
        reply = try c("reply", \.reply)
        at = try c("at", \.at)
        due = try c("due", \.due)
    }
}
