/// docs/events.proto: a description of every payload for `protoc --decode` and other people's
/// programs. In proto2, whose rules are ours: required fields, one tag per element of a list.
package struct ProtoFile {
    private var text = """
        // Made from the code by `ANTEROOM_REGENERATE=1 swift test --filter EventDocumentation`;
        // not edited by hand. docs/events.md says the same in words.
        //
        //   protoc --decode=anteroom.CallerArrived docs/events.proto < payload
        syntax = "proto2";

        package anteroom;

        """

    package static func text(of schema: SchemaDescription) -> String {
        var file = ProtoFile()
        for event in schema.families.flatMap(\.events) {
            file.message(event.type, event.fields, note: "\(event.name), schema \(event.number)")
        }
        for (name, type) in schema.types {
            switch type {
            case .scalar: break
            case .enumeration(_, let values): file.enumeration(name, values)
            case .message(_, let fields): file.message(name, fields, note: nil)
            case .sealed(_, let fields):
                file.message(name, fields, note: "Stands sealed in events; this is what is inside.")
            }
        }
        return file.text
    }

    private mutating func message(_ name: String, _ fields: [FieldDescription], note: String?) {
        text += "\n"
        if let note { text += "// \(note)\n" }
        text += "message \(name) {\n"
        for field in fields {
            text += "  \(Self.label(field)) \(Self.type(field.value)) \(field.name)"
            text += " = \(field.number);\(Self.note(field))\n"
        }
        text += "}\n"
    }

    private mutating func enumeration(_ name: String, _ values: [EnumerationValue]) {
        text += "\nenum \(name) {\n"
        for value in values {
            // Names of values share one scope in protobuf.
            text += "  \(Self.upperSnake(name))_\(Self.upperSnake(value.name)) = \(value.number);\n"
        }
        text += "}\n"
    }

    private static func label(_ field: FieldDescription) -> String {
        switch field.presence {
        case .required: "required"
        case .optional, .defaulted: "optional"
        case .list: "repeated"
        }
    }

    private static func type(_ value: ValueDescription) -> String {
        switch value {
        case .scalar(let name, _), .enumeration(let name, _), .message(let name, _): name
        case .sealed: "bytes"
        }
    }

    private static func note(_ field: FieldDescription) -> String {
        var notes: [String] = []
        switch field.value {
        case .scalar(_, let meaning): notes.append(meaning)
        case .sealed(let record, _): notes.append("sealed \(record)")
        case .enumeration, .message: break
        }
        if case .defaulted(let json) = field.presence { notes.append("absent: \(json)") }
        return notes.isEmpty ? "" : "  // " + notes.joined(separator: "; ")
    }

    /// `noShow` becomes `NO_SHOW`.
    private static func upperSnake(_ name: String) -> String {
        var words = ""
        var previousIsLower = false
        for character in name {
            if character.isUppercase, previousIsLower { words += "_" }
            words += character.uppercased()
            previousIsLower = !character.isUppercase
        }
        return words
    }
}
