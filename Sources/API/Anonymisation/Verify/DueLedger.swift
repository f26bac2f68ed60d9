import Domain
import EventStore
import Projections

/// What one log says was due, event by event and from nothing else: no projection, no key, no
/// clock. Judges each order of erasure by the days, holds and requests that stood at its position.
///
/// Of a client's request the log tells the client and, under seal, whose which record was; once
/// erased nobody can tell. What is judged of those is written at ``judge(_:_:)``.
struct DueLedger {
    private struct Record {
        let kind: RecordKind
        /// What its days are counted from, where it follows nothing.
        var day: Int64?
        /// What it belongs to; known, and not erased, when it was said to.
        var leader: ID<AnyRecord>?
        /// An appointment that neither took place nor will not.
        var isBooked = false
        /// Keys that were not ordered to go.
        var keysLeft = 0

        var isErased: Bool { keysLeft == 0 }
    }

    /// A batch in which records went that were not due: a client's, on request.
    struct Requested: Sendable {
        let records: Int
        /// Of them, those that were not due by their days.
        let notDue: Int
    }

    private var records: [ID<AnyRecord>: Record] = [:]
    /// Under which record's stream a key is used.
    private(set) var owners: [KeyID: ID<AnyRecord>] = [:]
    private(set) var orderedKeys: Set<KeyID> = []
    private(set) var orderedRecords: Set<UInt128> = []
    private(set) var requested: [Requested] = []
    private(set) var batches: [Int] = []
    /// How many records orders named.
    private(set) var judged = 0
    /// Orders that were not as they must be, in words.
    private(set) var wrong = Faults()
    private var book = Anonymisation.initial
    private var held: Set<ID<AnyRecord>> = []
    private var batch: Batch?

    /// The orders of one commit, until what the batch was is read.
    private struct Batch {
        let commandID: UInt128
        let at: Instant
        var counts: [RecordKind: Int] = [:]
        var seen: Set<ID<AnyRecord>> = []
        var notDue: [ID<AnyRecord>] = []
    }

    // MARK: Reading

    mutating func take(_ fact: Fact) {
        if let batch, batch.commandID != fact.commandID { endOrphan(batch) }
        switch fact.body {
        case .appointment(let id, let event): take(ID(bits: id.bits), event)
        case .visit(let id, let event): take(ID(bits: id.bits), event)
        case .answers(let id, .given(let given)):
            let id = ID<AnyRecord>(bits: id.bits)
            note(id, .answers, under: given.answers.key)
            let leader =
                given.appointment.map { ID<AnyRecord>(bits: $0.bits) }
                ?? given.visit.map { ID(bits: $0.bits) }
            if let leader { follow(id, leader) }
            end(id, given.at)
        case .client(let id, .registered(let registered)):
            note(ID(bits: id.bits), .client, under: registered.details.key)
        case .client(let id, .changed(let changed)):
            note(ID(bits: id.bits), .client, under: changed.details.key)
        case .guest(let id, let event): take(ID(bits: id.bits), event)
        case .clientAccess(let year, .carried(let carried)):
            let id = ID<AnyRecord>(bits: fact.stream.id)
            note(id, .accessYear, under: carried.look.key)
            records[id]?.day = Retention.lastDay(ofYear: year)
        case .mail(let id, let event): take(ID(bits: id.bits), event)
        case .erasure(_, .ordered(let order)): take(order, fact.commandID)
        case .anonymisation(_, let event):
            if case .batchOrdered(let told) = event { judge(told, fact.commandID) }
            Anonymisation.evolve(&book, event)
            held = book.heldRecords
        case .organisation, .subdomain, .clinic, .staff, .account, .security, .apiKey, .support,
            .agenda, .questionnaire, .access, .groupCall, .announcement, .walkIn,
            .erasure(_, .carriedOut), .imports, .days, .reports, .nothing, .room, .callInterface,
            .app, .alert, .signOn, .auditor, .unread:
            return
        }
    }

    /// Call after the last event.
    mutating func end() {
        if let batch { endOrphan(batch) }
    }

