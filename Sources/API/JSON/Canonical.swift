extension JSON {
    /// The same value with members in the order of their names: two texts that say the same are the
    /// same.
    package var canonical: JSON {
        switch self {
        case .null, .bool, .integer, .number, .string: self
        case .array(let elements): .array(elements.map(\.canonical))
        case .object(let members):
            .object(
                members.map { Member($0.name, $0.value.canonical) }.sorted { $0.name < $1.name })
        }
    }
}
