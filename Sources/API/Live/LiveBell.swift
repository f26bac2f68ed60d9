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
}

/// Wakes live streams by what a commit touched, in the order of the log. Rung by ``Dispatch`` after
/// every append; five thousand streams of one organisation sleep through what is not theirs.
///
/// What was appended by others (an import beside) is found with the next heartbeat.
package final class LiveBell: Sendable {
    /// Commits of one log that may wait for one before them to be rung; beyond, the gap is not
    /// waited for, and every stream of that log looks for itself.
    fileprivate static let earlyMax = 256

    /// One commit, as far as it concerns anybody.
    fileprivate struct Rung {
        let end: Int64
        let events: [(position: Int64, stream: StreamName)]
    }

    fileprivate struct Tower {
        /// Every position below was rung; nil: not known yet.
        var heard: Int64?
        /// By first position.
        var early: [Int64: Rung] = [:]
        var byStream: [StreamName: Set<UInt64>] = [:]
        var byCategory: [Word: Set<UInt64>] = [:]
        var listeners: [UInt64: (state: LiveListener.State, interest: LiveInterest)] = [:]
    }

    private struct State {
        var towers: [LogID: Tower] = [:]
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// To be called after an append, once it is durable.
    func ring(_ commit: Commit, _ appended: Appended) {
        guard !appended.repeated else { return }
        state.withLock { state in
            guard state.towers[commit.log] != nil else { return }
            let events = commit.events.enumerated().map { index, event in
                (appended.first + Int64(index), event.stream)
            }
            state.towers[commit.log]?.early[appended.first] = Rung(
                end: appended.last + 1, events: events)
            state.towers[commit.log]?.drain()
        }
    }

    /// From now on `interest` is heard of, until the listener is let go.
    func listen(
        to log: LogID, for interest: LiveInterest, in store: any EventStore
    ) async throws -> LiveListener {
        let listener = LiveListener.State()
        let (id, isFirst) = state.withLock { state in
            state.nextID += 1
            let isFirst = state.towers[log] == nil
            state.towers[log, default: Tower()].add(listener, state.nextID, interest)
            return (state.nextID, isFirst)
        }
        let handle = LiveListener(bell: self, log: log, id: id, state: listener)
        guard isFirst else { return handle }
        let head = try await store.head(of: log)
        state.withLock { state in
            guard state.towers[log]?.heard == nil else { return }
            state.towers[log]?.heard = head
            state.towers[log]?.drain()
            // What was rung before that was told to nobody: whoever listens already looks.
            for listener in state.towers[log]?.listeners.values.map(\.state) ?? [] {
                listener.lookYourself()
            }
        }
        return handle
    }

    /// Every position of the log below this one was rung.
    fileprivate func heard(in log: LogID) -> Int64 {
        state.withLock { $0.towers[log]?.heard ?? 0 }
    }

    fileprivate func change(_ id: UInt64, in log: LogID, to interest: LiveInterest) {
        state.withLock { state in
            guard let listener = state.towers[log]?.remove(id) else { return }
            state.towers[log]?.add(listener, id, interest)
        }
    }

    fileprivate func remove(_ id: UInt64, from log: LogID) {
        state.withLock { state in
            state.towers[log]?.remove(id)
            if state.towers[log]?.listeners.isEmpty == true { state.towers[log] = nil }
        }
    }
}

extension LiveBell.Tower {
    fileprivate mutating func add(
        _ listener: LiveListener.State, _ id: UInt64, _ interest: LiveInterest
    ) {
        listeners[id] = (listener, interest)
        for stream in interest.streams { byStream[stream, default: []].insert(id) }
        for category in interest.categories { byCategory[category, default: []].insert(id) }
    }

    @discardableResult
    fileprivate mutating func remove(_ id: UInt64) -> LiveListener.State? {
        guard let (state, interest) = listeners.removeValue(forKey: id) else { return nil }
        for stream in interest.streams {
            byStream[stream]?.remove(id)
            if byStream[stream]?.isEmpty == true { byStream[stream] = nil }
        }
        for category in interest.categories { byCategory[category]?.remove(id) }
        return state
    }

    /// Tells every commit that follows what was heard, in order.
    fileprivate mutating func drain() {
        guard let known = heard else {
            // Everybody looks once it is known; until then nothing need be kept.
            if early.count > LiveBell.earlyMax { early = [:] }
            return
        }
        var next = known
        if early.keys.contains(where: { $0 < next }) { early = early.filter { $0.key >= next } }
        while let rung = early.removeValue(forKey: next) {
            for (position, stream) in rung.events { tell(position, stream) }
            next = rung.end
        }
        heard = next
        if early.count > LiveBell.earlyMax, let last = early.values.map(\.end).max() {
            skip(to: last)
        }
    }

    fileprivate mutating func skip(to position: Int64) {
        heard = position
        early = early.filter { $0.key >= position }
        for listener in listeners.values { listener.state.lookYourself() }
        drain()
    }

    private func tell(_ position: Int64, _ stream: StreamName) {
        let named = byStream[stream] ?? []
        let kinds = byCategory[stream.category] ?? []
        for id in named { listeners[id]?.state.ring(position) }
        for id in kinds where !named.contains(id) { listeners[id]?.state.ring(position) }
    }
}

/// One live stream's ear.
final class LiveListener: Sendable {
    enum Call: Sendable {
        /// Positions of events that concern it, ascending.
        case rung([Int64])
        /// There may be some nobody rang for: read the log.
        case look
    }

    /// Positions kept for a stream that does not come for them; beyond, it reads the log.
    static let positionsMax = 256

    private let bell: LiveBell
    private let log: LogID
    private let id: UInt64
    private let state: State

    fileprivate init(
        bell: LiveBell, log: LogID, id: UInt64, state: State
    ) {
        self.bell = bell
        self.log = log
        self.id = id
        self.state = state
    }

    deinit { bell.remove(id, from: log) }

    /// From now on it hears of this; what came before is for the reader to look for.
    func change(to interest: LiveInterest) { bell.change(id, in: log, to: interest) }

    /// Returns once there is something to be taken.
    /// - Throws: `CancellationError`.
    func waitForCall() async throws { try await state.wait() }

    /// What came since it was last asked, and how far the log was rung before: what is not among
    /// it and lies below that concerns nobody here.
    func taken() -> (call: Call?, heard: Int64) {
        let heard = bell.heard(in: log)
        return (state.take(), heard)
    }

}

extension LiveListener {
    /// What the bell holds of a listener.
    fileprivate final class State: Sendable {
        private struct Held {
            var positions: [Int64] = []
            var mustLook = false
            var parked: CheckedContinuation<Void, any Error>?

            mutating func take() -> Call? {
                if mustLook {
                    mustLook = false
                    positions = []
                    return .look
                }
                guard !positions.isEmpty else { return nil }
                defer { positions = [] }
                return .rung(positions)
            }
        }

        private let held = Mutex(Held())

        func ring(_ position: Int64) {
            wake { held in
                if held.positions.count < LiveListener.positionsMax {
                    held.positions.append(position)
                } else {
                    held.mustLook = true
                }
            }
        }

        func lookYourself() { wake { $0.mustLook = true } }

        func take() -> Call? { held.withLock { $0.take() } }

        private func wake(_ change: (inout sending Held) -> Void) {
            let parked = held.withLock { held in
                change(&held)
                defer { held.parked = nil }
                return held.parked
            }
            parked?.resume()
        }

        /// One task waits at a time.
        func wait() async throws {
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    let outcome: Result<Void, any Error>? = held.withLock { held in
                        // Cancelled before it was parked: the handler found nothing to resume.
                        if Task.isCancelled { return .failure(CancellationError()) }
                        if held.mustLook || !held.positions.isEmpty { return .success(()) }
                        held.parked = continuation
                        return nil
                    }
                    if let outcome { continuation.resume(with: outcome) }
                }
            } onCancel: {
                held.withLock { held in
                    defer { held.parked = nil }
                    return held.parked
                }?.resume(throwing: CancellationError())
            }
        }
    }
}
