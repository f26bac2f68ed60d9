/// A caller and a group call (WA-14); `state.phase` has been checked against the table.
extension Visit {
    static func decideInGroup(
        _ command: VisitCommand, _ state: State
    ) throws(VisitRejection) -> [VisitEvent] {
        switch command {
        case .askToGroup(let at, let call, let by):
            guard state.present.contains(.caller) else { throw .nobodyThere }
            if state.question == call || state.group == call { return [] }
            guard state.group == nil else { throw .inGroupCall }
            return [.groupAsked(GroupAsked(at: at, call: call, by: by))]
        case .answerGroup(let at, let call, let accepted):
            // Who is away comes back first: nobody is taken in who is not there.
            guard !accepted || state.present.contains(.caller) else { throw .nobodyThere }
            guard state.question == call else { throw .notAskedToGroup }
            return [.groupAnswered(GroupAnswered(at: at, call: call, accepted: accepted))]
        case .holdGroup(let at):
            guard state.group != nil, state.phase == .beingSeen else { return [] }
            return [.held(VisitHeld(at: at))]
        case .resumeGroup(let at):
            guard let call = state.group, state.phase == .onHold else { return [] }
            return [.groupResumed(GroupResumed(at: at, call: call))]
        case .leaveGroup(let at):
            guard let call = state.group else { return [] }
            return [.groupLeft(GroupLeft(at: at, call: call))]
        case .open, .arrive, .admit, .join, .leave, .giveUp, .holdParticipant, .resumeParticipant,
            .disconnect, .comeBack, .dropOut, .transfer, .sendMessage, .end, .timeOut, .start,
            .lock,
            .unlock, .callStaff, .invite, .revoke, .enter, .sendBack, .dismiss,
            .markQuestionnaire:
            preconditionFailure("decided where visits and calls are")
        }
    }
}
