import Domain
import EventStore
import Projections

/// What must hold of group calls, read from the log alone: nobody is in one who was not asked,
/// nobody is in two, and after every commit a caller's visit says the same as the call: being seen
/// in it or on hold with it, and never waiting.
struct GroupCheck {
    private(set) var findings: [String] = []
    private var calls: [ID<GroupCall>: GroupCall.State] = [:]
    /// Which group call each caller is in.
    private var places: [ID<Visit>: ID<GroupCall>] = [:]
    /// Of the commit that was read last: its id, and the visits it was about.
    private var commit: UInt128 = 0
    private var touched: Set<ID<Visit>> = []

    /// How many group calls there were.
    var count: Int { calls.count }

    /// - Parameter states: of the visits, before the event.
    /// - Returns: people in the group call, where the event is of one.
    mutating func take(
        _ event: RecordedEvent, _ body: Fact.Body, _ states: [ID<Visit>: Visit.State]
    ) -> Int? {
        if event.commandID != commit { compare(with: states) }
        commit = event.commandID
        if case .visit(let visit, _) = body { touched.insert(visit) }
        guard case .groupCall(let call, let happened) = body else { return nil }
        let before = calls[call] ?? GroupCall.initial
        follow(happened, of: call, before, at: event.position)
        var after = before
        GroupCall.evolve(&after, happened)
        calls[call] = after
        return after.places
    }

    /// Once all was read.
    mutating func finish(_ states: [ID<Visit>: Visit.State]) { compare(with: states) }

    private mutating func follow(
        _ happened: GroupCallEvent, of call: ID<GroupCall>, _ before: GroupCall.State,
        at position: Int64
    ) {
        if before.phase == .ended { found("group call \(call) went on after its end", position) }
        touched.formUnion(before.callers)
        switch happened {
        case .joined(let joined):
            touched.insert(joined.visit)
            if !before.asked.contains(joined.visit) {
                found("visit \(joined.visit) was not asked into group call \(call)", position)
            }
            if let other = places.updateValue(call, forKey: joined.visit) {
                found("visit \(joined.visit) is in group calls \(other) and \(call)", position)
            }
        case .left(let left): leave(left.visit, call)
        case .ended: for visit in before.callers { leave(visit, call) }
        case .started, .asked, .declined, .staffJoined, .staffLeft, .staffDisconnected,
            .staffReturned:
            break
        }
    }

    private mutating func leave(_ visit: ID<Visit>, _ call: ID<GroupCall>) {
        if places[visit] == call { places[visit] = nil }
    }

    /// A commit is whole: what its visits say, and what their group calls say.
    private mutating func compare(with states: [ID<Visit>: Visit.State]) {
        for visit in touched.sorted() {
            let state = states[visit] ?? Visit.initial
            let call = places[visit]
            if state.group != call {
                findings.append("visit \(visit) and group call \(call as Any) disagree")
            }
            guard let call, let calls = calls[call] else { continue }
            let phase = calls.isOnHold ? Visit.Phase.onHold : .beingSeen
            if state.phase != phase {
                findings.append("visit \(visit) is \(state.phase) in group call \(call)")
            }
        }
        touched = []
    }

    private mutating func found(_ what: String, _ position: Int64) {
        findings.append("\(what), at \(position)")
    }
}
