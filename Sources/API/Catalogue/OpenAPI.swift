import Domain

// The catalogues as machines read them. Source: OpenAPI 3.1.0, OPS-6.
extension Catalogue {
    /// The version of the interface: raised with every change clients can see.
    static let interfaceVersion = "1.0.0"

    package var openAPI: JSON {
        var paths: [JSON.Member] = [JSON.Member("/v1/commands", ["post": BulkRoute.openAPI])]
        paths += commands.map { JSON.Member("/v1/commands/\($0.name)", ["post": $0.openAPI]) }
        paths += AccountEntry.all.map { JSON.Member($0.path, ["post": $0.openAPI]) }
        paths += QueryCatalogue.all.map {
            JSON.Member($0.path, .object([.init($0.method.rawValue.lowercased(), $0.openAPI)]))
        }
        paths.append(JSON.Member(PresenceRoute.path, ["post": PresenceRoute.openAPI]))
        paths += LiveCatalogue.all.map { JSON.Member($0.path, ["get": $0.openAPI]) }
        paths += OperationRoutes.openAPI
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Anteroom", "version": .string(Catalogue.interfaceVersion),
                "summary": "The backend of a virtual clinic.",
                "description": """
                Whatever changes anything is a command: `POST /v1/commands/NAME`. Everything \
                read is a `GET`, but for searches. What changes while one looks is a stream \
                of server-sent events.
                """,
            ],
            "servers": [["url": "/"]],
            "tags": .array(tags.map { ["name": .string($0)] }),
            "paths": .object(paths),
            "components": [
                "securitySchemes": [
                    "bearer": [
                        "type": "http", "scheme": "bearer",
                        "description": """
                        A staff member's session or token, a caller's of their own visit, a \
                        guest's of the room they entered, or another system's key.
                        """,
                    ],
                    "cookie": [
                        "type": "apiKey", "in": "cookie", "name": .string(SessionCookie.name),
                        "description": """
                        A browser's session. A change needs a JSON body and an `Origin` that is \
                        this server's.
                        """,
                    ],
                ],
                "parameters": .object(Parameters.all),
                "schemas": [
                    "Problem": Catalogue.problemSchema, "Answer": CommandEntry.answerSchema([]),
                ],
                "responses": .object(ProblemResponses.responses),
            ],
        ]
    }

    private var tags: [String] {
        let named =
            commands.map { CommandEntry.tag($0.name) } + [
                "account", "queries", "live", "operation",
            ]
        return named.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private static let problemSchema: JSON = [
        "type": "object", "required": ["type", "title", "status", "code"],
        "properties": [
            "type": ["type": "string", "format": "uri"], "title": ["type": "string"],
            "status": ["type": "integer"],
            "code": ["type": "string", "description": "Stable: programs may depend on it."],
            "detail": ["type": "string"],
            "limit": ["type": "integer", "description": "The bound that was met."],
            "errors": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["field", "code", "detail"],
                    "properties": [
                        "field": [
                            "type": "string",
                            "description": "Such as `entry.firstName` or `roles[0].role`.",
                        ],
                        "code": [
                            "type": "string",
                            "enum": .array(FieldCode.allCases.map { .string($0.rawValue) }),
                        ],
                        "detail": ["type": "string"],
                    ],
                ],
            ],
        ],
    ]
}

/// Parameters that many have.
private enum Parameters {
    static let all: [JSON.Member] = [
        JSON.Member(
            "idempotencyKey",
            [
                "name": "Idempotency-Key", "in": "header", "required": true,
                "description": """
                Names this command for ever, for this actor: sent again it is not done again, \
                and answered as the first time. Without a token at least \
                \(IdempotencyKey.nobodyBytesMin) random characters.
                """,
                "schema": [
                    "type": "string", "minLength": 1,
                    "maxLength": .integer(Int64(IdempotencyKey.bytesMax)),
                    "pattern": "^[!-~]+$",
                ],
            ]),
        JSON.Member(
            "role",
            [
                "name": "Anteroom-Role", "in": "header",
                "description": "The role to act in, of those held: `role` or `role@clinic`.",
                "schema": ["type": "string", "pattern": .string(rolePattern)],
            ]),
        JSON.Member(
            "position",
            [
                "name": "position", "in": "query",
                "description": "The view must show what was done there: waited for, if need be.",
                "schema": ["type": "integer", "minimum": 0, "maximum": .integer(.max)],
            ]),
        JSON.Member(
            "lastEventID",
            [
                "name": "Last-Event-ID", "in": "header",
                "description": "Go on after this position; left out: begin with a snapshot.",
                "schema": ["type": "integer", "minimum": -1, "maximum": .integer(.max)],
            ]),
    ]

