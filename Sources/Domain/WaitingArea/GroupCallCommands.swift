/// What can be asked of a group call.
package enum GroupCallCommand: Hashable, Sendable {
    case start(at: Instant, clinic: ID<Clinic>, by: ID<Staff>)
    case ask(at: Instant, visit: ID<Visit>)
    case join(at: Instant, visit: ID<Visit>)
    case decline(at: Instant, visit: ID<Visit>)
    case leave(at: Instant, visit: ID<Visit>)
    case staffJoin(at: Instant, staff: ID<Staff>)
    /// The last one to leave puts it on hold; where no caller is in it, it ends.
    case staffLeave(at: Instant, staff: ID<Staff>)
    /// Asked by policy: they were silent for too long.
    case staffDisconnect(at: Instant, staff: ID<Staff>)
    /// Asked by policy once the grace time is over.
    case staffDropOut(at: Instant, staff: ID<Staff>)
    case end(at: Instant, by: ID<Staff>)
    /// Asked by policy once nothing has happened for so long; see ``GroupCallTimeout``.
    case timeOut(at: Instant)
}

/// Why a group call refuses. In order: where two reasons apply, the earlier is thrown.
package enum GroupCallRejection: Rejected {
    case groupCallUnknown
    case groupCallExists
    case groupCallEnded
    case notAsked
    case notInGroupCall
    case notDisconnected
    case graceRunning(limit: Int)  // Seconds.
    case stillGoing(limit: Int)  // Hours.
    case groupCallOnHold
    case groupCallFull(limit: Int)  // People, staff included.

    package var told: Told {
        switch self {
        case .groupCallUnknown:
            Told("groupCallUnknown", "There is no such group call.", field: "call")
        case .groupCallExists: Told("groupCallExists", "This group call exists.", field: "call")
        case .groupCallEnded: Told("groupCallEnded", "The group call has ended.", field: "call")
        case .notAsked: Told("notAsked", "Nobody asked them into this group call.")
        case .notInGroupCall: Told("notInGroupCall", "They are not in this group call.")
        case .notDisconnected:
            Told("notDisconnected", "This person is in contact.", field: "staff")
        case .graceRunning(let limit):
            Told("graceRunning", "They may still come back within \(limit) seconds.", limit: limit)
        case .stillGoing(let limit):
            Told(
                "stillGoing",
                "A group call ends by rule after \(limit) hours in which nothing happens.",
                limit: limit)
        case .groupCallOnHold:
            Told(
                "groupCallOnHold",
                "No staff member is in the group call now; you can join once one is.")
        case .groupCallFull(let limit):
            Told(
                "groupCallFull", "At most \(limit) people are in a group call.", limit: limit)
        }
    }
}
