import Hummingbird

/// Turns whatever a route throws into a problem: no error leaves as anything else.
struct Problems: RouterMiddleware {
    typealias Context = AnteroomContext

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let problem = Problem(any: error)
            if problem.status >= 500 {
                // Errors of ours carry no personal data; those of libraries are told by type alone.
                let told = error is Refusal ? "\(error)" : "\(type(of: error))"
                context.logger.error("failed", metadata: ["error": .string(told)])
            }
            return problem.response
        }
    }
}
