import Domain
import HTTPTypes
import Hummingbird
import Projections

/// The pages for people: `GET /` for staff, `GET /c/{clinic}` for who wants to be seen there,
/// `GET /room` for who was sent a link into a room, `GET /invitation` and `GET /password` for who
/// sets a password.
///
/// They hold what is the same for everyone; whatever is personal their scripts ask of the public
/// API, as any app would. Source: WA-1, WA-2, ACC-1, ACC-4, ORG-3.
struct PageRoutes {
    let dispatch: Dispatch
    let side: ReadSide
    /// Nil: nobody signs in by a provider here.
    let signOn: SignOnDesk?
    private let kit = PageKit.shared

    init(dispatch: Dispatch, side: ReadSide, signOn: SignOnDesk?) {
        self.dispatch = dispatch
        self.side = side
        self.signOn = signOn
    }

    func add(to router: Router<AnteroomContext>) {
        router.get("/") { request, _ in try await staff(request) }
        // Where links in e-mails lead; what opens them stands after `#` and comes to no server.
        for kind in ["invitation", "password"] {
            router.get(RouterPath(kind)) { request, _ in
                let isInvitation = kind == "invitation"
                return page(
                    "password",
                    ["version": kit.version, "kind": kind, "isInvitation": isInvitation], request)
            }
        }
        router.get("room") { request, _ in
            let language = language(of: request)
            var response = page("room", kit.members(in: language), request, in: language)
            response.headers[.vary] = "Accept-Language"
            return response
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

    /// The staff's page; with `?organisation=` the ways into that one (ACC-4). An organisation that
    /// is not there looks as one that has no providers.
    private func staff(_ request: Request) async throws(Refusal) -> Response {
        let organisation = request.uri.queryParameters["organisation"]
            .flatMap { DNSLabel(String($0)) }
        var members: [String: any Sendable] = ["version": kit.version]
        if let organisation {
            members["subdomain"] = organisation.description
            let places = try await signOn?.places(at: organisation) ?? []
            members["hasProviders"] = !places.isEmpty
            members["providers"] = places.map { ["href": $0.path, "text": $0.buttonText] }
        }
        return page("staff", members, request)
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

    /// The language of the address, else of the browser.
    private func language(of request: Request) -> PageLanguage {
        request.uri.queryParameters["lang"].flatMap { PageLanguage(range: $0) }
            ?? .best(for: request.headers[.acceptLanguage])
    }

    private func caller(_ request: Request, _ address: String) async throws(Refusal) -> Response {
        let language = language(of: request)
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
