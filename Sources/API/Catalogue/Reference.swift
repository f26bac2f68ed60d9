import Domain

// The catalogue as people read it: docs/commands.md.
extension Catalogue {
    package var reference: String {
        var text = """
            # Commands

            Made from the catalogue; a test compares. Each is `POST /v1/commands/NAME` with a JSON
            body, an `Idempotency-Key` header and, where it is not for nobody in particular, a
            bearer token. Callers without a token and the operator name the `organisation` too.
            Refusals are `application/problem+json` with a stable `code`.

            | command | for |
            |---|---|

            """
        for entry in commands {
            text += "| [`\(entry.name)`](#\(entry.anchor)) | \(entry.audience) |\n"
        }
        for entry in commands { text += "\n" + entry.reference }
        return text
    }
}

extension CommandEntry {
    /// As GitHub and most others make it of a heading.
    fileprivate var anchor: String { name.filter { $0 != "." } }

    /// Who may ask it, staff with the row of the golden table they need.
    var audience: String {
        ActorKind.allCases.filter { operation.isOpen(to: $0) }.map { actor in
            guard actor == .staff else { return actor.rawValue }
            switch operation.need {
            case .permission(let permission): return "staff (\(permission))"
            case .manage: return "staff (the permission to manage each role concerned)"
            case .transfer: return "staff (of both clinics, or referrer of the second)"
            case .reports:
                return "staff (organisationReports; of one clinic, clinicReports there)"
            case .never: return actor.rawValue
            }
        }.joined(separator: ", ")
    }

    fileprivate var reference: String {
        var text = "## \(name)\n\n\(docs)\n\nFor: \(audience).\n"
        let fields = fields()
        if !fields.isEmpty {
            text += "\n| field | | type | |\n|---|---|---|---|\n"
            text += Field.rows(fields)
        }
        if !results.isEmpty {
            text += "\n| result | |\n|---|---|\n"
            for result in results { text += "| `\(result.name)` | \(result.docs) |\n" }
        }
        return text
    }
}

extension Field {
    fileprivate static func rows(_ fields: [Field], under path: String = "") -> String {
        fields.map { field in
            let required = field.required ? "required" : ""
            var row = "| `\(path)\(field.name)` | \(required) | \(typeWords(field.schema)) "
            row += "| \(field.docs) |\n"
            return row + rows(inside(field.schema), under: path + field.name + ".")
        }.joined()
    }

    /// The fields of an object, or of a list's objects.
    private static func inside(_ schema: JSON) -> [Field] {
        let object = schema["items"] ?? schema
        guard case .object(let properties)? = object["properties"] else { return [] }
        let required = object["required"]?.elements ?? []
        return properties.map { property in
            Field(
                name: property.name, schema: property.value,
                required: required.contains(.string(property.name)),
                docs: property.value["description"]?.text ?? "")
        }
    }

    private static func typeWords(_ schema: JSON) -> String {
        let type = schema["type"]?.text ?? "value"
        if let choices = schema["enum"]?.elements {
            return choices.compactMap(\.text).map { "`\($0)`" }.joined(separator: " ")
        }
        if schema["pattern"] != nil { return "id" }
        if schema["format"] != nil { return "date-time" }
        if type == "array" {
            let most = schema["maxItems"]?.whole.map { ", at most \($0)" } ?? ""
            return "list of \(typeWords(schema["items"] ?? .null))\(most)"
        }
        if let most = schema["maxLength"]?.whole { return "text, at most \(most)" }
        if let least = schema["minimum"]?.whole, let most = schema["maximum"]?.whole {
            return "\(least) to \(most)"
        }
        return type
    }
}
