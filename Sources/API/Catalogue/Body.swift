/// Walks the fields of a command or query, each declared once: reading walks them over a JSON
/// object, describing walks them for `/openapi.json` and docs/commands.md.
///
/// Reading never stops at the first fault: every faulty field is told at once. What a fault leaves
/// behind is a placeholder nobody sees, because ``read(_:as:)`` throws.
package struct Body {
    private enum Mode {
        case reading(members: [JSON.Member], fromText: Bool)
        case describing
    }
    private let mode: Mode
    private let path: String
    /// Written only while describing.
    package private(set) var described: [Field] = []
    private var errors: [FieldError] = []
    private var known: [String] = []

    private init(mode: Mode, path: String = "") {
        self.mode = mode
        self.path = path
    }

    /// A field that must be there.
    package mutating func callAsFunction<Value>(
        _ name: String, _ type: FieldType<Value>, _ docs: String
    ) -> Value {
        switch find(name, type, docs, required: true) {
        case .found(let value): return value
        case .absent:
            errors.append(FieldError(field: path + name, code: .missing, detail: "is missing"))
            return type.placeholder()
        case .faulty: return type.placeholder()
        }
    }

    /// A field that may be left out or null.
    package mutating func optional<Value>(
        _ name: String, _ type: FieldType<Value>, _ docs: String
    ) -> Value? {
        switch find(name, type, docs, required: false) {
        case .found(let value): value
        case .absent, .faulty: nil
        }
    }

    private enum Finding<Value> {
        case found(Value)
        case absent, faulty
    }

    private mutating func find<Value>(
        _ name: String, _ type: FieldType<Value>, _ docs: String, required: Bool
    ) -> Finding<Value> {
        switch mode {
        case .describing:
            described.append(
                Field(name: name, schema: type.schema(), required: required, docs: docs))
            return required ? .found(type.placeholder()) : .absent
        case .reading(let members, let fromText):
            known.append(name)
            let named = members.filter { $0.name == name }
            guard let first = named.first else { return .absent }
            guard named.count == 1 else {
                let detail = "stands there \(named.count) times"
                errors.append(FieldError(field: path + name, code: .duplicate, detail: detail))
                return .faulty
            }
            if first.value == .null { return .absent }
            let value = fromText ? type.fromText(first.value) : first.value
            switch type.read(value, path + name) {
            case .success(let value): return .found(value)
            case .failure(let faults):
                errors += faults.errors
                return .faulty
            }
        }
    }

    /// Reads an object by its fields.
    package static func read<Value>(
        _ json: JSON, path: String = "", fromText: Bool = false, as walk: (inout Body) -> Value
    ) -> Result<Value, FieldErrors> {
        guard case .object(let members) = json else {
            let field = path.isEmpty ? "" : String(path.dropLast())
            return .failure(FieldErrors(field, .wrongType, "must be an object"))
        }
        guard members.count <= Body.membersMax else {
            return .failure(FieldErrors(path, .tooLong, "has more than \(membersMax) members"))
        }
        var body = Body(mode: .reading(members: members, fromText: fromText), path: path)
        let value = walk(&body)
        for name in Set(members.map(\.name)).subtracting(body.known).sorted() {
            let shown = String(name.unicodeScalars.prefix(FieldError.nameScalarsMax))
            body.errors.append(
                FieldError(field: path + shown, code: .unknown, detail: "is not known here"))
        }
        return body.errors.isEmpty ? .success(value) : .failure(FieldErrors(errors: body.errors))
    }

    /// Lists the fields `walk` asks for.
    package static func describe<Value>(_ walk: (inout Body) -> Value) -> [Field] {
        var body = Body(mode: .describing)
        _ = walk(&body)
        return body.described
    }

    /// What stands in for a value where there is none to read.
    static func placeholder<Value>(_ walk: (inout Body) -> Value) -> Value {
        var body = Body(mode: .describing)
        return walk(&body)
    }

    /// Members of one object at most, so that looking a name up stays cheap.
    package static let membersMax = 200
}

/// One field as the documents tell it.
package struct Field: Hashable, Sendable {
    package let name: String
    /// JSON Schema 2020-12.
    package let schema: JSON
    package let required: Bool
    package let docs: String

    package init(name: String, schema: JSON, required: Bool, docs: String) {
        self.name = name
        self.schema = schema
        self.required = required
        self.docs = docs
    }
}

/// What is wrong with one field.
package struct FieldError: Hashable, Sendable {
    /// `entry.firstName`, `answers[2].value`; empty: the body as a whole.
    package let field: String
    package let code: FieldCode
    package let detail: String

    /// An unknown member's name is shown up to this length.
    package static let nameScalarsMax = 100

    package init(field: String, code: FieldCode, detail: String) {
        self.field = field
        self.code = code
        self.detail = detail
    }
}

/// Stable words for what can be wrong with a field.
package enum FieldCode: String, CaseIterable, Sendable {
    case missing, wrongType, tooLong, empty, unknown, duplicate, outOfRange, notAllowed, notFound,
        invalid, refused
}

/// What is wrong with a body: one or more fields.
package struct FieldErrors: Error, Hashable, Sendable {
    package let errors: [FieldError]

    package init(errors: [FieldError]) { self.errors = errors }

    package init(_ field: String, _ code: FieldCode, _ detail: String) {
        errors = [FieldError(field: field, code: code, detail: detail)]
    }
}
