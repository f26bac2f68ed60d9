import Domain
import HTTPTypes
import Hummingbird
import Projections

/// The pages for people: `GET /` for staff, `GET /c/{clinic}` for who wants to be seen there,
/// `GET /invitation` and `GET /password` for who sets a password.
///
/// They hold what is the same for everyone; whatever is personal their scripts ask of the public
/// API, as any app would. Source: WA-1, WA-2, ACC-1.
struct PageRoutes {
    let dispatch: Dispatch
    let side: ReadSide
    private let kit = PageKit.shared

    init(dispatch: Dispatch, side: ReadSide) {
        self.dispatch = dispatch
        self.side = side
    }

    func add(to router: Router<AnteroomContext>) {
        router.get("/") { request, _ in page("staff", ["version": kit.version], request) }
        // Where links in e-mails lead; what opens them stands after `#` and comes to no server.
        for kind in ["invitation", "password"] {
            router.get(RouterPath(kind)) { request, _ in
                let isInvitation = kind == "invitation"
                return page(
                    "password",
                    ["version": kit.version, "kind": kind, "isInvitation": isInvitation], request)
            }
        }
        router.get("c/{clinic}") { request, context in
            try await caller(request, context.parameters.get("clinic") ?? "")
        }
        router.get("pages/{version}/{file}") { request, context -> Response in
            guard context.parameters.get("version") == kit.version,
                let file = kit.files[context.parameters.get("file") ?? ""]
            else { throw Refusal.unknownAddress }
            return file.response(to: request, caching: PageFile.forEver)
        }
    }

    private func page(
        _ template: String, _ members: [String: any Sendable], _ request: Request,
        in language: PageLanguage = .en
    ) -> Response {
        guard let html = kit.templates.render(members, withTemplate: template) else {
            preconditionFailure("no template \(template)")
        }
        var response = PageFile(Array(html.utf8), "text/html; charset=utf-8")
            .response(to: request, caching: PageFile.asked)
        response.headers[.contentLanguage] = language.rawValue
        return response
    }

    /// The caller's page, in the language of the address, else of the browser.
    private func caller(_ request: Request, _ address: String) async throws(Refusal) -> Response {
        let chosen = request.uri.queryParameters["lang"].flatMap { PageLanguage(range: $0) }
        let language = chosen ?? .best(for: request.headers[.acceptLanguage])
        let home = try await home(of: address)
        var door: JSON?
        if let home { door = try await self.door(of: home) }
        let shown = CallerPage(home: home, door: door, language: language, kit: kit)
        var response = page("caller", shown.members, request, in: language)
        response.headers[.vary] = "Accept-Language"
        if home == nil, response.status == .ok { response.status = .notFound }
        return response
    }

    private func home(of address: String) async throws(Refusal) -> ClinicHome? {
        guard let clinic = ID<Clinic>(address) else { return nil }
        do {
            return try await side.views.home(of: clinic)
        } catch {
            throw Refusal(error)
        }
    }

    /// What stands at the clinic's door, asked as anybody may ask it.
    private func door(of home: ClinicHome) async throws(Refusal) -> JSON? {
        guard let query = PageRoutes.entryQuery else { return nil }
        let fields: JSON = [
            "organisation": .id(home.organisation.organisation), "clinic": .id(home.clinic.clinic),
        ]
        let request = QueryRequest(fields: fields, isText: true, actor: .nobody)
        return try await dispatch.answer(query, request, from: side).json
    }

    private static let entryQuery = QueryCatalogue.all.first {
        $0.path == "/v1/clinics/{clinic}/entry"
    }
}
