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
    let side: ReadSide
    private let kit = PageKit.shared

    init(side: ReadSide) { self.side = side }

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
        var response = page(
            "caller", members(home, language), request, in: language)
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

    private func members(
        _ home: ClinicHome?, _ language: PageLanguage
    ) -> [String: any Sendable] {
        let texts = kit.texts[language] ?? [:]
        var members: [String: any Sendable] = [
            "version": kit.version, "lang": language.rawValue, "t": texts,
            "texts": PageRoutes.data(texts), "title": texts["unknownTitle"] ?? "",
            "languageName": language.ownName,
            "languages": PageLanguage.allCases.map { other in
                [
                    "tag": other.rawValue, "name": other.ownName,
                    "current": other == language ? "true" : "false",
                ]
            },
        ]
        if let home {
            members["home"] = [
                "clinic": home.clinic.clinic.description, "name": home.clinic.name,
                "organisation": home.organisation.organisation.description,
                "organisationName": home.organisation.name, "zone": home.clinic.zone,
            ]
            members["title"] = home.clinic.name
            members["fields"] = EntryQuestion.usual.map { $0.members(texts) }
            if !home.clinic.isOpen {
                members["shut"] = [
                    "title": texts["closedTitle"] ?? "", "text": texts["closedText"] ?? "",
                ]
            }
        }
        return members
    }

    /// Texts as a data block that no text can end.
    private static func data(_ texts: [String: String]) -> String {
        JSON.object(texts.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) })
            .description.replacing("<", with: "\\u003c")
    }
}

/// A field the caller fills in, as the page asks for it.
private struct EntryQuestion {
    let name: String
    let isRequired: Bool

    /// Asked where a clinic says nothing else (ORG-6).
    static let usual = [
        EntryQuestion(name: "firstName", isRequired: true),
        EntryQuestion(name: "lastName", isRequired: true),
        EntryQuestion(name: "birthDate", isRequired: false),
        EntryQuestion(name: "phone", isRequired: false),
    ]

    func members(_ texts: [String: String]) -> [String: any Sendable] {
        [
            "name": name, "label": texts[name] ?? name, "optional": texts["optional"] ?? "",
            "required": isRequired, "isDate": name == "birthDate",
            "type": name == "phone" ? "tel" : "text", "autocomplete": autocomplete,
        ]
    }

    /// Source: HTML Living Standard, "Autofill".
    private var autocomplete: String {
        switch name {
        case "firstName": "given-name"
        case "lastName": "family-name"
        case "phone": "tel"
        default: "off"
        }
    }
}
