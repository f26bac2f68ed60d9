package import EventStore
import Synchronization

/// Where each projection of each log stands, and who waits for it to come further.
final class Progress: Sendable {
    private struct OfLog {
        var standings: [Standing] = []
        var failure: ViewError?
        let waiters = Waiters()
    }

    private struct State {
        /// Whose rows the standings are of.
        var file: ObjectIdentifier?
        var logs: [LogID: OfLog] = [:]
        var waiting = 0
    }

    private let state = Mutex(State())

    /// Stops among `standings` that were not there before.
    func newStops(_ log: LogID, _ standings: [Standing]) -> [ProjectionStop] {
        let known = state.withLock { $0.logs[log]?.standings.compactMap(\.stop) ?? [] }
        return standings.compactMap(\.stop).filter { !known.contains($0) }
    }

    /// From now on `file` serves, of whose rows nothing is known yet.
    func begin(_ file: ViewFile) {
        state.withLock { state in
            state.file = ObjectIdentifier(file)
            for log in state.logs.keys { state.logs[log]?.standings = [] }
        }
    }

    /// Passed over where another file serves meanwhile.
    func update(_ log: LogID, _ standings: [Standing], of file: ViewFile) {
        let waiters: Waiters? = state.withLock { state in
            guard state.file == ObjectIdentifier(file) else { return nil }
            state.logs[log, default: OfLog()].standings = standings
            state.logs[log, default: OfLog()].failure = nil
            return state.logs[log]?.waiters
        }
        waiters?.wake()
    }

    /// The log cannot be followed for now; who waits goes on waiting, health tells.
    func fail(_ log: LogID, _ failure: ViewError) {
        state.withLock { $0.logs[log, default: OfLog()].failure = failure }
    }

    /// Every log met, ascending.
    func all() -> [LogStanding] {
        state.withLock { state in
            state.logs.sorted { $0.key < $1.key }.map {
                LogStanding(log: $0, standings: $1.standings, failure: $1.failure)
            }
        }
    }

    func standing(_ projection: String, _ log: LogID) -> Standing? {
        state.withLock { state in
            serving(state.logs[log]?.standings.filter { $0.projection == projection } ?? [])
        }
    }

    /// Returns once more than `position` events of `log` show.
    func wait(_ projection: String, _ log: LogID, beyond position: Int64) async throws -> Standing {
        let waiters = try state.withLock { state in
            guard state.waiting < EngineLimits.waiters else { throw ViewError.tooManyWaiting }
            state.waiting += 1
            let of = state.logs[log, default: OfLog()]
            state.logs[log] = of
            return of.waiters
        }
        defer { state.withLock { $0.waiting -= 1 } }
        return try await waiters.wait {
            guard let standing = self.standing(projection, log) else { return nil }
            if standing.applied > position { return standing }
            if let stop = standing.stop { throw ViewError.stopped(stop) }
            return nil
        }
    }

    func close() {
        for waiters in state.withLock({ $0.logs.values.map(\.waiters) }) { waiters.close() }
    }
}

/// Of two versions of a projection over one log: the newest that is as far as any, so that a
/// version being built is not shown before it has caught up.
func serving(_ versions: [Standing]) -> Standing? {
    let furthest = versions.map(\.applied).max()
    return versions.filter { $0.applied == furthest }.max { $0.version < $1.version }
}

/// Where one log's projections stand.
package struct LogStanding: Hashable, Sendable {
    package let log: LogID
    /// In the order the projections were given.
    package let standings: [Standing]
    /// Why the log can't be followed for now; tried again.
    package let failure: ViewError?

    package var stops: [ProjectionStop] { standings.compactMap(\.stop) }
}
