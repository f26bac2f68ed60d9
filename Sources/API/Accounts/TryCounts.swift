package import Domain
import Synchronization

/// Counts tries in windows of time, and says when there were too many. In memory, bounded: what it
/// holds is gone after a restart, and beyond the bound what is new is not counted. ACC-2.
package final class TryCounts<Key: Hashable & Sendable>: Sendable {
    private struct Window {
        let since: Instant
        var tries: Int
    }

    package let triesMax: Int
    package let window: Milliseconds
    package let keysMax: Int
    private let windows = Mutex<[Key: Window]>([:])

    package init(triesMax: Int, window: Milliseconds, keysMax: Int = 100_000) {
        self.triesMax = triesMax
        self.window = window
        self.keysMax = keysMax
    }

    /// Counts a try, before it is known how it ends: so that many at once are not tried uncounted.
    /// - Returns: nil; or, where there were too many, the seconds until they are forgotten.
    package func count(_ key: Key, at now: Instant) -> Int? {
        windows.withLock { windows in
            if let known = windows[key], !isOver(known, at: now) {
                guard known.tries < triesMax else {
                    let left = known.since.milliseconds + window.count - now.milliseconds
                    return Int(left / 1000) + 1
                }
                windows[key]?.tries += 1
                return nil
            }
            if windows.count >= keysMax { windows = windows.filter { !isOver($0.value, at: now) } }
            guard windows.count < keysMax || windows[key] != nil else { return nil }
            windows[key] = Window(since: now, tries: 1)
            return nil
        }
    }

    /// It ended well: what was counted is forgotten.
    package func forget(_ key: Key) { windows.withLock { $0[key] = nil } }

    /// It ended well: this one try is taken back.
    package func takeBack(_ key: Key) {
        windows.withLock { windows in
            guard let known = windows[key], known.tries > 0 else { return }
            windows[key]?.tries -= 1
        }
    }

    private func isOver(_ known: Window, at now: Instant) -> Bool {
        now.milliseconds - known.since.milliseconds >= window.count || now < known.since
    }
}
