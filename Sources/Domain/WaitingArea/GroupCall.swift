/// Several waiting or held callers of one clinic in one call, each asked first (WA-14).
///
/// The question, and what a caller answers, stand in their visit too; who is in stands here, where
/// the limit is kept. Nothing of it reaches a caller who has not accepted.
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
        package var callers: Set<ID<Visit>> = []
        /// Who was asked and has not answered.
        package var asked: Set<ID<Visit>> = []
        package var lastAt: Instant?

        package var places: Int { staff.count + callers.count }
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
        case (.end, .ended), (.leave, .ended), (.staffLeave, .ended), (.decline, .ended):
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
            guard state.places < peopleMax else { throw .groupCallFull(limit: peopleMax) }
            return [.joined(GroupCallJoined(at: at, visit: visit))]
        case (.decline(let at, let visit), .running):
            guard state.asked.contains(visit) else { return [] }
            return [.declined(GroupCallDeclined(at: at, visit: visit))]
        case (.leave(let at, let visit), .running):
            guard state.callers.contains(visit) else { return [] }
            return [.left(GroupCallLeft(at: at, visit: visit))]
        case (.staffJoin(let at, let staff), .running):
            if state.staff.contains(staff) { return [] }
            guard state.places < peopleMax else { throw .groupCallFull(limit: peopleMax) }
            return [.staffJoined(GroupCallStaffJoined(at: at, staff: staff))]
        case (.staffLeave(let at, let staff), .running):
            guard state.staff.contains(staff) else { throw .notInGroupCall }
            let left = GroupCallEvent.staffLeft(GroupCallStaffLeft(at: at, staff: staff))
            guard state.staff.count == 1 else { return [left] }
            return [left, .ended(GroupCallEnded(at: at, by: staff))]
        case (.end(let at, let by), .running):
            return [.ended(GroupCallEnded(at: at, by: by))]
        }
    }

    package static func evolve(_ state: inout State, _ event: GroupCallEvent) {
        switch event {
        case .started(let started):
            state.phase = .running
            state.clinic = started.clinic
            state.staff = [started.by]
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
            state.lastAt = joined.at
        case .staffLeft(let left):
            state.staff.remove(left.staff)
            state.lastAt = left.at
        case .ended(let ended):
            state.phase = .ended
            state.staff = []
            state.callers = []
            state.asked = []
            state.lastAt = ended.at
        }
    }
}

/// What can be asked of a group call.
package enum GroupCallCommand: Hashable, Sendable {
    case start(at: Instant, clinic: ID<Clinic>, by: ID<Staff>)
    case ask(at: Instant, visit: ID<Visit>)
    case join(at: Instant, visit: ID<Visit>)
    case decline(at: Instant, visit: ID<Visit>)
    case leave(at: Instant, visit: ID<Visit>)
    case staffJoin(at: Instant, staff: ID<Staff>)
    /// The last one to leave ends it.
    case staffLeave(at: Instant, staff: ID<Staff>)
    case end(at: Instant, by: ID<Staff>)
}

/// Why a group call refuses. In order: where two reasons apply, the earlier is thrown.
package enum GroupCallRejection: Rejected {
    case groupCallUnknown
    case groupCallExists
    case groupCallEnded
    case notAsked
    case notInGroupCall
    case groupCallFull(limit: Int)  // People, staff included.

    package var told: Told {
        switch self {
        case .groupCallUnknown:
            Told("groupCallUnknown", "There is no such group call.", field: "call")
        case .groupCallExists: Told("groupCallExists", "This group call exists.", field: "call")
        case .groupCallEnded: Told("groupCallEnded", "The group call has ended.", field: "call")
        case .notAsked: Told("notAsked", "Nobody asked them into this group call.")
        case .notInGroupCall: Told("notInGroupCall", "They are not in this group call.")
        case .groupCallFull(let limit):
            Told(
                "groupCallFull", "At most \(limit) people are in a group call.", limit: limit)
        }
    }
}
