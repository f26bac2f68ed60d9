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
final class StateCache: Sendable {
    struct Key: Hashable {
        let log: LogID
        let stream: StreamName
    }
    private struct Entry {
        let loaded: any Sendable
        var used: UInt64
    }
    private struct Entries {
        var byKey: [Key: Entry] = [:]
        var tick: UInt64 = 0
    }
    private let entries = Mutex(Entries())
    /// States held at most; at the bound the half used longest ago is dropped.
    let statesMax: Int

    init(statesMax: Int = 20_000) { self.statesMax = statesMax }

    func loaded<State>(_ key: Key, as type: State.Type) -> Loaded<State>? {
        entries.withLock { entries in
            entries.tick += 1
            entries.byKey[key]?.used = entries.tick
            return entries.byKey[key]?.loaded as? Loaded<State>
        }
    }

    func keep<State>(_ loaded: Loaded<State>, as key: Key) {
        entries.withLock { entries in
            entries.tick += 1
            if let known = entries.byKey[key]?.loaded as? Loaded<State>,
                known.version ?? -1 > loaded.version ?? -1
            {
                return
            }
            entries.byKey[key] = Entry(loaded: loaded, used: entries.tick)
            guard entries.byKey.count > statesMax else { return }
            let half = entries.byKey.values.map(\.used).sorted()[statesMax / 2]
            entries.byKey = entries.byKey.filter { $0.value.used > half }
        }
    }
}
