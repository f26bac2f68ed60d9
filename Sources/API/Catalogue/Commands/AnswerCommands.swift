import Domain
import EventStore
import Projections

extension Catalogue {
    static let answerCommands: [CommandEntry] = [
        CommandEntry(
            .questionnairePublish, "Publishes a questionnaire, or a new version of one (QST-1).",
            makes: [.id("questionnaire", of: Category.questionnaire, "The questionnaire.")],
            body: PublishBody.init
        ) { input, work throws(Refusal) in
            try await work.allow(in: nil)
            if let known = input.questionnaire {
                _ = try await work.existing(Questionnaire.self, known, field: "questionnaire")
            }
            try await work.decide(
                Questionnaire.self, input.questionnaire ?? work.newID(),
                .publish(at: work.at, title: input.title, questions: input.questions))
        },
        CommandEntry(
            .answersStart,
            """
            Notes that a questionnaire is being filled in, for an appointment or in a visit: staff \
            see it (WA-2, QST-2).
            """,
            body: { body in
                (
                    body("questionnaire", .id(), "The questionnaire.") as ID<Questionnaire>,
                    AnsweredFor(&body)
                )
            }
        ) { input, work throws(Refusal) in
            let (questionnaire, place) = input
            let known = try await work.allow(answering: place)
            _ = try await work.existing(
                Questionnaire.self, questionnaire, field: "questionnaire")
            try await work.note(QuestionnaireMark(questionnaire, .started), known)
        },
        CommandEntry(
            .answersGive,
            "Gives answers to a published version; sealed under a key of their own (QST-3).",
            makes: [.id("answers", of: Category.answers, "The answers.")], body: GivenBody.init
        ) { input, work throws(Refusal) in
            let place = try await work.allow(answering: input.place)
            let state = try await work.existing(
                Questionnaire.self, input.questionnaire, field: "questionnaire")
            let paper = Paper(
                input.questionnaire, version: Int(input.version), of: state,
                appointment: input.place.appointment, visit: input.place.visit)
            let key = try await work.takeKey()
            try await work.decide(
                Answers.self, work.newID(),
                .give(at: work.at, paper, answers: AnswerSet(input.answers), key: key))
            try await work.note(QuestionnaireMark(input.questionnaire, .completed), place)
        },
    ]
}

extension Work {
    /// A caller answers in their own visit; staff for anyone whose records they work with.
    /// - Returns: what the answers are for, with the appointment the visit is for.
    fileprivate mutating func allow(
        answering place: AnsweredFor
    ) async throws(Refusal) -> QuestionnairePlace {
        var known = QuestionnairePlace()
        if let visit = place.visit {
            if case .caller(_, let own) = request.actor, own != visit {
                throw .notFound(field: "visit")
            }
            let state = try await existing(Visit.self, visit, field: "visit")
            known.visit = visit
            known.appointment = state.appointment
        } else if case .caller = request.actor {
            throw .field("visit", .missing, "is missing")
        }
        if let appointment = place.appointment {
            if case .caller = request.actor {
                throw .field("appointment", .notAllowed, "is not for a caller to name")
            }
            let state = try await existing(
                Appointment.self, appointment, field: "appointment")
            known.visit = known.visit ?? state.visit
            known.appointment = appointment
        }
        try await allow(in: nil)
        return known
    }
}

/// What a questionnaire is filled in for.
private struct AnsweredFor: Sendable {
    let appointment: ID<Appointment>?
    let visit: ID<Visit>?

    init(_ body: inout Body) {
        appointment = body.optional("appointment", .id(), "The appointment they are for.")
        visit = body.optional("visit", .id(), "The visit they are given in.")
    }
}

private struct PublishBody: Sendable {
    let questionnaire: ID<Questionnaire>?
    let title: PublicText
    let questions: [Question]

    init(_ body: inout Body) {
        questionnaire = body.optional("questionnaire", .id(), "Left out: a new one.")
        title = body("title", .publicText(max: OrganisationProfile.nameMax), "Its title.")
        questions = body(
            "questions", .list(of: .object(Question.init), max: Questionnaire.questionsMax),
            "The questions, in order.")
    }
}

extension Question {
    /// Characters of a question's text, and of one choice.
    static let textMax = 2_000
    static let choiceMax = 200

    fileprivate init(_ body: inout Body) {
        self.init(
            name: body("name", .questionName, "How answers name it."),
            kind: body(
                "kind", .choice(QuestionKind.allCases.map { ($0.word, $0) }), "What is asked."),
            text: body("text", .publicText(max: Self.textMax), "The question."),
            isRequired: body.optional("isRequired", .bool, "It must be answered.") ?? false,
            choices: body.optional(
                "choices",
                .list(of: .publicText(max: Self.choiceMax), max: Questionnaire.choicesMax),
                "What can be chosen.") ?? [])
    }
}

private struct GivenBody: Sendable {
    let questionnaire: ID<Questionnaire>
    let version: Int64
    let place: AnsweredFor
    let answers: [Domain.Answer]

    init(_ body: inout Body) {
        questionnaire = body("questionnaire", .id(), "The questionnaire.")
        version = body("version", .whole(1...Int64(Questionnaire.versionsMax)), "The version.")
        place = AnsweredFor(&body)
        answers = body(
            "answers", .list(of: .object(Domain.Answer.init), max: Questionnaire.questionsMax),
            "One for each question answered.")
    }
}

extension Domain.Answer {
    fileprivate init(_ body: inout Body) {
        self.init(
            body("question", .questionName, "The question's name."),
            text: body.optional("text", .text(max: Self.textMax, min: 0), "To a textArea."),
            choices: (body.optional(
                "choices",
                .list(
                    of: .whole(0...Int64(Questionnaire.choicesMax)), max: Questionnaire.choicesMax),
                "Indices of what was chosen, from 0.") ?? []).map { Int($0) },
            date: body.optional("date", .date, "To a date."),
            country: body.optional("country", .country, "To a country."))
    }
}

extension FieldType where Value == QuestionName {
    fileprivate static var questionName: FieldType {
        FieldType<String>.text(max: QuestionName.bytesMax).map(
            placeholder: QuestionName.sample, QuestionName.init,
            or: "must be of a-z, A-Z, 0-9 and hyphen",
            telling: [
                "format": "question-name", "pattern": "^[A-Za-z0-9-]+$", "examples": ["allergies"],
            ])
    }
}

extension QuestionName {
    fileprivate static var sample: QuestionName {
        guard let name = QuestionName("a") else { preconditionFailure("a is a name") }
        return name
    }
}

extension FieldType where Value == CountryCode {
    fileprivate static var country: FieldType {
        FieldType<String>.text(max: CountryCode.bytesMax).map(
            placeholder: CountryCode.sample, CountryCode.init,
            or: "must be two capital letters, such as NL",
            telling: ["format": "country-code", "pattern": "^[A-Z]{2}$", "examples": ["NL"]])
    }
}

extension CountryCode {
    fileprivate static var sample: CountryCode {
        guard let country = CountryCode("NL") else { preconditionFailure("NL is a country") }
        return country
    }
}
