/// A telephone number as any network takes it: `+4512345678`. Personal: stands in sealed records
/// alone. Source: ITU-T E.164, 6.2.1: a country's code and a number, 15 digits at most.
package struct PhoneNumber: Hashable, Sendable {
    package let text: String

    package static let digits = 7...15
    /// Of what people type, blanks and signs between the digits included.
    package static let typedBytesMax = 40

    /// Nil where `text` is none. Blanks, hyphens, points and brackets that people write are left
    /// out; without a `+` nobody knows which country it is of. A `(0)`, as in `+44 (0)20`, belongs
    /// to the number in some countries and in most does not: that is not guessed.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.typedBytesMax, text.utf8.first == UInt8(ascii: "+"),
            !text.contains("(0)")
        else { return nil }
        let typed = text.utf8.dropFirst().filter { !" -.()/".utf8.contains($0) }
        guard Self.digits.contains(typed.count), typed.allSatisfy(\.isDigit),
            typed.first != UInt8(ascii: "0")
        else { return nil }
        self.text = "+" + String(decoding: typed, as: UTF8.self)
    }
}

extension PhoneNumber: FieldValue {
    package static var wireType: WireType { .bytes }

    package func write(_ output: inout WireOutput) { output.text(text) }

    package static func read(
        _ input: inout WireInput, field: Int
    ) throws(WireError) -> PhoneNumber {
        let offset = input.offset
        guard let value = Self(try input.text(bytesMax: typedBytesMax, field: field)) else {
            throw .malformed(.outOfBounds, offset: offset, field: field)
        }
        return value
    }

    package func writeJSON(_ output: inout JSONOutput) { output.string(text) }

    package static func describe() -> ValueDescription {
        .scalar("string", meaning: "telephone number (E.164), with its `+`")
    }

    package static func sample(_ samples: inout Samples) -> PhoneNumber {
        let digits = samples.text("123456789", count: 7...15)
        guard let value = PhoneNumber("+\(digits)") else {
            preconditionFailure("digits are a number")
        }
        return value
    }
}