    private mutating func take(_ id: ID<AnyRecord>, _ event: AppointmentEvent) {
        switch event {
        case .booked(let booked):
            note(id, .appointment, under: booked.details.key)
            records[id]?.day = Retention.day(of: booked.time)
            records[id]?.isBooked = true
        case .done(let done):
            records[id]?.isBooked = false
            if let visit = done.visit { follow(ID(bits: visit.bits), id) }
        case .cancelled(let cancelled):
            records[id]?.isBooked = false
            if let reason = cancelled.reason { note(id, .appointment, under: reason.key) }
        case .noShow: records[id]?.isBooked = false
        case .visited, .questionnaireMarked: return
        }
    }

    private mutating func take(_ id: ID<AnyRecord>, _ event: VisitEvent) {
        switch event {
        case .arrived(let arrived):
            note(id, .visit, under: arrived.entry.key)
            if let appointment = arrived.appointment { follow(id, ID(bits: appointment.bits)) }
        case .messageSent(let sent): note(id, .visit, under: sent.text.key)
        case .invited(let invited): note(id, .visit, under: invited.details.key)
        case .gaveUp(let gaveUp): end(id, gaveUp.at)
        case .ended(let ended): end(id, ended.at)
        case .opened, .admitted, .staffJoined, .left, .held, .participantHeld,
            .participantResumed, .disconnected, .returned, .transferred, .started, .locked,
            .unlocked, .staffCalled, .invitationRevoked, .externalEntered, .sentBack, .groupAsked,
            .groupAnswered, .groupResumed, .groupLeft, .questionnaireMarked:
            return
        }
    }

    private mutating func take(_ id: ID<AnyRecord>, _ event: MailEvent) {
        switch event {
        case .queued(let queued): note(id, .mail, under: queued.letter.key)
        case .sent(let sent): end(id, sent.at)
        case .givenUp(let givenUp): end(id, givenUp.at)
        case .captured(let captured): end(id, captured.at)
        case .failed: return
        }
    }

    private mutating func take(_ id: ID<AnyRecord>, _ event: GuestStayEvent) {
        switch event {
        case .arrived(let arrived): note(id, .guestStay, under: arrived.name.key)
        case .returned: records[id]?.day = nil
        case .left(let left): end(id, left.at)
        }
    }

    private mutating func note(
        _ id: ID<AnyRecord>, _ kind: RecordKind, under key: ID<Domain.RecordKey>
    ) {
        let key = KeyID(bits: key.bits)
        if records[id] == nil { records[id] = Record(kind: kind) }
        guard owners[key] == nil else { return }
        owners[key] = id
        records[id]?.keysLeft += 1
    }

    private mutating func follow(_ id: ID<AnyRecord>, _ leader: ID<AnyRecord>) {
        guard id != leader, let record = records[id], record.leader == nil,
            let known = records[leader], !known.isErased
        else { return }
        records[id]?.leader = leader
    }

    private mutating func end(_ id: ID<AnyRecord>, _ at: Instant) {
        guard let record = records[id], record.day == nil, record.leader == nil else { return }
        records[id]?.day = Retention.day(of: at)
    }

    // MARK: Rules

    /// Longest chain of what belongs to what: answers, visit, appointment.
    private static let chainMax = 4

    /// The record and what it belongs to.
    private func chain(_ id: ID<AnyRecord>) -> [ID<AnyRecord>] {
        var chain = [id]
        while chain.count < DueLedger.chainMax, let leader = records[chain[chain.count - 1]]?.leader
        {
            chain.append(leader)
        }
        return chain
    }

    /// What its days are counted from: of what it belongs to, or its own.
    private func day(of id: ID<AnyRecord>) -> Int64? {
        chain(id).reversed().lazy.compactMap { records[$0]?.day }.first
    }

    private func isDue(_ id: ID<AnyRecord>, _ record: Record, at now: Instant) -> Bool {
        guard book.mayRun(record.kind, at: now), let day = day(of: id),
            let last = Retention.lastDay(of: record.kind, at: now, days: book.days)
        else { return false }
        return day <= last
    }

