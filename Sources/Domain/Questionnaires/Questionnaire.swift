/// Questions in frozen versions: an answer belongs to the version it was given on (QST-1).
package enum Questionnaire: Decider {
    package static let questionsMax = 200
    package static let choicesMax = 300
    /// UTF-8 bytes in all texts of a version together, so that it fits an event of 60 KiB.
    package static let bytesMax = 40_000
    package static let versionsMax = 1_000

    package struct State: Hashable, Sendable {
        /// The first is version 1.
        package var versions: [Version] = []

        /// Nil where there is no such version.
        package func version(_ number: Int) -> Version? {
            versions.indices.contains(number - 1) ? versions[number - 1] : nil
        }
    }

    package struct Version: Hashable, Sendable {
        package let title: PublicText
        package let questions: [Question]
    }

    package static let initial = State()

    package static func decide(
        _ command: QuestionnaireCommand, _ state: State
    ) throws(QuestionnaireRejection) -> [QuestionnaireEvent] {
        switch command {
        case .publish(let at, let title, let questions):
            try check(title, questions)
            if state.versions.last == Version(title: title, questions: questions) { return [] }
            guard state.versions.count < versionsMax else {
                throw .tooManyVersions(limit: versionsMax)
            }
            return [
                .published(
                    QuestionnairePublished(
                        at: at, version: state.versions.count + 1, title: title,
                        questions: questions))
            ]
        }
    }

    package static func evolve(_ state: inout State, _ event: QuestionnaireEvent) {
        switch event {
        case .published(let published):
            state.versions.append(
                Version(title: published.title, questions: published.questions))
        }
    }

    private static func check(
        _ title: PublicText, _ questions: [Question]
    ) throws(QuestionnaireRejection) {
        guard !title.description.isEmpty else { throw .titleMissing }
        guard questions.contains(where: \.kind.takesAnswer) else { throw .nothingAsked }
        guard questions.count <= questionsMax else { throw .tooManyQuestions(limit: questionsMax) }
        var names: Set<QuestionName> = []
        for question in questions {
            guard names.insert(question.name).inserted else { throw .nameTwice(question.name) }
            guard question.choices.count <= choicesMax else {
                throw .tooManyChoices(question.name, limit: choicesMax)
            }
            guard question.kind.takesChoices == !question.choices.isEmpty else {
                throw .choicesDoNotFit(question.name)
            }
            guard Set(question.choices).count == question.choices.count else {
                throw .choiceTwice(question.name)
            }
            guard question.kind.takesAnswer || !question.isRequired else {
                throw .takesNoAnswer(question.name)
            }
        }
        let bytes = questions.flatMap { [$0.text] + $0.choices }
            .reduce(title.description.utf8.count) { $0 + $1.description.utf8.count }
        guard bytes <= bytesMax else { throw .allTooLong(limit: bytesMax) }
    }
}

/// What can be asked of a questionnaire.
package enum QuestionnaireCommand: Hashable, Sendable {
    case publish(at: Instant, title: PublicText, questions: [Question])
}

/// Why a questionnaire refuses. In order: where two reasons apply, the earlier is thrown.
package enum QuestionnaireRejection: Rejected {
    case titleMissing
    case nothingAsked
    case tooManyQuestions(limit: Int)
    case nameTwice(QuestionName)
    case tooManyChoices(QuestionName, limit: Int)
    case choicesDoNotFit(QuestionName)
    case choiceTwice(QuestionName)
    case takesNoAnswer(QuestionName)
    case allTooLong(limit: Int)  // Bytes.
    case tooManyVersions(limit: Int)

    package var told: Told {
        switch self {
        case .titleMissing: Told("titleMissing", "A questionnaire has a title.", field: "title")
        case .nothingAsked:
            Told("nothingAsked", "Ask something that can be answered.", field: "questions")
        case .tooManyQuestions(let limit):
            Told(
                "tooManyQuestions", "At most \(limit) questions.", field: "questions",
                limit: limit)
        case .nameTwice(let name):
            Told("nameTwice", "Two questions have this name.", field: "questions.\(name)")
        case .tooManyChoices(let name, let limit):
            Told(
                "tooManyChoices", "At most \(limit) choices.", field: "questions.\(name)",
                limit: limit)
        case .choicesDoNotFit(let name):
            Told(
                "choicesDoNotFit", "A choice or drop-down has choices, nothing else has.",
                field: "questions.\(name)")
        case .choiceTwice(let name):
            Told("choiceTwice", "A choice stands there twice.", field: "questions.\(name)")
        case .takesNoAnswer(let name):
            Told(
                "takesNoAnswer", "A title or paragraph can't be required.",
                field: "questions.\(name)")
        case .allTooLong(let limit):
            Told(
                "allTooLong", "All texts together have at most \(limit) bytes.",
                field: "questions", limit: limit)
        case .tooManyVersions(let limit):
            Told("tooManyVersions", "At most \(limit) versions.", limit: limit)
        }
    }
}

/// What can happen to a questionnaire. Source: QST-1.
package enum QuestionnaireEvent: Hashable, Sendable {
    case published(QuestionnairePublished)
}

extension QuestionnaireEvent: EventFamily {
    package static let category = "questionnaire"
    package static let members = Members<QuestionnaireEvent>(
        Member(QuestionnairePublished.self, QuestionnaireEvent.published))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .published(let event): try visitor.visit(event)
        }
    }
}

/// A version was published, and is frozen from now on.
package struct QuestionnairePublished: Hashable, Sendable {
    package let at: Instant
    /// From 1.
    package let version: Int
    package let title: PublicText
    package let questions: [Question]

    package init(at: Instant, version: Int, title: PublicText, questions: [Question]) {
        self.at = at
        self.version = version
        self.title = title
        self.questions = questions
    }
}

extension QuestionnairePublished: Event {
    package static let name = "questionnaire.published"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        version = try f(2, "version", \.version)
        title = try f(3, "title", \.title)
        questions = try f(4, "questions", \.questions)
    }
}
