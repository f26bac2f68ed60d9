/// The rules behind each row of ``Visit``'s transition table; `state.phase` has been checked.
extension Visit {
    static func arrive(
        _ at: Instant, _ door: ClinicDoor, _ arrival: Arrival, _ state: State
    ) throws(VisitRejection) -> [VisitEvent] {
        guard door.clinic == state.clinic else { throw .otherClinic }
        // Somebody waits for them in a room: the hours do not.
        if state.awaitsClient {
            guard door.isOpen else { throw .clinicClosed }
        } else {
            try door.check()
        }
        if let field = arrival.entry.tooLong {
            throw .fieldTooLong(field, limit: EntryFields.textMax)
        }
        try door.asks?.check(arrival)
        let arrived = VisitEvent.arrived(
            CallerArrived(
                at: at, clinic: door.clinic, entry: Sealed(arrival.entry, under: arrival.key),
                appointment: arrival.appointment, appointmentStart: arrival.appointmentStart,
                askedFor: arrival.askedFor, disclaimer: arrival.disclaimer))
        // Opened without them, and left again: the room is kept for them.
        let isAlone = state.awaitsClient && state.staff.isEmpty
        return [arrived] + (isAlone ? [.held(VisitHeld(at: at))] : [])
            + marks(at, arrival.questionnaires, state)
    }

    /// What of those marks says something new.
    static func marks(_ at: Instant, _ marks: [QuestionnaireMark], _ state: State) -> [VisitEvent] {
        marks.filter { state.questionnaires.changes(by: $0) }
            .map { .questionnaireMarked(VisitQuestionnaireMarked(at: at, $0)) }
    }

    static func admit(
        _ at: Instant, _ staff: ID<Staff>, _ rules: CallRules, _ state: State
    ) throws(VisitRejection) -> [VisitEvent] {
        if state.phase == .beingSeen { return [] }  // Asked twice, true once.
        guard !state.present.isEmpty else { throw .nobodyThere }
        guard state.places < rules.peopleMax else { throw .callFull(limit: rules.peopleMax) }
        return [.admitted(CallerAdmitted(at: at, staff: staff))]
    }

    static func join(
        _ at: Instant, _ staff: ID<Staff>, _ rules: CallRules, _ state: State
    ) throws(VisitRejection) -> [VisitEvent] {
        let newcomer = Participant.staff(staff)
        if state.present.contains(newcomer) { return [] }
        if state.inside.contains(newcomer) {
            return [.returned(ParticipantReturned(at: at, participant: newcomer))]
        }
        guard state.group == nil else { throw .inGroupCall }
        guard !state.isLocked || state.called.contains(staff) else { throw .callLocked }
        guard state.places < rules.peopleMax else { throw .callFull(limit: rules.peopleMax) }
        return [.staffJoined(StaffJoined(at: at, staff: staff))]
    }

    static func leave(
        _ at: Instant, _ who: Participant, _ state: State
    ) throws(VisitRejection) -> [VisitEvent] {
        guard state.inside.contains(who) else { throw .notPresent }
        let left = VisitEvent.left(ParticipantLeft(at: at, participant: who, cause: .onPurpose))
        if state.inside == [who] {
            return [left, .ended(VisitEnded(at: at, by: who.staff, reason: .everyoneLeft))]
        }
        return [left] + holdIfAlone(at, without: who, state)
    }

    /// Back in the place they kept: theirs until they are dropped, which is an event of its own and
    /// not before the grace time is over. A server that was away itself drops nobody late. A caller
    /// who left the call on purpose may come back too, as long as it lasts.
    static func comeBack(
        _ at: Instant, _ who: Participant, _ state: State
    ) throws(VisitRejection) -> [VisitEvent] {
        if state.present.contains(who) { return [] }
        if state.away[who] == nil {
            guard who == .caller else { throw .notPresent }
            guard !state.awaitsClient else { throw .notArrived }
        }
        let returned = VisitEvent.returned(ParticipantReturned(at: at, participant: who))
        // In a group call staff are with them, though not in their visit.
        guard state.phase == .beingSeen, state.staff.isEmpty, state.group == nil,
            who.kind != .staff
        else { return [returned] }
        return [returned, .held(VisitHeld(at: at))]
    }

    /// The grace time is over. A staff member's lost connection never ends a visit (WA-5); a
    /// caller's does where no staff member is there to say otherwise. In a group call none is:
    /// staff are in the call, which goes on without them.
    static func dropOut(
        _ at: Instant, _ who: Participant, _ state: State
    ) throws(VisitRejection) -> [VisitEvent] {
        guard state.inside.contains(who) else { throw .notPresent }
        guard let since = state.away[who] else { throw .notDisconnected }
        guard isGraceOver(since, at) else { throw .graceRunning(limit: graceSeconds) }
        if who == .caller, state.staff.isEmpty {
            return [.ended(VisitEnded(at: at, by: nil, reason: .lostContact))]
        }
        let left = VisitEvent.left(ParticipantLeft(at: at, participant: who, cause: .lostContact))
        return [left] + holdIfAlone(at, without: who, state)
    }

    /// Nothing happened for so long that the rule ends it (WA-12).
    static func timeOut(_ at: Instant, _ state: State) throws(VisitRejection) -> [VisitEvent] {
        guard state.group == nil else { throw .inGroupCall }
        guard let end = VisitTimeout.end(of: state) else { return [] }
        let isOpened = state.phase == .opened
        guard end <= at else {
            let life = isOpened ? VisitTimeout.openLife : VisitTimeout.life
            throw .stillGoing(limit: Int(life.count / 3_600_000))
        }
        let reason = isOpened ? EndReason.neverArrived : .timedOut
        return [.ended(VisitEnded(at: at, by: nil, reason: reason))]
    }

    static func transfer(
        _ at: Instant, to door: ClinicDoor, by staff: ID<Staff>, _ movesMessages: Bool,
        _ state: State
    ) throws(VisitRejection) -> [VisitEvent] {
        guard door.isOpen else { throw .clinicClosed }
        guard let clinic = state.clinic, clinic != door.clinic else { throw .sameClinic }
        guard state.inside.contains(.caller) else { throw .nobodyThere }
        return [
            .transferred(
                VisitTransferred(
                    at: at, from: clinic, to: door.clinic, by: staff,
                    movesMessages: movesMessages))
        ]
    }

    static func check(_ text: MessageText, _ state: State) throws(VisitRejection) {
        guard !text.text.isEmpty else { throw .textEmpty }
        guard text.text.unicodeScalars.count <= MessageText.textMax else {
            throw .textTooLong(limit: MessageText.textMax)
        }
        guard state.messages < messagesMax else { throw .tooManyMessages(limit: messagesMax) }
    }

    /// The waiting-area hold, where `who` was the last staff member and somebody in contact
    /// remains.
    private static func holdIfAlone(
        _ at: Instant, without who: Participant, _ state: State
    ) -> [VisitEvent] {
        guard who.kind == .staff, state.staff == [who], !state.present.subtracting([who]).isEmpty
        else { return [] }
        return [.held(VisitHeld(at: at))]
    }

    /// Whether who lost contact may be dropped.
    static func isGraceOver(_ since: Instant, _ at: Instant) -> Bool {
        let (gone, overflow) = at.milliseconds.subtractingReportingOverflow(since.milliseconds)
        return overflow || gone > Int64(graceSeconds) * 1_000
    }

    /// When who lost contact may be dropped first.
    static func graceOver(_ since: Instant) -> Instant {
        since + Milliseconds(Int64(graceSeconds) * 1_000 + 1)
    }
}
