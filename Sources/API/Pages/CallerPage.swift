import Projections

/// What the caller's page shows before its script runs: the same for everyone who follows the link.
struct CallerPage {
    /// Nil: the link leads nowhere.
    let home: ClinicHome?
    /// As `GET /v1/clinics/{clinic}/entry` answers nobody in particular.
    let door: JSON?
    let language: PageLanguage
    let kit: PageKit

    private var texts: [String: String] { kit.texts[language] ?? [:] }

    /// As the template names them.
    var members: [String: any Sendable] {
        var members = kit.members(in: language)
        members["title"] = home?.clinic.name ?? text("unknownTitle")
        guard let home else { return members }
        members["home"] = [
            "clinic": home.clinic.clinic.description, "name": home.clinic.name,
            "organisation": home.organisation.organisation.description,
            "organisationName": home.organisation.name, "zone": home.clinic.zone,
        ]
        members["fields"] = questions.map { $0.members(texts) }
        if let shut { members["shut"] = shut }
        if let welcome = door?["welcome"]?.text { members["welcome"] = welcome }
        if let disclaimer = door?["disclaimer"], let text = disclaimer["text"]?.text {
            members["disclaimer"] = [
                "number": "\(disclaimer["version"]?.whole ?? 0)", "text": text,
            ]
        }
        if door?["confirmsBeforeEntry"] == .bool(true) { members["confirms"] = true }
        if !available.isEmpty {
            members["hasAvailable"] = true
            members["available"] = available
        }
        return members
    }

    private func text(_ name: String) -> String { texts[name] ?? name }

    private var questions: [PageField] {
        guard let asked = door?["fields"]?.elements else { return PageField.usual }
        return asked.compactMap { field in
            guard let name = field["field"]?.text else { return nil }
            return PageField(name: name, isRequired: field["required"] == .bool(true))
        }
    }

    /// Practitioners who take visitors now (WALK-2).
    private var available: [[String: String]] {
        (door?["available"]?.elements ?? []).compactMap { one in
            guard let staff = one["staff"]?.text, let name = one["name"]?.text else { return nil }
            return ["staff": staff, "name": name]
        }
    }

    /// Why nobody is admitted now; nil: they are (ORG-6).
    private var shut: [String: String]? {
        let kind: String
        switch door?["door"]?.text {
        case "open": return nil
        case "disabled": kind = "disabled"
        case "suspended": kind = "suspended"
        case nil where home?.clinic.isOpen == true: return nil
        default: kind = "closed"
        }
        var shut = ["title": text("\(kind)Title"), "text": text("\(kind)Text")]
        if let words = door?["text"]?.text { shut["text"] = words }
        if let opens = door?["opensAt"]?.text { shut["opensAt"] = opens }
        return shut
    }
}

/// A field the caller fills in, as the page asks for it.
private struct PageField {
    let name: String
    let isRequired: Bool

    /// Asked where a clinic says nothing else (ORG-6).
    static let usual = [
        PageField(name: "firstName", isRequired: true),
        PageField(name: "lastName", isRequired: true),
        PageField(name: "birthDate", isRequired: false),
        PageField(name: "phone", isRequired: false),
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
