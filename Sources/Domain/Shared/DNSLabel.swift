/// One label of a domain name, lower case: an organisation's subdomain (ORG-1).
/// Source: RFC 1035 section 2.3.1, RFC 1123 section 2.1.
package struct DNSLabel: PlainText {
    package static let bytesMax = 63
    package static let meaning = "DNS label, lower case"

    package let description: String

    /// Nil unless `text` is 1…63 of `a–z 0–9 -` and neither begins nor ends with `-`.
    package init?(_ text: String) {
        let utf8 = Array(text.utf8)
        let hyphen = UInt8(ascii: "-")
        guard (1...Self.bytesMax).contains(utf8.count),
            utf8.allSatisfy({ ($0.isLetter && $0 >= 0x60) || $0.isDigit || $0 == hyphen }),
            utf8.first != hyphen, utf8.last != hyphen
        else { return nil }
        description = text
    }

    package static func sampleText(_ samples: inout Samples) -> String {
        "a" + samples.text("abcxyz019-", count: 0...20) + "9"
    }
}
