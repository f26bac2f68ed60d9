import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// Single sign-on as a browser walks it (ACC-4):
///
/// ```
/// GET /sign-on/{subdomain}                       the providers there, as JSON, for buttons
/// GET /sign-on/{subdomain}/{provider}            to the provider; other systems may link to it
/// GET /sign-on/{subdomain}/{provider}/callback   and back: a session cookie, and on to the
///                                                staff's page, which says the organisation
/// ```
struct SignOnRoutes {
    let desk: SignOnDesk
    private let kit = PageKit.shared

    init(desk: SignOnDesk) { self.desk = desk }

    func add(to router: Router<AnteroomContext>) {
        router.get("sign-on/{subdomain}") { request, context in
            try await list(try label("subdomain", context))
        }
        router.get("sign-on/{subdomain}/{provider}") { request, context in
            try await begin(request, context)
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
                "buttonText": .string(place.buttonText), "href": .string(place.path),
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
        _ request: Request, _ context: AnteroomContext
    ) async throws(Refusal) -> Response {
        do throws(Refusal) {
            let place = try await desk.place(
                try label("provider", context), at: try label("subdomain", context))
            let (address, flow) = try await desk.begin(place)
            return Response(
                status: .seeOther,
                headers: [
                    .location: address, .setCookie: flow.setCookie, .cacheControl: "no-store",
                    .referrerPolicy: "no-referrer",
                ])
        } catch {
            // A person who pressed a button reads no JSON.
            guard request.headers[.accept]?.contains("text/html") == true else { throw error }
            return refused(error, context)
        }
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
                .ok, "Signed in", "Going on to the waiting area …", goesOn: true, context,
                cookies: [session, SignOnFlow.clear])
        } catch {
            return refused(error, context)
        }
    }

    private func refused(_ error: Refusal, _ context: AnteroomContext) -> Response {
        let problem = Problem(error)
        return page(
            HTTPResponse.Status(code: problem.status), "You are not signed in",
            "\(problem.detail ?? problem.title) (\(problem.code))", goesOn: false, context,
            cookies: [SignOnFlow.clear])
    }

    /// What a person sees on the way.
    private func page(
        _ status: HTTPResponse.Status, _ title: String, _ text: String, goesOn: Bool,
        _ context: AnteroomContext, cookies: [String]
    ) -> Response {
        let subdomain = context.parameters.get("subdomain").flatMap { DNSLabel($0) }
        let members: [String: any Sendable] = [
            "version": kit.version, "title": title, "text": text, "goesOn": goesOn,
            "next": subdomain.map { "/?organisation=\($0)" } ?? "/",
        ]
        guard let html = kit.templates.render(members, withTemplate: "sign-on") else {
            preconditionFailure("no template sign-on")
        }
        var headers = PageHeaders.common
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.cacheControl] = "no-store"
        for cookie in cookies { headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = known("Referrer-Policy")
}
