/// What can happen to a visit: one caller's stay, from opening the link to the end. Source: WA-1,
/// WA-3 to WA-7.
package enum VisitEvent: Hashable, Sendable {
    case opened(VisitOpened)
    case arrived(CallerArrived)
    case admitted(CallerAdmitted)
    case staffJoined(StaffJoined)
    case left(ParticipantLeft)
    case held(VisitHeld)
    case participantHeld(ParticipantHeld)
    case participantResumed(ParticipantResumed)
    case disconnected(ParticipantDisconnected)
    case returned(ParticipantReturned)
    case gaveUp(CallerGaveUp)
    case transferred(VisitTransferred)
    case messageSent(MessageSent)
    case ended(VisitEnded)
    case started(VisitStarted)
    case locked(CallLocked)
    case unlocked(CallUnlocked)
    case staffCalled(StaffCalled)
    case invited(InviteeInvited)
    case invitationRevoked(InvitationRevoked)
    case externalEntered(ExternalEntered)
    case sentBack(CallerSentBack)
    case groupAsked(GroupAsked)
    case groupAnswered(GroupAnswered)
    case groupLeft(GroupLeft)
    case groupResumed(GroupResumed)
    case questionnaireMarked(VisitQuestionnaireMarked)
}

extension VisitEvent: EventFamily {
    package static let category = "visit"
    package static let members = Members<VisitEvent>(
        Member(VisitOpened.self, VisitEvent.opened),
        Member(CallerArrived.self, VisitEvent.arrived),
        Member(CallerAdmitted.self, VisitEvent.admitted),
        Member(StaffJoined.self, VisitEvent.staffJoined),
        Member(ParticipantLeft.self, VisitEvent.left),
        Member(VisitHeld.self, VisitEvent.held),
        Member(ParticipantHeld.self, VisitEvent.participantHeld),
        Member(ParticipantResumed.self, VisitEvent.participantResumed),
        Member(ParticipantDisconnected.self, VisitEvent.disconnected),
        Member(ParticipantReturned.self, VisitEvent.returned),
        Member(CallerGaveUp.self, VisitEvent.gaveUp),
        Member(VisitTransferred.self, VisitEvent.transferred),
        Member(MessageSent.self, VisitEvent.messageSent),
        Member(VisitEnded.self, VisitEvent.ended),
        Member(VisitStarted.self, VisitEvent.started),
        Member(CallLocked.self, VisitEvent.locked),
        Member(CallUnlocked.self, VisitEvent.unlocked),
        Member(StaffCalled.self, VisitEvent.staffCalled),
        Member(InviteeInvited.self, VisitEvent.invited),
        Member(InvitationRevoked.self, VisitEvent.invitationRevoked),
        Member(ExternalEntered.self, VisitEvent.externalEntered),
        Member(CallerSentBack.self, VisitEvent.sentBack),
        Member(GroupAsked.self, VisitEvent.groupAsked),
        Member(GroupAnswered.self, VisitEvent.groupAnswered),
        Member(GroupLeft.self, VisitEvent.groupLeft),
        Member(GroupResumed.self, VisitEvent.groupResumed),
        Member(VisitQuestionnaireMarked.self, VisitEvent.questionnaireMarked))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .opened(let event): try visitor.visit(event)
        case .arrived(let event): try visitor.visit(event)
        case .admitted(let event): try visitor.visit(event)
        case .staffJoined(let event): try visitor.visit(event)
        case .left(let event): try visitor.visit(event)
        case .held(let event): try visitor.visit(event)
        case .participantHeld(let event): try visitor.visit(event)
        case .participantResumed(let event): try visitor.visit(event)
        case .disconnected(let event): try visitor.visit(event)
        case .returned(let event): try visitor.visit(event)
        case .gaveUp(let event): try visitor.visit(event)
        case .transferred(let event): try visitor.visit(event)
        case .messageSent(let event): try visitor.visit(event)
        case .ended(let event): try visitor.visit(event)
        case .started(let event): try visitor.visit(event)
        case .locked(let event): try visitor.visit(event)
        case .unlocked(let event): try visitor.visit(event)
        case .staffCalled(let event): try visitor.visit(event)
        case .invited(let event): try visitor.visit(event)
        case .invitationRevoked(let event): try visitor.visit(event)
        case .externalEntered(let event): try visitor.visit(event)
        case .sentBack(let event): try visitor.visit(event)
        case .groupAsked(let event): try visitor.visit(event)
        case .groupAnswered(let event): try visitor.visit(event)
        case .groupLeft(let event): try visitor.visit(event)
        case .groupResumed(let event): try visitor.visit(event)
        case .questionnaireMarked(let event): try visitor.visit(event)
        }
    }
}

