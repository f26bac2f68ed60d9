/// What became of a questionnaire that a client is to fill in (QST-2). It only rises, until it is
/// withdrawn.
package enum QuestionnaireState: Int, GrowingEnum {
    case new = 0
    case started = 1
    case completed = 2
    /// It is to be filled in no longer.
    case withdrawn = 3

    /// `new`: as commands and answers write it.
    package var word: String { "\(self)" }
}

/// One questionnaire, and what became of it.
package struct QuestionnaireMark: Hashable, Sendable {
    package let questionnaire: ID<Questionnaire>
    package let state: QuestionnaireState

    package init(_ questionnaire: ID<Questionnaire>, _ state: QuestionnaireState) {
        self.questionnaire = questionnaire
        self.state = state
    }
}

extension Told {
    /// - Parameter limit: ``QuestionnaireMarks/countMax``.
    static func tooManyQuestionnaires(_ limit: Int) -> Told {
        Told(
            "tooManyQuestionnaires", "At most \(limit) questionnaires are chosen.",
            field: "questionnaire", limit: limit)
    }
}

/// The questionnaires of an appointment or of a visit, in the order they came. None is withdrawn.
package struct QuestionnaireMarks: Hashable, Sendable {
    package static let countMax = 20

    package private(set) var all: [QuestionnaireMark] = []

    /// - Parameter all: as a row kept them.
    package init(_ all: [QuestionnaireMark] = []) { self.all = all }

    package subscript(questionnaire: ID<Questionnaire>) -> QuestionnaireState? {
        all.first { $0.questionnaire == questionnaire }?.state
    }

    /// Whether that mark says something new: what was started is not new again, and only what is
    /// there is withdrawn.
    package func changes(by mark: QuestionnaireMark) -> Bool {
        guard let state = self[mark.questionnaire] else { return mark.state != .withdrawn }
        return state.rawValue < mark.state.rawValue
    }

    /// Whether there is room for one more questionnaire, or it is one of these.
    package func hasRoom(for questionnaire: ID<Questionnaire>) -> Bool {
        self[questionnaire] != nil || all.count < Self.countMax
    }

    package mutating func take(_ mark: QuestionnaireMark) {
        let index = all.firstIndex { $0.questionnaire == mark.questionnaire }
        switch (index, mark.state) {
        case (.some(let index), .withdrawn): all.remove(at: index)
        case (.some(let index), _): all[index] = mark
        case (.none, .withdrawn): return
        case (.none, _): all.append(mark)
        }
    }
}
