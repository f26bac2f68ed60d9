package import Domain
package import EventStore

/// Which records there are to be anonymised, and from which day their days count (ANON-2); erased
/// ones are no more in it. Beside them, how many there are of each day, so that a plan over a
/// million is read off some hundred rows.
///
/// What belongs to an appointment, or to a visit, counts from that one's day; where it is not
/// known, or was erased, from its own end.
package struct RetentionDue: Projection {
    package static let name = "retention-due"
    package static let version = 2
    package static let categories = [
        Category.appointment, Category.visit, Category.answers, Category.client,
        Category.clientAccess, Category.mail, Category.guest, Category.erasure,
    ]

    private var records = Table<RetentionRow>()
    private var days = Table<RetentionDayRow>()

    package init() {}

    package mutating func apply(_ fact: Fact) throws(ViewError) {
        switch fact.body {
        case .appointment(let id, let event): try apply(ID(bits: id.bits), event)
        case .visit(let id, let event): try apply(ID(bits: id.bits), event)
        case .answers(let id, let event): try apply(ID(bits: id.bits), event)
        case .client(let id, let event): try apply(ID(bits: id.bits), event)
        case .guest(let id, let event): try apply(ID(bits: id.bits), event)
        case .clientAccess(let year, .carried(let carried)):
            let id = ID<AnyRecord>(bits: fact.stream.id)
            try note(id, .accessYear, under: carried.look.key)
            if let day = Retention.lastDay(ofYear: year) { try count(id, from: day) }
        case .mail(let id, let event): try apply(ID(bits: id.bits), event)
        case .erasure(_, .ordered(let order)):
            let keys = Set(order.keys)
            for record in order.records {
                try remove(keys, of: record, at: Retention.day(of: order.at))
            }
        case .organisation, .subdomain, .clinic, .staff, .account, .security, .apiKey, .support,
            .agenda, .questionnaire, .access,
            .erasure(_, .carriedOut), .anonymisation, .imports, .days, .reports,
            .nothing, .room, .callInterface, .app, .groupCall, .announcement, .walkIn, .alert,
            .signOn, .auditor, .unread:
            return
        }
    }

    package mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError) {
        try walker(&records)
        try walker(&days)
    }

    // MARK: By kind

    private mutating func apply(
        _ id: ID<AnyRecord>, _ event: AppointmentEvent
    ) throws(ViewError) {
        switch event {
        case .booked(let booked):
            try note(id, .appointment, under: booked.details.key)
            try count(id, from: Retention.day(of: booked.time))
        case .done(let done):
            if let visit = done.visit { try follow(ID(bits: visit.bits), .visit, id) }
        case .cancelled(let cancelled):
            if let reason = cancelled.reason { try note(id, .appointment, under: reason.key) }
        case .noShow, .visited, .questionnaireMarked: return
        }
    }

    private mutating func apply(_ id: ID<AnyRecord>, _ event: VisitEvent) throws(ViewError) {
        switch event {
        case .arrived(let arrived):
            try note(id, .visit, under: arrived.entry.key)
            if let appointment = arrived.appointment {
                try follow(id, .visit, ID(bits: appointment.bits))
            }
        case .messageSent(let sent): try note(id, .visit, under: sent.text.key)
        case .invited(let invited): try note(id, .visit, under: invited.details.key)
        case .gaveUp(let gaveUp): try end(id, gaveUp.at)
        case .ended(let ended): try end(id, ended.at)
        case .opened, .admitted, .staffJoined, .left, .held, .participantHeld,
            .participantResumed, .disconnected, .returned, .transferred, .started, .locked,
            .unlocked, .staffCalled, .invitationRevoked, .externalEntered, .sentBack, .groupAsked,
            .groupAnswered, .groupResumed, .groupLeft, .questionnaireMarked:
            return
        }
    }

    private mutating func apply(_ id: ID<AnyRecord>, _ event: AnswersEvent) throws(ViewError) {
        switch event {
        case .given(let given):
            try note(id, .answers, under: given.answers.key)
            if let appointment = given.appointment {
                try follow(id, .answers, ID(bits: appointment.bits))
            } else if let visit = given.visit {
                try follow(id, .answers, ID(bits: visit.bits))
            }
            try end(id, given.at)
        }
    }

    private mutating func apply(_ id: ID<AnyRecord>, _ event: ClientEvent) throws(ViewError) {
        switch event {
        case .registered(let registered): try note(id, .client, under: registered.details.key)
        case .changed(let changed): try note(id, .client, under: changed.details.key)
        }
    }

    private mutating func apply(_ id: ID<AnyRecord>, _ event: MailEvent) throws(ViewError) {
        switch event {
        case .queued(let queued): try note(id, .mail, under: queued.letter.key)
        case .sent(let sent): try end(id, sent.at)
        case .givenUp(let givenUp): try end(id, givenUp.at)
        case .captured(let captured): try end(id, captured.at)
        case .failed: return
        }
    }

    private mutating func apply(
        _ id: ID<AnyRecord>, _ event: GuestStayEvent
    ) throws(ViewError) {
        switch event {
        case .arrived(let arrived): try note(id, .guestStay, under: arrived.name.key)
        case .returned: try begin(id, again: .guestStay)
        case .left(let left): try end(id, left.at)
        }
    }

    // MARK: Rows

    /// It is not over after all.
    private mutating func begin(
        _ id: ID<AnyRecord>, again kind: RecordKind
    ) throws(ViewError) {
        guard let row = try records.row(id), let day = row.day else { return }
        try add(-1, kind, day)
        try records.update(id) { $0.day = nil }
    }

    private mutating func note(
        _ id: ID<AnyRecord>, _ kind: RecordKind, under key: ID<Domain.RecordKey>
    ) throws(ViewError) {
        try begin(id, kind)
        try records.update(id) { row in
            if !row.keys.contains(key) { row.keys.append(key) }
        }
    }

    /// A row there was none of: with what is known of what it follows.
    private mutating func begin(_ id: ID<AnyRecord>, _ kind: RecordKind) throws(ViewError) {
        guard try records.row(id) == nil else { return }
        records.put(RetentionRow(record: id, kind: kind))
    }

    private mutating func follow(
        _ id: ID<AnyRecord>, _ kind: RecordKind, _ leader: ID<AnyRecord>
    ) throws(ViewError) {
        guard id != leader else { return }
        // An appointment that is done may name a visit of which nothing is sealed.
        guard var row = try records.row(id) else { return }
        guard row.leader == nil else { return }
        row.leader = leader
        records.put(row)
        try records.update(leader) { $0.followers.append(id) }
        if let day = try records.row(leader)?.day { try count(id, from: day) }
    }

    /// It is over; it counts from here unless it follows something that is known.
    private mutating func end(_ id: ID<AnyRecord>, _ at: Instant) throws(ViewError) {
        guard let row = try records.row(id), row.day == nil else { return }
        if let leader = row.leader, let known = try records.row(leader) {
            guard let day = known.day else { return }  // It will be told when the leader ends.
            return try count(id, from: day)
        }
        try count(id, from: Retention.day(of: at))
    }

    /// Counts the record, and what follows it, from `day`.
    private mutating func count(_ id: ID<AnyRecord>, from day: Int64) throws(ViewError) {
        var waiting = [id]
        var seen: Set<ID<AnyRecord>> = []
        while let next = waiting.popLast() {
            guard seen.insert(next).inserted, let row = try records.row(next), row.day != day
            else { continue }
            try add(-1, row.kind, row.day)
            try add(1, row.kind, day)
            try records.update(next) { $0.day = day }
            waiting += row.followers
        }
    }

    /// - Parameter day: from which what followed it counts, where it had no day yet.
    private mutating func remove(
        _ keys: Set<ID<Domain.RecordKey>>, of id: ID<AnyRecord>, at day: Int64
    ) throws(ViewError) {
        // A key that came between the choice of records and their order goes with the next.
        try records.update(id) { row in row.keys.removeAll(where: keys.contains) }
        guard let row = try records.row(id), row.keys.isEmpty else { return }
        try add(-1, row.kind, row.day)
        records.remove(id)
        guard row.day == nil else { return }
        for follower in row.followers { try count(follower, from: day) }
    }

    private mutating func add(
        _ change: Int, _ kind: RecordKind, _ day: Int64?
    ) throws(ViewError) {
        guard let day else { return }
        let key = RetentionDay(day: day, kind: kind)
        let count = (try days.row(key)?.count ?? 0) + change
        if count > 0 {
            days.put(RetentionDayRow(key: key, count: count))
        } else {
            days.remove(key)
        }
    }
}