/// Somebody opened the clinic's link. Nobody waits yet, and nothing is known of them.
package struct VisitOpened: Hashable, Sendable {
    package let at: Instant
    package let clinic: ID<Clinic>

    package init(at: Instant, clinic: ID<Clinic>) {
        self.at = at
        self.clinic = clinic
    }
}

extension VisitOpened: Event {
    package static let name = "visit.opened"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        clinic = try f(2, "clinic", \.clinic)
    }
}

/// A caller waits in a private space; what they typed is sealed under the visit's key (ANON-1).
package struct CallerArrived: Hashable, Sendable {
    package let at: Instant
    package let clinic: ID<Clinic>
    package let entry: Sealed<EntryFields>
    package let appointment: ID<Appointment>?
    /// When that appointment was to start, as known at arrival: the colour of WA-2 follows from it.
    package let appointmentStart: Instant?
    /// The practitioner asked for.
    package let askedFor: ID<Staff>?
    /// Which version of the clinic's disclaimer they accepted; absent: there was none (ORG-6).
    package let disclaimer: Int?

    package init(
        at: Instant, clinic: ID<Clinic>, entry: Sealed<EntryFields>,
        appointment: ID<Appointment>? = nil, appointmentStart: Instant? = nil,
        askedFor: ID<Staff>? = nil, disclaimer: Int? = nil
    ) {
        self.at = at
        self.clinic = clinic
        self.entry = entry
        self.appointment = appointment
        self.appointmentStart = appointmentStart
        self.askedFor = askedFor
        self.disclaimer = disclaimer
    }
}

extension CallerArrived: Event {
    package static let name = "visit.arrived"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        clinic = try f(2, "clinic", \.clinic)
        entry = try f(3, "entry", \.entry)
        appointment = try f(4, "appointment", \.appointment)
        appointmentStart = try f(5, "appointment_start", \.appointmentStart)
        askedFor = try f(6, "asked_for", \.askedFor)
        disclaimer = try f(7, "disclaimer", \.disclaimer)
    }
}

/// A staff member took the caller in: from waiting, or back from the waiting-area hold.
package struct CallerAdmitted: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>

    package init(at: Instant, staff: ID<Staff>) {
        self.at = at
        self.staff = staff
    }
}

extension CallerAdmitted: Event {
    package static let name = "visit.admitted"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
    }
}

/// A further staff member joined the running call.
package struct StaffJoined: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>

    package init(at: Instant, staff: ID<Staff>) {
        self.at = at
        self.staff = staff
    }
}

extension StaffJoined: Event {
    package static let name = "visit.staff-joined"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
    }
}

/// A participant left the call: on purpose, or because their lost contact outlasted the grace time.
package struct ParticipantLeft: Hashable, Sendable {
    package let at: Instant
    package let participant: Participant
    package let cause: LeavingCause

    package init(at: Instant, participant: Participant, cause: LeavingCause) {
        self.at = at
        self.participant = participant
        self.cause = cause
    }
}

extension ParticipantLeft: Event {
    package static let name = "visit.left"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        participant = try f(2, "participant", \.participant)
        cause = try f(3, "cause", \.cause)
    }
}

/// The waiting-area hold: the last staff member is gone while somebody else remains. By rule, never
/// asked for (WA-5).
package struct VisitHeld: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension VisitHeld: Event {
    package static let name = "visit.held"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}

/// The in-call hold of one participant; the visit stays being seen (WA-5).
package struct ParticipantHeld: Hashable, Sendable {
    package let at: Instant
    package let participant: Participant
    package let by: ID<Staff>

    package init(at: Instant, participant: Participant, by: ID<Staff>) {
        self.at = at
        self.participant = participant
        self.by = by
    }
}

