/// A meeting of a client with a practitioner or with a clinic, on a day or at an hour.
package enum Appointment: Decider {
    package enum Status: String, CaseIterable, Hashable, Sendable {
        case unknown, booked, done, noShow, cancelled
    }

    package struct State: Hashable, Sendable {
        package var status = Status.unknown
        package var clinic: ID<Clinic>?
        package var practitioner: ID<Staff>?
        package var time: AppointmentTime?
        package var key: ID<RecordKey>?
        package var details: Sealed<AppointmentDetails>?
        /// Of those who came for it, or of its room: the last.
        package var visit: ID<Visit>?
        package var questionnaires = QuestionnaireMarks()
    }

    package static let initial = State()

    package static func decide(
        _ command: AppointmentCommand, _ state: State
    ) throws(AppointmentRejection) -> [AppointmentEvent] {
        switch (command, state.status) {
        case (.book(let at, let request, let key), .unknown):
            try check(request)
            return [
                .booked(
                    AppointmentBooked(
                        at: at, clinic: request.door.clinic, practitioner: request.practitioner,
                        time: request.time, details: Sealed(request.details, under: key)))
            ]
        case (.book, .booked), (.book, .done), (.book, .noShow), (.book, .cancelled):
            throw .appointmentExists
        case (_, .unknown): throw .appointmentUnknown

        case (.markDone(let at, let visit), .booked):
            return [.done(AppointmentDone(at: at, visit: visit))]
        case (.markNoShow(let at), .booked):
            return [.noShow(AppointmentNoShow(at: at))]
        case (.cancel(let at, let reason), .booked):
            if let reason, reason.text.unicodeScalars.count > Reason.textMax {
                throw .reasonTooLong(limit: Reason.textMax)
            }
            let sealed = reason.flatMap { reason in
                state.key.map { Sealed(reason, under: $0) }
            }
            return [.cancelled(AppointmentCancelled(at: at, reason: sealed))]

        case (.visit(let at, let visit), _):
            return state.visit == visit ? [] : [.visited(AppointmentVisited(at: at, visit: visit))]

        case (.markQuestionnaire(let at, let mark), .booked):
            guard state.questionnaires.hasRoom(for: mark.questionnaire) else {
                throw .tooManyQuestionnaires(limit: QuestionnaireMarks.countMax)
            }
            guard state.questionnaires.changes(by: mark) else { return [] }
            return [.questionnaireMarked(AppointmentQuestionnaireMarked(at: at, mark))]

        case (.markDone, .done), (.markNoShow, .noShow), (.cancel, .cancelled):
            return []  // Asked twice, true once.
        case (.markNoShow, .done), (.cancel, .done), (.markQuestionnaire, .done):
            throw .appointmentDone
        case (.markDone, .noShow), (.cancel, .noShow), (.markQuestionnaire, .noShow):
            throw .appointmentNoShow
        case (.markDone, .cancelled), (.markNoShow, .cancelled), (.markQuestionnaire, .cancelled):
            throw .appointmentCancelled
        }
    }

    package static func evolve(_ state: inout State, _ event: AppointmentEvent) {
        switch event {
        case .booked(let booked):
            state.status = .booked
            state.clinic = booked.clinic
            state.practitioner = booked.practitioner
            state.time = booked.time
            state.key = booked.details.key
            state.details = booked.details
        case .done: state.status = .done
        case .noShow: state.status = .noShow
        case .cancelled: state.status = .cancelled
        case .visited(let visited): state.visit = visited.visit
        case .questionnaireMarked(let marked): state.questionnaires.take(marked.mark)
        }
    }

    private static func check(_ request: AppointmentRequest) throws(AppointmentRejection) {
        guard request.door.isOpen else { throw .clinicClosed }
        let time = request.time
        guard (time.clock == nil) == (time.start == nil) else { throw .startIncomplete }
        if let minutes = time.minutes {
            guard time.start != nil else { throw .lengthWithoutStart }
            guard (1...AppointmentTime.minutesMax).contains(minutes) else {
                throw .lengthOutOfRange(limit: AppointmentTime.minutesMax)
            }
            guard let span = time.span, Agenda.days(of: span) != nil else {
                throw .startOutOfRange
            }
        }
        if let note = request.details.note, note.unicodeScalars.count > AppointmentDetails.noteMax {
            throw .fieldTooLong(.note, limit: AppointmentDetails.noteMax)
        }
        if let number = request.details.externalNumber,
            number.unicodeScalars.count > AppointmentDetails.externalNumberMax
        {
            throw .fieldTooLong(.externalNumber, limit: AppointmentDetails.externalNumberMax)
        }
    }
}
