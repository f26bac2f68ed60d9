/// All answers given at once; sealed under a key of their own (QST-3).
package struct AnswerSet: Hashable, Sendable {
    package var answers: [Answer]

    package init(_ answers: [Answer]) { self.answers = answers }
}

extension AnswerSet: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        answers = try f(1, "answers", \.answers)
    }
}

/// The answer to one question: exactly one of text, choices, date and country.
package struct Answer: Hashable, Sendable {
    package var question: QuestionName
    package var text: String?
    /// Indices into ``Question/choices``, from 0.
    package var choices: [Int]
    package var date: LocalDate?
    package var country: CountryCode?

    /// Unicode scalars.
    package static let textMax = 8_000

    package init(
        _ question: QuestionName, text: String? = nil, choices: [Int] = [],
        date: LocalDate? = nil, country: CountryCode? = nil
    ) {
        self.question = question
        self.text = text
        self.choices = choices
        self.date = date
        self.country = country
    }

    /// Whether it says nothing, which counts as not answered.
    var isEmpty: Bool {
        (text ?? "").isEmpty && choices.isEmpty && date == nil && country == nil
    }

    /// Whether nothing but `kind`'s part is there, and that within `choices`.
    func fits(_ question: Question) -> Bool {
        let expected: Answer
        switch question.kind {
        case .title, .paragraph: return isEmpty && text == nil
        case .textArea: expected = Answer(self.question, text: text)
        case .date: expected = Answer(self.question, date: date)
        case .country: expected = Answer(self.question, country: country)
        case .dropDown:
            guard choices.count <= 1 else { return false }
            expected = Answer(self.question, choices: choices)
        case .choice:
            guard Set(choices).count == choices.count else { return false }
            expected = Answer(self.question, choices: choices)
        }
        return self == expected && choices.allSatisfy(question.choices.indices.contains)
    }
}

extension Answer: PersonalStruct {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        question = try f(1, "question", \.question)
        text = try f(2, "text", \.text)
        choices = try f(3, "choices", \.choices)
        date = try f(4, "date", \.date)
        country = try f(5, "country", \.country)
    }
}

/// A country by two letters, such as `NL`. That it is assigned is not checked. Source: ISO 3166-1
/// alpha-2.
package struct CountryCode: PlainText {
    package static let bytesMax = 2
    package static let meaning = "country (ISO 3166-1 alpha-2)"

    package let description: String

    package init?(_ text: String) {
        let upper = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard text.utf8.count == 2, text.utf8.allSatisfy({ upper.contains($0) }) else { return nil }
        description = text
    }

    package static func sampleText(_ samples: inout Samples) -> String {
        samples.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", count: 2...2)
    }
}
