extension EventStore {
    /// Every event of `log` from `position` on: those that are there, then those that come, no gap,
    /// no repeat. Pages of at most ``Limits/subscriptionPage``; ends by throwing what a read or a
    /// wait threw.
    package func subscribe(to log: LogID, from position: Int64) -> Subscription {
        Subscription(store: self, log: log, next: position)
    }
}

/// Catch-up, then live: a read where there is something, a wait where there is nothing. Holds no
/// buffer, so a slow reader costs nothing and loses nothing.
package struct Subscription: AsyncSequence, Sendable {
    package typealias Element = [RecordedEvent]
    let store: any EventStore
    let log: LogID
    let next: Int64

    package func makeAsyncIterator() -> Iterator { Iterator(store: store, log: log, next: next) }

    package struct Iterator: AsyncIteratorProtocol {
        let store: any EventStore
        let log: LogID
        var next: Int64

        package mutating func next() async throws -> [RecordedEvent]? {
            while true {
                let page = try await store.read(log, from: next, limit: Limits.subscriptionPage)
                if let last = page.last {
                    next = last.position + 1
                    return page
                }
                _ = try await store.waitForEvents(in: log, beyond: next)
            }
        }
    }
}
