import API
import Domain
import EventStore

/// Makes a command's body from its fields as the catalogue describes them: every field there is,
/// each with something it takes.
struct Bodies {
    /// What a field is given, by path or, at any depth, by name: ids of records that exist, and
    /// what rules want to be of a kind.
    var values: [String: JSON]
    /// What a text is that may be any.
    var text = "x"

    init(_ values: [String: JSON] = [:]) { self.values = values }

    func body(_ fields: [Field], at path: String = "") -> JSON {
        .object(
            fields.compactMap { field in
                let path = path + field.name
                if values[path] == .null { return nil }  // Left out.
                return JSON.Member(field.name, value(field.schema, at: path, named: field.name))
            })
    }

    private func value(_ schema: JSON, at path: String, named name: String) -> JSON {
        if let value = values[path] ?? values[name], value.fits(schema) { return value }
        if let example = schema["examples"]?.elements?.first { return example }
        if let choice = schema["enum"]?.elements?.first { return choice }
        switch schema["type"]?.text {
        case "boolean": return true
        case "integer": return schema["minimum"] ?? 0
        case "array":
            // A list of ids is named after many of them: `clinics`.
            let items = schema["items"] ?? [:]
            let one = items["format"] == "id" ? String(name.dropLast()) : name
            return .array([value(items, at: path + "[0]", named: one)])
        case "object": return body(Field.properties(of: schema), at: path + ".")
        default:
            if schema["format"] == "id" { return .string(hex(7)) }
            return .string(text)
        }
    }
}

/// Changes a body so that exactly one field is not as it must be.
struct Fault: CustomStringConvertible {
    let body: JSON
    let field: String
    let code: FieldCode
    let what: String

    var description: String { "\(field) \(what)" }
}

extension Bodies {
    /// Every way to get one field wrong that the schema tells: left out, of each type that is not
    /// its own, beyond each bound, there twice; and members nobody knows, at every depth.
    func faults(_ fields: [Field]) -> [Fault] {
        faults(in: body(fields), fields, at: "") { $0 }
    }

    /// - Parameter around: puts a changed object back into the body.
    private func faults(
        in object: JSON, _ fields: [Field], at path: String, around: (JSON) -> JSON
    ) -> [Fault] {
        guard case .object(let members) = object else { return [] }
        let stranger = JSON.object(members + [JSON.Member("stranger", 1)])
        var faults = [
            Fault(
                body: around(stranger), field: path + "stranger", code: .unknown, what: "unknown")
        ]
        for field in fields {
            let path = path + field.name
            guard let value = object[field.name] else { continue }
            if field.required {
                for (left, what) in [(nil, "left out"), (JSON.null, "null")] {
                    faults.append(
                        Fault(
                            body: around(object.setting(field.name, left)), field: path,
                            code: .missing, what: what))
                }
            }
            let twice = JSON.object(members + [JSON.Member(field.name, value)])
            faults.append(
                Fault(body: around(twice), field: path, code: .duplicate, what: "there twice"))
            faults += self.faults(of: value, field.schema, at: path, isList: false) {
                around(object.setting(field.name, $0))
            }
        }
        return faults
    }

    /// Faults of one value, whatever holds it.
    private func faults(
        of value: JSON, _ schema: JSON, at path: String, isList: Bool, around: (JSON) -> JSON
    ) -> [Fault] {
        func fault(_ value: JSON, _ code: FieldCode, _ what: String) -> Fault {
            Fault(body: around(value), field: path, code: code, what: what)
        }
        let type = schema["type"]?.text ?? ""
        var faults = JSON.ofEachType.filter { $0.type != type }.map {
            fault($0.value, .wrongType, "of type \($0.type)")
        }
        if isList { faults.append(fault(.null, .wrongType, "null in a list")) }
        if let most = schema["maxLength"]?.whole {
            let long = String(repeating: "é", count: Int(most) + 1)
            faults.append(fault(.string(long), .tooLong, "too long"))
        }
        if let least = schema["minLength"]?.whole, least > 0 {
            faults.append(fault("", .empty, "empty"))
        }
        if schema["enum"] != nil {
            faults.append(fault("noSuchWord", .notAllowed, "none of its words"))
        }
        if schema["format"] == "id" {
            let id = String(repeating: "a", count: 32)
            faults.append(fault(.string(id + "a"), .tooLong, "too long"))
            faults.append(fault(.string(id.uppercased()), .invalid, "not in lower case"))
            faults.append(fault("", .invalid, "empty"))
        } else if schema["format"] != nil {
            faults.append(fault("?", .invalid, "not of its form"))
        }
        if let least = schema["minimum"]?.whole {
            faults.append(fault(.integer(least - 1), .outOfRange, "below its range"))
        }
        if let most = schema["maximum"]?.whole {
            faults.append(fault(.integer(most + 1), .outOfRange, "above its range"))
            faults.append(fault(.number("1.5"), .wrongType, "not whole"))
            faults.append(fault(.number("1e400"), .wrongType, "beyond any number"))
        }
        if let most = schema["maxItems"]?.whole, let first = value.elements?.first {
            let many = [JSON](repeating: first, count: Int(most) + 1)
            faults.append(fault(.array(many), .tooLong, "with too many elements"))
        }
        if type == "object" {
            faults += self.faults(
                in: value, Field.properties(of: schema), at: path + ".", around: around)
        }
        if type == "array", let items = schema["items"], let first = value.elements?.first {
            faults += self.faults(of: first, items, at: path + "[0]", isList: true) {
                around(.array([$0]))
            }
        }
        return faults
    }
}

extension JSON {
    /// Ids are known by name, and some name is a list's too.
    fileprivate func fits(_ schema: JSON) -> Bool {
        switch (self, schema["type"]?.text) {
        case (.string, "string"), (.integer, "integer"), (.bool, "boolean"), (.array, "array"),
            (.object, "object"):
            true
        case (.null, _), (.bool, _), (.integer, _), (.number, _), (.string, _), (.array, _),
            (.object, _):
            false
        }
    }

    /// One value of each type a field can be of.
    fileprivate static let ofEachType: [(type: String, value: JSON)] = [
        ("boolean", true), ("integer", 5), ("string", "text"), ("array", []), ("object", [:]),
    ]
}

extension Field {
    /// The fields of an object's schema.
    static func properties(of schema: JSON) -> [Field] {
        guard case .object(let properties)? = schema["properties"] else { return [] }
        let required = schema["required"]?.elements ?? []
        return properties.map { property in
            Field(
                name: property.name, schema: property.value,
                required: required.contains(.string(property.name)), docs: "")
        }
    }
}