    private static var rolePattern: String {
        let roles = Domain.Role.allCases.map(\.word).joined(separator: "|")
        return "^(\(roles))(@[0-9a-f]{32})?$"
    }

    static func refer(_ name: String) -> JSON {
        ["$ref": .string("#/components/parameters/\(name)")]
    }
}

/// Refusals by status, each with the codes it can have.
private enum ProblemResponses {
    static var responses: [JSON.Member] {
        Problem.statuses.map { status in
            let codes = Problem.all.filter { $0.status == status }
            let words = codes.map { "`\($0.code)`: \($0.title)." }.joined(separator: " ")
            let rules = status == 409 ? " Any other code: the rule that says no." : ""
            return JSON.Member(
                "Problem\(status)",
                [
                    "description": .string(words + rules),
                    "content": [
                        "application/problem+json": [
                            "schema": ["$ref": "#/components/schemas/Problem"]
                        ]
                    ],
                ])
        }
    }

    static func refer(_ statuses: [Int]) -> [JSON.Member] {
        statuses.map { status in
            JSON.Member(
                "\(status)", ["$ref": .string("#/components/responses/Problem\(status)")])
        }
    }

    static let ofCommands = [
        400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 500, 503, 507,
    ]
    static let ofQueries = [401, 403, 404, 409, 410, 422, 429, 500, 503, 507]
    static let ofSearches = [400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 500, 503, 507]
}

extension CommandEntry {
    /// Its fields, whoever sends them: staff and callers leave the organisation out.
    fileprivate var bodyFields: [Field] {
        guard !foundsOrganisation else { return fields() }
        let organisation = Body.describe { CommandEntry.organisation(&$0) }.map { field in
            Field(name: field.name, schema: field.schema, required: false, docs: field.docs)
        }
        return organisation + fields()
    }

    fileprivate static func tag(_ name: String) -> String { String(name.prefix { $0 != "." }) }

    fileprivate var openAPI: JSON {
        let done: JSON = [
            "description": "Done, and durable.",
            "headers": [
                "Idempotency-Replayed": [
                    "description": "It was done before; this is the first answer.",
                    "schema": ["const": "true"],
                ]
            ],
            "content": ["application/json": ["schema": CommandEntry.answerSchema(results)]],
        ]
        return [
            "operationId": .string(name), "summary": .string(docs),
            "tags": [.string(CommandEntry.tag(name))],
            "parameters": [Parameters.refer("idempotencyKey"), Parameters.refer("role")],
            "security": Domain.Operation.nobodys.contains(operation)
                ? [[:], ["bearer": []], ["cookie": []]] : [["bearer": []], ["cookie": []]],
            "requestBody": [
                "required": true,
                "content": ["application/json": ["schema": Field.bodySchema(of: bodyFields)]],
            ],
            "responses": .object(
                [JSON.Member("200", done)] + ProblemResponses.refer(ProblemResponses.ofCommands)),
        ]
    }

    fileprivate static func answerSchema(_ results: [Field]) -> JSON {
        [
            "type": "object", "required": ["organisation", "position", "result"],
            "properties": [
                "organisation": ["type": "string"],
                "position": [
                    "type": "integer", "description": "Ask a view for at least this position.",
                ],
                "result": results.isEmpty ? ["type": "object"] : Field.schema(of: results),
            ],
        ]
    }
}

