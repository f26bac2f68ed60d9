import Domain
import EventStore
import ServiceLifecycle

/// What came into the log since the last look, as one live view sees it. Empty: something else
/// may be to be told, ``LiveView/hasMoved``.
struct ChangeBatch<Change: Sendable>: Sendable {
    var changes: [Change] = []
    /// What lets the reader look grew: their roles, session or key may be others now.
    var touchesAuthority = false
}

/// Reads the log for one stream, and waits no longer than a heartbeat.
struct ChangeReader<View: LiveView> {
    enum Next: Sendable {
        case some(ChangeBatch<View.Change>)
        /// Nothing for the whole time.
        case quiet
        /// The server is stopping.
        case over
    }

    private let store: any EventStore
    private let log: LogID
    private let authority: Set<StreamName>
    private let listener: LiveListener
    private var heardOf: LiveInterest
    private var next: Int64
    /// Nobody said what stands from `next` on: it is read.
    private var mustLook = true
    /// Positions that were rung for; those below `next` are done.
    private var rung: ArraySlice<Int64> = []
    var view: View

    init(
        _ dispatch: Dispatch, log: LogID, authority: Set<StreamName>, after position: Int64,
        view: View
    ) async throws {
        store = dispatch.store
        self.log = log
        self.authority = authority
        self.view = view
        next = position + 1
        heardOf = ChangeReader.interest(of: view, authority)
        listener = try await dispatch.bell.listen(to: log, for: heardOf, in: store)
    }

    private static func interest(of view: View, _ authority: Set<StreamName>) -> LiveInterest {
        var interest = view.interest
        interest.streams.formUnion(authority)
        return interest
    }

    /// A view that looks at other streams than before is woken for those from now on.
    private mutating func followInterest() {
        let interest = ChangeReader.interest(of: view, authority)
        guard interest != heardOf else { return }
        heardOf = interest
        listener.change(to: interest)
        mustLook = true
    }

    mutating func next(within time: Duration) async throws -> Next {
        let deadline = ContinuousClock.now + time
        while true {
            followInterest()
            let events = try await events()
            if events.isEmpty {
                if view.hasMoved { return .some(ChangeBatch()) }
                switch try await wait(until: deadline) {
                case .call: if let call = listener.taken().call { take(call) }
                case .deadline: if try await isQuiet() { return .quiet }
                case .over: return .over
                }
                continue
            }
            let batch = try await batch(events)
            if !batch.changes.isEmpty || batch.touchesAuthority || view.hasMoved {
                return .some(batch)
            }
            if ContinuousClock.now >= deadline { return .quiet }
        }
    }

    /// Those to be looked at next; empty: none that is known of.
    private mutating func events() async throws -> [RecordedEvent] {
        if mustLook {
            let page = try await store.read(log, from: next, limit: Limits.subscriptionPage)
            if !page.isEmpty { return page }
            mustLook = false
        }
        let next = next
        rung = rung.drop { $0 < next }
        var events: [RecordedEvent] = []
        for position in rung.prefix(LivePace.batchMax) {
            events += try await store.read(log, from: position, limit: 1)
        }
        return events
    }

    private mutating func take(_ call: LiveListener.Call) {
        switch call {
        case .rung(let positions): rung = positions[...]
        case .look: mustLook = true
        }
    }

    /// Whether there is nothing up to the log's end; what nobody rang for is looked for.
    private mutating func isQuiet() async throws -> Bool {
        let (call, heard) = listener.taken()
        if let call {
            take(call)
            return false
        }
        // What was rung for and is not among it concerns others: it need not be read.
        next = max(next, heard)
        let head = try await store.head(of: log)
        guard head > next else { return true }
        listener.found(head)
        mustLook = true
        return try await events().isEmpty
    }

    /// At most ``LivePace/batchMax`` changes, in the order of the log.
    private mutating func batch(
        _ events: [RecordedEvent]
    ) async throws -> ChangeBatch<View.Change> {
        var batch = ChangeBatch<View.Change>()
        for event in events {
            if authority.contains(event.stream) { batch.touchesAuthority = true }
            if let change = try await view.change(by: event) { batch.changes.append(change) }
            next = event.position + 1
            // What follows a change of roles is shown under the new ones, or not at all.
            if batch.changes.count == LivePace.batchMax || batch.touchesAuthority { break }
        }
        return batch
    }

    private enum Woken: Sendable { case call, deadline, over }

    private func wait(until deadline: ContinuousClock.Instant) async throws -> Woken {
        let listener = listener
        return try await withThrowingTaskGroup(of: Woken.self) { group in
            group.addTask {
                // Taken up after the group: a child that is too late takes nothing with it.
                try await listener.waitForCall()
                return .call
            }
            group.addTask {
                try await Task.sleep(until: deadline, clock: .continuous)
                return .deadline
            }
            group.addTask {
                try await gracefulShutdown()
                return .over
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .over
        }
    }
}
