import Domain
import EventStore
import Projections

/// What must hold of the logs of a day, read from them alone: no view, no answer but for the
/// positions that were acknowledged.
struct LogCheck {
    /// Rooms, and how full anything was.
    private(set) var rooms = RoomCheck()
    private(set) var groups = GroupCheck()
    private(set) var findings: [String] = []
    private(set) var events = 0
    /// Visits there at the end, by clinic, in the order of the queue's function of the domain.
    private(set) var present: [String: Set<String>] = [:]
    /// Which visit the event at a position is of, by organisation.
    private(set) var visits: [String: [Int64: String]] = [:]
    private var states: [ID<Visit>: Visit.State] = [:]
    private var arrivals: [ID<Visit>: Int] = [:]
    /// Last position of each command's commit.
    private var commits: [UInt128: Committed] = [:]

    private struct Committed {
        var position: Int64
        var types: [String]
        var streams: Set<String>
    }

    init(folder: String, organisations: [String], _ acknowledged: [Acknowledged]) throws {
        let store = try SegmentStore.openReadOnly(folder: "\(folder)/log")
        defer { store.close() }
        if !store.report.damage.isEmpty { findings.append("the log is damaged") }
        for organisation in organisations {
            guard let bits = UInt128(organisation, radix: 16) else {
                throw SimError("no organisation: \(organisation)")
            }
            try read(LogID(bits: bits), organisation, store)
            compare(acknowledged.filter { $0.organisation == organisation }, organisation)
        }
        rooms.finish()
        groups.finish(states)
        findings += rooms.findings + groups.findings
        for (visit, count) in arrivals where count > 1 {
            findings.append("visit \(visit) arrived \(count) times")
        }
        for (visit, state) in states where [.waiting, .beingSeen, .onHold].contains(state.phase) {
            let clinic = state.clinic?.description ?? ""
            present[clinic, default: []].insert(visit.description)
        }
    }

    private mutating func read(
        _ log: LogID, _ organisation: String, _ store: SegmentStore
    ) throws {
        commits = [:]
        var next: Int64 = 0
        while true {
            let page = try store.read(log, from: next, limit: Limits.subscriptionPage)
            guard let last = page.last else { return }
            for event in page { try take(event, organisation) }
            next = last.position + 1
        }
    }

    private mutating func take(_ event: RecordedEvent, _ organisation: String) throws {
        events += 1
        // A look is noted in a commit of its own, and days close by themselves.
        let isCommand =
            event.stream.category != Category.access
            && event.context.actor.kind.description != ActorKind.policy.rawValue
        if isCommand {
            let id = hex(event.stream.id)
            commits[
                event.commandID, default: Committed(position: 0, types: [], streams: [])
            ].position = event.position
            commits[event.commandID]?.types.append(event.type.description)
            commits[event.commandID]?.streams.insert(id)
        }
        let body = try EventCoding.fact(event).body
        rooms.take(event, body)
        if let people = groups.take(event, body, states) {
            rooms.note(people, in: "group call", most: GroupCall.peopleMax, at: event.position)
        }
        guard case .visit(let visit, let happened) = body else { return }
        visits[organisation, default: [:]][event.position] = visit.description
        if case .arrived = happened { arrivals[visit, default: 0] += 1 }
        let before = states[visit] ?? Visit.initial
        if case .transferred(let moved) = happened, before.clinic != moved.from {
            findings.append("visit \(visit) moved from where it was not, at \(event.position)")
        }
        if case .opened = happened {
        } else if before.phase == .unopened {
            findings.append("visit \(visit) began with \(event.type)")
        }
        if before.phase == .ended { findings.append("visit \(visit) went on after its end") }
        var state = before
        Visit.evolve(&state, happened)
        states[visit] = state
        rooms.note(state.places, in: "visit", most: Visit.peopleMax, at: event.position)
    }

    /// Each acknowledged command exactly once: every answer's position is the end of one commit
    /// about that visit or room, and every commit was acknowledged.
    private mutating func compare(_ acknowledged: [Acknowledged], _ organisation: String) {
        var ends: [Int64: Committed] = [:]
        for commit in commits.values { ends[commit.position] = commit }
        var keys: [Int64: String] = [:]
        for entry in acknowledged {
            guard let commit = ends[entry.position] else {
                findings.append("\(entry.command) was acknowledged at \(entry.position): not there")
                continue
            }
            if let other = keys.updateValue(entry.key, forKey: entry.position), other != entry.key {
                findings.append("two commands were acknowledged at \(entry.position)")
            }
            let isNothing = commit.types.allSatisfy { $0.hasPrefix("nothing.") }
            if let about = entry.about, !isNothing, !commit.streams.contains(about) {
                findings.append("\(entry.command) at \(entry.position) is of something else")
            }
        }
        for (position, commit) in ends where keys[position] == nil {
            findings.append("nobody was told of \(commit.types) at \(position)")
        }
    }
}
