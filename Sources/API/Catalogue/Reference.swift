import Domain

// The catalogues as people read them: docs/commands.md.
extension Catalogue {
    package var reference: String {
        var text = """
            # Commands and questions

            Made from the catalogues of `Sources/API`; a test compares. `/openapi.json` says the
            same to programs.

            Each command is `POST /v1/commands/NAME` with a JSON body, an `Idempotency-Key` header
            and, where it is not for nobody in particular, a bearer token. Callers without a token
            and the operator name the `organisation` too. It is answered
            `{"organisation": …, "position": …, "result": {…}}` once it is durable; under the same
            key it is answered the same again, and done once. Many go as NDJSON to
            `POST /v1/commands`, a line `{"name": …, "key": …, "body": {…}, "lane": …}` each; lines
            of one `lane` run one after the other.

            What holds a password is no command by name, because a command keeps a fingerprint of
            its body: those requests stand under "account", take no `Idempotency-Key`, and are
            `POST` with a JSON body. A browser's session is the cookie `__Host-anteroom`; what it
            changes needs a JSON content type and an `Origin` that is this server's.

            Each question is answered once its entry in the access log is durable. A list's rows
            stand in `rows`; `next`, where it is there, is the following page's `after`. With
            `position` a question waits until its view shows what was done there.

            Each stream is of server-sent events: a snapshot, `ready`, then one event for each
            change, its `id` the position; with `Last-Event-ID` it goes on after that, without gap
            or repeat. `ended` says that it may be seen no longer, and why.

            Refusals are `application/problem+json` (RFC 9457) with a stable [`code`](#problems).


            """
        text += "| command | for |\n|---|---|\n"
        for entry in commands {
            text += "| [`\(entry.name)`](#\(entry.anchor)) | \(entry.operation.audience) |\n"
        }
        text += "\n| account | for |\n|---|---|\n"
        for entry in AccountEntry.all {
            text += "| `POST \(entry.path)` | \(entry.audience) |\n"
        }
        text += "\n| question or stream | for |\n|---|---|\n"
        for entry in QueryCatalogue.all {
            text += "| `\(entry.method.rawValue) \(entry.path)` | \(entry.operation.audience) |\n"
        }
        for entry in LiveCatalogue.all {
            text += "| `GET \(entry.path)` | \(entry.operation.audience) |\n"
        }
        text += "| `POST \(PresenceRoute.path)` | \(Domain.Operation.presenceTell.audience) |\n"
        for entry in commands { text += "\n" + entry.reference }
        for entry in AccountEntry.all { text += "\n" + entry.reference }
        for entry in QueryCatalogue.all { text += "\n" + entry.reference }
        for entry in LiveCatalogue.all { text += "\n" + entry.reference }
        text += "\n## POST \(PresenceRoute.path)\n\n\(PresenceRoute.docs)\n\nFor: "
        text += Domain.Operation.presenceTell.audience + ".\n"
        text += Field.table(Body.describe(PresenceRoute.Place.init))
        return text + "\n" + Problem.reference
    }
}

extension Domain.Operation {
    /// Who may ask it, staff with the row of the golden table they need.
    fileprivate var audience: String {
        ActorKind.allCases.filter { isOpen(to: $0) }.map { actor in
            guard actor == .staff else { return actor.rawValue }
            switch need {
            case .permission(let permission): return "staff (\(permission))"
            case .manage: return "staff (the permission to manage each role concerned)"
            case .transfer: return "staff (of both clinics, or referrer of the second)"
            case .addRooms: return "staff (the permission to add rooms of that kind)"
            case .useRooms: return "staff (the permission to use rooms of that kind)"
            case .reports:
                return "staff (organisationReports; of one clinic, clinicReports there)"
            case .never: return actor.rawValue
            }
        }.joined(separator: ", ")
    }
}

extension CommandEntry {
    /// As GitHub and most others make it of a heading.
    fileprivate var anchor: String { name.filter { $0 != "." } }

    fileprivate var reference: String {
        var text = "## \(name)\n\n\(docs)\n\nFor: \(operation.audience).\n"
        text += Field.table(fields())
        if !results.isEmpty {
            text += "\n| result | |\n|---|---|\n"
            for result in results { text += "| `\(result.name)` | \(result.docs) |\n" }
        }
        return text
    }
}

extension AccountEntry {
    fileprivate var audience: String {
        operation == .sessionBegin ? ActorKind.nobody.rawValue : operation.audience
    }

    fileprivate var reference: String {
        var text = "## POST \(path)\n\n\(docs)\n\nFor: \(audience).\n" + Field.table(fields())
        if !answers.isEmpty {
            text += "\n| answer | type | |\n|---|---|---|\n"
            text += Field.rows(answers, tellingNeed: false)
        }
        return text
    }
}

extension QueryEntry {
    fileprivate var reference: String {
        var text = "## \(method.rawValue) \(path)\n\n\(docs)\n\nFor: \(operation.audience).\n"
        text += Field.table(fields())
        text += "\n| \(shows.isList ? "row" : "answer") | type | |\n|---|---|---|\n"
        text += Field.rows(shows.members, tellingNeed: false)
        guard !shows.mediaTypes.isEmpty else { return text }
        return text + "\nAlso as " + shows.mediaTypes.map { "`\($0)`" }.joined(separator: ", ")
            + ".\n"
    }
}

extension LiveEntry {
    fileprivate var reference: String {
        "## GET \(path)\n\n\(docs)\n\nFor: \(operation.audience).\n" + Field.table(fields())
    }
}

extension Problem {
    fileprivate static var reference: String {
        var text = "## Problems\n\nAny other code is that of the rule that says no, with 409.\n\n"
        text += "| status | code | |\n|---|---|---|\n"
        for problem in all {
            text += "| \(problem.status) | `\(problem.code)` | \(problem.title) |\n"
        }
        return text
    }
}

extension Field {
    fileprivate static func table(_ fields: [Field]) -> String {
        guard !fields.isEmpty else { return "" }
        return "\n| field | | type | |\n|---|---|---|---|\n" + rows(fields, tellingNeed: true)
    }

    /// - Parameter tellsNeed: a column says which are required.
    fileprivate static func rows(
        _ fields: [Field], under path: String = "", tellingNeed tellsNeed: Bool
    ) -> String {
        fields.map { field in
            let required = field.required ? "required" : ""
            var row = "| `\(path)\(field.name)` |" + (tellsNeed ? " \(required) |" : "")
            row += " \(typeWords(field.schema)) | \(field.docs) |\n"
            return row
                + rows(
                    inside(field.schema), under: path + field.name + ".", tellingNeed: tellsNeed)
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
        if let format = schema["format"]?.text { return format }
        if type == "array" {
            let most = schema["maxItems"]?.whole.map { ", at most \($0)" } ?? ""
            return "list of \(typeWords(schema["items"] ?? .null))\(most)"
        }
        if let most = schema["maxLength"]?.whole { return "text, at most \(most)" }
        if let least = schema["minimum"]?.whole, let most = schema["maximum"]?.whole {
            return "\(least) to \(most)"
        }
        return type == "string" ? "text" : type
    }
}
