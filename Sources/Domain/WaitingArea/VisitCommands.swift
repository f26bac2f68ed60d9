/// What can be asked of a visit. `at` is the server's clock; who may ask is decided by ``Roles``.
package enum VisitCommand: Hashable, Sendable {
    case open(at: Instant, door: ClinicDoor)
    /// `entry` is plain here: rules look at it; the event's writer seals it under `key`.
    case arrive(at: Instant, door: ClinicDoor, Arrival)
    case admit(at: Instant, staff: ID<Staff>, rules: CallRules = CallRules())
    case join(at: Instant, staff: ID<Staff>, rules: CallRules = CallRules())
    case leave(at: Instant, participant: Participant)
    case giveUp(at: Instant)
    case holdParticipant(at: Instant, participant: Participant, by: ID<Staff>)
    case resumeParticipant(at: Instant, participant: Participant, by: ID<Staff>)
    case disconnect(at: Instant, participant: Participant)
    case comeBack(at: Instant, participant: Participant)
    /// Asked by policy once the grace time is over.
    case dropOut(at: Instant, participant: Participant)
    case transfer(at: Instant, to: ClinicDoor, by: ID<Staff>, movesMessages: Bool = true)
    case sendMessage(
        at: Instant, message: ID<Message>, sender: Participant, text: MessageText,
        key: ID<RecordKey>)
    case end(at: Instant, by: ID<Staff>?, reason: EndReason)
    /// Asked by policy once nothing has happened for ``VisitTimeout/life``.
    case timeOut(at: Instant)

    /// Opens the room without the client.
    case start(
        at: Instant, door: ClinicDoor, staff: ID<Staff>, appointment: ID<Appointment>?,
        appointmentStart: Instant?, questionnaires: [QuestionnaireMark] = [])
    case lock(at: Instant, by: ID<Staff>, rules: CallRules)
    case unlock(at: Instant, by: ID<Staff>)
    case callStaff(at: Instant, staff: ID<Staff>, by: ID<Staff>)
    case invite(
        at: Instant, invitee: ID<Invitee>, role: InviteeRole, by: ID<Staff>,
        details: InviteeDetails, key: ID<RecordKey>)
    case revoke(at: Instant, invitee: ID<Invitee>, by: ID<Staff>)
    case enter(at: Instant, invitee: ID<Invitee>, rules: CallRules)
    case sendBack(at: Instant, by: ID<Staff>, reason: DismissalReason, text: MessageText?)
    /// Disconnects the caller: the visit ends.
    case dismiss(at: Instant, by: ID<Staff>, reason: DismissalReason, text: MessageText?)

    case askToGroup(at: Instant, call: ID<GroupCall>, by: ID<Staff>)
    case answerGroup(at: Instant, call: ID<GroupCall>, accepted: Bool)
    /// The last staff member left their group call: the waiting-area hold.
    case holdGroup(at: Instant)
    /// A staff member is in their group call again.
    case resumeGroup(at: Instant)
    /// The group call is over for the caller.
    case leaveGroup(at: Instant)

    /// A questionnaire is to be filled in, is being filled in, was, or is so no longer (QST-2).
    case markQuestionnaire(at: Instant, QuestionnaireMark)
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
    /// The version of the disclaimer they accepted.
    package var disclaimer: Int?
    /// They were asked whether they want to enter, and said yes.
    package var isConfirmed: Bool
    /// Of the appointment.
    package var questionnaires: [QuestionnaireMark]

    package init(
        entry: EntryFields, key: ID<RecordKey>, appointment: ID<Appointment>? = nil,
        appointmentStart: Instant? = nil, askedFor: ID<Staff>? = nil, disclaimer: Int? = nil,
        isConfirmed: Bool = false, questionnaires: [QuestionnaireMark] = []
    ) {
        self.entry = entry
        self.key = key
        self.appointment = appointment
        self.appointmentStart = appointmentStart
        self.askedFor = askedFor
        self.disclaimer = disclaimer
        self.isConfirmed = isConfirmed
        self.questionnaires = questionnaires
    }
}

