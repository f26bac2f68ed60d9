/// What can be asked of an appointment. Booking and cancelling are decided by ``Booking``, over
/// agendas too.
package enum AppointmentCommand: Hashable, Sendable {
    /// The details, and a later reason, are sealed under `key`.
    case book(at: Instant, AppointmentRequest, key: ID<RecordKey>)
    case markDone(at: Instant, visit: ID<Visit>?)
    case markNoShow(at: Instant)
    case cancel(at: Instant, reason: Reason?)
    /// Somebody came for it in that visit, or its room was opened.
    case visit(at: Instant, visit: ID<Visit>)
    /// A questionnaire is chosen for it, is being filled in, was, or is chosen no longer (QST-2).
    case markQuestionnaire(at: Instant, QuestionnaireMark)
}

/// What is to be booked.
package struct AppointmentRequest: Hashable, Sendable {
    package var door: ClinicDoor
    package var practitioner: ID<Staff>?
    package var time: AppointmentTime
    package var details: AppointmentDetails

    package init(
        door: ClinicDoor, practitioner: ID<Staff>? = nil, time: AppointmentTime,
        details: AppointmentDetails
    ) {
        self.door = door
        self.practitioner = practitioner
        self.time = time
        self.details = details
    }
}

/// Why an appointment refuses. In order: where two reasons apply, the earlier is thrown.
package enum AppointmentRejection: Rejected {
    case appointmentUnknown
    case appointmentExists
    case appointmentDone
    case appointmentNoShow
    case appointmentCancelled
    case clinicClosed
    case startIncomplete
    case lengthWithoutStart
    case lengthOutOfRange(limit: Int)  // Minutes.
    case startOutOfRange
    case fieldTooLong(AppointmentField, limit: Int)  // Characters.
    case reasonTooLong(limit: Int)  // Characters.
    case tooManyQuestionnaires(limit: Int)

    package var told: Told {
        switch self {
        case .appointmentUnknown:
            Told("appointmentUnknown", "There is no such appointment.", field: "appointment")
        case .appointmentExists:
            Told("appointmentExists", "This appointment is booked.", field: "appointment")
        case .appointmentDone: Told("appointmentDone", "The appointment took place.")
        case .appointmentNoShow: Told("appointmentNoShow", "It is noted as a no-show.")
        case .appointmentCancelled: Told("appointmentCancelled", "It was cancelled.")
        case .clinicClosed:
            Told("clinicClosed", "The clinic is closed and admits nobody.", field: "clinic")
        case .startIncomplete:
            Told(
                "startIncomplete", "An hour comes with its moment, and the other way round.",
                field: "start")
        case .lengthWithoutStart:
            Told("lengthWithoutStart", "A length needs an hour to begin at.", field: "minutes")
        case .lengthOutOfRange(let limit):
            Told("lengthOutOfRange", "1 to \(limit) minutes.", field: "minutes", limit: limit)
        case .startOutOfRange:
            Told("startOutOfRange", "An agenda begins on 1970-01-02.", field: "start")
        case .fieldTooLong(let field, let limit):
            Told(
                "fieldTooLong", "At most \(limit) characters are taken.", field: field.rawValue,
                limit: limit)
        case .reasonTooLong(let limit):
            Told(
                "reasonTooLong", "A reason has at most \(limit) characters.", field: "reason",
                limit: limit)
        case .tooManyQuestionnaires(let limit): .tooManyQuestionnaires(limit)
        }
    }
}

/// The texts of ``AppointmentDetails``, by name.
package enum AppointmentField: String, CaseIterable, Hashable, Sendable {
    case note, externalNumber
}
