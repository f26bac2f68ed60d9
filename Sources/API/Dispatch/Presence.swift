package import Domain
package import EventStore
import Synchronization

/// Who was heard of last and when, in rooms, visits and group calls. Heartbeats are no events: this
/// is memory, and empty after a start, so whoever asks it for silence counts from the start at the
/// earliest. In a visit, its own live stream tells it too, for caller and external participant.
/// Source: WA-3, design.md "Presence".
package final class Presence: Sendable {
    /// Somebody in one place.
    package struct Being: Hashable, Sendable {
        let log: LogID
        /// Of the room, visit or group call.
        let place: Place

        package init(in log: LogID, at room: ID<Room>, _ who: Occupant) {
            self.log = log
            place = .room(room, who)
        }

        package init(in log: LogID, at visit: ID<Visit>, _ who: Participant) {
            self.log = log
            place = .visit(visit, who)
        }

        /// Callers in a group call tell it in their visits.
        package init(in log: LogID, at call: ID<GroupCall>, _ staff: ID<Staff>) {
            self.log = log
            place = .groupCall(call, staff)
        }
    }

    enum Place: Hashable, Sendable {
        case room(ID<Room>, Occupant)
        case visit(ID<Visit>, Participant)
        case groupCall(ID<GroupCall>, ID<Staff>)

        /// Whether who is silent has lost contact and keeps a place, in the place of being dropped.
        fileprivate var keepsPlaces: Bool {
            switch self {
            case .room: false
            case .visit, .groupCall: true
            }
        }
    }

    /// How long silence is borne in rooms; in visits and group calls, how long a place is kept
    /// after contact was lost.
    package static let grace = Milliseconds.seconds(Int64(Visit.graceSeconds))
    /// How often a client tells that it is there.
    package static let intervalSeconds = 30
    /// Who was heard of in a visit or group call, and then was silent for longer, has lost contact:
    /// three times missed.
    package static let silence = Milliseconds.seconds(Int64(3 * intervalSeconds))
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

    /// Who was heard of in visits and group calls and then was silent, since when; in the order of
    /// that. Who never told that they are there is not missed: their app does not tell.
    func silentInCalls(at now: Instant) -> [(being: Being, last: Instant)] {
        heard.withLock { heard in
            heard.compactMap { being, last -> (being: Being, last: Instant)? in
                guard being.place.keepsPlaces, now - last > Presence.silence else { return nil }
                return (being, last)
            }
        }.sorted { $0.last < $1.last }
    }

    /// No longer expected to be heard, unless they were since.
    func forget(_ being: Being, heardAt last: Instant) {
        heard.withLock { heard in if heard[being] == last { heard[being] = nil } }
    }

    /// Forgets who was silent for so long that nobody counts with them any more.
    package func forgetSilent(at now: Instant) {
        let oldest = now - Presence.grace - Presence.grace
        heard.withLock { heard in heard = heard.filter { $0.value >= oldest } }
    }
}
