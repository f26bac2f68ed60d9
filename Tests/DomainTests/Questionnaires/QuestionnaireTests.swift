import Domain
import Testing

@Suite("Questionnaire and answers") struct QuestionnaireTests {
    @Test("QST-1 a version is frozen: publishing another leaves it as it was")
    func versions() {
        let second = [Paper.question("pain", .textArea)]
        let first = QuestionnaireEvent.published(Paper.published(1, Paper.questions))
        Given<Questionnaire>(first)
            .when(.publish(at: DomainTests.second(0), title: text("Intake"), questions: second))
            .then(.published(Paper.published(2, second)))
            .when(.publish(at: DomainTests.second(0), title: text("Intake"), questions: second))
            .then()
        let state = Questionnaire.fold([first, .published(Paper.published(2, second))])
        #expect(state.version(1)?.questions == Paper.questions)
        #expect(state.version(2)?.questions == second)
        #expect(state.version(0) == nil && state.version(3) == nil)
    }

    @Test("QST-1 what cannot be asked is refused by the question's name", arguments: 0..<9)
    func malformed(which: Int) {
        let name = Paper.name("pain")
        let choices = [text("a"), text("b")]
        let cases: [([Question], QuestionnaireRejection)] = [
            ([], .nothingAsked),
            ([Paper.question("heading", .title)], .nothingAsked),
            (
                (0...Questionnaire.questionsMax).map { Paper.question("q\($0)", .date) },
                .tooManyQuestions(limit: Questionnaire.questionsMax)
            ),
            ([Paper.question("pain", .date), Paper.question("pain", .date)], .nameTwice(name)),
            ([Paper.question("pain", .dropDown)], .choicesDoNotFit(name)),
            ([Paper.question("pain", .date, choices: choices)], .choicesDoNotFit(name)),
            (
                [Paper.question("pain", .choice, choices: choices + choices)],
                .choiceTwice(name)
            ),
            (
                [
                    Paper.question("q", .date),
                    Paper.question("pain", .paragraph, isRequired: true),
                ], .takesNoAnswer(name)
            ),
            (
                (0..<6).map { Paper.question("q\($0)", .date, words: long(8_000)) },
                .allTooLong(limit: Questionnaire.bytesMax)
            ),
        ]
        let (questions, refusal) = cases[which]
        Given<Questionnaire>()
            .when(.publish(at: second(0), title: text("Intake"), questions: questions))
            .refused(refusal)
    }

    @Test("QST-1 a questionnaire has a title")
    func title() {
        Given<Questionnaire>()
            .when(.publish(at: second(0), title: text(""), questions: Paper.questions))
            .refused(.titleMissing)
    }

    @Test("QST-3 answers that fit the version are sealed under a key of their own")
    func give() {
        Given<Answers>().when(Paper.give(Paper.whole)).then(.given(Paper.given(Paper.whole)))
            .when(Paper.give(Paper.whole)).refused(.alreadyGiven)
        // What is not required may be left out, or left empty.
        let short = [Answer(Paper.name("pain"), text: "none"), Answer(Paper.name("since"))]
        Given<Answers>().when(Paper.give(short)).then(.given(Paper.given(short)))
    }

    @Test("QST-3 answers belong to a version there is")
    func version() {
        Given<Answers>().when(Paper.give(Paper.whole, version: 2)).refused(.versionUnknown)
    }

    @Test("QST-3 an unknown question is refused by name")
    func unknown() {
        let refusal = AnswersRejection.unknownQuestion(Paper.name("shoe-size"))
        Given<Answers>()
            .when(Paper.give(Paper.whole + [Answer(Paper.name("shoe-size"), text: "44")]))
            .refused(refusal)
        #expect(refusal.field == "answers.shoe-size")
    }

    @Test("QST-3 a missing required answer is refused by name; an empty one is missing")
    func missing() {
        let refusal = AnswersRejection.answerMissing(Paper.name("pain"))
        for answers in [[], [Answer(Paper.name("pain"), text: "")]] {
            Given<Answers>().when(Paper.give(answers)).refused(refusal)
        }
        #expect(refusal.field == "answers.pain")
    }

