package import Domain
package import EventStore

/// The history of every visit, one row each, over included (REP-3 counts them).
package struct Visits: Projection {
    package static let name = "visits"
    package static let version = 2
    package static let categories = [Category.visit]

    private var visits = Table<VisitRow>()

    package init() {}

    package mutating func apply(_ fact: Fact) throws(ViewError) {
        guard case .visit(let visit, let event) = fact.body else { return }
        switch event {
        case .opened(let opened):
            if try visits.row(visit) == nil {
                visits.put(VisitRow(visit: visit, clinic: opened.clinic, openedAt: opened.at))
            }
        case .arrived(let arrived):
            // History that begins with the arrival opened then.
            if try visits.row(visit) == nil {
                visits.put(VisitRow(visit: visit, clinic: arrived.clinic, openedAt: arrived.at))
            }
            try visits.update(visit) { row in
                row.clinic = arrived.clinic
                row.appointment = arrived.appointment
                if row.waitingFrom == nil { row.waitingFrom = arrived.at }
                if row.practitioner != nil, row.beingSeenAt == nil { row.beingSeenAt = arrived.at }
            }
        case .admitted(let admitted):
            try visits.update(visit) { $0.see(admitted.staff, admitted.at) }
        case .staffJoined(let joined):
            try visits.update(visit) { $0.see(joined.staff, joined.at) }
        case .transferred(let transferred):
            try visits.update(visit) { row in
                row.clinic = transferred.to
                row.transfers += 1
            }
        case .gaveUp(let gaveUp):
            try visits.update(visit) { $0.end(gaveUp.at, .left) }
        case .ended(let ended):
            try visits.update(visit) { $0.end(ended.at, VisitEnding(ended.reason)) }
        case .groupAnswered(let answered):
            if answered.accepted { try visits.update(visit) { $0.see(nil, answered.at) } }
        case .started(let started):
            // Seen from their arrival on: until then there is nobody to see.
            guard try visits.row(visit) == nil else { return }
            var row = VisitRow(visit: visit, clinic: started.clinic, openedAt: started.at)
            row.practitioner = started.staff
            row.appointment = started.appointment
            visits.put(row)
        case .left, .held, .participantHeld, .participantResumed, .disconnected, .returned,
            .messageSent, .locked, .unlocked, .staffCalled, .invited, .invitationRevoked,
            .externalEntered, .sentBack, .groupAsked, .groupResumed, .groupLeft,
            .questionnaireMarked:
            return
        }
    }

    package mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError) {
        try walker(&visits)
    }
}

/// One visit, from opening the link on.
package struct VisitRow: Hashable, Sendable {
    package let visit: ID<Visit>
    /// Where it is, or where it ended.
    package var clinic: ID<Clinic>
    package let openedAt: Instant
    /// When they first began to wait.
    package var waitingFrom: Instant?
    /// When they were first taken in, and by whom; a group call takes in too, by nobody alone.
    package var beingSeenAt: Instant?
    package var practitioner: ID<Staff>?
    package var endedAt: Instant?
    package var ending: VisitEnding?
    package var appointment: ID<Appointment>?
    package var transfers: Int

    package init(visit: ID<Visit>, clinic: ID<Clinic>, openedAt: Instant) {
        self.visit = visit
        self.clinic = clinic
        self.openedAt = openedAt
        transfers = 0
    }

    package var outcome: VisitOutcome {
        if beingSeenAt != nil { return .seen }
        switch ending {
        case .left, .lostContact: return waitingFrom == nil ? .none : .gaveUp
        case .none, .finished, .neverArrived, .everyoneLeft, .timedOut, .dismissed: return .none
        }
    }

    /// To being taken in, or to the end where they gave up; nil where they never waited, and for as
    /// long as nobody knows.
    package var wait: Milliseconds? {
        guard let waitingFrom else { return nil }
        let until = beingSeenAt ?? (outcome == .gaveUp ? endedAt : nil)
        return until.map { Milliseconds($0.milliseconds - waitingFrom.milliseconds) }
    }

    fileprivate mutating func see(_ staff: ID<Staff>?, _ at: Instant) {
        // In a room opened without the client there is nobody to see before they arrive.
        guard practitioner == nil || waitingFrom != nil else { return }
        if beingSeenAt == nil { beingSeenAt = at }
        if practitioner == nil { practitioner = staff }
    }

    fileprivate mutating func end(_ at: Instant, _ ending: VisitEnding) {
        guard endedAt == nil else { return }
        endedAt = at
        self.ending = ending
    }
}

/// What became of a caller.
package enum VisitOutcome: String, CaseIterable, Sendable {
    case seen
    /// Waited, and went before anybody took them in.
    case gaveUp
    /// Neither: still there, never waited, or ended by others.
    case none
}

/// How a visit ended: on the caller's own accord, or an ``EndReason``.
package enum VisitEnding: Int, NumberedColumn {
    case finished = 0
    case neverArrived = 1
    case lostContact = 2
    case everyoneLeft = 3
    case timedOut = 4
    case left = 5
    case dismissed = 6

    package init(_ reason: EndReason) {
        switch reason {
        case .finished: self = .finished
        case .neverArrived: self = .neverArrived
        case .lostContact: self = .lostContact
        case .everyoneLeft: self = .everyoneLeft
        case .timedOut: self = .timedOut
        case .dismissed: self = .dismissed
        }
    }
}

extension VisitRow: TableRow {
    package static let table = "visits"
    package static let indexes = [["opened_at"], ["clinic", "opened_at"]]
    package var key: ID<Visit> { visit }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        visit = try c.key("visit", \.visit)
        clinic = try c("clinic", \.clinic)
        openedAt = try c("opened_at", \.openedAt)
        waitingFrom = try c("waiting_from", \.waitingFrom)
        beingSeenAt = try c("being_seen_at", \.beingSeenAt)
        practitioner = try c("practitioner", \.practitioner)
        endedAt = try c("ended_at", \.endedAt)
        ending = try c("ending", \.ending)
        appointment = try c("appointment", \.appointment)
        transfers = try c("transfers", \.transfers)
    }
}
