package import Domain
package import EventStore
import HeapModule
package import Projections

/// A ``Timeout`` that ``Timeouts`` can run.
package protocol RunTimeout: Timeout where Book.Event: EventFamily {
    /// What they are, to an operator.
    static var words: String { get }

    /// Those that are not over, as a view knows them.
    static func open(
        in log: LogID, _ views: Views, _ page: PageRequest
    ) async throws(ViewError) -> Page<ID<Book>>

    /// What asks for it: the command, and its fields but for the organisation.
    static func command(_ due: Due, of id: ID<Book>) -> (CommandEntry, JSON)
}

/// Runs ``VisitTimeout``.
package typealias VisitTimeouts = Timeouts<VisitTimeout>
/// Runs ``GroupCallTimeout``.
package typealias GroupCallTimeouts = Timeouts<GroupCallTimeout>

/// Runs a ``Timeout`` over every organisation: whoever lost contact for longer than the grace time
/// drops out, and a visit or group call that nobody ends is ended (WA-3, WA-12).
///
/// Nothing here waits: ``tick()`` takes up what the logs say, does what is due by the clock and
/// returns. A value: whoever holds it calls it, one call after the other.
package struct Timeouts<Rules: RunTimeout>: Sendable {
    package typealias Book = Rules.Book

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

    private static var category: Word { Word(stringOf: Book.Event.category) }

    /// One organisation's that are not over.
    private struct Followed {
        /// Position of the next event to take up.
        var next: Int64
        var open: [ID<Book>: Watched] = [:]
    }

    private struct Watched {
        var state = Book.initial
        /// Of the last event taken up.
        var version: Int64 = -1
        var position: Int64 = -1
        /// What was refused since: settled until something happens.
        var settled: [Rules.Due] = []
        /// When its entry among the dues is looked at; others of it are old.
        var scheduled: Instant?

        var due: Rules.Due? {
            Rules.due(state).first { !settled.contains($0) }
        }

        mutating func take(_ event: Book.Event, at recorded: RecordedEvent) {
            Book.evolve(&state, event)
            version = recorded.version
            position = recorded.position
            settled = []
        }
    }

    private struct Scheduled: Comparable {
        let at: Instant
        let log: LogID
        let id: ID<Book>

        static func < (one: Scheduled, other: Scheduled) -> Bool {
            (one.at, one.log, one.id) < (other.at, other.log, other.id)
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
            let words = "\(Rules.words) of \(log) are not timed out: \(error)"
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
            for event in events where event.stream.category == Self.category {
                try await take(event, of: log)
            }
            logs[log]?.next = last.position + 1
        }
    }

    /// Those that are not over, as a view knows them; from there on the log tells.
    private mutating func begin(_ log: LogID) async throws(Refusal) {
        var followed: Followed?
        var open: [ID<Book>] = []
        var request = PageRequest.first
        while true {
            let page: Page<ID<Book>>
            do {
                page = try await Rules.open(in: log, views, request)
            } catch {
                throw Refusal(error)
            }
            followed = followed ?? Followed(next: page.applied)
            open += page.rows
            guard let next = page.next else { break }
            request = PageRequest(after: next)
        }
        logs[log] = followed
        for id in open { try await load(id, of: log) }
    }

    private mutating func load(_ id: ID<Book>, of log: LogID) async throws(Refusal) {
        let loaded = try await dispatch.loader.load(Book.self, StreamName(of: id), in: log)
        guard let version = loaded.version, !Rules.isOver(loaded.state) else { return }
        var watched = Watched(state: loaded.state, version: version)
        watched.position = try await position(of: id, version, in: log)
        logs[log]?.open[id] = watched
        schedule(id, of: log)
    }

    private func position(
        of id: ID<Book>, _ version: Int64, in log: LogID
    ) async throws(Refusal) -> Int64 {
        try await dispatch.loader.page(StreamName(of: id), log, version).first?.position ?? -1
    }

    private mutating func take(_ event: RecordedEvent, of log: LogID) async throws(Refusal) {
        let id = ID<Book>(bits: event.stream.id)
        if logs[log]?.open[id] == nil {
            guard event.version == 0 else { return try await load(id, of: log) }
            logs[log]?.open[id] = Watched()
        }
        let known = logs[log]?.open[id]?.version ?? -1
        guard event.version > known else { return }
        let decoded = try Coding.event(event, as: Book.Event.self)
        logs[log]?.open[id]?.take(decoded, at: event)
        if let state = logs[log]?.open[id]?.state, Rules.isOver(state) {
            logs[log]?.open[id] = nil
        } else {
            schedule(id, of: log)
        }
    }

    /// Sees to it that it is looked at when its next due is.
    private mutating func schedule(_ id: ID<Book>, of log: LogID) {
        guard let watched = logs[log]?.open[id], let due = watched.due else { return }
        // What is scheduled earlier is found to be too early then, and scheduled anew.
        if let scheduled = watched.scheduled, scheduled <= due.at { return }
        logs[log]?.open[id]?.scheduled = due.at
        dues.insert(Scheduled(at: due.at, log: log, id: id))
    }

    // MARK: What is due

    private mutating func sweep(_ now: Instant) async throws(Refusal) -> Int {
        var accepted = 0
        var again: [Scheduled] = []
        while let first = dues.min, first.at <= now {
            dues.removeMin()
            guard let watched = logs[first.log]?.open[first.id],
                watched.scheduled == first.at
            else { continue }
            logs[first.log]?.open[first.id]?.scheduled = nil
            guard let due = watched.due else { continue }
            guard due.at <= now else {
                schedule(first.id, of: first.log)
                continue
            }
            switch try await run(due, of: watched, first) {
            case .accepted:
                accepted += 1
                try await takeUpOrTell(first.log)
            case .settled:
                logs[first.log]?.open[first.id]?.settled.append(due)
                schedule(first.id, of: first.log)
            case .later: again.append(first)
            }
        }
        for entry in again {
            logs[entry.log]?.open[entry.id]?.scheduled = entry.at
            dues.insert(entry)
        }
        return accepted
    }

    private enum Outcome { case accepted, settled, later }

    private func run(
        _ due: Rules.Due, of watched: Watched, _ place: Scheduled
    ) async throws(Refusal) -> Outcome {
        let (entry, body) = Rules.command(due, of: place.id)
        let request = CommandRequest(
            name: entry.name,
            body: body.setting("organisation", .id(ID<Organisation>(bits: place.log.bits))),
            key: try IdempotencyKey(Rules.key(cause: watched.position, due)),
            actor: .policy, door: .policy)
        do {
            _ = try await dispatch.run(request, as: entry)
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