/// A record that is still somebody's.
package struct RetentionRow: Hashable, Sendable {
    package let record: ID<AnyRecord>
    package let kind: RecordKind
    /// What its days are counted from; nil: not over yet, or on request only.
    package var day: Int64?
    /// What it is sealed under: a visit's messages have keys of their own.
    package var keys: [ID<Domain.RecordKey>] = []
    /// What it belongs to.
    package var leader: ID<AnyRecord>?
    /// What belongs to it.
    package var followers: [ID<AnyRecord>] = []

    init(record: ID<AnyRecord>, kind: RecordKind) {
        self.record = record
        self.kind = kind
    }
}

/// How many records of a kind count from a day.
package struct RetentionDayRow: Hashable, Sendable {
    package let key: RetentionDay
    package let count: Int
}

package struct RetentionDay: Hashable, Sendable {
    package let day: Int64
    package let kind: RecordKind
}

extension RecordKind: NumberedColumn {}

extension RetentionRow: TableRow {
    package static let table = "retention_records"
    package static let indexes = [["kind", "day"]]
    package var key: ID<AnyRecord> { record }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        record = try c.key("record", \.record)
        kind = try c("kind", \.kind)
        day = try c("day", \.day)
        keys = try c("keys", \.keys)
        leader = try c("leader", \.leader)
        followers = try c("followers", \.followers)
    }
}

extension RetentionDayRow: TableRow {
    package static let table = "retention_days"

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        let day = try c.key("day", \.key.day)
        let kind = try c.key("kind", \.key.kind)
        key = RetentionDay(day: day, kind: kind)
        count = try c("count", \.count)
    }
}

extension RetentionDay: RowKey {
    package static func < (one: RetentionDay, other: RetentionDay) -> Bool {
        (one.day, one.kind.rawValue) < (other.day, other.kind.rawValue)
    }

    package func bind(to binder: inout Binder) {
        binder.bind(day)
        binder.bind(kind)
    }
}
