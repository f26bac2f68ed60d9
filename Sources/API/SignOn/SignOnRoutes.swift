import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// Single sign-on as a browser walks it (ACC-4):
///
/// ```
/// GET /sign-on/{subdomain}                       the providers there, as JSON, for buttons
/// GET /sign-on/{subdomain}/{provider}            to the provider; other systems may link to it
/// GET /sign-on/{subdomain}/{provider}/callback   and back: a session cookie, and on to /
/// ```
struct SignOnRoutes {
    let desk: SignOnDesk

    func add(to router: Router<AnteroomContext>) {
        router.get("sign-on/{subdomain}") { request, context in
            try await list(try label("subdomain", context))
        }
        router.get("sign-on/{subdomain}/{provider}") { request, context in
            try await begin(try label("provider", context), at: try label("subdomain", context))
        }
        router.get("sign-on/{subdomain}/{provider}/callback") { request, context in
            await end(request, context)
        }
    }

    private func label(
        _ name: String, _ context: AnteroomContext
    ) throws(Refusal) -> DNSLabel {
        guard let text = context.parameters.get(name), let label = DNSLabel(text) else {
            throw .notFound(field: name)
        }
        return label
    }

    private func list(_ subdomain: DNSLabel) async throws(Refusal) -> Response {
        let rows = try await desk.places(at: subdomain).map { place -> JSON in
            [
                "provider": .string(place.name.description),
                "buttonText": .string(place.provider.settings.buttonText.description),
                "href": .string("/sign-on/\(subdomain)/\(place.name)"),
            ]
        }
        return Response(
            status: .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(
                byteBuffer: ByteBuffer(
                    bytes: JSON.object([
                        JSON.Member("providers", .array(rows))
                    ]).bytes)))
    }

    private func begin(
        _ provider: DNSLabel, at subdomain: DNSLabel
    ) async throws(Refusal) -> Response {
        let place = try await desk.place(provider, at: subdomain)
        let (address, flow) = try await desk.begin(place)
        return Response(
            status: .seeOther,
            headers: [
                .location: address, .setCookie: flow.setCookie, .cacheControl: "no-store",
                .referrerPolicy: "no-referrer",
            ])
    }

    /// Whatever comes of it is a page: a person looks at it.
    private func end(_ request: Request, _ context: AnteroomContext) async -> Response {
        do throws(Refusal) {
            let place = try await desk.place(
                try label("provider", context), at: try label("subdomain", context))
            func field(_ name: Substring) -> String? {
                request.uri.queryParameters[name].map { String($0) }
            }
            let made = try await desk.end(
                place,
                SignOnDesk.Return(
                    state: field("state"), code: field("code"), issuer: field("iss"),
                    cookie: request.cookies[SignOnFlow.cookie]?.value),
                door: context.door)
            let session = SessionCookie.set(
                made.token.text, seconds: made.kind.lifeMax.count / 1000)
            // A redirect would still count as the other site's step, which a strict cookie is not
            // sent with; a page that goes on by itself is a step of our own.
            return page(
                200, "Signed in", "Going on to the waiting area …", goesOn: true,
                cookies: [session, SignOnFlow.clear])
        } catch {
            let problem = Problem(error)
            return page(
                problem.status, "You are not signed in",
                "\(problem.detail ?? problem.title) (\(problem.code))", goesOn: false,
                cookies: [SignOnFlow.clear])
        }
    }

    private func page(
        _ status: Int, _ title: String, _ text: String, goesOn: Bool, cookies: [String]
    ) -> Response {
        let refresh = goesOn ? #"<meta http-equiv="refresh" content="0;url=/">"# : ""
        let html = """
            <!doctype html><html lang="en"><meta charset="utf-8">
            <meta name="viewport" content="width=device-width">\(refresh)
            <title>\(escaped(title))</title><main><h1>\(escaped(title))</h1>
            <p role="status">\(escaped(text))</p><p><a href="/">Go on</a></p></main></html>

            """
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
            .referrerPolicy: "no-referrer",
            .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
        ]
        for cookie in cookies { headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return Response(
            status: HTTPResponse.Status(code: status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = known("Referrer-Policy")
    fileprivate static let contentSecurityPolicy = known("Content-Security-Policy")
}
