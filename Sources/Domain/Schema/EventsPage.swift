/// docs/events.md: every event with its fields, made from the walks.
package struct EventsPage {
    private let schema: SchemaDescription
    private let comments: Comments
    private var text = ""

    private init(_ schema: SchemaDescription, _ comments: @escaping Comments) {
        self.schema = schema
        self.comments = comments
    }

    package static func text(
        of schema: SchemaDescription, comments: @escaping Comments
    ) -> String {
        var page = EventsPage(schema, comments)
        page.write()
        return page.text
    }

    private mutating func write() {
        text += """
            # Events

            Made from the code by `ANTEROOM_REGENERATE=1 swift test --filter EventDocumentation`;
            not edited by hand. docs/events.proto says the same for `protoc --decode`.

            An event's payload is its fields in the protobuf wire format, in ascending order of
            their numbers, every varint as short as it can be, a list as one tag per element; what
            is absent takes no byte. So one event has one form, and a reader refuses any other.
            Numbers and names never change and are never used again; fields are only added, as
            optional, as a list or with a default (not written where it is the value). A reader
            passes over fields it does not know. An ID is a random number of 128 bits, its
            highest byte first.

            A *sealed* field is `bytes`: the record key's id (16 bytes, highest first), then nonce
            (12), ciphertext and tag (16) of AES-256-GCM over the record's own fields in this same
            form. Everything else is plain, and each plain field has its reason in
            Tests/Golden/plain-fields.


            """
        for family in schema.families {
            text += "## \(family.category)\n\n"
            for event in family.events { write(event) }
        }
        write("Sealed records", "What the sealed fields hold.") { type in
            if case .sealed = type { true } else { false }
        }
        write("Parts", "Values made of several, wherever a field's type names them.") { type in
            if case .message = type { true } else { false }
        }
        write("Enumerations", "A number not listed here was written by a newer program.") { type in
            if case .enumeration = type { true } else { false }
        }
    }

    private mutating func write(_ event: SchemaDescription.Event) {
        text += "### `\(event.name)`, schema \(event.number)\n\n"
        if let comment = comments(event.type, nil) { text += comment + "\n\n" }
        write(event.fields, of: event.type)
    }

    private mutating func write(
        _ title: String, _ explanation: String, where wanted: (ValueDescription) -> Bool
    ) {
        let types = schema.types.filter { wanted($0.type) }
        if types.isEmpty { return }
        text += "## \(title)\n\n\(explanation)\n\n"
        for (name, type) in types {
            text += "### \(name)\n\n"
            if let comment = comments(name, nil) { text += comment + "\n\n" }
            switch type {
            case .scalar: break
            case .enumeration(_, let values): write(values, of: name)
            case .message(_, let fields), .sealed(_, let fields): write(fields, of: name)
            }
        }
    }

    private mutating func write(_ fields: [FieldDescription], of type: String) {
        if fields.isEmpty {
            text += "No fields.\n\n"
            return
        }
        text += "| no. | field | type | | meaning |\n|---|---|---|---|---|\n"
        for field in fields {
            let meaning = comments(type, field.name).map(Self.cell) ?? ""
            text += "| \(field.number) | `\(field.name)` | \(Self.name(field.value)) "
            text += "| \(Self.presence(field.presence)) | \(meaning) |\n"
        }
        text += "\n"
    }

    private mutating func write(_ values: [EnumerationValue], of type: String) {
        text += "| no. | value | meaning |\n|---|---|---|\n"
        for value in values {
            let meaning = comments(type, value.name).map(Self.cell) ?? ""
            text += "| \(value.number) | `\(value.name)` | \(meaning) |\n"
        }
        text += "\n"
    }

    private static func name(_ value: ValueDescription) -> String {
        switch value {
        case .scalar(let name, let meaning): "\(meaning) (`\(name)`)"
        case .enumeration(let name, _), .message(let name, _): name
        case .sealed(let record, _): "**sealed** \(record)"
        }
    }

    private static func presence(_ presence: FieldDescription.Presence) -> String {
        switch presence {
        case .required: "always"
        case .optional: "optional"
        case .list: "list"
        case .defaulted(let json): "absent: `\(json)`"
        }
    }

    /// A table's cell ends at a bar and at the line's end.
    private static func cell(_ text: String) -> String {
        text.split(separator: "\n").joined(separator: " ").split(separator: "|")
            .joined(separator: "\\|")
    }
}
