/// JSON text under construction (RFC 8259), members in the order they are written.
package struct JSONOutput {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    package mutating func integer(_ value: some BinaryInteger) {
        bytes.append(contentsOf: String(value).utf8)
    }

    package mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    /// `text` in quotation marks, control characters, `"` and `\` escaped.
    package mutating func string(_ text: some StringProtocol) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): raw("\\\"")
            case UInt8(ascii: "\\"): raw("\\\\")
            case UInt8(ascii: "\n"): raw("\\n")
            case 0..<0x20:
                raw(byte < 0x10 ? "\\u000" : "\\u001")
                hexDigit(byte & 15)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Lower-case hexadecimal digits in quotation marks.
    package mutating func hex(_ data: some Sequence<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for byte in data {
            hexDigit(byte >> 4)
            hexDigit(byte & 15)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func hexDigit(_ digit: UInt8) {
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }

    /// The next member's name, with the comma before it where there was one already.
    mutating func member(_ name: StaticString, isFirst: inout Bool) {
        if !isFirst { raw(",") }
        isFirst = false
        raw("\"")
        raw(name)
        raw("\":")
    }
}

/// The walker that writes JSON: one object, fields by name, what is absent left out. A shut record
/// shows its key's id and its ciphertext; an open one is personal data and shows its key only.
package struct JSONWriter<Root>: Fields, PersonalFields {
    let root: Root
    private(set) var output: JSONOutput
    private var isFirst = true

    /// Takes `output`'s bytes along; `end()` gives them back.
    init(_ root: Root, _ output: inout JSONOutput) {
        self.root = root
        self.output = JSONOutput()
        swap(&self.output, &output)
        self.output.raw("{")
    }

    mutating func end(_ output: inout JSONOutput) {
        self.output.raw("}")
        swap(&self.output, &output)
    }

    package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(WireError) -> Value {
        let value = root[keyPath: path]
        output.member(name, isFirst: &isFirst)
        value.writeJSON(&output)
        return value
    }

    package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value?>
    ) throws(WireError) -> Value? {
        guard let value = root[keyPath: path] else { return nil }
        output.member(name, isFirst: &isFirst)
        value.writeJSON(&output)
        return value
    }

    package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, [Value]>
    ) throws(WireError) -> [Value] {
        let values = root[keyPath: path]
        output.member(name, isFirst: &isFirst)
        output.raw("[")
        for (index, value) in values.enumerated() {
            if index > 0 { output.raw(",") }
            value.writeJSON(&output)
        }
        output.raw("]")
        return values
    }

    package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>, default fallback: Value
    ) throws(WireError) -> Value {
        try self(number, name, path)
    }

    package mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>>
    ) throws(WireError) -> Sealed<Record> {
        let sealed = root[keyPath: path]
        output.member(name, isFirst: &isFirst)
        write(sealed)
        return sealed
    }

    package mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>?>
    ) throws(WireError) -> Sealed<Record>? {
        guard let sealed = root[keyPath: path] else { return nil }
        output.member(name, isFirst: &isFirst)
        write(sealed)
        return sealed
    }

    private mutating func write<Record: PersonalRecord>(_ sealed: Sealed<Record>) {
        output.raw("{\"key\":")
        sealed.key.writeJSON(&output)
        if case .shut(let shut) = sealed {
            output.raw(",\"sealed\":")
            output.hex(shut.bytes)
        }
        output.raw("}")
    }
}

extension EventFamily {
    /// The event's fields as one JSON object.
    package func json() throws(WireError) -> String {
        var visitor = JSONVisitor()
        return try accept(&visitor)
    }
}

private struct JSONVisitor: EventVisitor {
    func visit<E: Event>(_ event: E) throws(WireError) -> String {
        var output = JSONOutput()
        var writer = JSONWriter(event, &output)
        _ = try E(&writer)
        writer.end(&output)
        return output.text
    }
}

extension PersonalRecord {
    /// The record as one JSON object: personal data, for an allowed reader only.
    package func writeJSON(_ output: inout JSONOutput) throws(WireError) {
        var writer = JSONWriter(self, &output)
        _ = try Self(&writer)
        writer.end(&output)
    }
}

extension PlainStruct {
    package func writeJSON(_ output: inout JSONOutput) {
        var writer = JSONWriter(self, &output)
        do throws(WireError) { _ = try Self(&writer) } catch { preconditionFailure("\(error)") }
        writer.end(&output)
    }
}

extension PersonalStruct {
    package func writeJSON(_ output: inout JSONOutput) {
        var writer = JSONWriter(self, &output)
        do throws(WireError) { _ = try Self(&writer) } catch { preconditionFailure("\(error)") }
        writer.end(&output)
    }
}
