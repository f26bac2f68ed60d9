import Domain
import Projections

/// One caller's place among those of their clinic who wait, kept up by the events that change it:
/// whoever waits asks nobody.
///
/// Begun from the waiting area's rows in the order of ``WaitingQueue``, so that it is the place
/// that staff see; from there on only those ahead matter, and those earlier in the queue who may
/// wait again.
struct PlaceInQueue: Sendable {
    /// Who waits ahead.
    private var ahead: Set<ID<Visit>> = []
    /// Who came before, and is not waiting now: sent back, they are ahead again.
    private var earlier: Set<ID<Visit>> = []
    /// Whose events can matter: all who stood before when it was begun. It stays as it is when
    /// they go, so that nobody else's stream has to say anew what it listens for.
    private(set) var concerned: Set<ID<Visit>> = []

    init() {}

    init(of visit: ID<Visit>, among rows: [CallerRow]) {
        guard let own = rows.first(where: { $0.visit == visit }) else { return }
        for row in rows where row.queued < own.queued {
            if row.state == .waiting { ahead.insert(row.visit) } else { earlier.insert(row.visit) }
        }
        concerned = ahead.union(earlier)
    }

    /// From 1.
    var number: Int { ahead.count + 1 }

    /// True where it changed the place.
    mutating func follow(_ visit: ID<Visit>, _ event: VisitEvent) -> Bool {
        switch event {
        case .admitted, .started: return stopsWaiting(visit)
        case .groupAnswered(let answered): return answered.accepted && stopsWaiting(visit)
        case .sentBack:
            guard earlier.remove(visit) != nil else { return false }
            return ahead.insert(visit).inserted
        // Whoever arrives begins to wait then, whatever came before in their visit.
        case .gaveUp, .ended, .transferred, .arrived:
            earlier.remove(visit)
            return ahead.remove(visit) != nil
        case .opened, .staffJoined, .left, .held, .participantHeld,
            .participantResumed, .disconnected, .returned, .messageSent, .locked, .unlocked,
            .staffCalled, .invited, .invitationRevoked, .externalEntered, .groupAsked,
            .groupResumed, .groupLeft:
            return false
        }
    }

    private mutating func stopsWaiting(_ visit: ID<Visit>) -> Bool {
        guard ahead.remove(visit) != nil else { return false }
        earlier.insert(visit)
        return true
    }

    /// Whether an event of `visit` can matter: all others need no reading.
    func concerns(_ visit: ID<Visit>) -> Bool {
        ahead.contains(visit) || earlier.contains(visit)
    }
}
