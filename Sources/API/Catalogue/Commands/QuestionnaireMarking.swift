import Domain

/// Where the state of a questionnaire is shown.
struct QuestionnairePlace {
    var visit: ID<Visit>?
    var appointment: ID<Appointment>?
}

extension Work {
    /// Marks a questionnaire that is being filled in, or was, wherever that is still of interest:
    /// what is over keeps what was said of it, and a list that is full takes no more.
    mutating func note(
        _ mark: QuestionnaireMark, _ place: QuestionnairePlace
    ) async throws(Refusal) {
        if let visit = place.visit {
            let state = try await load(Visit.self, visit).state
            if state.isThere, state.questionnaires.hasRoom(for: mark.questionnaire) {
                try await self.mark(visit, mark, after: state.lastAt)
            }
        }
        guard let appointment = place.appointment else { return }
        let state = try await load(Appointment.self, appointment).state
        guard state.status == .booked, state.questionnaires.hasRoom(for: mark.questionnaire) else {
            return
        }
        try await decide(
            Appointment.self, appointment, .markQuestionnaire(at: at, mark))
    }

    /// Chooses a questionnaire for an appointment, or chooses it no longer; whoever came for it
    /// already sees that too.
    mutating func choose(
        _ mark: QuestionnaireMark, for appointment: ID<Appointment>
    ) async throws(Refusal) {
        try await decide(Appointment.self, appointment, .markQuestionnaire(at: at, mark))
        guard let visit = try await load(Appointment.self, appointment).state.visit else { return }
        let state = try await load(Visit.self, visit).state
        if state.isThere { try await self.mark(visit, mark, after: state.lastAt) }
    }

    private mutating func mark(
        _ visit: ID<Visit>, _ mark: QuestionnaireMark, after last: Instant?
    ) async throws(Refusal) {
        follow(last)
        try await decide(Visit.self, visit, .markQuestionnaire(at: at, mark))
    }
}

extension Visit.State {
    /// The caller, or who opened the room for them, is there.
    fileprivate var isThere: Bool {
        switch phase {
        case .waiting, .beingSeen, .onHold: true
        case .unopened, .opened, .ended: false
        }
    }
}
