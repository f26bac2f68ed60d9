/// Everything the families' walks declare, for documentation and tests.
package struct SchemaDescription: Sendable {
    package struct Family: Sendable {
        package let category: String
        package let events: [Event]
    }

    package struct Event: Sendable {
        package let name: String
        package let number: Int
        package let type: String
        package let fields: [FieldDescription]
    }

    package let families: [Family]
    /// What the fields' types are made of: enumerations, parts and sealed records, by name.
    package let types: [(name: String, type: ValueDescription)]
    /// Names that stand for more than one shape: a bug, since the documentation has one of each.
    package let ambiguous: [String]

    package init(_ families: [any EventFamily.Type]) throws(WireError) {
        var described: [Family] = []
        var found = FoundTypes()
        for family in families {
            let one = try Self.describe(family)
            for event in one.events {
                for field in event.fields { found.add(field.value) }
            }
            described.append(one)
        }
        self.families = described
        types = found.shapes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let events = described.flatMap(\.events).map(\.type)
        let repeated = Set(events.filter { name in events.count(where: { $0 == name }) > 1 })
        ambiguous = found.ambiguous.union(repeated).union(found.shapes.keys.filter(events.contains))
            .sorted()
    }

    private static func describe<F: EventFamily>(_ family: F.Type) throws(WireError) -> Family {
        var events: [Event] = []
        for member in family.members.all {
            events.append(
                Event(
                    name: member.name.description, number: member.number,
                    type: typeName(member.type), fields: try member.type.describeFields()))
        }
        return Family(category: family.category, events: events)
    }
}

/// Collects the named types that fields are made of, however deep.
private struct FoundTypes {
    var shapes: [String: ValueDescription] = [:]
    var ambiguous: Set<String> = []

    mutating func add(_ type: ValueDescription) {
        switch type {
        case .scalar: break
        case .enumeration(let name, _): note(name, type)
        case .message(let name, let fields), .sealed(let name, let fields):
            note(name, type)
            for field in fields { add(field.value) }
        }
    }

    private mutating func note(_ name: String, _ type: ValueDescription) {
        if let other = shapes[name], other != type { ambiguous.insert(name) }
        shapes[name] = type
    }
}

/// A type's name as it is documented: with the types it is nested in, without its module and dots.
func typeName(_ type: Any.Type) -> String {
    String(reflecting: type).split(separator: ".").dropFirst().joined()
}

/// Where the sources say in words what a type (`field` nil) or one of its fields is.
///
/// Handed in by the test that makes the documentation, which reads the doc comments: so the words
/// stand once, where the code is.
package typealias Comments = (_ type: String, _ field: String?) -> String?