extension AccountEntry {
    fileprivate var openAPI: JSON {
        let isForAll = operation.isOpen(to: .nobody) || operation == .sessionBegin
        let nobody: [JSON] = [[:]]
        var security: [JSON] = [["bearer": []], ["cookie": []]]
        // Signing out without a session is done already.
        if operation == .sessionEnd { security = nobody + security }
        if isForAll { security = nobody }
        let schema = Field.schema(of: answers).setting("additionalProperties", nil)
        let done: JSON = [
            "description": "Done, and durable.",
            "headers": [
                "Set-Cookie": [
                    "description": "The session, where it is a cookie.",
                    "schema": ["type": "string"],
                ]
            ],
            "content": ["application/json": ["schema": schema]],
        ]
        return [
            "operationId": .string(
                path.split(separator: "/").dropFirst().joined(separator: "-")),
            "summary": .string(docs), "tags": ["account"],
            "security": .array(security),
            "requestBody": [
                "required": true,
                "content": ["application/json": ["schema": Field.bodySchema(of: fields())]],
            ],
            "responses": .object(
                [JSON.Member("200", done)] + ProblemResponses.refer(ProblemResponses.ofCommands)),
        ]
    }
}

extension BulkRoute {
    fileprivate static let openAPI: JSON = [
        "operationId": "commands", "summary": "Many commands, answered line by line.",
        "description": """
        One command a line: `{"name": …, "key": …, "body": {…}, "lane": …}`. Answers come in \
        the order of the lines, `{"line": 1, "answer": {…}}` or `{"line": 1, "problem": {…}}`. \
        Commands of one lane run one after the other, lanes side by side. At most \
        \(linesMax) lines.
        """,
        "parameters": [Parameters.refer("role")],
        "security": [[:], ["bearer": []], ["cookie": []]],
        "requestBody": [
            "required": true, "content": ["application/x-ndjson": ["schema": [:]]],
        ],
        "responses": .object(
            [
                JSON.Member(
                    "200",
                    [
                        "description": "Each line's answer.",
                        "content": ["application/x-ndjson": ["schema": ["type": "string"]]],
                    ])
            ] + ProblemResponses.refer([400, 401, 403, 404, 415, 422, 429, 500, 503, 507])),
    ]
}

extension PresenceRoute {
    fileprivate static let openAPI: JSON = [
        "operationId": "presence", "summary": .string(docs), "tags": ["live"],
        "parameters": [Parameters.refer("role")], "security": [["bearer": []], ["cookie": []]],
        "requestBody": [
            "required": true,
            "content": [
                "application/json": ["schema": Field.bodySchema(of: Body.describe(Place.init))]
            ],
        ],
        "responses": .object(
            [
                JSON.Member(
                    "200",
                    [
                        "description": "Heard.",
                        "content": ["application/json": ["schema": Field.open(answer)]],
                    ])
            ] + ProblemResponses.refer(ProblemResponses.ofSearches)),
    ]
}

extension QueryEntry {
    fileprivate var openAPI: JSON {
        let forms = shows.mediaTypes.map { mediaType in
            JSON.Member(mediaType, ["schema": ["type": "string"]])
        }
        let answered: JSON = [
            "description": "What was asked for; the look is in the access log.",
            "headers": [
                "Anteroom-Position": [
                    "description": "Of the last event the answer shows.",
                    "schema": ["type": "integer"],
                ]
            ],
            "content": .object(
                [JSON.Member("application/json", ["schema": answerSchema])] + forms),
        ]
        let body: JSON = [
            "required": true,
            "content": ["application/json": ["schema": Field.bodySchema(of: fields())]],
        ]
        let statuses = method == .post ? ProblemResponses.ofSearches : ProblemResponses.ofQueries
        let named = method == .post ? [] : fields().map { $0.parameter(of: path) }
        return [
            "operationId": .string(operation.rawValue), "summary": .string(docs),
            "tags": ["queries"],
            "parameters": .array(
                named + [Parameters.refer("position"), Parameters.refer("role")]),
            "security": Domain.Operation.nobodys.contains(operation)
                ? [[:], ["bearer": []], ["cookie": []]] : [["bearer": []], ["cookie": []]],
            "requestBody": method == .post ? body : nil,
            "responses": .object([JSON.Member("200", answered)] + ProblemResponses.refer(statuses)),
        ]
    }

