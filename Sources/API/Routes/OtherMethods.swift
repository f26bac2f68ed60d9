import HTTPTypes
import Hummingbird

/// An address that is known, asked by a method it does not take: 405, and what it takes. Added
/// last, over every route there is. Source: RFC 9110 section 15.5.6, OPS-6.
enum OtherMethods {
    private static let all: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect, .query,
    ]

    static func refuse(in router: Router<AnteroomContext>) {
        var taken: [String: (path: RouterPath, methods: Set<HTTPRequest.Method>)] = [:]
        for route in router.routes {
            taken[route.path.description, default: (route.path, [])].methods.insert(route.method)
        }
        for (path, methods) in taken.values {
            let allowed = methods.map(\.rawValue).sorted().joined(separator: ", ")
            for method in all where !methods.contains(method) {
                router.on(path, method: method) { _, _ -> Response in
                    throw Refusal.wrongMethod(allowed: allowed)
                }
            }
        }
    }
}

extension HTTPRequest.Method {
    /// Source: draft-ietf-httpbis-safe-method-w-body.
    fileprivate static let query: HTTPRequest.Method = {
        guard let method = HTTPRequest.Method("QUERY") else {
            preconditionFailure("QUERY is a token")
        }
        return method
    }()
}
