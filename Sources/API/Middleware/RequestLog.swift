import CoreMetrics
import Hummingbird
import Logging

/// One line and one measurement for each request: the route's pattern, never the address itself, so
/// that nothing of a person can stand in it. Source: OPS-3.
struct RequestLog: RouterMiddleware {
    typealias Context = AnteroomContext
    let metrics: any MetricsFactory

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let elapsed = ContinuousClock.now - start
        let route = context.endpointPath ?? "unknown"
        let status = String(response.status.code)
        let method = request.method.rawValue
        let dimensions = [("route", route), ("method", method), ("status", status)]
        Timer(label: "anteroom_request_seconds", dimensions: dimensions, factory: metrics)
            .recordNanoseconds(elapsed.nanoseconds)
        context.logger.info(
            "answered",
            metadata: [
                "route": .string(route), "method": .string(method), "status": .string(status),
                "microseconds": .stringConvertible(elapsed.nanoseconds / 1000),
            ])
        return response
    }
}

extension Duration {
    /// Whole nanoseconds; what does not fit is cut to the largest.
    var nanoseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : seconds + components.attoseconds / 1_000_000_000
    }
}