    private var answerSchema: JSON {
        let schema = Field.schema(of: shows.members).setting("additionalProperties", nil)
        guard shows.isList else { return schema }
        return [
            "type": "object", "required": ["rows"],
            "properties": [
                "rows": ["type": "array", "items": schema],
                "next": [
                    "type": "string",
                    "description": "`after` of the page that follows; left out: there is none.",
                ],
            ],
        ]
    }
}

extension LiveEntry {
    fileprivate var openAPI: JSON {
        let stream: JSON = [
            "description": """
            Server-sent events: a snapshot, `ready`, then one event for each change, `id` its \
            position. `ended` with a code: the stream may be seen no longer.
            """,
            "content": ["text/event-stream": ["schema": ["type": "string"]]],
        ]
        return [
            "operationId": .string(operation.rawValue + ".live"), "summary": .string(docs),
            "tags": ["live"],
            "parameters": .array(
                fields().map { $0.parameter(of: path) } + [
                    Parameters.refer("position"), Parameters.refer("role"),
                    Parameters.refer("lastEventID"),
                ]),
            "security": [["bearer": []], ["cookie": []]],
            "responses": .object(
                [JSON.Member("200", stream)] + ProblemResponses.refer(ProblemResponses.ofQueries)),
        ]
    }
}

extension OperationRoutes {
    fileprivate static var openAPI: [JSON.Member] {
        let pages: [(path: String, docs: String, type: String, statuses: [Int])] = [
            ("/health", "Whether the parts do their work.", "application/json", []),
            ("/metrics", "What the program measured about itself.", "text/plain", []),
            ("/openapi.json", "This document.", "application/json", []),
        ]
        return pages.map { page in
            let answer: JSON = [
                "description": .string(page.docs),
                "content": .object([.init(page.type, ["schema": [:]])]),
            ]
            let failing: [JSON.Member] =
                page.path == "/health" ? [.init("503", answer.replacing("A part does not."))] : []
            return JSON.Member(
                page.path,
                [
                    "get": [
                        "operationId": .string(String(page.path.dropFirst().prefix { $0 != "." })),
                        "summary": .string(page.docs), "tags": ["operation"], "security": [],
                        "responses": .object([JSON.Member("200", answer)] + failing),
                    ]
                ])
        }
    }
}

extension JSON {
    /// A schema whose members, at any depth, may be null where they may be left out.
    fileprivate var takingNullForNothing: JSON {
        var schema = self
        if let items = schema["items"] {
            schema = schema.setting("items", items.takingNullForNothing)
        }
        guard case .object(let properties)? = schema["properties"] else { return schema }
        let required = schema["required"]?.elements ?? []
        let members = properties.map { property in
            let inner = property.value.takingNullForNothing
            let isRequired = required.contains(.string(property.name))
            return Member(property.name, isRequired ? inner : inner.orNull)
        }
        return schema.setting("properties", .object(members))
    }

    private var orNull: JSON {
        guard let type = self["type"] else { return self }
        let choices = self["enum"]?.elements.map { JSON.array($0 + [.null]) }
        let schema = setting("type", [type, "null"])
        return choices.map { schema.setting("enum", $0) } ?? schema
    }

    fileprivate func replacing(_ description: String) -> JSON {
        setting("description", .string(description))
    }
}

extension Field {
    /// As a body is taken: null, too, says that a member is left out.
    fileprivate static func bodySchema(of fields: [Field]) -> JSON {
        schema(of: fields).takingNullForNothing
    }

    /// As it stands in an address.
    fileprivate func parameter(of path: String) -> JSON {
        let isInPath = path.contains("{\(name)}")
        return [
            "name": .string(name), "in": isInPath ? "path" : "query",
            "required": .bool(required || isInPath), "description": .string(docs),
            "schema": schema,
        ]
    }
}

extension Domain.Operation {
    /// What needs no token.
    static var nobodys: [Domain.Operation] { allCases.filter { $0.isOpen(to: .nobody) } }
}
