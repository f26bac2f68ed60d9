/// What can happen to an appointment. Source: SCH-2.
package enum AppointmentEvent: Hashable, Sendable {
    case booked(AppointmentBooked)
    case done(AppointmentDone)
    case noShow(AppointmentNoShow)
    case cancelled(AppointmentCancelled)
    case visited(AppointmentVisited)
    case questionnaireMarked(AppointmentQuestionnaireMarked)
}

extension AppointmentEvent: EventFamily {
    package static let category = "appointment"
    package static let members = Members<AppointmentEvent>(
        Member(AppointmentBooked.self, AppointmentEvent.booked),
        Member(AppointmentDone.self, AppointmentEvent.done),
        Member(AppointmentNoShow.self, AppointmentEvent.noShow),
        Member(AppointmentCancelled.self, AppointmentEvent.cancelled),
        Member(AppointmentVisited.self, AppointmentEvent.visited),
        Member(AppointmentQuestionnaireMarked.self, AppointmentEvent.questionnaireMarked))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .booked(let event): try visitor.visit(event)
        case .done(let event): try visitor.visit(event)
        case .noShow(let event): try visitor.visit(event)
        case .cancelled(let event): try visitor.visit(event)
        case .visited(let event): try visitor.visit(event)
        case .questionnaireMarked(let event): try visitor.visit(event)
        }
    }
}

/// An appointment with a practitioner, or with a clinic. Whose it is stands in the sealed part
/// (ANON-3).
package struct AppointmentBooked: Hashable, Sendable {
    package let at: Instant
    package let clinic: ID<Clinic>
    /// Absent: with the clinic, any practitioner of it.
    package let practitioner: ID<Staff>?
    package let time: AppointmentTime
    package let details: Sealed<AppointmentDetails>

    package init(
        at: Instant, clinic: ID<Clinic>, practitioner: ID<Staff>? = nil, time: AppointmentTime,
        details: Sealed<AppointmentDetails>
    ) {
        self.at = at
        self.clinic = clinic
        self.practitioner = practitioner
        self.time = time
        self.details = details
    }
}

extension AppointmentBooked: Event {
    package static let name = "appointment.booked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        clinic = try f(2, "clinic", \.clinic)
        practitioner = try f(3, "practitioner", \.practitioner)
        time = try f(4, "time", \.time)
        details = try f(5, "details", \.details)
    }
}

/// It took place.
package struct AppointmentDone: Hashable, Sendable {
    package let at: Instant
    /// The visit it took place in, where that is known.
    package let visit: ID<Visit>?

    package init(at: Instant, visit: ID<Visit>? = nil) {
        self.at = at
        self.visit = visit
    }
}

extension AppointmentDone: Event {
    package static let name = "appointment.done"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        visit = try f(2, "visit", \.visit)
    }
}

/// The client did not come.
package struct AppointmentNoShow: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension AppointmentNoShow: Event {
    package static let name = "appointment.no-show"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}

/// It will not take place.
package struct AppointmentCancelled: Hashable, Sendable {
    package let at: Instant
    package let reason: Sealed<Reason>?

    package init(at: Instant, reason: Sealed<Reason>? = nil) {
        self.at = at
        self.reason = reason
    }
}

extension AppointmentCancelled: Event {
    package static let name = "appointment.cancelled"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        reason = try f(2, "reason", \.reason)
    }
}

/// Somebody came for it, or its room was opened without the client: the visit to be found by who
/// does the other next (WA-8).
package struct AppointmentVisited: Hashable, Sendable {
    package let at: Instant
    package let visit: ID<Visit>

    package init(at: Instant, visit: ID<Visit>) {
        self.at = at
        self.visit = visit
    }
}

extension AppointmentVisited: Event {
    package static let name = "appointment.visited"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        visit = try f(2, "visit", \.visit)
    }
}

/// A questionnaire was chosen for it, or what became of that. Source: QST-2.
package struct AppointmentQuestionnaireMarked: Hashable, Sendable {
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

extension AppointmentQuestionnaireMarked: Event {
    package static let name = "appointment.questionnaire-marked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        questionnaire = try f(2, "questionnaire", \.questionnaire)
        state = try f(3, "state", \.state)
    }
}
