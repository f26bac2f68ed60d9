import ServiceLifecycle

/// Asks ``DayCloser`` once at the start and then again and again, until the server stops.
package struct DayClosingService: Service {
    let closer: DayCloser

    /// How long after its midnight a day is closed at most.
    static let interval = Duration.seconds(20)

    package init(closer: DayCloser) { self.closer = closer }

    package func run() async throws {
        let closer = closer
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await closer.tick()
                do {
                    try await Task.sleep(for: DayClosingService.interval)
                } catch {
                    break  // Cancelled: the server stops.
                }
            }
        }
    }
}
