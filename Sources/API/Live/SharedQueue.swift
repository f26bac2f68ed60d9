package import Domain
import EventStore
import Projections

/// A clinic's queue as its streams in this process share it: dropped with the last of them.
package struct SharedQueue: Sendable {
    /// Steps rung while one of them reads who waits; beyond, another begins anew.
    package static let stepsMax = 4_096

    private struct BeingRead: Sendable {
        let claim: UInt64
        var rung: [(step: QueueStep, visit: ID<Visit>, position: Int64)] = []
    }

    /// Streams that have a part in it.
    var seats = 0
    /// Nil: nobody knows who waits.
    package private(set) var queue: ClinicQueue?
    private var beingRead: BeingRead?

    package init() {}

    /// Nobody knows who waits, and nobody is about to.
    package var isUnknown: Bool { queue == nil && beingRead == nil }

    /// Whoever claimed it reads who waits; from now on what is rung is kept for them.
    package mutating func claim(_ id: UInt64) -> Bool {
        guard isUnknown else { return false }
        beingRead = BeingRead(claim: id)
        return true
    }

    /// Ends what was claimed.
    /// - Parameter read: nil: it could not be read.
    /// - Returns: false where the claim holds no longer.
    package mutating func settle(_ id: UInt64, _ read: ClinicQueue?) -> Bool {
        guard let beingRead, beingRead.claim == id else { return false }
        self.beingRead = nil
        queue = read
        for rung in beingRead.rung {
            _ = queue?.take(rung.step, of: rung.visit, at: rung.position)
        }
        return true
    }

    /// Something happened that nobody rang for.
    package mutating func forget() {
        queue = nil
        beingRead = nil
    }

    /// - Returns: who has another place after it; nil: nobody knows.
    package mutating func take(
        _ step: QueueStep, of visit: ID<Visit>, at position: Int64
    ) -> [ID<Visit>]? {
        guard let rung = beingRead?.rung.count else {
            return queue?.take(step, of: visit, at: position) ?? []
        }
        guard rung < SharedQueue.stepsMax else {
            forget()
            return nil
        }
        beingRead?.rung.append((step, visit, position))
        return []
    }
}

/// A visit in the queue of the clinic where it is.
struct QueuePlace: Hashable, Sendable {
    let clinic: ID<Clinic>
    let visit: ID<Visit>
}

/// A stream's part in its clinic's queue.
final class QueueSeat: Sendable {
    /// What the queue says of whoever waits.
    enum Look: Hashable, Sendable {
        /// Nobody knows yet who waits: ``QueueSeat/read(from:)``.
        case unknown
        case place(Int)
        /// They do not wait, or the queue is not where they are, or somebody is reading it: its
        /// listeners are called when that changes.
        case none
    }

    let place: QueuePlace
    private let bell: LiveBell
    private let log: LogID

    init(bell: LiveBell, log: LogID, place: QueuePlace) {
        self.bell = bell
        self.log = log
        self.place = place
    }

    deinit { bell.leaveQueue(of: place.clinic, in: log) }

    /// Where they stand, if they wait since then.
    func look(since: Instant) -> Look { bell.look(at: place, in: log, since: since) }

    /// Reads who waits, where nobody knows and nobody else reads it.
    func read(from reading: Reading) async throws {
        guard let claim = bell.claimQueue(of: place.clinic, in: log) else { return }
        do {
            let queue = try await queue(reading)
            bell.settleQueue(of: place.clinic, in: log, claim, queue)
        } catch {
            bell.settleQueue(of: place.clinic, in: log, claim, nil)
            throw error
        }
    }

    /// With all that was rung before it was claimed.
    private func queue(_ reading: Reading) async throws -> ClinicQueue {
        let head = try await reading.dispatch.store.head(of: log)
        try await reading.side.wait(WaitingArea.name, log, shows: head - 1)
        let callers = try await reading.side.views.callers(of: place.clinic, in: log)
        // The view may have been damaged, and be rebuilt, since it was waited for.
        guard callers.applied >= head else { throw Refusal.projectionBehind(position: head - 1) }
        return ClinicQueue(of: place.clinic, callers.value, asOf: callers.applied)
    }
}
