/// What staff do with a running call; `state.phase` has been checked against the table.
extension Visit {
    static func decideInCall(
        _ command: VisitCommand, _ state: State
    ) throws(VisitRejection) -> [VisitEvent] {
        switch command {
        case .start(let at, let door, let staff, let appointment, let start, let marks):
            guard door.isOpen else { throw .clinicClosed }
            return [
                .started(
                    VisitStarted(
                        at: at, clinic: door.clinic, staff: staff, appointment: appointment,
                        appointmentStart: start))
            ] + Visit.marks(at, marks, state)
        case .lock(let at, let by, let rules):
            guard rules.allowsLocks else { throw .locksNotAllowed }
            return state.isLocked ? [] : [.locked(CallLocked(at: at, by: by))]
        case .unlock(let at, let by):
            return state.isLocked ? [.unlocked(CallUnlocked(at: at, by: by))] : []
        case .callStaff(let at, let staff, let by):
            if state.called.contains(staff) || state.inside.contains(.staff(staff)) { return [] }
            return [.staffCalled(StaffCalled(at: at, staff: staff, by: by))]
        case .invite(let at, let invitee, let role, let by, let details, let key):
            guard details.name.unicodeScalars.count <= InviteeDetails.nameMax else {
                throw .textTooLong(limit: InviteeDetails.nameMax)
            }
            guard role == .external || state.awaitsClient else { throw .alreadyArrived }
            guard state.invitees.count < inviteesMax else {
                throw .tooManyInvited(limit: inviteesMax)
            }
            return [
                .invited(
                    InviteeInvited(
                        at: at, invitee: invitee, role: role, by: by,
                        details: Sealed(details, under: key)))
            ]
        case .revoke(let at, let invitee, let by):
            guard state.invitees[invitee] != nil else { throw .notInvited }
            return [.invitationRevoked(InvitationRevoked(at: at, invitee: invitee, by: by))]
        case .enter(let at, let invitee, let rules):
            return try enter(at, invitee, rules, state)
        case .sendBack(let at, let by, let reason, let text):
            guard state.inside.contains(.caller) else { throw .nobodyThere }
            return [
                .sentBack(
                    CallerSentBack(at: at, by: by, reason: reason, text: try seal(text, state)))
            ]
        case .dismiss(let at, let by, let reason, let text):
            return [
                .ended(
                    VisitEnded(
                        at: at, by: by, reason: .dismissed, why: reason,
                        text: try seal(text, state)))
            ]
        case .askToGroup, .answerGroup, .holdGroup, .resumeGroup, .leaveGroup:
            return try decideInGroup(command, state)
        case .open, .arrive, .admit, .join, .leave, .giveUp, .holdParticipant, .resumeParticipant,
            .disconnect, .comeBack, .dropOut, .transfer, .sendMessage, .end, .timeOut,
            .markQuestionnaire:
            preconditionFailure("decided where visits are")
        }
    }

    /// External participants enter only while the client is there (WA-4); a lock does not concern
    /// them: they are invited (WA-13).
    private static func enter(
        _ at: Instant, _ invitee: ID<Invitee>, _ rules: CallRules, _ state: State
    ) throws(VisitRejection) -> [VisitEvent] {
        guard state.invitees[invitee] == .external else { throw .notInvited }
        let who = Participant.external(invitee)
        if state.present.contains(who) { return [] }
        guard state.present.contains(.caller) else { throw .clientAbsent }
        guard state.group == nil else { throw .inGroupCall }
        if state.inside.contains(who) {
            return [.returned(ParticipantReturned(at: at, participant: who))]
        }
        guard state.places < rules.peopleMax else { throw .callFull(limit: rules.peopleMax) }
        return [.externalEntered(ExternalEntered(at: at, invitee: invitee))]
    }

    /// Under the visit's own key; where nobody arrived there is nobody to tell.
    private static func seal(
        _ text: MessageText?, _ state: State
    ) throws(VisitRejection) -> Sealed<MessageText>? {
        guard let text, let key = state.key else { return nil }
        guard text.text.unicodeScalars.count <= MessageText.textMax else {
            throw .textTooLong(limit: MessageText.textMax)
        }
        return text.text.isEmpty ? nil : Sealed(text, under: key)
    }

    static func evolveInCall(_ state: inout State, _ event: VisitEvent) {
        switch event {
        case .started(let started):
            state.phase = .beingSeen
            state.clinic = started.clinic
            state.appointment = started.appointment
            state.awaitsClient = true
            enter(.staff(started.staff), &state, started.at)
        case .locked(let locked):
            state.isLocked = true
            state.lastAt = locked.at
        case .unlocked(let unlocked):
            state.isLocked = false
            state.lastAt = unlocked.at
        case .staffCalled(let called):
            state.called.insert(called.staff)
            state.lastAt = called.at
        case .invited(let invited):
            state.invitees[invited.invitee] = invited.role
            state.lastAt = invited.at
        case .invitationRevoked(let revoked):
            state.invitees[revoked.invitee] = nil
            remove(.external(revoked.invitee), &state)
            state.lastAt = revoked.at
        case .externalEntered(let entered):
            enter(.external(entered.invitee), &state, entered.at)
        case .sentBack(let sent):
            state.phase = .waiting
            emptyCall(&state)
            state.lastAt = sent.at
        case .groupAsked(let asked):
            state.question = asked.call
            state.lastAt = asked.at
        case .groupAnswered(let answered):
            state.question = nil
            if answered.accepted {
                // Whoever was invited into their own call is not in this one.
                emptyCall(&state)
                state.phase = .beingSeen
                state.group = answered.call
            }
            state.lastAt = answered.at
        case .groupResumed(let resumed):
            state.phase = .beingSeen
            state.group = resumed.call
            state.lastAt = resumed.at
        case .groupLeft(let left):
            state.phase = .onHold
            state.group = nil
            state.held = []
            state.lastAt = left.at
        case .opened, .arrived, .admitted, .staffJoined, .left, .held, .participantHeld,
            .participantResumed, .disconnected, .returned, .gaveUp, .transferred, .messageSent,
            .ended, .questionnaireMarked:
            return  // Folded where visits are.
        }
    }
}
