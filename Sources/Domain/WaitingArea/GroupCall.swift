/// Several waiting or held callers of one clinic in one call, each asked first (WA-14).
///
/// The question, and what a caller answers, stand in their visit too; who is in stands here, where
/// the limit is kept. Nothing of it reaches a caller who has not accepted. Whether a caller is in
/// contact stands in their visit, whether a staff member is, here.
///
/// As with a visit, finishing is an explicit act: the last staff member to leave puts it on hold
/// where callers remain, and a lost connection never ends it (WA-5). On hold, callers are not left
/// among themselves: each waits on hold in their own visit, their place in the call kept, until a
/// staff member joins again or takes them in alone.
package enum GroupCall: Decider {
    /// People in one group call, staff included.
    package static let peopleMax = 20

    package enum Phase: String, CaseIterable, Hashable, Sendable {
        case unstarted, running, ended
    }

    package struct State: Hashable, Sendable {
        package var phase = Phase.unstarted
        package var clinic: ID<Clinic>?
        package var staff: Set<ID<Staff>> = []
        /// Since when staff who lost contact are away; they keep their place.
        package var away: [ID<Staff>: Instant] = [:]
        package var callers: Set<ID<Visit>> = []
        /// Who was asked and has not answered.
        package var asked: Set<ID<Visit>> = []
        package var lastAt: Instant?

        package var places: Int { staff.count + callers.count }
        /// No staff member has a place in it: its callers are on hold.
        package var isOnHold: Bool { phase == .running && staff.isEmpty }
    }

    package static let initial = State()

    package static func decide(
        _ command: GroupCallCommand, _ state: State
    ) throws(GroupCallRejection) -> [GroupCallEvent] {
        switch (command, state.phase) {
        case (.start(let at, let clinic, let by), .unstarted):
            return [.started(GroupCallStarted(at: at, clinic: clinic, by: by))]
        case (.start, .running), (.start, .ended): throw .groupCallExists
        case (_, .unstarted): throw .groupCallUnknown
        case (.end, .ended), (.leave, .ended), (.staffLeave, .ended), (.decline, .ended),
            (.timeOut, .ended):
            return []
        case (_, .ended): throw .groupCallEnded

        case (.ask(let at, let visit), .running):
            if state.asked.contains(visit) || state.callers.contains(visit) { return [] }
            guard state.places + state.asked.count < peopleMax else {
                throw .groupCallFull(limit: peopleMax)
            }
            return [.asked(GroupCallAsked(at: at, visit: visit))]
        case (.join(let at, let visit), .running):
            if state.callers.contains(visit) { return [] }
            guard state.asked.contains(visit) else { throw .notAsked }
            guard !state.isOnHold else { throw .groupCallOnHold }
            guard state.places < peopleMax else { throw .groupCallFull(limit: peopleMax) }
            return [.joined(GroupCallJoined(at: at, visit: visit))]
        case (.decline(let at, let visit), .running):
            guard state.asked.contains(visit) else { return [] }
            return [.declined(GroupCallDeclined(at: at, visit: visit))]
        case (.leave(let at, let visit), .running):
            guard state.callers.contains(visit) else { return [] }
            return [.left(GroupCallLeft(at: at, visit: visit))]
        case (.staffJoin(let at, let staff), .running):
            if state.away[staff] != nil {
                return [.staffReturned(GroupCallStaffReturned(at: at, staff: staff))]
            }
            if state.staff.contains(staff) { return [] }
            guard state.places < peopleMax else { throw .groupCallFull(limit: peopleMax) }
            return [.staffJoined(GroupCallStaffJoined(at: at, staff: staff))]
        case (.staffLeave(let at, let staff), .running):
            return try leave(at, staff, state)
        case (.staffDisconnect(let at, let staff), .running):
            guard state.staff.contains(staff) else { throw .notInGroupCall }
            if state.away[staff] != nil { return [] }
            return [.staffDisconnected(GroupCallStaffDisconnected(at: at, staff: staff))]
        case (.staffDropOut(let at, let staff), .running):
            return try dropOut(at, staff, state)
        case (.end(let at, let by), .running):
            return [.ended(GroupCallEnded(at: at, by: by))]
        case (.timeOut(let at), .running):
            return try timeOut(at, state)
        }
    }

    private static func leave(
        _ at: Instant, _ staff: ID<Staff>, _ state: State
    ) throws(GroupCallRejection) -> [GroupCallEvent] {
        guard state.staff.contains(staff) else { throw .notInGroupCall }
        let left = GroupCallEvent.staffLeft(GroupCallStaffLeft(at: at, staff: staff))
        guard state.staff == [staff], state.callers.isEmpty else { return [left] }
        return [left, .ended(GroupCallEnded(at: at, by: staff, reason: .everyoneLeft))]
    }

    /// The grace time is over. Whoever is dropped, the call goes on.
    private static func dropOut(
        _ at: Instant, _ staff: ID<Staff>, _ state: State
    ) throws(GroupCallRejection) -> [GroupCallEvent] {
        guard state.staff.contains(staff) else { throw .notInGroupCall }
        guard let since = state.away[staff] else { throw .notDisconnected }
        guard Visit.isGraceOver(since, at) else { throw .graceRunning(limit: Visit.graceSeconds) }
        return [.staffLeft(GroupCallStaffLeft(at: at, staff: staff, cause: .lostContact))]
    }

    /// Nothing happened in it for so long that the rule ends it (WA-12).
    private static func timeOut(
        _ at: Instant, _ state: State
    ) throws(GroupCallRejection) -> [GroupCallEvent] {
        guard let end = GroupCallTimeout.end(of: state) else { return [] }
        guard end <= at else {
            let life = GroupCallTimeout.life(of: state)
            throw .stillGoing(limit: Int(life.count / 3_600_000))
        }
        let reason = state.callers.isEmpty ? GroupCallEndReason.noCallers : .timedOut
        return [.ended(GroupCallEnded(at: at, by: nil, reason: reason))]
    }

    package static func evolve(_ state: inout State, _ event: GroupCallEvent) {
        switch event {
        case .started(let started):
            state.phase = .running
            state.clinic = started.clinic
            state.staff = [started.by]
            state.away = [:]
            state.lastAt = started.at
        case .asked(let asked):
            state.asked.insert(asked.visit)
            state.lastAt = asked.at
        case .joined(let joined):
            state.asked.remove(joined.visit)
            state.callers.insert(joined.visit)
            state.lastAt = joined.at
        case .declined(let declined):
            state.asked.remove(declined.visit)
            state.lastAt = declined.at
        case .left(let left):
            state.callers.remove(left.visit)
            state.lastAt = left.at
        case .staffJoined(let joined):
            state.staff.insert(joined.staff)
            state.away[joined.staff] = nil
            state.lastAt = joined.at
        case .staffLeft(let left):
            state.staff.remove(left.staff)
            state.away[left.staff] = nil
            state.lastAt = left.at
        case .staffDisconnected(let lost):
            state.staff.insert(lost.staff)
            state.away[lost.staff] = lost.at
            state.lastAt = lost.at
        case .staffReturned(let returned):
            state.staff.insert(returned.staff)
            state.away[returned.staff] = nil
            state.lastAt = returned.at
        case .ended(let ended):
            state.phase = .ended
            state.staff = []
            state.away = [:]
            state.callers = []
            state.asked = []
            state.lastAt = ended.at
        }
    }
}
