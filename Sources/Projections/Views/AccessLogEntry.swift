package import Domain
package import EventStore

/// One entry of the access log, as NEN 7513 and ISO 27789 want it (AUD-2): a function of one fact.
package struct AccessLogEntry: Sendable {
    package let position: Int64
    package let recordedAt: Instant
    /// Who, and as whom a supporter acted.
    package let actor: Actor
    package let onBehalfOf: Actor?
    package let role: Word
    package let basis: Word
    package let origin: Word
    /// A write's is its event's name; a read's is `access.noted`.
    package let type: EventType
    /// What a read or refusal was; nil for a write.
    package let code: AccessEventCode?
    package let action: AccessAction
    package let outcome: AccessOutcome
    /// The kind of thing it was about; nil where a newer program knows.
    package let objectKind: AccessObjectKind?
    /// A write's stream.
    package let stream: StreamName?
    /// Which record was looked at, and whose, as it stands in `sealedIn`.
    package let object: Sealed<AccessObject>?
    package let sealedIn: StreamName
    package let clinic: ID<Clinic>?
    package let permission: Permission?
    /// Records shown, refusals counted, or 1 for a write.
    package let records: Int

    /// An entry is due even for what only a newer program understands.
    package init(_ event: RecordedEvent) {
        do {
            self.init(try EventCoding.fact(event))
        } catch {
            self.init(EventCoding.envelope(event))
        }
    }

    package init(_ fact: Fact) {
        position = fact.position
        recordedAt = fact.recordedAt
        actor = fact.context.actor
        onBehalfOf = fact.context.onBehalfOf
        role = fact.context.role
        basis = fact.context.basis
        origin = fact.context.origin
        type = fact.type
        sealedIn = fact.stream
        switch fact.body {
        case .access(_, .noted(let noted)):
            code = noted.event
            action = noted.action
            outcome = noted.outcome
            objectKind = noted.objectKind
            stream = nil
            object = noted.object
            clinic = noted.clinic
            permission = noted.permission
            records = noted.records
        case .access(_, .refusalsCounted(let refusals)):
            code = .commanded
            action = .execute
            outcome = .refused
            objectKind = .organisation
            stream = nil
            object = nil
            clinic = nil
            permission = nil
            records = refusals.count
        case .organisation, .subdomain, .clinic, .staff, .account, .security, .apiKey, .support,
            .visit, .client, .appointment,
            .agenda,
            .questionnaire, .answers, .clientAccess, .erasure, .anonymisation, .imports, .days,
            .groupCall, .announcement, .walkIn,
            .reports, .mail, .nothing, .room, .guest, .callInterface, .app, .alert, .signOn,
            .auditor, .unread:
            code = nil
            action = AccessLogEntry.action(fact)
            outcome = .allowed
            objectKind = AccessObjectKind(fact.stream)
            stream = fact.stream
            object = nil
            clinic = nil
            permission = nil
            records = 1
        }
    }

    /// A stream's first event made the thing; one that ends it for good took it away.
    private static func action(_ fact: Fact) -> AccessAction {
        if case .staff(_, .removed) = fact.body { return .delete }
        if case .staff(_, .tokenRevoked) = fact.body { return .delete }
        if case .appointment(_, .cancelled) = fact.body { return .delete }
        if case .erasure = fact.body { return .delete }
        if case .room(_, .closed) = fact.body { return .delete }
        if case .room(_, .linkRevoked) = fact.body { return .delete }
        return fact.version == 0 ? .create : .update
    }
}

extension AccessObject {
    /// The record's stream; nil for what is no stream.
    package var stream: StreamName? {
        let category: Word? =
            switch kind {
            case .organisation: Category.organisation
            case .clinic: Category.clinic
            case .staff: Category.staff
            case .visit: Category.visit
            case .client: Category.client
            case .appointment: Category.appointment
            case .agenda: Category.agenda
            case .questionnaire: Category.questionnaire
            case .answers: Category.answers
            case .access: Category.access
            case .imports: Category.imports
            case .mail: Category.mail
            case .room: Category.room
            case .guest: Category.guest
            case .log, .waitingArea, .report: nil
            }
        return category.map { StreamName($0, record.bits) }
    }
}

