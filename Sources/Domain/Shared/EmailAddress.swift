/// Where mail to one person goes: `local@domain`, ASCII only, as any server takes it. Personal:
/// stands in sealed records alone. Case is kept.
///
/// Quoted local parts, comments, addresses of machines (`[192.0.2.1]`) and addresses beyond ASCII
/// (RFC 6531) are refused. Source: RFC 5321 4.5.3.1.
package struct EmailAddress: Hashable, Sendable {
    package let text: String

    package static let bytesMax = 254
    package static let localBytesMax = 64

    /// Nil where `text` is not of that form.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.bytesMax, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else {
            return nil
        }
        let local = bytes[..<at]
        let labels = bytes[(at + 1)...].split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...Self.localBytesMax).contains(local.count), Self.isDotAtom(local),
            labels.count >= 2, labels.allSatisfy(Self.isLabel)
        else { return nil }
        self.text = text
    }

    /// What is behind the `@`, in small letters: compared as DNS does.
    package var domain: String {
        String(text[text.index(after: text.lastIndex(of: "@") ?? text.startIndex)...]).lowercased()
    }

    private static func isDotAtom(_ local: ArraySlice<UInt8>) -> Bool {
        local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { atom in !atom.isEmpty && atom.allSatisfy(isAtomText) }
    }

    /// RFC 5322 3.2.3
    private static func isAtomText(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
            && label.allSatisfy { $0.isLetter || $0.isDigit || $0 == hyphen }
    }
}

extension EmailAddress: FieldValue {
    package static var wireType: WireType { .bytes }

    package func write(_ output: inout WireOutput) { output.text(text) }

    package static func read(
        _ input: inout WireInput, field: Int
    ) throws(WireError) -> EmailAddress {
        let offset = input.offset
        guard let value = Self(try input.text(bytesMax: bytesMax, field: field)) else {
            throw .malformed(.outOfBounds, offset: offset, field: field)
        }
        return value
    }

    package func writeJSON(_ output: inout JSONOutput) { output.string(text) }

    package static func describe() -> ValueDescription {
        .scalar("string", meaning: "e-mail address (RFC 5321)")
    }

    package static func sample(_ samples: inout Samples) -> EmailAddress {
        let local = samples.text("abcdefg", count: 1...8)
        let domain = samples.text("abcdefg", count: 1...8)
        guard let value = EmailAddress("\(local)@\(domain).example") else {
            preconditionFailure("letters are an address")
        }
        return value
    }
}
