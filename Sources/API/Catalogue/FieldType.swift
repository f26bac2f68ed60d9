package import Domain

/// What may stand in a field: how it is read, how it is described.
package struct FieldType<Value> {
    /// JSON Schema 2020-12.
    let schema: () -> JSON
    let placeholder: () -> Value
    /// The second argument is the field's path.
    let read: (JSON, String) -> Result<Value, FieldErrors>
    /// What a query's text becomes before it is read.
    var fromText: (JSON) -> JSON = { $0 }
}

extension FieldType {
    /// The same field with its value turned into another, or refused.
    ///
    /// - Parameter more: members of the schema that tell what is taken, such as `examples`: the
    ///   first of these is taken always.
    package func map<New>(
        placeholder: @autoclosure @escaping () -> New, _ turn: @escaping (Value) -> New?,
        or detail: String, telling more: JSON = [:]
    ) -> FieldType<New> {
        let read = self.read
        let schema = self.schema
        return FieldType<New>(
            schema: { schema().with(more) }, placeholder: placeholder,
            read: { json, path in
                read(json, path).flatMap { value in
                    turn(value).map(Result.success) ?? .failure(FieldErrors(path, .invalid, detail))
                }
            }, fromText: fromText)
    }
}

extension FieldType {
    /// A random 128-bit name, 32 lower-case hexadecimal digits.
    package static func id<Subject>() -> FieldType where Value == ID<Subject> {
        FieldType(
            schema: { ["type": "string", "format": "id", "pattern": "^[0-9a-f]{32}$"] },
            placeholder: { ID(bits: 0) },
            read: { json, path in
                guard let text = json.text else {
                    return .failure(
                        FieldErrors(path, .wrongType, "must be a string of 32 hexadecimal digits"))
                }
                guard text.utf8.count <= 32 else {
                    return .failure(FieldErrors(path, .tooLong, "must be 32 hexadecimal digits"))
                }
                guard let id = ID<Subject>(text), text.utf8.elementsEqual(id.description.utf8)
                else {
                    return .failure(
                        FieldErrors(path, .invalid, "must be 32 lower-case hexadecimal digits"))
                }
                return .success(id)
            })
    }
}

extension FieldType where Value == String {
    /// Text of 1 to `max` Unicode scalars, kept exactly as it came.
    package static func text(max: Int, min: Int = 1) -> FieldType {
        FieldType(
            schema: {
                [
                    "type": "string", "minLength": .integer(Int64(min)),
                    "maxLength": .integer(Int64(max)),
                ]
            },
            placeholder: { "" },
            read: { json, path in
                guard let text = json.text else {
                    return .failure(FieldErrors(path, .wrongType, "must be a string"))
                }
                guard text.utf8.count <= max || text.unicodeScalars.count <= max else {
                    return .failure(FieldErrors(path, .tooLong, "has more than \(max) characters"))
                }
                guard text.unicodeScalars.count >= min else {
                    return .failure(FieldErrors(path, .empty, "must not be empty"))
                }
                return .success(text)
            })
    }
}

extension FieldType where Value == Bool {
    package static var bool: FieldType {
        FieldType(
            schema: { ["type": "boolean"] }, placeholder: { false },
            read: { json, path in
                guard case .bool(let yes) = json else {
                    return .failure(FieldErrors(path, .wrongType, "must be true or false"))
                }
                return .success(yes)
            },
            fromText: { $0 == "true" ? true : $0 == "false" ? false : $0 })
    }
}

