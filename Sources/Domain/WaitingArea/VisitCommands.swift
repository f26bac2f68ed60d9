/// What can be asked of a visit. `at` is the server's clock; who may ask is decided by ``Roles``.
package enum VisitCommand: Hashable, Sendable {
    case open(at: Instant, door: ClinicDoor)
    /// `entry` is plain here: rules look at it; the event's writer seals it under `key`.
    case arrive(at: Instant, door: ClinicDoor, Arrival)
    case admit(at: Instant, staff: ID<Staff>)
    case join(at: Instant, staff: ID<Staff>)
    case leave(at: Instant, participant: Participant)
    case giveUp(at: Instant)
    case holdParticipant(at: Instant, participant: Participant, by: ID<Staff>)
    case resumeParticipant(at: Instant, participant: Participant, by: ID<Staff>)
    case disconnect(at: Instant, participant: Participant)
    case comeBack(at: Instant, participant: Participant)
    /// Asked by policy once the grace time is over.
    case dropOut(at: Instant, participant: Participant)
    case transfer(at: Instant, to: ClinicDoor, by: ID<Staff>)
    case sendMessage(
        at: Instant, message: ID<Message>, sender: Participant, text: MessageText,
        key: ID<RecordKey>)
    case end(at: Instant, by: ID<Staff>?, reason: EndReason)
}

/// What a caller brings.
package struct Arrival: Hashable, Sendable {
    package var entry: EntryFields
    /// The visit's record key: everything personal of the visit but its messages is sealed under
    /// it.
    package var key: ID<RecordKey>
    package var appointment: ID<Appointment>?
    package var appointmentStart: Instant?
    package var askedFor: ID<Staff>?

    package init(
        entry: EntryFields, key: ID<RecordKey>, appointment: ID<Appointment>? = nil,
        appointmentStart: Instant? = nil, askedFor: ID<Staff>? = nil
    ) {
        self.entry = entry
        self.key = key
        self.appointment = appointment
        self.appointmentStart = appointmentStart
        self.askedFor = askedFor
    }
}

extension VisitCommand {
    /// When it is said to happen.
    var at: Instant {
        switch self {
        case .open(let at, _), .arrive(let at, _, _), .admit(let at, _), .join(let at, _),
            .leave(let at, _), .giveUp(let at), .holdParticipant(let at, _, _),
            .resumeParticipant(let at, _, _), .disconnect(let at, _), .comeBack(let at, _),
            .dropOut(let at, _), .transfer(let at, _, _), .sendMessage(let at, _, _, _, _),
            .end(let at, _, _):
            at
        }
    }
}

/// Why a visit refuses. In order: where two reasons apply, the earlier is thrown.
package enum VisitRejection: Rejected {
    case notOpened
    case alreadyOpened
    case notArrived
    case alreadyArrived
    case visitEnded
    case alreadyBeingSeen
    case notBeingSeen
    /// `at` is earlier than what happened last.
    case beforeLast(last: Instant)
    case otherClinic
    case clinicClosed
    case sameClinic
    case nobodyThere
    case notPresent
    case notDisconnected
    case graceOver(limit: Int)  // Seconds.
    case graceRunning(limit: Int)  // Seconds.
    case callFull(limit: Int)  // People, the caller included.
    case fieldTooLong(EntryField, limit: Int)  // Characters.
    case textEmpty
    case textTooLong(limit: Int)  // Characters.
    case tooManyMessages(limit: Int)

    package var told: Told {
        switch self {
        case .notOpened: Told("notOpened", "There is no such visit: the link was not opened.")
        case .alreadyOpened:
            Told(
                "alreadyOpened", "This visit exists; a new one needs an id of its own.",
                field: "visit")
        case .notArrived:
            Told("notArrived", "The caller has opened the link and does not wait yet.")
        case .alreadyArrived:
            Told("alreadyArrived", "The caller is here already; come back instead.")
        case .visitEnded: Told("visitEnded", "The visit has ended.")
        case .alreadyBeingSeen:
            Told("alreadyBeingSeen", "The caller is being seen; join or leave the call.")
        case .notBeingSeen: Told("notBeingSeen", "The caller is in no call; take them in first.")
        case .beforeLast:
            Told("beforeLast", "That lies before what happened last in this visit.", field: "at")
        case .otherClinic:
            Told("otherClinic", "The visit is in another clinic's waiting area.", field: "clinic")
        case .clinicClosed:
            Told("clinicClosed", "The clinic is closed and admits nobody.", field: "clinic")
        case .sameClinic:
            Told("sameClinic", "The visit is in that clinic already.", field: "clinic")
        case .nobodyThere:
            Told("nobodyThere", "The caller has left or lost contact; wait until they return.")
        case .notPresent:
            Told("notPresent", "This person is not in the visit.", field: "participant")
        case .notDisconnected:
            Told("notDisconnected", "This person is in contact.", field: "participant")
        case .graceOver(let limit):
            Told("graceOver", "The \(limit) seconds for coming back are over.", limit: limit)
        case .graceRunning(let limit):
            Told("graceRunning", "They may still come back within \(limit) seconds.", limit: limit)
        case .callFull(let limit):
            Told(
                "callFull", "There are \(limit) people in the call, and no more can join.",
                limit: limit)
        case .fieldTooLong(let field, let limit):
            Told(
                "fieldTooLong", "At most \(limit) characters are taken.",
                field: "entry.\(field.rawValue)", limit: limit)
        case .textEmpty: Told("textEmpty", "The message is empty.", field: "text")
        case .textTooLong(let limit):
            Told(
                "textTooLong", "A message has at most \(limit) characters.", field: "text",
                limit: limit)
        case .tooManyMessages(let limit):
            Told("tooManyMessages", "A visit has at most \(limit) messages.", limit: limit)
        }
    }
}