extension AccessObjectKind {
    /// What kind of thing a stream is about; nil where a newer program knows.
    package init?(_ stream: StreamName) {
        switch stream.category {
        case Category.organisation, Category.subdomain, Category.erasure, Category.anonymisation,
            Category.nothing, Category.day, Category.security, Category.apiKey, Category.signOn,
            Category.support, Category.callInterface, Category.app:
            self = .organisation
        case Category.report: self = .report
        case Category.announcement, Category.groupCall, Category.walkIn: self = .waitingArea
        case Category.clinic: self = .clinic
        // Alerts: of a staff member, but for those of a clinic the system writes by itself.
        case Category.staff, Category.account, Category.alert: self = .staff
        case Category.visit: self = .visit
        case Category.client: self = .client
        case Category.appointment: self = .appointment
        case Category.agenda: self = .agenda
        case Category.questionnaire: self = .questionnaire
        case Category.answers: self = .answers
        case Category.access, Category.clientAccess: self = .access
        case Category.imports: self = .imports
        case Category.mail: self = .mail
        case Category.room: self = .room
        case Category.guest: self = .guest
        default: return nil
        }
    }
}

/// Reads the access log: the index says where, the log says what.
package struct AccessLogReader: Sendable {
    private let shelf: ViewShelf
    private let store: any EventStore

    package init(_ shelf: ViewShelf, _ store: any EventStore) {
        self.shelf = shelf
        self.store = store
    }

    /// Entries in the order of the log, from `from` on and before `until` (as recorded).
    /// - Parameters:
    ///   - actor: nil: of everybody.
    ///   - after: position of the last entry seen.
    ///   - limit: taken as 1…``PageRequest/rowsMax``.
    /// - Returns: entries, and whether there may be more after the last.
    package func entries(
        of actor: Actor? = nil, in log: LogID, from: Instant? = nil, until: Instant? = nil,
        after: Int64? = nil, limit: Int = PageRequest.rowsMax
    ) async throws(ViewError) -> Page<AccessLogEntry> {
        let limit = min(max(1, limit), PageRequest.rowsMax)
        let period = Period(from: from, until: until, after: after ?? -1)
        let found = try await shelf.read { database throws(ViewError) in
            try AccessIndex(database, log)?.positions(of: actor, period, limit: limit)
        }
        return try await page(found, period, log)
    }

    /// Looks at the records whose keys are `objects`; otherwise as `entries`.
    package func looks(
        at objects: [ID<Domain.RecordKey>], in log: LogID, from: Instant? = nil,
        until: Instant? = nil,
        after: Int64? = nil, limit: Int = PageRequest.rowsMax
    ) async throws(ViewError) -> Page<AccessLogEntry> {
        let limit = min(max(1, limit), PageRequest.rowsMax)
        let period = Period(from: from, until: until, after: after ?? -1)
        let found = try await shelf.read { database throws(ViewError) in
            try AccessIndex(database, log)?.looks(at: objects, period, limit: limit)
        }
        return try await page(found, period, log)
    }

    private func page(
        _ found: AccessIndex.Found?, _ period: Period, _ log: LogID
    ) async throws(ViewError) -> Page<AccessLogEntry> {
        guard let found else { return Page(applied: 0, rows: [], next: nil) }
        var entries: [AccessLogEntry] = []
        for stretch in found.stretches {
            for event in try await read(log, stretch) {
                let entry = AccessLogEntry(event)
                if period.contains(entry.recordedAt) { entries.append(entry) }
            }
        }
        let next = found.isCut ? found.stretches.last : nil
        return Page(
            applied: found.applied, rows: entries,
            next: next.map { PageMark(sort: $0.upperBound - 1, id: 0) })
    }

    private func read(
        _ log: LogID, _ positions: Range<Int64>
    ) async throws(ViewError) -> [RecordedEvent] {
        do {
            return try await store.read(
                log, from: positions.lowerBound, limit: positions.count)
        } catch {
            throw .log(reason: "\(error)")
        }
    }
}

/// A stretch of time, and the position to go on after.
struct Period: Sendable {
    let from: Instant?
    let until: Instant?
    let after: Int64

    func contains(_ moment: Instant) -> Bool {
        if let from, moment < from { return false }
        if let until, moment >= until { return false }
        return true
    }
}
