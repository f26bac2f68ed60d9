package import Domain
import Synchronization

/// Refusals of nobody in particular, counted by organisation and minute until they are written
/// down: one entry a minute, so that nobody can fill a log by asking. Source: design.md "API".
package final class RefusalCounts: Sendable {
    package struct Minute: Hashable, Sendable {
        package let organisation: ID<Organisation>
        /// Its beginning.
        package let at: Instant
        package var count: Int
    }
    private struct Key: Hashable {
        let organisation: ID<Organisation>
        let minute: Int64
    }
    private let counts = Mutex<[Key: Int]>([:])

    /// Minutes and organisations counted apart at most; beyond it what is refused is not counted.
    package static let keysMax = 10_000

    package init() {}

    func count(in organisation: ID<Organisation>, at now: Instant) {
        let key = Key(organisation: organisation, minute: now.milliseconds / 60_000)
        counts.withLock { counts in
            guard counts[key] != nil || counts.count < RefusalCounts.keysMax else { return }
            counts[key, default: 0] += 1
        }
    }

    /// Takes out the minutes that are over; with nil all of them.
    func take(before now: Instant?) -> [Minute] {
        let limit = now.map { $0.milliseconds / 60_000 } ?? .max
        let taken = counts.withLock { counts in
            let taken = counts.filter { $0.key.minute < limit }
            for key in taken.keys { counts[key] = nil }
            return taken
        }
        return taken.map { key, count in
            Minute(
                organisation: key.organisation, at: Instant(milliseconds: key.minute * 60_000),
                count: count)
        }.sorted { ($0.organisation, $0.at) < ($1.organisation, $1.at) }
    }
}
