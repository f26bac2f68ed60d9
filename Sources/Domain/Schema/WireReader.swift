/// The walker that reads what ``WireWriter`` wrote, and refuses what it could not have written:
/// numbers out of order or twice, varints longer than needed, values out of bounds, a default
/// written out. Fields nobody asks for were added by a newer program and are passed over.
package struct WireReader<Root>: Fields, PersonalFields {
    private var input: WireInput
    /// The field the input stands behind the tag of; `Int.max` at the end.
    private var number = 0
    private var wireType: UInt8 = 0

    private static var numberMax: UInt64 { 536_870_911 }

    @inline(__always) init(_ input: WireInput) throws(WireError) {
        self.input = input
        try advance()
    }

    /// Reads one whole message: nothing may be left over but unknown fields.
    @inline(__always) static func whole(
        _ bytes: UnsafeRawBufferPointer,
        _ body: (inout WireReader) throws(WireError) -> Root
    ) throws(WireError) -> Root {
        guard !bytes.isEmpty else {
            return try withUnsafeBytes(of: UInt8(0)) { byte throws(WireError) in
                try whole(WireInput(UnsafeRawBufferPointer(rebasing: byte[..<0])), body)
            }
        }
        return try whole(WireInput(bytes), body)
    }

    @inline(__always) static func whole(
        _ input: WireInput, _ body: (inout WireReader) throws(WireError) -> Root
    ) throws(WireError) -> Root {
        var reader = try WireReader(input)
        let root = try body(&reader)
        while reader.number != Int.max { try reader.skip() }
        return root
    }

    /// Goes behind the next tag, which must not be lower than the last.
    @inline(__always) private mutating func advance() throws(WireError) {
        guard !input.isAtEnd else {
            number = Int.max
            return
        }
        let tag = try input.varint(field: number)
        let next = Int(truncatingIfNeeded: tag >> 3)
        guard tag >> 3 <= Self.numberMax, next > 0 else {
            throw input.flaw(.fieldNumber, field: number)
        }
        guard next >= number else { throw input.flaw(.fieldOrder, field: next) }
        number = next
        wireType = UInt8(truncatingIfNeeded: tag) & 7
    }

    @inline(never) private mutating func skip() throws(WireError) {
        try input.skip(wireType: wireType, field: number)
        try advance()
    }

    /// True where the field `wanted` is next.
    @inline(__always) private mutating func find(
        _ wanted: Int, _ type: WireType
    ) throws(WireError) -> Bool {
        while number < wanted { try skip() }
        guard number == wanted else { return false }
        guard wireType == type.rawValue else { throw input.flaw(.wireType, field: wanted) }
        return true
    }

    /// Goes on behind a field that stands once.
    @inline(__always) private mutating func leave(_ field: Int) throws(WireError) {
        try advance()
        if number == field { throw input.flaw(.fieldOrder, field: field) }
    }

    @inline(__always) package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(WireError) -> Value {
        guard try find(number, Value.wireType) else { throw .missing(field: number) }
        let value = try Value.read(&input, field: number)
        try leave(number)
        return value
    }

    @inline(__always) package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value?>
    ) throws(WireError) -> Value? {
        guard try find(number, Value.wireType) else { return nil }
        let value = try Value.read(&input, field: number)
        try leave(number)
        return value
    }

    @inline(__always) package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, [Value]>
    ) throws(WireError) -> [Value] {
        guard try find(number, Value.wireType) else { return [] }
        var values: [Value] = []
        repeat {
            values.append(try Value.read(&input, field: number))
            try advance()
        } while try find(number, Value.wireType)
        return values
    }

    @inline(__always) package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>, default fallback: Value
    ) throws(WireError) -> Value {
        guard try find(number, Value.wireType) else { return fallback }
        let value = try Value.read(&input, field: number)
        guard value != fallback else { throw input.flaw(.defaultWritten, field: number) }
        try leave(number)
        return value
    }

    @inline(__always) package mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>>
    ) throws(WireError) -> Sealed<Record> {
        guard try find(number, .bytes) else { throw .missing(field: number) }
        return .shut(try sealedBytes(number))
    }

    @inline(__always) package mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>?>
    ) throws(WireError) -> Sealed<Record>? {
        guard try find(number, .bytes) else { return nil }
        return .shut(try sealedBytes(number))
    }

    @inline(__always)
    private mutating func sealedBytes(_ number: Int) throws(WireError) -> SealedBytes {
        var part = try input.part(field: number)
        let key = try part.bigEndian(field: number)
        let sealed = SealedBytes(key: ID(bits: key), bytes: [UInt8](part.rest()))
        try leave(number)
        return sealed
    }
}

extension PlainStruct {
    @inline(__always)
    package static func read(_ input: inout WireInput, field: Int) throws(WireError) -> Self {
        try WireReader<Self>.whole(try input.part(field: field)) {
            reader throws(WireError) in try Self(&reader)
        }
    }
}

extension PersonalStruct {
    @inline(__always)
    package static func read(_ input: inout WireInput, field: Int) throws(WireError) -> Self {
        try WireReader<Self>.whole(try input.part(field: field)) {
            reader throws(WireError) in try Self(&reader)
        }
    }
}
