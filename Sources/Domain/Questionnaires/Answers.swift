/// What one person answered to one version of a questionnaire.
package enum Answers: Decider {
    package struct State: Hashable, Sendable {
        package var isGiven = false
        package var questionnaire: ID<Questionnaire>?
        package var version: Int?
        package var key: ID<RecordKey>?
        package var answers: Sealed<AnswerSet>?
    }

    package static let initial = State()

    package static func decide(
        _ command: AnswersCommand, _ state: State
    ) throws(AnswersRejection) -> [AnswersEvent] {
        switch command {
        case .give(let at, let paper, let answers, let key):
            guard !state.isGiven else { throw .alreadyGiven }
            guard let version = paper.version else { throw .versionUnknown }
            try check(answers, version)
            return [
                .given(
                    AnswersGiven(
                        at: at, questionnaire: paper.questionnaire, version: paper.number,
                        appointment: paper.appointment, visit: paper.visit,
                        answers: Sealed(answers, under: key)))
            ]
        }
    }

    package static func evolve(_ state: inout State, _ event: AnswersEvent) {
        switch event {
        case .given(let given):
            state.isGiven = true
            state.questionnaire = given.questionnaire
            state.version = given.version
            state.key = given.answers.key
            state.answers = given.answers
        }
    }

    /// Each fault is refused by the question's name (QST-3).
    private static func check(
        _ answers: AnswerSet, _ version: Questionnaire.Version
    ) throws(AnswersRejection) {
        guard answers.answers.count <= Questionnaire.questionsMax else {
            throw .tooManyAnswers(limit: Questionnaire.questionsMax)
        }
        var answered: Set<QuestionName> = []
        for answer in answers.answers {
            guard let question = version.questions.first(where: { $0.name == answer.question })
            else { throw .unknownQuestion(answer.question) }
            guard answered.insert(answer.question).inserted else {
                throw .answeredTwice(answer.question)
            }
            guard answer.fits(question) else { throw .wrongType(answer.question) }
            if let text = answer.text, text.unicodeScalars.count > Answer.textMax {
                throw .textTooLong(answer.question, limit: Answer.textMax)
            }
            if answer.isEmpty { answered.remove(answer.question) }
        }
        for question in version.questions
        where question.isRequired && !answered.contains(question.name) {
            throw .answerMissing(question.name)
        }
        let scalars = answers.answers.reduce(0) { $0 + ($1.text?.unicodeScalars.count ?? 0) }
        guard scalars <= textMax else { throw .allTooLong(limit: textMax) }
        let ticked = answers.answers.reduce(0) { $0 + $1.choices.count }
        guard ticked <= tickedMax else { throw .tooManyTicked(limit: tickedMax) }
    }

    /// Unicode scalars in all texts of a set together: so that the sealed set fits an event of 60
    /// KiB.
    package static let textMax = 10_000
    /// Choices ticked in a set together; for the same reason.
    package static let tickedMax = 1_000
}

/// What can be asked of a set of answers.
package enum AnswersCommand: Hashable, Sendable {
    /// The answers are plain here: they are checked against the version; the event's writer seals
    /// them under `key`.
    case give(at: Instant, Paper, answers: AnswerSet, key: ID<RecordKey>)
}

/// The version that is filled in, read from the questionnaire's state, and what it is filled in
/// for.
package struct Paper: Hashable, Sendable {
    package let questionnaire: ID<Questionnaire>
    /// From 1.
    package let number: Int
    /// Nil where the questionnaire has no such version.
    package let version: Questionnaire.Version?
    package let appointment: ID<Appointment>?
    package let visit: ID<Visit>?

    package init(
        _ questionnaire: ID<Questionnaire>, version number: Int, of state: Questionnaire.State,
        appointment: ID<Appointment>? = nil, visit: ID<Visit>? = nil
    ) {
        self.questionnaire = questionnaire
        self.number = number
        version = state.version(number)
        self.appointment = appointment
        self.visit = visit
    }
}

/// Why answers are refused. In order: where two reasons apply, the earlier is thrown; among
/// questions, in the order of the answers, then of the version.
package enum AnswersRejection: Rejected {
    case alreadyGiven
    case versionUnknown
    case tooManyAnswers(limit: Int)
    case unknownQuestion(QuestionName)
    case answeredTwice(QuestionName)
    case wrongType(QuestionName)
    case textTooLong(QuestionName, limit: Int)  // Characters.
    case answerMissing(QuestionName)
    case allTooLong(limit: Int)  // Characters.
    case tooManyTicked(limit: Int)

    package var told: Told {
        switch self {
        case .alreadyGiven: Told("alreadyGiven", "These answers were given.", field: "answers")
        case .versionUnknown:
            Told("versionUnknown", "There is no such version.", field: "version")
        case .tooManyAnswers(let limit):
            Told("tooManyAnswers", "At most \(limit) answers.", field: "answers", limit: limit)
        case .unknownQuestion(let name):
            Told("unknownQuestion", "Nobody asked that.", field: "answers.\(name)")
        case .answeredTwice(let name):
            Told("answeredTwice", "This is answered twice.", field: "answers.\(name)")
        case .wrongType(let name):
            Told("wrongType", "That does not answer this question.", field: "answers.\(name)")
        case .textTooLong(let name, let limit):
            Told(
                "textTooLong", "At most \(limit) characters are taken.",
                field: "answers.\(name)", limit: limit)
        case .answerMissing(let name):
            Told("answerMissing", "This has to be answered.", field: "answers.\(name)")
        case .allTooLong(let limit):
            Told(
                "allTooLong", "At most \(limit) characters are taken in all.",
                field: "answers", limit: limit)
        case .tooManyTicked(let limit):
            Told(
                "tooManyTicked", "At most \(limit) choices are taken in all.",
                field: "answers", limit: limit)
        }
    }
}

/// What can happen to a set of answers. Source: QST-3.
package enum AnswersEvent: Hashable, Sendable {
    case given(AnswersGiven)
}

extension AnswersEvent: EventFamily {
    package static let category = "answers"
    package static let members = Members<AnswersEvent>(
        Member(AnswersGiven.self, AnswersEvent.given))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .given(let event): try visitor.visit(event)
        }
    }
}

/// A questionnaire was filled in.
package struct AnswersGiven: Hashable, Sendable {
    package let at: Instant
    package let questionnaire: ID<Questionnaire>
    /// The version it was given on, from 1.
    package let version: Int
    package let appointment: ID<Appointment>?
    package let visit: ID<Visit>?
    package let answers: Sealed<AnswerSet>

    package init(
        at: Instant, questionnaire: ID<Questionnaire>, version: Int,
        appointment: ID<Appointment>? = nil, visit: ID<Visit>? = nil, answers: Sealed<AnswerSet>
    ) {
        self.at = at
        self.questionnaire = questionnaire
        self.version = version
        self.appointment = appointment
        self.visit = visit
        self.answers = answers
    }
}

extension AnswersGiven: Event {
    package static let name = "answers.given"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        questionnaire = try f(2, "questionnaire", \.questionnaire)
        version = try f(3, "version", \.version)
        appointment = try f(4, "appointment", \.appointment)
        visit = try f(5, "visit", \.visit)
        answers = try f(6, "answers", \.answers)
    }
}
