import Domain
import EventStore
import Projections

/// What the bell holds of one log: who listens, and the queues of its clinics.
struct LiveTower {
    /// Commits of one log that may wait for one before them to be rung; beyond, the gap is not
    /// waited for, and every stream of that log looks for itself.
    static let earlyMax = 256

    /// Every position below was rung; nil: not known yet.
    private(set) var heard: Int64?
    /// By first position.
    private var early: [Int64: Rung] = [:]
    private var byStream: [StreamName: Set<UInt64>] = [:]
    private var byCategory: [Word: Set<UInt64>] = [:]
    private var byPlace: [ID<Clinic>: [ID<Visit>: Set<UInt64>]] = [:]
    private var listeners: [UInt64: (state: LiveListener.State, interest: LiveInterest)] = [:]
    private var queues: [ID<Clinic>: SharedQueue] = [:]

    /// Nobody is there any more.
    var isEmpty: Bool { listeners.isEmpty && queues.isEmpty }

    // MARK: Who listens

    mutating func add(
        _ listener: LiveListener.State, _ id: UInt64, _ interest: LiveInterest
    ) {
        listeners[id] = (listener, interest)
        for stream in interest.streams { byStream[stream, default: []].insert(id) }
        for category in interest.categories { byCategory[category, default: []].insert(id) }
        if let place = interest.place {
            byPlace[place.clinic, default: [:]][place.visit, default: []].insert(id)
        }
    }

    @discardableResult
    mutating func remove(_ id: UInt64) -> LiveListener.State? {
        guard let (state, interest) = listeners.removeValue(forKey: id) else { return nil }
        for stream in interest.streams {
            byStream[stream]?.remove(id)
            if byStream[stream]?.isEmpty == true { byStream[stream] = nil }
        }
        for category in interest.categories {
            byCategory[category]?.remove(id)
            if byCategory[category]?.isEmpty == true { byCategory[category] = nil }
        }
        if let place = interest.place {
            byPlace[place.clinic]?[place.visit]?.remove(id)
            if byPlace[place.clinic]?[place.visit]?.isEmpty == true {
                byPlace[place.clinic]?[place.visit] = nil
            }
            if byPlace[place.clinic]?.isEmpty == true { byPlace[place.clinic] = nil }
        }
        return state
    }

    // MARK: What is rung

    /// One commit, as far as it concerns anybody.
    struct Rung {
        let first: Int64
        let end: Int64
        fileprivate let events: [(position: Int64, stream: StreamName, step: QueueStep?)]

        /// - Throws: where an event cannot be understood here: it is found as one that nobody rang
        ///   for.
        init(_ commit: Commit, _ appended: Appended) throws(Refusal) {
            first = appended.first
            end = appended.last + 1
            var events: [(position: Int64, stream: StreamName, step: QueueStep?)] = []
            for (index, event) in commit.events.enumerated() {
                var step: QueueStep?
                if event.stream.category == Category.visit {
                    step = QueueStep(try Coding.decode(event, as: VisitEvent.self))
                }
                events.append((appended.first + Int64(index), event.stream, step))
            }
            self.events = events
        }
    }

    /// Begins at the log's head, where it has not begun.
    mutating func begin(at head: Int64) {
        if heard == nil { heard = head }
        drain()
    }

    mutating func take(_ rung: Rung) {
        early[rung.first] = rung
        drain()
    }

    /// Tells every commit that follows what was heard, in order.
    private mutating func drain() {
        if var next = heard {
            if early.keys.contains(where: { $0 < next }) {
                early = early.filter { $0.key >= next }
            }
            while let rung = early.removeValue(forKey: next) {
                for (position, stream, step) in rung.events {
                    if let step { take(step, of: ID(bits: stream.id), at: position) }
                    tell(position, stream)
                }
                next = rung.end
            }
            heard = next
        }
        if early.count > LiveTower.earlyMax, let last = early.values.map(\.end).max() {
            skip(to: last)
        }
    }

    /// Does not wait for what nobody will ring for: whoever is concerned looks for it.
    mutating func skip(to position: Int64) {
        guard heard ?? 0 < position else { return }
        heard = position
        early = early.filter { $0.key >= position }
        var index = queues.startIndex
        while index != queues.endIndex {
            queues.values[index].forget()
            queues.formIndex(after: &index)
        }
        for listener in listeners.values { listener.state.lookYourself() }
        drain()
    }

    private func tell(_ position: Int64, _ stream: StreamName) {
        let named = byStream[stream] ?? []
        let kinds = byCategory[stream.category] ?? []
        for id in named { listeners[id]?.state.ring(position) }
        for id in kinds where !named.contains(id) { listeners[id]?.state.ring(position) }
    }

    // MARK: The queues

    var queuesCount: Int { queues.count }

    mutating func joinQueue(of clinic: ID<Clinic>) {
        queues[clinic, default: SharedQueue()].seats += 1
    }

    mutating func leaveQueue(of clinic: ID<Clinic>) {
        queues[clinic]?.seats -= 1
        if queues[clinic]?.seats == 0 { queues[clinic] = nil }
    }

    func look(at place: QueuePlace, since: Instant) -> QueueSeat.Look {
        guard let shared = queues[place.clinic], heard != nil else { return .none }
        if shared.isUnknown { return .unknown }
        return shared.queue?.place(of: place.visit, since: since).map { .place($0) } ?? .none
    }

    mutating func claimQueue(of clinic: ID<Clinic>, _ id: UInt64) -> Bool {
        heard != nil && queues[clinic]?.claim(id) == true
    }

    mutating func settleQueue(of clinic: ID<Clinic>, _ id: UInt64, _ queue: ClinicQueue?) {
        if queues[clinic]?.settle(id, queue) == true { callAll(in: clinic) }
    }

    private mutating func take(_ step: QueueStep, of visit: ID<Visit>, at position: Int64) {
        // In place: whoever holds the dictionary meanwhile makes each queue be copied.
        var index = queues.startIndex
        while index != queues.endIndex {
            let moved = queues.values[index].take(step, of: visit, at: position)
            call(moved, in: queues.keys[index])
            queues.formIndex(after: &index)
        }
    }

    /// - Parameter moved: nil: whoever is there.
    private func call(_ moved: [ID<Visit>]?, in clinic: ID<Clinic>) {
        guard let moved else { return callAll(in: clinic) }
        guard !moved.isEmpty, let watching = byPlace[clinic] else { return }
        for visit in moved {
            for id in watching[visit] ?? [] { listeners[id]?.state.moved() }
        }
    }

    private func callAll(in clinic: ID<Clinic>) {
        for ids in (byPlace[clinic] ?? [:]).values {
            for id in ids { listeners[id]?.state.moved() }
        }
    }
}
