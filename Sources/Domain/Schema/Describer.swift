/// The walker that writes down what it is asked for: number, name, presence and type of each field.
package struct Describer<Root>: Fields, PersonalFields {
    private(set) var fields: [FieldDescription] = []
    /// What it answers with; any values would do.
    private var samples = Samples(seed: 0)

    private mutating func note<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ presence: FieldDescription.Presence, _: Value.Type
    ) -> Value {
        fields.append(
            FieldDescription(
                number: number, name: "\(name)", presence: presence, value: Value.describe()))
        return Value.sample(&samples)
    }

    private mutating func note<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ presence: FieldDescription.Presence, _: Record.Type
    ) throws(WireError) -> Sealed<Record> {
        let value = ValueDescription.sealed(
            record: typeName(Record.self), fields: try Record.describeFields())
        fields.append(
            FieldDescription(number: number, name: "\(name)", presence: presence, value: value))
        return .sample(&samples)
    }

    package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(WireError) -> Value {
        note(number, name, .required, Value.self)
    }

    package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value?>
    ) throws(WireError) -> Value? {
        note(number, name, .optional, Value.self)
    }

    package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, [Value]>
    ) throws(WireError) -> [Value] {
        [note(number, name, .list, Value.self)]
    }

    package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>, default fallback: Value
    ) throws(WireError) -> Value {
        var json = JSONOutput()
        fallback.writeJSON(&json)
        return note(number, name, .defaulted(json.text), Value.self)
    }

    package mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>>
    ) throws(WireError) -> Sealed<Record> {
        try note(number, name, .required, Record.self)
    }

    package mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>?>
    ) throws(WireError) -> Sealed<Record>? {
        try note(number, name, .optional, Record.self)
    }
}

extension Event {
    /// The event's fields in order.
    package static func describeFields() throws(WireError) -> [FieldDescription] {
        var describer = Describer<Self>()
        _ = try Self(&describer)
        return describer.fields
    }
}

extension PersonalRecord {
    /// The record's fields in order.
    package static func describeFields() throws(WireError) -> [FieldDescription] {
        var describer = Describer<Self>()
        _ = try Self(&describer)
        return describer.fields
    }
}

extension PlainStruct {
    package static func describe() -> ValueDescription {
        var describer = Describer<Self>()
        do throws(WireError) {
            _ = try Self(&describer)
        } catch {
            preconditionFailure("\(Self.self) refuses its own samples: \(error)")
        }
        return .message(name: typeName(Self.self), fields: describer.fields)
    }
}

extension PersonalStruct {
    package static func describe() -> ValueDescription {
        var describer = Describer<Self>()
        do throws(WireError) {
            _ = try Self(&describer)
        } catch {
            preconditionFailure("\(Self.self) refuses its own samples: \(error)")
        }
        return .message(name: typeName(Self.self), fields: describer.fields)
    }
}
