import Domain
import EventStore
import HeapModule
package import Projections

/// Runs ``VisitTimeout`` over every organisation: whoever lost contact for longer than the grace
/// time drops out, and a visit that nobody ends is ended (WA-3, WA-12).
///
/// Nothing here waits: ``tick()`` takes up what the logs say, does what is due by the clock and
/// returns. A value: whoever holds it calls it, one call after the other.
package struct VisitTimeouts: Sendable {
    private let dispatch: Dispatch
    private let views: Views
    /// Nobody heard from those who were there while the server was away, so nobody is dropped
    /// before one whole grace time after this.
    private let startedAt: Instant
    /// Told what an operator should know; never anything personal.
    private let notice: @Sendable (String) -> Void
    private var logs: [LogID: Followed] = [:]
    private var dues = Heap<Scheduled>()
    private var told: [LogID: String] = [:]

    package init(
        dispatch: Dispatch, views: Views, notice: @escaping @Sendable (String) -> Void
    ) {
        self.dispatch = dispatch
        self.views = views
        self.notice = notice
        startedAt = dispatch.clock.now()
    }

    /// One organisation's visits that are not over.
    private struct Followed {
        /// Position of the next event to take up.
        var next: Int64
        var visits: [ID<Visit>: Watched] = [:]
    }

    private struct Watched {
        var state = Visit.initial
        /// Of the last event taken up.
        var version: Int64 = -1
        var position: Int64 = -1
        /// What was refused since: settled until something happens.
        var settled: [VisitTimeout.Due] = []
        /// When its entry among the dues is looked at; others of it are old.
        var scheduled: Instant?

        var due: VisitTimeout.Due? {
            VisitTimeout.due(state).first { !settled.contains($0) }
        }

        mutating func take(_ event: VisitEvent, at recorded: RecordedEvent) {
            Visit.evolve(&state, event)
            version = recorded.version
            position = recorded.position
            settled = []
        }
    }

    private struct Scheduled: Comparable {
        let at: Instant
        let log: LogID
        let visit: ID<Visit>

        static func < (one: Scheduled, other: Scheduled) -> Bool {
            (one.at, one.log, one.visit) < (other.at, other.log, other.visit)
        }
    }

    /// Does what is due. What stops one organisation leaves the others alone, and is tried again at
    /// the next tick.
    /// - Returns: how many commands were accepted.
    @discardableResult
    package mutating func tick() async throws(Refusal) -> Int {
        let known: [LogID]
        do {
            known = try await dispatch.store.logs()
        } catch {
            throw .read(error)
        }
        for log in known where log != .installation { try await takeUpOrTell(log) }
        let now = dispatch.clock.now()
        guard now >= startedAt + .seconds(Int64(Visit.graceSeconds)) else { return 0 }
        return try await sweep(now)
    }

    private mutating func takeUpOrTell(_ log: LogID) async throws(Refusal) {
        do throws(Refusal) {
            try await takeUp(log)
        } catch {
            if error == .stopping || error == .append(.closed) { throw error }
            let words = "visits of \(log) are not timed out: \(error)"
            if told.updateValue(words, forKey: log) != words { notice(words) }
        }
    }

    // MARK: What the logs say

    private mutating func takeUp(_ log: LogID) async throws(Refusal) {
        if logs[log] == nil { try await begin(log) }
        while true {
            let events: [RecordedEvent]
            do {
                events = try await dispatch.store.read(
                    log, from: logs[log]?.next ?? 0, limit: Limits.subscriptionPage)
            } catch {
                throw .read(error)
            }
            guard let last = events.last else { return }
            for event in events where event.stream.category == Category.visit {
                try await take(event, of: log)
            }
            logs[log]?.next = last.position + 1
        }
    }

    /// Those that are not over, as the view of visits knows them; from there on the log tells.
    private mutating func begin(_ log: LogID) async throws(Refusal) {
        var followed: Followed?
        var open: [ID<Visit>] = []
        var request = PageRequest.first
        while true {
            let page: Page<VisitRow>
            do {
                page = try await views.openVisits(in: log, request)
            } catch {
                throw Refusal(error)
            }
            followed = followed ?? Followed(next: page.applied)
            open += page.rows.map(\.visit)
            guard let next = page.next else { break }
            request = PageRequest(after: next)
        }
        logs[log] = followed
        for visit in open { try await load(visit, of: log) }
    }

    private mutating func load(_ visit: ID<Visit>, of log: LogID) async throws(Refusal) {
        let loaded = try await dispatch.loader.load(Visit.self, StreamName(of: visit), in: log)
        guard let version = loaded.version, loaded.state.phase != .ended else { return }
        var watched = Watched(state: loaded.state, version: version)
        watched.position = try await position(of: visit, version, in: log)
        logs[log]?.visits[visit] = watched
        schedule(visit, of: log)
    }

    private func position(
        of visit: ID<Visit>, _ version: Int64, in log: LogID
    ) async throws(Refusal) -> Int64 {
        try await dispatch.loader.page(StreamName(of: visit), log, version).first?.position ?? -1
    }

    private mutating func take(_ event: RecordedEvent, of log: LogID) async throws(Refusal) {
        let visit = ID<Visit>(bits: event.stream.id)
        if logs[log]?.visits[visit] == nil {
            guard event.version == 0 else { return try await load(visit, of: log) }
            logs[log]?.visits[visit] = Watched()
        }
        let known = logs[log]?.visits[visit]?.version ?? -1
        guard event.version > known else { return }
        let decoded = try Coding.event(event, as: VisitEvent.self)
        logs[log]?.visits[visit]?.take(decoded, at: event)
        if logs[log]?.visits[visit]?.state.phase == .ended {
            logs[log]?.visits[visit] = nil
        } else {
            schedule(visit, of: log)
        }
    }

    /// Sees to it that the visit is looked at when its next due is.
    private mutating func schedule(_ visit: ID<Visit>, of log: LogID) {
        guard let watched = logs[log]?.visits[visit], let due = watched.due else { return }
        // What is scheduled earlier is found to be too early then, and scheduled anew.
        if let scheduled = watched.scheduled, scheduled <= due.at { return }
        logs[log]?.visits[visit]?.scheduled = due.at
        dues.insert(Scheduled(at: due.at, log: log, visit: visit))
    }

    // MARK: What is due

    private mutating func sweep(_ now: Instant) async throws(Refusal) -> Int {
        var accepted = 0
        var again: [Scheduled] = []
        while let first = dues.min, first.at <= now {
            dues.removeMin()
            guard let watched = logs[first.log]?.visits[first.visit],
                watched.scheduled == first.at
            else { continue }
            logs[first.log]?.visits[first.visit]?.scheduled = nil
            guard let due = watched.due else { continue }
            guard due.at <= now else {
                schedule(first.visit, of: first.log)
                continue
            }
            switch try await run(due, of: watched, first) {
            case .accepted:
                accepted += 1
                try await takeUpOrTell(first.log)
            case .settled:
                logs[first.log]?.visits[first.visit]?.settled.append(due)
                schedule(first.visit, of: first.log)
            case .later: again.append(first)
            }
        }
        for entry in again {
            logs[entry.log]?.visits[entry.visit]?.scheduled = entry.at
            dues.insert(entry)
        }
        return accepted
    }

    private enum Outcome { case accepted, settled, later }

    private func run(
        _ due: VisitTimeout.Due, of watched: Watched, _ place: Scheduled
    ) async throws(Refusal) -> Outcome {
        let request = CommandRequest(
            name: (due.leaver == nil ? Domain.Operation.visitEnd : .visitDropOut).rawValue,
            body: [
                "organisation": .string("\(ID<Organisation>(bits: place.log.bits))"),
                "visit": .id(place.visit), "staff": .id(due.leaver?.staff),
                "invitee": .id(due.leaver?.invitee),
            ],
            key: try IdempotencyKey(VisitTimeout.key(cause: watched.position, due)),
            actor: .policy, door: .policy)
        do {
            _ = try await dispatch.run(request)
            return .accepted
        } catch {
            switch error {
            case .stopping, .append(.closed): throw error
            case .rule, .notFound, .erased, .fields, .otherPayload: return .settled
            default:
                return .later  // The machinery's, not the rules': tried again at the next tick.
            }
        }
    }
}
