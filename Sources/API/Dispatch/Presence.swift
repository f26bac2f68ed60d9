package import Domain
package import EventStore
import Synchronization

/// Who was heard of last and when, in rooms and visits. Heartbeats are no events: this is memory,
/// and empty after a start, so whoever asks it for silence counts from the start at the earliest.
/// Source: WA-3, design.md "Presence".
package final class Presence: Sendable {
    /// Somebody in one place.
    package struct Being: Hashable, Sendable {
        let log: LogID
        /// Of the room or visit.
        let place: StreamName
        /// A staff member's or guest's id; 0: the caller.
        let who: ID<Never>

        package init(in log: LogID, at room: ID<Room>, _ who: Occupant) {
            self.log = log
            place = StreamName(of: room)
            self.who = ID(bits: who.staff?.bits ?? who.guest?.bits ?? 0)
        }

        package init(in log: LogID, at visit: ID<Visit>, _ who: Participant) {
            self.log = log
            place = StreamName(of: visit)
            self.who = ID(bits: who.staff?.bits ?? 0)
        }
    }

    /// How long silence is borne; as long in rooms as in visits.
    package static let grace = Milliseconds.seconds(Int64(Visit.graceSeconds))
    /// How often a client tells that it is there.
    package static let intervalSeconds = 30
    /// Beings remembered; one more is refused as ``Refusal/busy`` until silent ones are forgotten.
    package static let beingsMax = 200_000

    private let heard = Mutex<[Being: Instant]>([:])

    package init() {}

    /// Somebody told that they are there.
    package func note(_ being: Being, at now: Instant) throws(Refusal) {
        let isNoted = heard.withLock { heard in
            guard heard[being] != nil || heard.count < Presence.beingsMax else { return false }
            heard[being] = max(now, heard[being] ?? now)
            return true
        }
        guard isNoted else { throw .busy }
    }

    /// When somebody was heard of last; nil: not since the start, or long ago.
    package func last(_ being: Being) -> Instant? { heard.withLock { $0[being] } }

    /// Forgets who was silent for so long that nobody counts with them any more.
    package func forgetSilent(at now: Instant) {
        let oldest = now - Presence.grace - Presence.grace
        heard.withLock { heard in heard = heard.filter { $0.value >= oldest } }
    }
}
