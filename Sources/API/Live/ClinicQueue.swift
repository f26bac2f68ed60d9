package import Domain
package import Projections

/// Who waits in one clinic, kept up by each event once, for all streams of that clinic.
///
/// Begun from the waiting area's rows and in the order of ``WaitingQueue``, so that the places are
/// those that staff see (WA-3). Takes memory in proportion to who is there.
package struct ClinicQueue: Sendable {
    /// Visits of one clinic that are kept. With one more there is no place to be told, until the
    /// queue is begun anew.
    package static let visitsMax = 65_536

    private struct Stay: Hashable {
        /// Position of the event that put them in this clinic's queue: no two have the same.
        let queued: Int64
        /// Since when they wait; nil: they are there, and do not wait now.
        var since: Instant?
        var awaitsClient = false
    }

    private struct Waiting {
        let queued: Int64
        let visit: ID<Visit>
    }

    private let clinic: ID<Clinic>
    /// Events below this position are in it already.
    private let asOf: Int64
    /// Whoever is there: sent back, they wait in the place they had.
    private var stays: [ID<Visit>: Stay] = [:]
    /// Who waits, ascending by `queued`.
    private var line: [Waiting] = []
    /// There were more than ``visitsMax``.
    package private(set) var isOver = false

    /// - Parameters:
    ///   - rows: all of the clinic's.
    ///   - position: of the first event that is not in `rows`.
    package init(of clinic: ID<Clinic>, _ rows: [CallerRow], asOf position: Int64) {
        self.clinic = clinic
        asOf = position
        guard rows.count <= ClinicQueue.visitsMax else {
            isOver = true
            return
        }
        for row in rows {
            let since = row.state == .waiting ? row.waitingSince ?? row.arrivedAt : nil
            stays[row.visit] = Stay(
                queued: row.queued, since: since, awaitsClient: row.awaitsClient)
        }
        line = WaitingQueue.order(rows).map { Waiting(queued: $0.queued, visit: $0.visit) }
    }

    /// Who waits, the next to be taken in first.
    package var order: [ID<Visit>] { line.map(\.visit) }

    /// From 1. Nil where they do not wait, or wait since another moment than whoever asks knows of.
    package func place(of visit: ID<Visit>, since: Instant) -> Int? {
        guard let stay = stays[visit], stay.since == since else { return nil }
        return index(of: stay.queued) + 1
    }

    /// Takes up an event, in the order of the log; of a visit in whatever clinic.
    /// - Returns: who has another place after it.
    package mutating func take(
        _ step: QueueStep, of visit: ID<Visit>, at position: Int64
    ) -> [ID<Visit>] {
        guard position >= asOf, !isOver else { return [] }
        let before = stays[visit]
        let after = stay(after: step, at: position, before)
        guard before != after else { return [] }
        stays[visit] = after
        guard stays.count <= ClinicQueue.visitsMax else {
            (stays, line, isOver) = ([:], [], true)
            return []
        }
        var changed = line.endIndex
        if let before, before.since != nil {
            changed = index(of: before.queued)
            line.remove(at: changed)
        }
        if let after, after.since != nil {
            let index = index(of: after.queued)
            line.insert(Waiting(queued: after.queued, visit: visit), at: index)
            changed = min(changed, index)
        }
        return line[changed...].map(\.visit)
    }

    private func stay(after step: QueueStep, at position: Int64, _ before: Stay?) -> Stay? {
        var stay = before
        switch step {
        case .arrived(let clinic, let at):
            guard clinic == self.clinic else { return nil }
            // Straight into the room that was opened without them.
            let isSeen = before?.awaitsClient == true
            return Stay(queued: position, since: isSeen ? before?.since : at)
        case .started(let clinic):
            guard clinic == self.clinic else { return nil }
            return Stay(queued: position, since: nil, awaitsClient: true)
        case .moved(let clinic, let at):
            guard clinic == self.clinic else { return nil }
            return Stay(queued: position, since: at, awaitsClient: before?.awaitsClient == true)
        case .waitsAgain(let at): stay?.since = at
        case .waitsNoLonger: stay?.since = nil
        case .gone: return nil
        }
        return stay
    }

    /// Where whoever was queued at `position` stands in the line, or would stand.
    private func index(of position: Int64) -> Int {
        var low = line.startIndex
        var high = line.endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if line[middle].queued < position { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What an event of a visit means for the queues of clinics.
package enum QueueStep: Hashable, Sendable {
    case arrived(in: ID<Clinic>, at: Instant)
    /// A room was opened without the client: nobody waits.
    case started(in: ID<Clinic>)
    case moved(to: ID<Clinic>, at: Instant)
    /// In the place they had.
    case waitsAgain(at: Instant)
    /// They are there, and may wait again.
    case waitsNoLonger
    case gone

    /// Nil: nothing.
    package init?(_ event: VisitEvent) {
        switch event {
        case .arrived(let arrived): self = .arrived(in: arrived.clinic, at: arrived.at)
        case .started(let started): self = .started(in: started.clinic)
        case .transferred(let moved): self = .moved(to: moved.to, at: moved.at)
        case .sentBack(let sent): self = .waitsAgain(at: sent.at)
        case .admitted, .staffJoined, .held, .groupResumed, .groupLeft: self = .waitsNoLonger
        case .groupAnswered(let answered) where answered.accepted: self = .waitsNoLonger
        case .gaveUp, .ended: self = .gone
        case .opened, .left, .participantHeld, .participantResumed, .disconnected, .returned,
            .messageSent, .locked, .unlocked, .staffCalled, .invited, .invitationRevoked,
            .externalEntered, .groupAsked, .groupAnswered, .questionnaireMarked:
            return nil
        }
    }
}
