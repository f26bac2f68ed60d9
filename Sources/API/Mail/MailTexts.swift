package import Domain

/// What mails of each kind say, in each language there is. Codes in braces are filled in from the
/// letter; a paragraph whose code has nothing to be filled with is left out.
///
/// | code | is |
/// |---|---|
/// | `{name}` | whom it is to |
/// | `{from}` | who had it sent |
/// | `{about}` | the clinic or room |
/// | `{organisation}` | the organisation's name |
/// | `{link}`, `{until}` | the link, and how long it is good |
struct MailTexts: Sendable {
    /// Text of one kind.
    struct Text: Sendable {
        let subject: String
        let paragraphs: [String]

        init(_ subject: String, _ paragraphs: String...) {
            self.subject = subject
            self.paragraphs = paragraphs
        }
    }

    let language: String
    /// With a name, and without.
    let greeting: (named: String, plain: String)
    let until: String
    let closing: String
    let invitation: Text
    let reset: Text
    let room: Text
    let clinic: Text
    let alert: Text

    func text(_ kind: MailKind) -> Text {
        switch kind {
        case .staffInvitation: invitation
        case .passwordReset: reset
        case .roomInvitation: room
        case .clinicLink: clinic
        case .arrivalAlert: alert
        }
    }

    /// The first is used where there is no text in the language asked for.
    static let all = [english, dutch, german, danish, norwegian, polish, ukrainian, thai]

    /// By the language alone: `nl-BE` is written to in Dutch, Norwegian of any kind in Bokmål.
    static func of(_ tag: LanguageTag) -> MailTexts {
        let asked = tag.description.split(separator: "-").first?.lowercased() ?? ""
        let language = asked == "no" || asked == "nn" ? "nb" : asked
        return all.first { $0.language == language } ?? english
    }
}

/// A mail's subject and text, filled in.
package struct MailText: Hashable, Sendable {
    package let subject: String
    package let body: String
    package let language: LanguageTag

    /// - Parameter values: what codes stand for; those that have none are missing.
    package init(_ kind: MailKind, _ language: LanguageTag, _ values: [String: String]) {
        let texts = MailTexts.of(language)
        let text = texts.text(kind)
        let greeting = values["name"] == nil ? texts.greeting.plain : texts.greeting.named
        let paragraphs = [greeting] + text.paragraphs + [texts.until, texts.closing]
        subject = MailText.fill(text.subject, values) ?? values["organisation"] ?? ""
        body = paragraphs.compactMap { MailText.fill($0, values) }.joined(separator: "\n\n") + "\n"
        self.language = LanguageTag(texts.language) ?? language
    }

    /// Nil where something is missing. What is filled in is not looked at again.
    private static func fill(_ text: String, _ values: [String: String]) -> String? {
        var filled = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            guard let value = values[String(rest[rest.index(after: open)..<close])] else {
                return nil
            }
            filled += rest[..<open] + value
            rest = rest[rest.index(after: close)...]
        }
        return filled + rest
    }
}
