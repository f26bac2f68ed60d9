import Domain
import HTTPTypes
import Hummingbird

/// A browser's session: a cookie that no script reads and no other site's page sends.
///
/// What a cookie is shown with may be a change, so that such a request also says, by `Origin`, that
/// a page of this server made it, and has a body that no form can make. Source: ACC-6, design.md
/// "API".
enum SessionCookie {
    static let name = "__Host-anteroom"

    static func value(of request: Request) -> String? { request.cookies[name]?.value }

    /// `Set-Cookie` for a token that is good for at most `seconds`.
    static func set(_ token: String, seconds: Int64) -> String {
        "\(name)=\(token); Path=/; Max-Age=\(seconds); Secure; HttpOnly; SameSite=Strict"
    }

    static let clear = "\(name)=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict"

    /// Refuses a change that no page of this server asked for.
    static func checkOrigin(of request: Request) throws(Refusal) {
        switch request.method {
        case .get, .head, .options: return
        default: break
        }
        guard let origin = request.headers[.origin], isOwn(origin, request.head.authority) else {
            throw .signIn(.originRefused)
        }
        let type = request.headers[.contentType]?.split(separator: ";").first.map(String.init)
        guard let type, ["application/json", "application/x-ndjson"].contains(type.lowercased())
        else { throw .notAJSONType }
    }

    /// Whether `origin` is the scheme and authority this request was sent to.
    private static func isOwn(_ origin: String, _ authority: String?) -> Bool {
        guard let authority, !authority.isEmpty else { return false }
        return ["https://\(authority)", "http://\(authority)"].contains {
            $0.lowercased() == origin.lowercased()
        }
    }
}