extension VisitCommand {
    /// When it is said to happen.
    var at: Instant {
        switch self {
        case .open(let at, _), .arrive(let at, _, _), .admit(let at, _, _), .join(let at, _, _),
            .leave(let at, _), .giveUp(let at), .holdParticipant(let at, _, _),
            .resumeParticipant(let at, _, _), .disconnect(let at, _), .comeBack(let at, _),
            .dropOut(let at, _), .transfer(let at, _, _, _), .sendMessage(let at, _, _, _, _),
            .end(let at, _, _), .timeOut(let at), .start(let at, _, _, _, _, _),
            .lock(let at, _, _),
            .unlock(let at, _), .callStaff(let at, _, _), .invite(let at, _, _, _, _, _),
            .revoke(let at, _, _), .enter(let at, _, _), .sendBack(let at, _, _, _),
            .dismiss(let at, _, _, _), .askToGroup(let at, _, _), .answerGroup(let at, _, _),
            .holdGroup(let at), .resumeGroup(let at), .leaveGroup(let at),
            .markQuestionnaire(let at, _):
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
    case clinicSuspended
    case clinicDisabled(String)  // The clinic's own words.
    case outsideHours(opens: Instant?)
    case fieldMissing(EntryQuestion)
    case disclaimerNotAccepted(version: Int)
    case entryNotConfirmed
    case practitionerNotAvailable
    case clientElsewhere
    case sameClinic
    case nobodyThere
    case notPresent
    case notDisconnected
    case graceRunning(limit: Int)  // Seconds.
    case stillGoing(limit: Int)  // Hours.
    case locksNotAllowed
    case callLocked
    case notInvited
    case clientAbsent
    case tooManyInvited(limit: Int)
    case notAskedToGroup
    case inGroupCall
    case callFull(limit: Int)  // People, the caller included.
    case fieldTooLong(EntryField, limit: Int)  // Characters.
    case textEmpty
    case textTooLong(limit: Int)  // Characters.
    case tooManyMessages(limit: Int)
    case tooManyQuestionnaires(limit: Int)

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
        case .clinicSuspended:
            Told(
                "clinicSuspended", "The waiting area is suspended and admits nobody for now.",
                field: "clinic")
        case .clinicDisabled(let words): Told("clinicDisabled", words, field: "clinic")
        case .outsideHours(let opens):
            Told(
                "outsideHours",
                opens.map { "The clinic is closed now; it opens at \($0)." }
                    ?? "The clinic is closed now.",
                field: "clinic")
        case .fieldMissing(let question):
            Told("fieldMissing", "The clinic needs it.", field: "entry.\(question.word)")
        case .disclaimerNotAccepted(let version):
            Told(
                "disclaimerNotAccepted", "Version \(version) of the disclaimer has to be accepted.",
                field: "disclaimer", limit: version)
        case .entryNotConfirmed:
            Told(
                "entryNotConfirmed", "Whoever enters confirms first that they want to.",
                field: "confirmed")
        case .practitionerNotAvailable:
            Told(
                "practitionerNotAvailable", "This practitioner has no walk-in hours now.",
                field: "askedFor")
        case .clientElsewhere:
            Told(
                "clientElsewhere",
                "The client was moved, and is in another clinic's waiting area.",
                field: "appointment")
        case .sameClinic:
            Told("sameClinic", "The visit is in that clinic already.", field: "clinic")
        case .nobodyThere:
            Told("nobodyThere", "The caller has left or lost contact; wait until they return.")
        case .notPresent:
            Told("notPresent", "This person is not in the visit.", field: "participant")
        case .notDisconnected:
            Told("notDisconnected", "This person is in contact.", field: "participant")
        case .graceRunning(let limit):
            Told("graceRunning", "They may still come back within \(limit) seconds.", limit: limit)
        case .locksNotAllowed: Told("locksNotAllowed", "The clinic's calls are not locked.")
        case .callLocked:
            Told("callLocked", "The call is locked: only who is invited may join.")
        case .notInvited:
            Told(
                "notInvited", "There is no such invitation, or it was taken back.",
                field: "invitee")
        case .clientAbsent:
            Told("clientAbsent", "The client is not there yet; you can enter once they are.")
        case .notAskedToGroup:
            Told("notAskedToGroup", "Nobody asks for that now.", field: "call")
        case .inGroupCall:
            Told("inGroupCall", "The caller is in a group call; join that.")
        case .tooManyInvited(let limit):
            Told("tooManyInvited", "At most \(limit) people are invited.", limit: limit)
        case .stillGoing(let limit):
            Told(
                "stillGoing", "A visit ends by rule after \(limit) hours in which nothing happens.",
                limit: limit)
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
        case .tooManyQuestionnaires(let limit): .tooManyQuestionnaires(limit)
        }
    }
}