extension ParticipantHeld: Event {
    package static let name = "visit.participant-held"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        participant = try f(2, "participant", \.participant)
        by = try f(3, "by", \.by)
    }
}

/// The end of one participant's in-call hold.
package struct ParticipantResumed: Hashable, Sendable {
    package let at: Instant
    package let participant: Participant
    package let by: ID<Staff>

    package init(at: Instant, participant: Participant, by: ID<Staff>) {
        self.at = at
        self.participant = participant
        self.by = by
    }
}

extension ParticipantResumed: Event {
    package static let name = "visit.participant-resumed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        participant = try f(2, "participant", \.participant)
        by = try f(3, "by", \.by)
    }
}

/// Contact to a participant was lost. They keep their place for the grace time (WA-3).
package struct ParticipantDisconnected: Hashable, Sendable {
    package let at: Instant
    package let participant: Participant

    package init(at: Instant, participant: Participant) {
        self.at = at
        self.participant = participant
    }
}

extension ParticipantDisconnected: Event {
    package static let name = "visit.disconnected"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        participant = try f(2, "participant", \.participant)
    }
}

/// A participant is back in the place they kept.
package struct ParticipantReturned: Hashable, Sendable {
    package let at: Instant
    package let participant: Participant

    package init(at: Instant, participant: Participant) {
        self.at = at
        self.participant = participant
    }
}

extension ParticipantReturned: Event {
    package static let name = "visit.returned"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        participant = try f(2, "participant", \.participant)
    }
}

/// The caller went away without being in a call: before being seen, or from the waiting-area hold.
package struct CallerGaveUp: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension CallerGaveUp: Event {
    package static let name = "visit.gave-up"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}

/// The visit moved to another clinic's waiting area; one visit that moves, not a second one (WA-6).
package struct VisitTransferred: Hashable, Sendable {
    package let at: Instant
    package let from: ID<Clinic>
    package let to: ID<Clinic>
    package let by: ID<Staff>
    /// Whether the staff of the second see what was written before (ORG-6).
    package let movesMessages: Bool

    package init(
        at: Instant, from: ID<Clinic>, to: ID<Clinic>, by: ID<Staff>, movesMessages: Bool = true
    ) {
        self.at = at
        self.from = from
        self.to = to
        self.by = by
        self.movesMessages = movesMessages
    }
}

extension VisitTransferred: Event {
    package static let name = "visit.transferred"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        from = try f(2, "from", \.from)
        to = try f(3, "to", \.to)
        by = try f(4, "by", \.by)
        movesMessages = try f(5, "moves_messages", \.movesMessages, default: true)
    }
}

/// A message in the private space, sealed under a key of its own.
package struct MessageSent: Hashable, Sendable {
    package let at: Instant
    package let message: ID<Message>
    package let sender: Participant
    package let text: Sealed<MessageText>

    package init(
        at: Instant, message: ID<Message>, sender: Participant, text: Sealed<MessageText>
    ) {
        self.at = at
        self.message = message
        self.sender = sender
        self.text = text
    }
}

extension MessageSent: Event {
    package static let name = "visit.message-sent"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        message = try f(2, "message", \.message)
        sender = try f(3, "sender", \.sender)
        text = try f(4, "text", \.text)
    }
}

/// The private space is closed (WA-5).
package struct VisitEnded: Hashable, Sendable {
    package let at: Instant
    /// Nil where a rule ended it.
    package let by: ID<Staff>?
    package let reason: EndReason
    /// Where staff disconnected the caller: both sides see why (WA-15).
    package let why: DismissalReason?
    /// Under the visit's key.
    package let text: Sealed<MessageText>?

    package init(
        at: Instant, by: ID<Staff>? = nil, reason: EndReason, why: DismissalReason? = nil,
        text: Sealed<MessageText>? = nil
    ) {
        self.at = at
        self.by = by
        self.reason = reason
        self.why = why
        self.text = text
    }
}

extension VisitEnded: Event {
    package static let name = "visit.ended"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        by = try f(2, "by", \.by)
        reason = try f(3, "reason", \.reason)
        why = try f(4, "why", \.why)
        text = try f(5, "text", \.text)
    }
}
