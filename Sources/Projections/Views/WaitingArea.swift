package import Domain
package import EventStore

/// The waiting areas of an organisation's clinics, live: one row per caller who is there (WA-2).
/// A row follows from the events of its visit's own stream alone.
package struct WaitingArea: Projection {
    package static let name = "waiting-area"
    package static let version = 5
    package static let categories = [Category.visit, Category.erasure]

    private var callers = Table<CallerRow>()

    package init() {}

    package mutating func apply(_ fact: Fact) throws(ViewError) {
        if case .erasure(_, .ordered(let order)) = fact.body {
            for record in order.records {
                try callers.update(ID(bits: record.bits)) { $0.entry = nil }
            }
        }
        guard case .visit(let visit, let event) = fact.body else { return }
        switch event {
        case .arrived(let arrived):
            callers.put(
                WaitingArea.arrival(visit, arrived, fact.position, over: try callers.row(visit)))
        case .gaveUp, .ended: callers.remove(visit)
        case .started(let started):
            callers.put(WaitingArea.start(visit, started, fact.position))
        case .opened, .admitted, .staffJoined, .left, .held, .participantHeld,
            .participantResumed, .disconnected, .returned, .transferred, .messageSent, .locked,
            .unlocked, .externalEntered, .invitationRevoked, .sentBack, .groupAsked,
            .groupAnswered, .groupResumed, .groupLeft, .questionnaireMarked:
            try callers.update(visit) { $0.follow(event, at: fact.position) }
        case .staffCalled, .invited: return
        }
    }

    package mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError) {
        try walker(&callers)
    }

    /// The row of `visit` after an event of its stream at `position`, by the row before it; nil:
    /// they are not there. The whole of the projection, for one caller.
    package static func row(
        of visit: ID<Visit>, after event: VisitEvent, at position: Int64, before: CallerRow?
    ) -> CallerRow? {
        switch event {
        case .arrived(let arrived): return arrival(visit, arrived, position, over: before)
        case .gaveUp, .ended: return nil
        case .started(let started): return start(visit, started, position)
        case .opened, .admitted, .staffJoined, .left, .held, .participantHeld,
            .participantResumed, .disconnected, .returned, .transferred, .messageSent, .locked,
            .unlocked, .staffCalled, .invited, .externalEntered, .invitationRevoked, .sentBack,
            .groupAsked, .groupAnswered, .groupResumed, .groupLeft, .questionnaireMarked:
            var row = before
            row?.follow(event, at: position)
            return row
        }
    }

    private static func arrival(
        _ visit: ID<Visit>, _ arrived: CallerArrived, _ position: Int64, over before: CallerRow?
    ) -> CallerRow {
        let colour: CallerColour =
            switch arrived.appointmentStart {
            case .none: .yellow
            case .some(let start): arrived.at <= start ? .green : .red
            }
        var row = CallerRow(
            visit: visit, clinic: arrived.clinic, queued: position, arrivedAt: arrived.at,
            colour: before?.colour ?? colour)
        row.entry = ShutRecord(arrived.entry, .visitEntry)
        row.appointment = arrived.appointment
        row.appointmentStart = arrived.appointmentStart
        row.askedFor = arrived.askedFor
        guard let before else { return row }
        row.firstArrivedAt = before.firstArrivedAt
        row.stays = before.stays
        row.messages = before.messages
        row.unanswered = before.unanswered
        row.questionnaires = before.questionnaires
        guard before.awaitsClient else { return row }
        // Straight into the room that was opened without them.
        row.colour = colour
        row.firstArrivedAt = arrived.at
        row.state = before.state
        row.waitingSince = nil
        row.admittedAt = arrived.at
        row.practitioner = before.practitioner
        row.isLocked = before.isLocked
        row.inside = [.caller] + before.inside
        row.away = before.away
        return row
    }

    /// A room opened without the client: nobody waits, and the colour is that of their arrival.
    private static func start(
        _ visit: ID<Visit>, _ started: VisitStarted, _ position: Int64
    ) -> CallerRow {
        var row = CallerRow(
            visit: visit, clinic: started.clinic, queued: position, arrivedAt: started.at,
            colour: started.appointment == nil ? .yellow : .green)
        row.state = .beingSeen
        row.appointment = started.appointment
        row.appointmentStart = started.appointmentStart
        row.waitingSince = nil
        row.admittedAt = started.at
        row.practitioner = started.staff
        row.inside = [.staff(started.staff)]
        row.awaitsClient = true
        return row
    }
}

