/// A language, such as `nl` or `pt-BR`, as given (case is kept). That it is registered is not
/// checked. Source: RFC 5646.
package struct LanguageTag: PlainText {
    package static let bytesMax = 35
    package static let meaning = "language tag (RFC 5646)"

    package let description: String

    /// Nil unless `text` is 2…8 letters, then parts of 1…8 letters or digits behind hyphens; 35
    /// bytes at most.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.bytesMax, let language = parts.first,
            (2...8).contains(language.count), language.allSatisfy({ $0.isLetter }),
            parts.dropFirst().allSatisfy({ part in
                (1...8).contains(part.count) && part.allSatisfy { $0.isLetter || $0.isDigit }
            })
        else { return nil }
        description = text
    }

    package static func sampleText(_ samples: inout Samples) -> String {
        let tags = ["en", "nl", "de", "da", "nb", "pt-BR", "zh-Hant-TW"]
        return tags[samples.next(in: 0...tags.count - 1)]
    }
}
