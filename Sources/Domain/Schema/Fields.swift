/// Walks the fields of a plain struct. Every walker (``WireReader``, ``WireWriter``,
/// ``JSONWriter``, ``Describer``, ``Sampler``) answers each call with the field's value, so that
/// the compiler sees to it that none is left out.
package protocol PlainFields<Root> {
    associatedtype Root

    /// A field that is always there.
    mutating func callAsFunction<Value: Plain>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(WireError) -> Value

    /// A field that may be absent.
    mutating func callAsFunction<Value: Plain>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value?>
    ) throws(WireError) -> Value?

    /// A list, empty where absent. Its order is kept.
    mutating func callAsFunction<Value: Plain>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, [Value]>
    ) throws(WireError) -> [Value]

    /// A field added after events were written: `fallback` is what those mean, and is for ever too.
    /// It is not written where it is the value, so that one value has one form.
    mutating func callAsFunction<Value: Plain>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>, default fallback: Value
    ) throws(WireError) -> Value
}

/// Walks the fields of an event: plain ones, and records under seal. Those stand directly in the
/// event, never in a list or a part of it, so that event type and field number say where a
/// ciphertext belongs.
package protocol Fields<Root>: PlainFields {
    mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>>
    ) throws(WireError) -> Sealed<Record>

    mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>?>
    ) throws(WireError) -> Sealed<Record>?
}

/// Walks the fields of a personal record: as ``PlainFields``, and `String` and ``PersonalStruct``
/// are welcome.
package protocol PersonalFields<Root> {
    associatedtype Root

    mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(WireError) -> Value

    mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value?>
    ) throws(WireError) -> Value?

    mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, [Value]>
    ) throws(WireError) -> [Value]

    mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>, default fallback: Value
    ) throws(WireError) -> Value
}