extension CallerRow {
    /// What an event of the visit's stream, at `position`, makes of the row of one who is there.
    fileprivate mutating func follow(_ event: VisitEvent, at position: Int64) {
        switch event {
        case .admitted(let admitted):
            stopWaiting(admitted.at)
            state = .beingSeen
            question = nil
            group = nil
            heldSince = nil
            admittedAt = admitted.at
            practitioner = admitted.staff
            enter(.staff(admitted.staff))
        case .staffJoined(let joined):
            stopWaiting(joined.at)
            state = .beingSeen
            heldSince = nil
            enter(.staff(joined.staff))
        case .left(let left): leave(left.participant)
        case .held(let holding):
            stopWaiting(holding.at)
            state = .onHold
            heldSince = holding.at
            held = []
        case .participantHeld(let holding):
            if !held.contains(holding.participant) {
                held.append(holding.participant)
                held.sort(by: Participant.precedes)
            }
        case .participantResumed(let resumed): held.removeAll { $0 == resumed.participant }
        case .disconnected(let lost):
            enter(lost.participant)
            away.append(AwayParticipant(who: lost.participant, since: lost.at))
            away.sort { Participant.precedes($0.who, $1.who) }
        case .returned(let returned): enter(returned.participant)
        case .transferred(let transferred): move(transferred, position)
        case .messageSent(let sent):
            messages += 1
            unanswered = sent.sender == .caller ? unanswered + 1 : 0
        case .locked: isLocked = true
        case .unlocked: isLocked = false
        case .externalEntered(let entered): enter(.external(entered.invitee))
        case .invitationRevoked(let revoked): leave(.external(revoked.invitee))
        case .sentBack(let sent): wait(again: sent.at)
        case .groupAsked(let asked): question = asked.call
        case .groupAnswered(let answered): answer(answered)
        case .groupResumed:
            state = .beingSeen
            heldSince = nil
        case .groupLeft(let left):
            group = nil
            state = .onHold
            heldSince = left.at
        case .questionnaireMarked(let marked): questionnaires.take(marked.mark)
        case .opened, .arrived, .gaveUp, .ended, .started, .staffCalled, .invited:
            break  // Decided before there is a row to change; or not shown.
        }
    }

    /// In the place they had.
    private mutating func wait(again at: Instant) {
        stopWaiting(at)
        state = .waiting
        waitingSince = at
        emptyCall()
    }

    private mutating func answer(_ answered: GroupAnswered) {
        question = nil
        guard answered.accepted else { return }
        stopWaiting(answered.at)
        emptyCall()
        state = .beingSeen
        admittedAt = answered.at
        group = answered.call
    }

    private mutating func emptyCall() {
        heldSince = nil
        admittedAt = nil
        practitioner = nil
        for who in inside where who != .caller { leave(who) }
        held = []
        group = nil
    }

    private mutating func stopWaiting(_ at: Instant) {
        waitedMilliseconds = waited(at: at).count
        waitingSince = nil
    }

    private mutating func enter(_ who: Participant) {
        away.removeAll { $0.who == who }
        if inside.contains(who) { return }
        inside.append(who)
        inside.sort(by: Participant.precedes)
    }

    private mutating func leave(_ who: Participant) {
        inside.removeAll { $0 == who }
        away.removeAll { $0.who == who }
        held.removeAll { $0 == who }
    }

    private mutating func move(_ transferred: VisitTransferred, _ position: Int64) {
        stopWaiting(transferred.at)
        if stays.count >= CallerRow.staysMax { stays.removeFirst() }
        stays.append(
            ClinicStay(
                clinic: clinic, arrivedAt: arrivedAt, leftAt: transferred.at,
                waitedMilliseconds: waitedMilliseconds, by: transferred.by))
        clinic = transferred.to
        arrivedAt = transferred.at
        queued = position
        if !transferred.movesMessages {
            messages = 0
            unanswered = 0
        }
        state = .waiting
        waitedMilliseconds = 0
        waitingSince = transferred.at
        question = nil
        emptyCall()
    }
}

/// The order in which a clinic's callers wait: one function, the same for staff and caller (WA-3).
package enum WaitingQueue {
    /// Those of `rows` (one clinic's) who wait, the next to be taken in first. Lost contact keeps a
    /// place.
    package static func order(_ rows: [CallerRow]) -> [CallerRow] {
        rows.filter { $0.state == .waiting }.sorted { $0.queued < $1.queued }
    }

    /// 1-based; nil where `visit` does not wait.
    package static func position(of visit: ID<Visit>, among rows: [CallerRow]) -> Int? {
        order(rows).firstIndex { $0.visit == visit }.map { $0 + 1 }
    }
}