extension FieldType where Value == Int64 {
    /// A whole number, both ends allowed.
    package static func whole(_ range: ClosedRange<Int64>) -> FieldType {
        FieldType(
            schema: {
                [
                    "type": "integer", "minimum": .integer(range.lowerBound),
                    "maximum": .integer(range.upperBound),
                ]
            },
            placeholder: { range.lowerBound },
            read: { json, path in
                guard let whole = json.wholeNumber else {
                    return .failure(FieldErrors(path, .wrongType, "must be a whole number"))
                }
                guard range.contains(whole) else {
                    let detail = "must be from \(range.lowerBound) to \(range.upperBound)"
                    return .failure(FieldErrors(path, .outOfRange, detail))
                }
                return .success(whole)
            },
            fromText: { json in json.text.flatMap { Int64($0) }.map(JSON.integer) ?? json })
    }
}

extension FieldType where Value == Instant {
    /// RFC 3339, any offset.
    package static var instant: FieldType {
        FieldType(
            schema: {
                [
                    "type": "string", "format": "date-time", "maxLength": 40,
                    "examples": ["2099-12-31T09:30:00Z"],
                ]
            },
            placeholder: { Instant(milliseconds: 0) },
            read: { json, path in
                guard let text = json.text else {
                    return .failure(FieldErrors(path, .wrongType, "must be a string"))
                }
                guard text.utf8.count <= 40 else {
                    return .failure(FieldErrors(path, .tooLong, "has more than 40 characters"))
                }
                guard let instant = Instant(rfc3339: text) else {
                    let detail = "must be a date-time of RFC 3339, such as 2026-11-21T09:30:00Z"
                    return .failure(FieldErrors(path, .invalid, detail))
                }
                return .success(instant)
            })
    }
}

extension FieldType {
    /// One of a closed list of words.
    package static func choice(_ choices: [(word: String, value: Value)]) -> FieldType {
        FieldType(
            schema: { ["type": "string", "enum": .array(choices.map { .string($0.word) })] },
            placeholder: { choices[0].value },
            read: { json, path in
                guard let text = json.text else {
                    return .failure(FieldErrors(path, .wrongType, "must be a string"))
                }
                guard let choice = choices.first(where: { $0.word == text }) else {
                    let words = choices.map(\.word).joined(separator: ", ")
                    return .failure(FieldErrors(path, .notAllowed, "must be one of \(words)"))
                }
                return .success(choice.value)
            })
    }

    /// A list of at most `max`.
    package static func list<Element>(of element: FieldType<Element>, max: Int) -> FieldType
    where Value == [Element] {
        FieldType(
            schema: {
                ["type": "array", "items": element.schema(), "maxItems": .integer(Int64(max))]
            },
            placeholder: { [] },
            read: { json, path in
                guard let elements = json.elements else {
                    return .failure(FieldErrors(path, .wrongType, "must be an array"))
                }
                guard elements.count <= max else {
                    return .failure(FieldErrors(path, .tooLong, "has more than \(max) elements"))
                }
                var values: [Element] = []
                var errors: [FieldError] = []
                for (index, json) in elements.enumerated() {
                    switch element.read(json, "\(path)[\(index)]") {
                    case .success(let value): values.append(value)
                    case .failure(let faults): errors += faults.errors
                    }
                }
                return errors.isEmpty ? .success(values) : .failure(FieldErrors(errors: errors))
            })
    }

    /// An object with fields of its own.
    package static func object(_ walk: @escaping (inout Body) -> Value) -> FieldType {
        FieldType(
            schema: { Field.schema(of: Body.describe(walk)) },
            placeholder: { Body.placeholder(walk) },
            read: { json, path in Body.read(json, path: path + ".", as: walk) })
    }
}

extension Field {
    /// The JSON Schema of an object with these fields and no others.
    package static func schema(of fields: [Field]) -> JSON {
        let properties = fields.map { field in
            guard case .object(let members) = field.schema else {
                return JSON.Member(field.name, field.schema)
            }
            return JSON.Member(
                field.name, .object(members + [.init("description", .string(field.docs))]))
        }
        let required = fields.filter(\.required).map { JSON.string($0.name) }
        return [
            "type": "object", "properties": .object(properties),
            "required": required.isEmpty ? nil : .array(required), "additionalProperties": false,
        ]
    }
}
