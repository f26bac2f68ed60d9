import Domain

// The catalogue as machines read it. Source: OpenAPI 3.1.0, OPS-6.
extension Catalogue {
    /// The version of the interface: raised with every change clients can see.
    static let interfaceVersion = "1.0.0"

    package var openAPI: JSON {
        let paths = commands.map { JSON.Member("/v1/commands/\($0.name)", ["post": $0.openAPI]) }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Anteroom", "version": .string(Catalogue.interfaceVersion),
                "description":
                    "The backend of a virtual clinic. Whatever changes anything is a command.",
            ],
            "paths": .object(paths),
            "components": [
                "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer"]],
                "schemas": ["Problem": Catalogue.problemSchema],
                "responses": [
                    "Problem": [
                        "description": "Refused; `code` is stable (RFC 9457).",
                        "content": [
                            "application/problem+json": [
                                "schema": ["$ref": "#/components/schemas/Problem"]
                            ]
                        ],
                    ]
                ],
            ],
        ]
    }

    private static let problemSchema: JSON = [
        "type": "object", "required": ["type", "title", "status", "code"],
        "properties": [
            "type": ["type": "string", "format": "uri"], "title": ["type": "string"],
            "status": ["type": "integer"], "code": ["type": "string"],
            "detail": ["type": "string"], "limit": ["type": "integer"],
            "errors": [
                "type": "array",
                "items": [
                    "type": "object",
                    "properties": [
                        "field": ["type": "string"],
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

extension CommandEntry {
    /// Its fields, whoever sends them.
    var bodyFields: [Field] {
        guard !foundsOrganisation else { return fields() }
        let organisation = Body.describe { CommandEntry.organisation(&$0) }.map { field in
            Field(name: field.name, schema: field.schema, required: false, docs: field.docs)
        }
        return organisation + fields()
    }

    fileprivate var openAPI: JSON {
        let key: JSON = [
            "name": "Idempotency-Key", "in": "header", "required": true,
            "schema": [
                "type": "string", "minLength": 1,
                "maxLength": .integer(Int64(IdempotencyKey.bytesMax)),
            ],
        ]
        let role: JSON = [
            "name": "Anteroom-Role", "in": "header",
            "description": "The role to act in, of those held: `role` or `role@clinic`.",
            "schema": ["type": "string"],
        ]
        return [
            "operationId": .string(name), "summary": .string(docs),
            "tags": [.string(String(name.prefix { $0 != "." }))],
            "parameters": [key, role],
            "security": Domain.Operation.nobodys.contains(operation)
                ? [[:], ["bearer": []]] : [["bearer": []]],
            "requestBody": [
                "required": true,
                "content": ["application/json": ["schema": Field.schema(of: bodyFields)]],
            ],
            "responses": [
                "200": [
                    "description": "Done, and durable.",
                    "content": ["application/json": ["schema": answerSchema]],
                ],
                "default": ["$ref": "#/components/responses/Problem"],
            ],
        ]
    }

    private var answerSchema: JSON {
        [
            "type": "object", "required": ["organisation", "position", "result"],
            "properties": [
                "organisation": ["type": "string"],
                "position": [
                    "type": "integer", "description": "Ask a view for at least this position.",
                ],
                "result": Field.schema(of: results),
            ],
        ]
    }
}

extension Domain.Operation {
    /// What needs no token.
    static var nobodys: [Domain.Operation] { allCases.filter { $0.isOpen(to: .nobody) } }
}
