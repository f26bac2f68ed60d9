import CoreMetrics
import Hummingbird
import Logging
import Synchronization

/// One line and one measurement for each request: the route's pattern, never the address itself, so
/// that nothing of a person can stand in it. Source: OPS-3.
struct RequestLog: RouterMiddleware {
    typealias Context = AnteroomContext
    private let timers: RequestTimers

    init(metrics: any MetricsFactory) { timers = RequestTimers(metrics) }

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let elapsed = ContinuousClock.now - start
        let route = context.endpointPath ?? "unknown"
        let method = request.method.rawValue
        let status = response.status.code
        timers.timer(RequestTimers.Key(route: route, method: method, status: status))
            .recordNanoseconds(elapsed.nanoseconds)
        context.logger.info(
            "answered",
            metadata: [
                "route": .string(route), "method": .string(method),
                "status": .stringConvertible(status),
                "microseconds": .stringConvertible(elapsed.nanoseconds / 1000),
            ])
        return response
    }
}

/// The timers of requests, each made once: names and labels take longer to put together than a
/// measurement to note.
private final class RequestTimers: Sendable {
    struct Key: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    private let metrics: any MetricsFactory
    private let timers = Mutex<[Key: CoreMetrics.Timer]>([:])

    init(_ metrics: any MetricsFactory) { self.metrics = metrics }

    func timer(_ key: Key) -> CoreMetrics.Timer {
        timers.withLock { timers in
            if let known = timers[key] { return known }
            let made = CoreMetrics.Timer(
                label: "anteroom_request_seconds",
                dimensions: [
                    ("route", key.route), ("method", key.method), ("status", "\(key.status)"),
                ], factory: metrics)
            // Methods are whatever a client sends.
            if timers.count < Prometheus.seriesMax { timers[key] = made }
            return made
        }
    }
}

extension Duration {
    /// Whole nanoseconds; what does not fit is cut to the largest.
    var nanoseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : seconds + components.attoseconds / 1_000_000_000
    }
}
