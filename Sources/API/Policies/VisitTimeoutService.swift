import ServiceLifecycle

/// Asks ``VisitTimeouts`` again and again, until the server stops.
package struct VisitTimeoutService: Service {
    let timeouts: VisitTimeouts

    /// How late a drop-out may be.
    static let interval = Duration.seconds(1)

    package init(timeouts: VisitTimeouts) { self.timeouts = timeouts }

    package func run() async throws {
        let begun = timeouts
        try await cancelWhenGracefulShutdown {
            var timeouts = begun
            while !Task.isCancelled {
                try await timeouts.tick()
                do {
                    try await Task.sleep(for: VisitTimeoutService.interval)
                } catch {
                    break  // Cancelled: the server stops.
                }
            }
        }
    }
}