    @Test("QST-3 a wrong type is refused by name, for every kind of question and of answer")
    func wrongType() {
        let kinds: [String: (Answer) -> Bool] = [
            "heading": { _ in false },
            "pain": { $0.text != nil },
            "where": { !$0.choices.isEmpty },
            "since": { $0.date != nil },
            "how": { !$0.choices.isEmpty },
            "country": { $0.country != nil },
        ]
        for (name, fits) in kinds {
            let name = Paper.name(name)
            let one: [Answer] = [
                Answer(name, text: "x"), Answer(name, choices: [1]),
                Answer(name, date: day("2026-11-21")),
                Answer(name, country: CountryCode("NL")),
            ]
            for given in one {
                let others = Paper.whole.filter { $0.question != name }
                let answered = answer(Answers.self, Paper.give(others + [given]), after: [])
                let expected = fits(given) ? "yes" : "wrongType"
                #expect(answered.cell == expected, "\(given)")
            }
        }
    }

    @Test("QST-3 choices are those of the version: one of a drop-down, each once of a choice")
    func choices() {
        let wrong = [
            Answer(Paper.name("how"), choices: [0, 1]), Answer(Paper.name("how"), choices: [3]),
            Answer(Paper.name("where"), choices: [0, 0]),
            Answer(Paper.name("where"), choices: [-1]),
        ]
        for given in wrong {
            let others = Paper.whole.filter { $0.question != given.question }
            Given<Answers>().when(Paper.give(others + [given]))
                .refused(.wrongType(given.question))
        }
        Given<Answers>().when(Paper.give(Paper.whole + [Paper.whole[0]]))
            .refused(.answeredTwice(Paper.whole[0].question))
    }

    @Test("QST-3 lengths are bounded, so that a sealed set fits one event")
    func bounds() {
        let name = Paper.name("pain")
        Given<Answers>()
            .when(Paper.give([Answer(name, text: long(Answer.textMax + 1))]))
            .refused(.textTooLong(name, limit: Answer.textMax))
        let many = (0...Questionnaire.questionsMax).map { Answer(Paper.name("q\($0)")) }
        Given<Answers>().when(Paper.give(many))
            .refused(.tooManyAnswers(limit: Questionnaire.questionsMax))
        let two = [Paper.question("a", .textArea), Paper.question("b", .textArea)]
        let full = two.map { Answer($0.name, text: long(Answer.textMax)) }
        Given<Answers>().when(Paper.give(full, on: two))
            .refused(.allTooLong(limit: Answers.textMax))
        let choices = (0..<300).map { text("\($0)") }
        let ticked = (0..<4).map { Paper.question("c\($0)", .choice, choices: choices) }
        Given<Answers>()
            .when(Paper.give(ticked.map { Answer($0.name, choices: Array(0..<300)) }, on: ticked))
            .refused(.tooManyTicked(limit: Answers.tickedMax))
    }
}

/// A questionnaire with a question of every kind, for the tests.
private enum Paper {
    static let questions = [
        question("heading", .title),
        question("pain", .textArea, isRequired: true),
        question("where", .choice, choices: ["head", "chest", "leg"].map(text)),
        question("since", .date),
        question("how", .dropDown, choices: ["dull", "sharp", "both"].map(text)),
        question("country", .country),
        question("thanks", .paragraph),
    ]

    static let whole = [
        Answer(name("pain"), text: "a little"), Answer(name("where"), choices: [0, 2]),
        Answer(name("since"), date: day("2026-11-01")), Answer(name("how"), choices: [1]),
        Answer(name("country"), country: CountryCode("NL")),
    ]

    static func name(_ text: String) -> QuestionName {
        guard let name = QuestionName(text) else { preconditionFailure("no name: \(text)") }
        return name
    }
    static func question(
        _ name: String, _ kind: QuestionKind, isRequired: Bool = false,
        choices: [PublicText] = [], words: String = "?"
    ) -> Question {
        Question(
            name: self.name(name), kind: kind, text: text(words), isRequired: isRequired,
            choices: choices)
    }
    static func published(_ version: Int, _ questions: [Question]) -> QuestionnairePublished {
        QuestionnairePublished(
            at: second(0), version: version, title: text("Intake"), questions: questions)
    }
    static func give(
        _ answers: [Answer], version: Int = 1, on questions: [Question] = questions
    ) -> AnswersCommand {
        let state = Questionnaire.fold([.published(published(1, questions))])
        let paper = Domain.Paper(id(20), version: version, of: state, visit: id(3))
        return .give(at: second(5), paper, answers: AnswerSet(answers), key: id(500))
    }
    static func given(_ answers: [Answer]) -> AnswersGiven {
        AnswersGiven(
            at: second(5), questionnaire: id(20), version: 1, visit: id(3),
            answers: Sealed(AnswerSet(answers), under: id(500)))
    }
}
