import ServiceLifecycle

/// Asks ``GroupCallTimeouts`` and ``VisitTimeouts`` again and again, until the server stops.
package struct TimeoutService: Service {
    let groupCalls: GroupCallTimeouts
    let visits: VisitTimeouts

    /// How late a drop-out may be.
    static let interval = Duration.seconds(1)

    package init(groupCalls: GroupCallTimeouts, visits: VisitTimeouts) {
        self.groupCalls = groupCalls
        self.visits = visits
    }

    package func run() async throws {
        let begun = (groupCalls, visits)
        try await cancelWhenGracefulShutdown {
            var (groupCalls, visits) = begun
            while !Task.isCancelled {
                // Group calls first: where both are due, the call puts its callers on hold.
                try await groupCalls.tick()
                try await visits.tick()
                do {
                    try await Task.sleep(for: TimeoutService.interval)
                } catch {
                    break  // Cancelled: the server stops.
                }
            }
        }
    }
}
