/// Personal text: a field of ``PersonalRecord`` and ``PersonalStruct`` only. Not ``Plain``, and the
/// one type that must never be: what someone typed is sealed.
extension String: FieldValue {
    /// Bytes of UTF-8 in one personal text: a sealed record must fit an event of 60 KiB.
    package static var fieldBytesMax: Int { 32 * 1024 }

    package static var wireType: WireType { .bytes }

    package func write(_ output: inout WireOutput) { output.text(self) }

    package static func read(_ input: inout WireInput, field: Int) throws(WireError) -> String {
        try input.text(bytesMax: fieldBytesMax, field: field)
    }

    package func writeJSON(_ output: inout JSONOutput) { output.string(self) }

    package static func describe() -> ValueDescription { .scalar("string", meaning: "text") }

    package static func sample(_ samples: inout Samples) -> String {
        samples.text("aåßझ🏥 \"\\\n\u{0}z", count: 0...12)
    }
}

/// A plain value that is written as a text of its own alphabet.
///
/// `init?` refuses what is not one, so a value that exists is right everywhere further in.
package protocol PlainText: Plain, LosslessStringConvertible {
    static var bytesMax: Int { get }
    static var meaning: String { get }
    static func sampleText(_ samples: inout Samples) -> String
}

extension PlainText {
    package static var wireType: WireType { .bytes }

    package func write(_ output: inout WireOutput) { output.text(description) }

    package static func read(_ input: inout WireInput, field: Int) throws(WireError) -> Self {
        let offset = input.offset
        guard let value = Self(try input.text(bytesMax: bytesMax, field: field)) else {
            throw .malformed(.outOfBounds, offset: offset, field: field)
        }
        return value
    }

    package func writeJSON(_ output: inout JSONOutput) { output.string(description) }

    package static func describe() -> ValueDescription { .scalar("string", meaning: meaning) }

    package static func sample(_ samples: inout Samples) -> Self {
        let text = sampleText(&samples)
        guard let value = Self(text) else { preconditionFailure("\(Self.self): \(text)") }
        return value
    }
}
