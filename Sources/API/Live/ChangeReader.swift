import Domain
import EventStore
import ServiceLifecycle

/// What came into the log since the last look, as one live view sees it.
struct ChangeBatch<Change: Sendable>: Sendable {
    var changes: [Change] = []
    /// The reader's own staff stream grew: their roles or token may be others now.
    var touchesStaff = false
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

    let store: any EventStore
    let log: LogID
    let staff: StreamName?
    private var next: Int64
    var view: View

    init(
        store: any EventStore, log: LogID, staff: StreamName?, after position: Int64, view: View
    ) {
        self.store = store
        self.log = log
        self.staff = staff
        self.view = view
        next = position + 1
    }

    mutating func next(within time: Duration) async throws -> Next {
        let deadline = ContinuousClock.now + time
        while true {
            let events = try await store.read(log, from: next, limit: Limits.subscriptionPage)
            if events.isEmpty {
                switch try await wait(until: deadline) {
                case .events: continue
                case .deadline: return .quiet
                case .over: return .over
                }
            }
            let batch = try await batch(events)
            if !batch.changes.isEmpty || batch.touchesStaff { return .some(batch) }
            if ContinuousClock.now >= deadline { return .quiet }
        }
    }

    /// At most ``LivePace/batchMax`` changes, in the order of the log.
    private mutating func batch(
        _ events: [RecordedEvent]
    ) async throws -> ChangeBatch<View.Change> {
        var batch = ChangeBatch<View.Change>()
        for event in events {
            if event.stream == staff { batch.touchesStaff = true }
            if let change = try await view.change(by: event) { batch.changes.append(change) }
            next = event.position + 1
            // What follows a change of roles is shown under the new ones, or not at all.
            if batch.changes.count == LivePace.batchMax || batch.touchesStaff { break }
        }
        return batch
    }

    private enum Woken: Sendable { case events, deadline, over }

    private func wait(until deadline: ContinuousClock.Instant) async throws -> Woken {
        let (store, log, next) = (store, log, next)
        return try await withThrowingTaskGroup(of: Woken.self) { group in
            group.addTask {
                _ = try await store.waitForEvents(in: log, beyond: next)
                return .events
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