    /// Records that are due now, by their days, with those of their keys that were not ordered to
    /// go; those of `held` left out, and none but mails where staff have not been told yet.
    func leftDue(at now: Instant, held: Set<ID<AnyRecord>>) -> [[KeyID]] {
        var left: [ID<AnyRecord>: [KeyID]] = [:]
        for (id, record) in records
        where !record.isErased && !held.contains(id) && isDue(id, record, at: now) {
            left[id] = []
        }
        guard !left.isEmpty else { return [] }
        for (key, owner) in owners where !orderedKeys.contains(key) { left[owner]?.append(key) }
        return Array(left.values)
    }

    // MARK: Judging

    private mutating func take(_ order: ErasureOrdered, _ commandID: UInt128) {
        var batch = self.batch ?? Batch(commandID: commandID, at: order.at)
        defer { self.batch = batch }
        let named = Set(order.records)
        for record in order.records {
            orderedRecords.insert(record.bits)
            guard batch.seen.insert(record).inserted else { continue }
            judged += 1
            guard let known = records[record] else {
                wrong.add("order \(order.order) names \(record), a record of no event")
                continue
            }
            batch.counts[known.kind, default: 0] += 1
            if !held.isEmpty, chain(record).contains(where: held.contains) {
                wrong.add("order \(order.order): \(known.kind) \(record) was held")
            }
            if !isDue(record, known, at: order.at) { batch.notDue.append(record) }
            if known.day == nil, known.leader == nil {
                // What belongs to it counts from here.
                records[record]?.day = Retention.day(of: order.at)
            }
        }
        for key in order.keys {
            let key = KeyID(bits: key.bits)
            guard orderedKeys.insert(key).inserted else { continue }
            guard let owner = owners[key] else {
                wrong.add("order \(order.order) takes \(key), the key of no record")
                continue
            }
            records[owner]?.keysLeft -= 1
            if !named.contains(owner) {
                wrong.add("order \(order.order) takes a key of \(owner) and does not name it")
            }
        }
    }

    /// What went without being due has to have been asked for: clients are named that asked before
    /// and were not held, the client's own record is one of theirs, and nothing is still to come.
    /// Whose the others were nobody can tell any more; nor whether a hold on a client was on them.
    private mutating func judge(_ told: BatchOrdered, _ commandID: UInt128) {
        guard let batch, batch.commandID == commandID else {
            wrong.add("batch \(told.batch) has no order")
            return
        }
        self.batch = nil
        batches.append(batch.seen.count)
        let counts = told.counts.filter { $0.count > 0 }
        if Dictionary(counts.map { ($0.kind, $0.count) }, uniquingKeysWith: +) != batch.counts {
            wrong.add("batch \(told.batch) counts other records than its orders name")
        }
        for client in told.clients {
            if book.asked[client] == nil {
                wrong.add("batch \(told.batch): nobody asked to erase client \(client)")
            }
            if book.heldClients.contains(client) {
                wrong.add("batch \(told.batch): client \(client) was held")
            }
        }
        let clients = Set(told.clients.map { ID<AnyRecord>(bits: $0.bits) })
        for record in batch.notDue where !mayBeRequested(record, clients, at: batch.at) {
            wrong.add("batch \(told.batch): \(record) was neither due nor asked for")
        }
        if !clients.isEmpty {
            requested.append(
                Requested(records: batch.seen.count, notDue: batch.notDue.count))
        }
    }

    private func mayBeRequested(
        _ id: ID<AnyRecord>, _ clients: Set<ID<AnyRecord>>, at now: Instant
    ) -> Bool {
        guard !clients.isEmpty, let record = records[id] else { return false }
        switch record.kind {
        case .client: return clients.contains(id)
        case .accessYear, .mail, .guestStay: return false
        case .visit, .answers: return day(of: id) != nil
        case .appointment:
            guard let day = day(of: id) else { return false }
            return !record.isBooked || day < Retention.day(of: now)
        }
    }

    private mutating func endOrphan(_ batch: Batch) {
        self.batch = nil
        wrong.add("\(batch.seen.count) records were ordered to go in no batch")
    }
}
