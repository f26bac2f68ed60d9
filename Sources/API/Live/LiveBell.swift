import Domain
import EventStore
import Synchronization

/// What a live stream wants to be woken for: a commit that touches none of it costs it nothing.
///
/// Everything a view's `change(by:)` looks at has to stand here: an event of another stream is not
/// shown to it.
struct LiveInterest: Hashable, Sendable {
    var streams: Set<StreamName> = []
    var categories: Set<Word> = []
    /// Whose place in which queue: called when it may be another, and not for what others do.
    var place: QueuePlace?
}

/// Wakes live streams by what a commit touched, in the order of the log, and keeps the queues of
/// clinics for those who wait there. Rung by ``Dispatch`` after every append; five thousand streams
/// of one organisation sleep through what is not theirs.
///
/// What was appended by others (an import beside) is found with the next heartbeat.
package final class LiveBell: Sendable {
    private struct State {
        var towers: [LogID: LiveTower] = [:]
        /// Appends of this process that are under way, by log; bounded by the store's own queue.
        var underWay: [LogID: Int] = [:]
        var nextID: UInt64 = 0

        mutating func end(in log: LogID) {
            underWay[log, default: 0] -= 1
            if underWay[log] == 0 { underWay[log] = nil }
        }

        mutating func dropIfEmpty(_ log: LogID) {
            if towers[log]?.isEmpty == true { towers[log] = nil }
        }
    }

    private let state = Mutex(State())

    package init() {}

    // MARK: Appends

    /// To be called before an append: it ends with ``ring(_:_:)`` or ``giveUp(in:)``.
    func begin(in log: LogID) {
        state.withLock { $0.underWay[log, default: 0] += 1 }
    }

    /// Nothing was appended.
    func giveUp(in log: LogID) { state.withLock { $0.end(in: log) } }

    /// To be called after an append, once it is durable.
    func ring(_ commit: Commit, _ appended: Appended) {
        let isListenedTo = state.withLock { $0.towers[commit.log] != nil }
        let rung = isListenedTo && !appended.repeated ? LiveBell.rung(commit, appended) : nil
        state.withLock { state in
            state.end(in: commit.log)
            if let rung { state.towers[commit.log]?.take(rung) }
        }
    }

    /// Nil where it is not understood here: what nobody rings for is found with a heartbeat.
    private static func rung(_ commit: Commit, _ appended: Appended) -> LiveTower.Rung? {
        do {
            return try LiveTower.Rung(commit, appended)
        } catch {
            return nil
        }
    }

    /// A log was found to have so many events. What nobody is about to ring for is not waited for.
    func found(_ head: Int64, in log: LogID) {
        state.withLock { state in
            guard state.underWay[log] == nil else { return }
            state.towers[log]?.skip(to: head)
        }
    }

    // MARK: Listeners

    /// From now on `interest` is heard of, until the listener is let go.
    func listen(
        to log: LogID, for interest: LiveInterest, in store: any EventStore
    ) async throws -> LiveListener {
        let listener = LiveListener.State()
        let id = state.withLock { state in
            state.nextID += 1
            state.towers[log, default: LiveTower()].add(listener, state.nextID, interest)
            return state.nextID
        }
        let handle = LiveListener(bell: self, log: log, id: id, state: listener)
        try await learnHead(of: log, in: store)
        return handle
    }

    /// What stands in a log when the first comes needs not be rung.
    private func learnHead(of log: LogID, in store: any EventStore) async throws {
        guard state.withLock({ $0.towers[log]?.heard }) == nil else { return }
        let head = try await store.head(of: log)
        state.withLock { $0.towers[log]?.begin(at: head) }
    }

    /// Every position of the log below this one was rung.
    func heard(in log: LogID) -> Int64 {
        state.withLock { $0.towers[log]?.heard ?? 0 }
    }

    func change(_ id: UInt64, in log: LogID, to interest: LiveInterest) {
        state.withLock { state in
            guard let listener = state.towers[log]?.remove(id) else { return }
            state.towers[log]?.add(listener, id, interest)
        }
    }

    func remove(_ id: UInt64, from log: LogID) {
        state.withLock { state in
            state.towers[log]?.remove(id)
            state.dropIfEmpty(log)
        }
    }

    // MARK: Queues

    /// A part in a clinic's queue, which is kept until the last of them is let go.
    func seat(
        at place: QueuePlace, in log: LogID, _ store: any EventStore
    ) async throws -> QueueSeat {
        state.withLock { state in
            state.towers[log, default: LiveTower()].joinQueue(of: place.clinic)
        }
        let seat = QueueSeat(bell: self, log: log, place: place)
        try await learnHead(of: log, in: store)
        return seat
    }

    func leaveQueue(of clinic: ID<Clinic>, in log: LogID) {
        state.withLock { state in
            state.towers[log]?.leaveQueue(of: clinic)
            state.dropIfEmpty(log)
        }
    }

    func look(at place: QueuePlace, in log: LogID, since: Instant) -> QueueSeat.Look {
        state.withLock { $0.towers[log]?.look(at: place, since: since) ?? .none }
    }

    /// Whoever gets this reads who waits, and settles it; nil: it is known, or somebody else does.
    func claimQueue(of clinic: ID<Clinic>, in log: LogID) -> UInt64? {
        state.withLock { state in
            state.nextID += 1
            let id = state.nextID
            return state.towers[log]?.claimQueue(of: clinic, id) == true ? id : nil
        }
    }

    func settleQueue(
        of clinic: ID<Clinic>, in log: LogID, _ claim: UInt64, _ queue: ClinicQueue?
    ) {
        state.withLock { $0.towers[log]?.settleQueue(of: clinic, claim, queue) }
    }

    /// Clinics whose queue is kept: in tests.
    package var queuesCount: Int {
        state.withLock { $0.towers.values.reduce(0) { $0 + $1.queuesCount } }
    }
}
