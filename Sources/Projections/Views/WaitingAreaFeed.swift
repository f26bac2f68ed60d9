package import Domain
package import EventStore

/// What changed in a clinic's waiting area, one after the other: the same changes whenever and
/// however often the log is asked, so that a reader who says which position it saw last goes on
/// without gap or repeat (OPS-6).
///
/// Start: take ``Views/waitingArea(of:in:_:)``, show its rows with `id` = `applied - 1`, then
/// `changes(in:of:after: applied - 1)`. Resume: `changes(in:of:after:)` with the id last seen.
package struct WaitingAreaFeed: Sendable {
    private let store: any EventStore

    package init(_ store: any EventStore) { self.store = store }

    /// Changes of `clinic` by the events after `position`: those that are there, then those that
    /// come. Ends by throwing: `CancellationError`, `StoreClosed`, what a read threw, or
    /// ``ViewError/stopped(_:)`` at an event this program cannot understand.
    package func changes(
        in log: LogID, of clinic: ID<Clinic>, after position: Int64
    ) -> WaitingAreaChanges {
        WaitingAreaChanges(
            store: store, log: log, clinic: clinic,
            pages: store.subscribe(to: log, from: position + 1))
    }
}

/// One event's change of one clinic's waiting area.
package struct WaitingAreaChange: Hashable, Sendable {
    /// Of the event: the `id` of what is sent.
    package let position: Int64
    package let visit: ID<Visit>
    /// The row as of `position`; nil: the caller is no longer in this waiting area.
    package let row: CallerRow?
}

/// See ``WaitingAreaFeed/changes(in:of:after:)``.
package struct WaitingAreaChanges: AsyncSequence, Sendable {
    package typealias Element = WaitingAreaChange
    let store: any EventStore
    let log: LogID
    let clinic: ID<Clinic>
    let pages: Subscription

    package func makeAsyncIterator() -> Iterator {
        Iterator(store: store, log: log, clinic: clinic, pages: pages.makeAsyncIterator())
    }

    package struct Iterator: AsyncIteratorProtocol {
        let store: any EventStore
        let log: LogID
        let clinic: ID<Clinic>
        var pages: Subscription.Iterator
        private var page: ArraySlice<RecordedEvent> = []
        /// Rows of visits met, of any clinic: a transfer may bring one here.
        private var rows: [ID<Visit>: CallerRow] = [:]

        /// Visits whose rows are kept; beyond, all are let go and read again when they change.
        package static let rowsMax = 4_096

        init(
            store: any EventStore, log: LogID, clinic: ID<Clinic>, pages: Subscription.Iterator
        ) {
            self.store = store
            self.log = log
            self.clinic = clinic
            self.pages = pages
        }

        package mutating func next() async throws -> WaitingAreaChange? {
            while true {
                while let event = page.popFirst() {
                    if let change = try await change(by: event) { return change }
                }
                guard let following = try await pages.next() else { return nil }
                page = following[...]
            }
        }

        package mutating func change(
            by event: RecordedEvent
        ) async throws -> WaitingAreaChange? {
            guard event.stream.category == Category.visit else { return nil }
            guard case .visit(let visit, let body) = try fact(event).body else { return nil }
            let before = try await row(of: visit, before: event)
            let after = WaitingArea.row(
                of: visit, after: body, at: event.position, before: before)
            rows[visit] = after
            if rows.count > Iterator.rowsMax { rows = [:] }
            let was = before.flatMap { $0.clinic == clinic ? $0 : nil }
            let now = after.flatMap { $0.clinic == clinic ? $0 : nil }
            if was == now { return nil }
            return WaitingAreaChange(position: event.position, visit: visit, row: now)
        }

        /// What the events of the visit's stream before `event` make of it.
        private func row(
            of visit: ID<Visit>, before event: RecordedEvent
        ) async throws -> CallerRow? {
            if let row = rows[visit] { return row }
            var row: CallerRow?
            var version: Int64 = 0
            while version < event.version {
                let earlier = try await store.readStream(
                    event.stream, in: log, from: version, limit: Limits.subscriptionPage)
                for event in earlier.prefix(Int(event.version - version)) {
                    guard case .visit(_, let body) = try fact(event).body else { continue }
                    row = WaitingArea.row(
                        of: visit, after: body, at: event.position, before: row)
                }
                guard let last = earlier.last else { break }
                version = last.version + 1
            }
            return row
        }

        private func fact(_ event: RecordedEvent) throws(ViewError) -> Fact {
            do {
                return try EventCoding.fact(event)
            } catch {
                throw .stopped(
                    ProjectionStop(
                        projection: WaitingArea.name, version: WaitingArea.version, log: log,
                        position: event.position, type: event.type, reason: error))
            }
        }
    }
}
