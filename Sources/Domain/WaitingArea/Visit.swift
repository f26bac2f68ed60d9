/// One caller's stay, from opening the link to the end; its private space lives from arrival to
/// ending.
package enum Visit: Decider {
    /// People in one call at most, the caller included (ORG-6). The caller's place is kept while
    /// they are away.
    package static let peopleMax = 6
    /// How long a participant who lost contact keeps their place (WA-3).
    package static let graceSeconds = 120
    package static let messagesMax = 1_000
    /// Invitations of one visit that stand.
    package static let inviteesMax = 20

    package enum Phase: String, CaseIterable, Hashable, Sendable {
        case unopened, opened, waiting, beingSeen, onHold, ended
    }

    package struct State: Hashable, Sendable {
        package var phase = Phase.unopened
        /// Where the visit is now.
        package var clinic: ID<Clinic>?
        /// The record key, from arrival on.
        package var key: ID<RecordKey>?
        package var firstArrivedAt: Instant?
        package var lastAt: Instant?
        /// Who has a place: in contact, or away within the grace time.
        package var inside: Set<Participant> = []
        /// Since when those who lost contact are away.
        package var away: [Participant: Instant] = [:]
        /// Who is on in-call hold.
        package var held: Set<Participant> = []
        package var messages = 0
        /// Nobody joins from the waiting area; it survives a transfer (WA-13).
        package var isLocked = false
        /// Staff who were asked into the call.
        package var called: Set<ID<Staff>> = []
        /// Who was invited by link, and whose invitation stands.
        package var invitees: [ID<Invitee>: InviteeRole] = [:]
        /// The room was opened without the client, and they have not come yet.
        package var awaitsClient = false
        /// The group call they are asked to, and have not answered.
        package var question: ID<GroupCall>?
        /// The group call they have a place in: being seen there, or on hold with it.
        package var group: ID<GroupCall>?
        /// What they came for.
        package var appointment: ID<Appointment>?
        package var questionnaires = QuestionnaireMarks()

        /// Who is in contact.
        package var present: Set<Participant> { inside.filter { away[$0] == nil } }
        package var staff: Set<Participant> { inside.filter { $0.kind == .staff } }
        /// People the call has to have room for.
        package var places: Int { inside.union([.caller]).count }
    }

    package static let initial = State()

    package static func decide(
        _ command: VisitCommand, _ state: State
    ) throws(VisitRejection) -> [VisitEvent] {
        if let refusal = refusal(of: command, in: state) { throw refusal }
        if let last = state.lastAt, command.at < last { throw .beforeLast(last: last) }
        switch command {
        case .open(let at, let door):
            try door.check()
            return [.opened(VisitOpened(at: at, clinic: door.clinic))]
        case .arrive(let at, let door, let arrival):
            return try arrive(at, door, arrival, state)
        case .admit(let at, let staff, let rules):
            return try admit(at, staff, rules, state)
        case .join(let at, let staff, let rules):
            return try join(at, staff, rules, state)
        case .leave(let at, let participant):
            return try leave(at, participant, state)
        case .giveUp(let at):
            return [.gaveUp(CallerGaveUp(at: at))]
        case .holdParticipant(let at, let who, let by):
            guard state.inside.contains(who) else { throw .notPresent }
            if state.held.contains(who) { return [] }
            return [.participantHeld(ParticipantHeld(at: at, participant: who, by: by))]
        case .resumeParticipant(let at, let who, let by):
            guard state.inside.contains(who) else { throw .notPresent }
            guard state.held.contains(who) else { return [] }
            return [.participantResumed(ParticipantResumed(at: at, participant: who, by: by))]
        case .disconnect(let at, let who):
            guard state.inside.contains(who) else { throw .notPresent }
            if state.away[who] != nil { return [] }
            return [.disconnected(ParticipantDisconnected(at: at, participant: who))]
        case .comeBack(let at, let who):
            return try comeBack(at, who, state)
        case .dropOut(let at, let who):
            return try dropOut(at, who, state)
        case .transfer(let at, let door, let by, let movesMessages):
            return try transfer(at, to: door, by: by, movesMessages, state)
        case .sendMessage(let at, let message, let sender, let text, let key):
            try check(text, state)
            return [
                .messageSent(
                    MessageSent(
                        at: at, message: message, sender: sender, text: Sealed(text, under: key)))
            ]
        case .end(let at, let by, let reason):
            if state.phase == .ended { return [] }  // Two may press the button; it ends once.
            return [.ended(VisitEnded(at: at, by: by, reason: reason))]
        case .timeOut(let at):
            return try timeOut(at, state)
        case .markQuestionnaire(let at, let mark):
            guard state.questionnaires.hasRoom(for: mark.questionnaire) else {
                throw .tooManyQuestionnaires(limit: QuestionnaireMarks.countMax)
            }
            return marks(at, [mark], state)
        case .start, .lock, .unlock, .callStaff, .invite, .revoke, .enter, .sendBack, .dismiss,
            .askToGroup, .answerGroup, .holdGroup, .resumeGroup, .leaveGroup:
            return try decideInCall(command, state)
        }
    }

    /// The transition table: nil where `command` has a meaning in this phase.
    static func refusal(of command: VisitCommand, in state: State) -> VisitRejection? {
        switch (command, state.phase) {
        case (.open, .unopened): nil
        case (.start, .unopened): nil
        case (.open, _), (.start, _): .alreadyOpened
        case (_, .unopened): .notOpened

        case (.end, .ended), (.timeOut, .ended): nil
        case (_, .ended): .visitEnded

        case (.arrive, .opened), (.giveUp, .opened), (.end, .opened), (.timeOut, .opened): nil
        case (_, .opened): .notArrived

        case (.arrive, .beingSeen) where state.awaitsClient: nil
        case (.arrive, .waiting), (.arrive, .beingSeen), (.arrive, .onHold): .alreadyArrived

        case (.admit, .waiting), (.admit, .onHold), (.giveUp, .waiting), (.giveUp, .onHold): nil
        case (.admit(_, let staff, _), .beingSeen):
            state.present.contains(.staff(staff)) ? nil : .alreadyBeingSeen
        case (.giveUp, .beingSeen): .alreadyBeingSeen

        case (.join, .beingSeen), (.leave, .beingSeen), (.holdParticipant, .beingSeen),
            (.resumeParticipant, .beingSeen):
            nil
        case (.leave(_, let who), .onHold) where who.kind == .external: nil
        case (.join, .waiting), (.join, .onHold), (.leave, .waiting), (.leave, .onHold),
            (.holdParticipant, .waiting), (.holdParticipant, .onHold),
            (.resumeParticipant, .waiting), (.resumeParticipant, .onHold):
            .notBeingSeen

        case (.disconnect, .waiting), (.disconnect, .beingSeen), (.disconnect, .onHold),
            (.comeBack, .waiting), (.comeBack, .beingSeen), (.comeBack, .onHold),
            (.dropOut, .waiting), (.dropOut, .beingSeen), (.dropOut, .onHold),
            (.transfer, .waiting), (.transfer, .beingSeen), (.transfer, .onHold),
            (.sendMessage, .waiting), (.sendMessage, .beingSeen), (.sendMessage, .onHold),
            (.end, .waiting), (.end, .beingSeen), (.end, .onHold),
            (.timeOut, .waiting), (.timeOut, .beingSeen), (.timeOut, .onHold),
            (.markQuestionnaire, .waiting), (.markQuestionnaire, .beingSeen),
            (.markQuestionnaire, .onHold):
            nil

        case (.lock, .beingSeen), (.unlock, .beingSeen), (.callStaff, .beingSeen),
            (.invite, .beingSeen), (.enter, .beingSeen), (.sendBack, .beingSeen),
            (.sendBack, .onHold), (.revoke, .waiting), (.revoke, .beingSeen), (.revoke, .onHold),
            (.dismiss, .waiting), (.dismiss, .beingSeen), (.dismiss, .onHold):
            nil
        case (.enter, .waiting), (.enter, .onHold): .clientAbsent
        case (.lock, .waiting), (.lock, .onHold), (.unlock, .waiting), (.unlock, .onHold),
            (.callStaff, .waiting), (.callStaff, .onHold), (.invite, .waiting),
            (.invite, .onHold), (.sendBack, .waiting):
            .notBeingSeen

        case (.askToGroup, .waiting), (.askToGroup, .onHold), (.answerGroup, .waiting),
            (.answerGroup, .onHold), (.holdGroup, .beingSeen), (.resumeGroup, .beingSeen),
            (.leaveGroup, .beingSeen):
            nil
        case (.askToGroup, .beingSeen), (.answerGroup, .beingSeen): .alreadyBeingSeen
        case (.holdGroup, .onHold), (.resumeGroup, .onHold), (.leaveGroup, .onHold):
            state.group == nil ? .notBeingSeen : nil
        case (.holdGroup, .waiting), (.resumeGroup, .waiting), (.leaveGroup, .waiting):
            .notBeingSeen
        }
    }

    /// Total, and never judges: rules change, history does not.
    package static func evolve(_ state: inout State, _ event: VisitEvent) {
        switch event {
        case .opened(let opened):
            state.phase = .opened
            state.clinic = opened.clinic
            state.lastAt = opened.at
        case .arrived(let arrived):
            state.phase = state.awaitsClient ? state.phase : .waiting
            state.awaitsClient = false
            state.clinic = arrived.clinic
            state.key = arrived.entry.key
            state.firstArrivedAt = state.firstArrivedAt ?? arrived.at
            state.appointment = arrived.appointment ?? state.appointment
            state.inside.insert(.caller)
            state.away[.caller] = nil
            state.lastAt = arrived.at
        case .admitted(let admitted):
            state.phase = .beingSeen
            state.question = nil
            state.group = nil
            enter(.staff(admitted.staff), &state, admitted.at)
        case .staffJoined(let joined):
            state.phase = .beingSeen
            enter(.staff(joined.staff), &state, joined.at)
        case .left(let left):
            remove(left.participant, &state)
            // Whoever was in a locked call and lost contact may come back into it.
            if left.cause == .lostContact, state.isLocked, let staff = left.participant.staff {
                state.called.insert(staff)
            }
            state.lastAt = left.at
        case .held(let held):
            state.phase = .onHold
            state.held = []
            state.lastAt = held.at
        case .participantHeld(let held):
            state.held.insert(held.participant)
            state.lastAt = held.at
        case .participantResumed(let resumed):
            state.held.remove(resumed.participant)
            state.lastAt = resumed.at
        case .disconnected(let disconnected):
            state.inside.insert(disconnected.participant)
            state.away[disconnected.participant] = disconnected.at
            state.lastAt = disconnected.at
        case .returned(let returned):
            enter(returned.participant, &state, returned.at)
        case .gaveUp(let gaveUp):
            close(&state, gaveUp.at)
        case .transferred(let transferred):
            state.phase = .waiting
            state.clinic = transferred.to
            emptyCall(&state)
            state.called = []
            state.question = nil
            state.lastAt = transferred.at
        case .messageSent(let sent):
            state.messages += 1
            state.lastAt = sent.at
        case .ended(let ended):
            close(&state, ended.at)
        case .questionnaireMarked(let marked):
            state.questionnaires.take(marked.mark)
            state.lastAt = marked.at
        case .started, .locked, .unlocked, .staffCalled, .invited, .invitationRevoked,
            .externalEntered, .sentBack, .groupAsked, .groupAnswered, .groupResumed, .groupLeft:
            evolveInCall(&state, event)
        }
    }

    static func enter(_ who: Participant, _ state: inout State, _ at: Instant) {
        state.inside.insert(who)
        state.away[who] = nil
        state.lastAt = at
    }

    static func remove(_ who: Participant, _ state: inout State) {
        state.inside.remove(who)
        state.away[who] = nil
        state.held.remove(who)
    }

    /// The caller waits: nobody else is with them.
    static func emptyCall(_ state: inout State) {
        for who in state.inside where who != .caller { remove(who, &state) }
        state.held = []
        state.group = nil
    }

    private static func close(_ state: inout State, _ at: Instant) {
        state.phase = .ended
        state.inside = []
        state.away = [:]
        state.held = []
        state.isLocked = false
        state.called = []
        state.invitees = [:]
        state.awaitsClient = false
        state.question = nil
        state.group = nil
        state.lastAt = at
    }
}
