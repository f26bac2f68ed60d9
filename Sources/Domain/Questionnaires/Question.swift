/// One question of a published version. Frozen with it.
package struct Question: Hashable, Sendable {
    /// How answers and refusals name it, such as `allergies`. Unique within the version.
    package let name: QuestionName
    package let kind: QuestionKind
    package let text: PublicText
    package let isRequired: Bool
    /// What can be chosen from, in order; empty for other kinds.
    package let choices: [PublicText]

    package init(
        name: QuestionName, kind: QuestionKind, text: PublicText, isRequired: Bool = false,
        choices: [PublicText] = []
    ) {
        self.name = name
        self.kind = kind
        self.text = text
        self.isRequired = isRequired
        self.choices = choices
    }
}

extension Question: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        name = try f(1, "name", \.name)
        kind = try f(2, "kind", \.kind)
        text = try f(3, "text", \.text)
        isRequired = try f(4, "is_required", \.isRequired)
        choices = try f(5, "choices", \.choices)
    }
}

/// What is asked, and so what can be answered. Images join with uploads (QST-1).
package enum QuestionKind: Int, GrowingEnum {
    /// A heading; takes no answer.
    case title = 0
    /// Explanation; takes no answer.
    case paragraph = 1
    case textArea = 2
    /// Any number of ``Question/choices``.
    case choice = 3
    case date = 4
    /// One of ``Question/choices``.
    case dropDown = 5
    case country = 6

    /// `textArea`: as commands and answers write it.
    package var word: String { "\(self)" }

    package init?(word: String) {
        guard let kind = QuestionKind.allCases.first(where: { $0.word == word }) else { return nil }
        self = kind
    }

    package var takesAnswer: Bool {
        switch self {
        case .title, .paragraph: false
        case .textArea, .choice, .date, .dropDown, .country: true
        }
    }

    package var takesChoices: Bool {
        switch self {
        case .choice, .dropDown: true
        case .title, .paragraph, .textArea, .date, .country: false
        }
    }
}

/// A question's short name: 1 to 40 of `a–z A–Z 0–9 -`, so that naming one says nothing personal.
package struct QuestionName: PlainText {
    package static let bytesMax = 40
    package static let meaning = "name of a question"

    package let description: String

    package init?(_ text: String) {
        guard (1...Self.bytesMax).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") })
        else { return nil }
        description = text
    }

    package static func sampleText(_ samples: inout Samples) -> String {
        samples.text("abcdeXYZ-019", count: 1...12)
    }
}
