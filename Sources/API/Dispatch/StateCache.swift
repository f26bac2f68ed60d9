import Domain
import EventStore
import Synchronization

/// What a stream's events fold to.
package struct Loaded<State: Sendable>: Sendable {
    package var state: State
    /// Of the last event folded; nil where the stream has none.
    package var version: Int64?
}

/// Folded states of streams lately used, so that a command reads only what is new of them. A cache
/// and nothing more: what it holds is always brought up to the stream's end before it is used.
///
/// Two generations: what is used goes into the young one; when that is full it becomes the old one,
/// and what the old one still held was not used for long and is let go. So no command pays for
/// sorting out what all of them left.
final class StateCache: Sendable {
    struct Key: Hashable {
        let log: LogID
        let stream: StreamName
    }
    private struct Generations {
        var young: [Key: any Sendable] = [:]
        var old: [Key: any Sendable] = [:]

        func known(_ key: Key) -> (any Sendable)? { young[key] ?? old[key] }

        /// - Returns: what is let go, for the caller to drop where nobody waits for it.
        mutating func use(_ key: Key, _ loaded: any Sendable, max: Int) -> [Key: any Sendable] {
            young[key] = loaded
            guard young.count >= max else { return [:] }
            defer {
                old = young
                young = [:]
            }
            return old
        }
    }
    private let generations = Mutex(Generations())
    /// States in a generation at most.
    let statesMax: Int

    init(statesMax: Int = 10_000) { self.statesMax = statesMax }

    func loaded<State>(_ key: Key, as type: State.Type) -> Loaded<State>? {
        // What is let go is dropped outside of the lock.
        let (known, _): ((any Sendable)?, [Key: any Sendable]) = generations.withLock {
            generations in
            if let young = generations.young[key] { return (young, [:]) }
            guard let old = generations.old[key] else { return (nil, [:]) }
            return (old, generations.use(key, old, max: statesMax))
        }
        return known as? Loaded<State>
    }

    func keep<State>(_ loaded: Loaded<State>, as key: Key) {
        _ = generations.withLock { generations in
            if let known = generations.known(key) as? Loaded<State>,
                known.version ?? -1 > loaded.version ?? -1
            {
                return [:]
            }
            return generations.use(key, loaded, max: statesMax)
        }
    }
}
