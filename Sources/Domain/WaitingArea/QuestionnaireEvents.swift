/// A questionnaire is to be filled in by the caller, or what became of it. Source: WA-2, QST-2.
package struct VisitQuestionnaireMarked: Hashable, Sendable {
    package let at: Instant
    package let questionnaire: ID<Questionnaire>
    package let state: QuestionnaireState

    package init(at: Instant, _ mark: QuestionnaireMark) {
        self.at = at
        questionnaire = mark.questionnaire
        state = mark.state
    }

    package var mark: QuestionnaireMark { QuestionnaireMark(questionnaire, state) }
}

extension VisitQuestionnaireMarked: Event {
    package static let name = "visit.questionnaire-marked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        questionnaire = try f(2, "questionnaire", \.questionnaire)
        state = try f(3, "state", \.state)
    }
}
