/// A value that can be a field. It says how it stands on the wire, in JSON and in the
/// documentation; a walker does the rest.
///
/// Conform to ``Plain`` (may stand unsealed in an event) or ``PersonalStruct``; `String` is the
/// one type that is neither and may stand in a ``PersonalRecord``.
package protocol FieldValue: Hashable, Sendable {
    static var wireType: WireType { get }
    /// Writes the value without its tag; with its length where `wireType` is `bytes`.
    func write(_ output: inout WireOutput) throws(WireError)
    /// Reads what `write` wrote, and refuses anything else.
    static func read(_ input: inout WireInput, field: Int) throws(WireError) -> Self
    func writeJSON(_ output: inout JSONOutput)
    static func describe() -> ValueDescription
    /// A value that depends on `samples` alone, for documentation, golden files and tests.
    static func sample(_ samples: inout Samples) -> Self
}

/// A type whose every value may stand unsealed in an event for ever, because it says nothing about
/// a person that a destroyed key should take away. Each field of such a type is listed with its
/// reason in Tests/Golden/plain-fields. Never conform `String`.
package protocol Plain: FieldValue {}

/// How a value is framed in the protobuf wire format.
package enum WireType: UInt8, Hashable, Sendable {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
}

/// What the documentation says of a value's type.
package indirect enum ValueDescription: Hashable, Sendable {
    /// A protobuf scalar type (`sint64`, `string`, `bytes` …) and what its values are.
    case scalar(String, meaning: String)
    case enumeration(name: String, values: [EnumerationValue])
    case message(name: String, fields: [FieldDescription])
    /// Sealed; the fields are those of the record inside.
    case sealed(record: String, fields: [FieldDescription])
}

/// One value of a growing enumeration.
package struct EnumerationValue: Hashable, Sendable {
    package let name: String
    package let number: Int
}

/// What the documentation says of one field.
package struct FieldDescription: Hashable, Sendable {
    package enum Presence: Hashable, Sendable {
        case required, optional, list
        /// Absent means this; as JSON.
        case defaulted(String)
    }

    package let number: Int
    package let name: String
    package let presence: Presence
    package let value: ValueDescription
}
