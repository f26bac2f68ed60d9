import Domain
import Testing

/// A running call: who may join it, who is invited, and what staff do with the caller.
@Suite("Visit: the running call") struct CallTests {
    private let locking = CallRules(allowsLocks: true)
    private let locked = Story.beingSeen + [.locked(CallLocked(at: second(21), by: id(1)))]

    private func invited(_ number: Int, at time: Int) -> VisitEvent {
        .invited(
            InviteeInvited(
                at: second(time), invitee: id(number), role: .external, by: id(1),
                details: Sealed(InviteeDetails(name: "Eve"), under: id(700))))
    }

    private func entered(_ number: Int, at time: Int) -> VisitEvent {
        .externalEntered(ExternalEntered(at: second(time), invitee: id(number)))
    }

    @Test("WA-13 nobody joins a locked call from the waiting area; invited ones still do")
    func lock() {
        Given<Visit>(Story.beingSeen).when(.lock(at: second(21), by: id(1), rules: locking))
            .then(.locked(CallLocked(at: second(21), by: id(1))))
        Given<Visit>(locked).when(.join(at: second(30), staff: id(2))).refused(.callLocked)
        let called = VisitEvent.staffCalled(
            StaffCalled(at: second(22), staff: id(2), by: id(1)))
        Given<Visit>(locked).when(.callStaff(at: second(22), staff: id(2), by: id(1))).then(called)
            .when(.join(at: second(30), staff: id(2))).then(Story.joined(2, at: 30))
        Given<Visit>(locked + [invited(5, at: 22)])
            .when(.enter(at: second(30), invitee: id(5), rules: locking)).then(entered(5, at: 30))
        Given<Visit>(locked).when(.unlock(at: second(30), by: id(1)))
            .then(.unlocked(CallUnlocked(at: second(30), by: id(1))))
            .when(.join(at: second(31), staff: id(2))).then(Story.joined(2, at: 31))
    }

    @Test("WA-13 who lost contact comes back into the locked call; who went on purpose does not")
    func lockedAway() {
        let together = Story.beingSeen(by: 2) + [.locked(CallLocked(at: second(30), by: id(1)))]
        let staff = Participant.staff(id(2))
        Given<Visit>(
            together + [Story.lost(staff, at: 40), Story.left(staff, at: 200, .lostContact)]
        )
        .when(.join(at: second(210), staff: id(2))).then(Story.joined(2, at: 210))
        Given<Visit>(together + [Story.left(staff, at: 200)])
            .when(.join(at: second(210), staff: id(2))).refused(.callLocked)
    }

    @Test("WA-13 where the clinic does not allow it, no call is locked")
    func notAllowed() {
        Given<Visit>(Story.beingSeen).when(.lock(at: second(21), by: id(1), rules: CallRules()))
            .refused(.locksNotAllowed)
    }

    @Test("WA-13 a lock survives a transfer, and ends with the visit")
    func survives() {
        let moved = locked + [Story.transferred(by: 1, at: 40), Story.admitted(by: 7, at: 50)]
        #expect(Visit.fold(moved).isLocked)
        Given<Visit>(moved).when(.join(at: second(60), staff: id(8))).refused(.callLocked)
        #expect(!Visit.fold(locked + [Story.end(by: 1, at: 60)]).isLocked)
    }

    @Test("WA-4 an external participant enters only while the client is there, and only if invited")
    func external() {
        let ready = Story.beingSeen + [invited(5, at: 21)]
        Given<Visit>(ready).when(.enter(at: second(30), invitee: id(5), rules: locking))
            .then(entered(5, at: 30)).when(.enter(at: second(31), invitee: id(5), rules: locking))
            .then()
        Given<Visit>(ready).when(.enter(at: second(30), invitee: id(6), rules: locking))
            .refused(.notInvited)
        Given<Visit>(ready + [Story.lost(.caller, at: 25)])
            .when(.enter(at: second(30), invitee: id(5), rules: locking)).refused(.clientAbsent)
        Given<Visit>(ready + [Story.left(.staff(id(1)), at: 25), Story.held(at: 25)])
            .when(.enter(at: second(30), invitee: id(5), rules: locking)).refused(.clientAbsent)
        let revoked = VisitEvent.invitationRevoked(
            InvitationRevoked(at: second(40), invitee: id(5), by: id(1)))
        Given<Visit>(ready + [entered(5, at: 30)])
            .when(.revoke(at: second(40), invitee: id(5), by: id(1))).then(revoked)
            .when(.enter(at: second(41), invitee: id(5), rules: locking)).refused(.notInvited)
        #expect(Visit.fold(ready + [entered(5, at: 30), revoked]).inside.count == 2)
    }

    @Test(
        "WA-4 staff and externals are six with the caller, or as many as the clinic says"
    )
    func full() {
        let five = Story.beingSeen(by: 4) + [invited(5, at: 40), entered(5, at: 41)]
        Given<Visit>(five + [invited(6, at: 42)])
            .when(.enter(at: second(50), invitee: id(6), rules: locking))
            .refused(.callFull(limit: 6))
        Given<Visit>(five).when(.join(at: second(50), staff: id(6))).refused(.callFull(limit: 6))
        Given<Visit>(Story.beingSeen(by: 2))
            .when(.join(at: second(50), staff: id(6), rules: CallRules(peopleMax: 3)))
            .refused(.callFull(limit: 3))
        let many = (0..<Visit.inviteesMax).map { invited(100 + $0, at: 40) }
        Given<Visit>(Story.beingSeen + many).when(
            .invite(
                at: second(50), invitee: id(5), role: .external, by: id(1),
                details: InviteeDetails(name: "Eve"), key: id(3))
        ).refused(.tooManyInvited(limit: Visit.inviteesMax))
    }

    // MARK: Rooms opened without the client

    private let started = VisitEvent.started(
        VisitStarted(
            at: second(5), clinic: Story.here, staff: id(1), appointment: id(3),
            appointmentStart: second(8)))

    @Test("WA-8 the room opens without the client, who is taken straight in on arrival")
    func forceStart() {
        let door = ClinicDoor(Story.here, isOpen: true)
        Given<Visit>().when(
            .start(
                at: second(5), door: door, staff: id(1), appointment: id(3),
                appointmentStart: second(8))
        ).then(started)
        let state = Visit.fold([started])
        #expect(state.phase == .beingSeen)
        #expect(state.inside == [.staff(id(1))])
        #expect(state.places == 2)
        Given<Visit>(started).when(.arrive(at: second(10), door: door, Story.arrival))
            .then(Story.arrived)
        let both = Visit.fold([started, Story.arrived])
        #expect(both.phase == .beingSeen)
        #expect(both.inside == [.staff(id(1)), .caller])
        Given<Visit>(started, Story.arrived)
            .when(.arrive(at: second(11), door: door, Story.arrival)).refused(.alreadyArrived)
    }

    @Test("WA-8 externals still wait for the client; the hours do not keep the client out")
    func externalsWait() {
        Given<Visit>(started, invited(5, at: 6))
            .when(.enter(at: second(7), invitee: id(5), rules: locking)).refused(.clientAbsent)
        let late = ClinicDoor(Story.here, .outsideHours(opens: nil))
        Given<Visit>(started).when(.arrive(at: second(10), door: late, Story.arrival))
            .then(Story.arrived)
        Given<Visit>(Story.opened).when(.arrive(at: second(10), door: late, Story.arrival))
            .refused(.outsideHours(opens: nil))
    }

    @Test("WA-8 left again before the client came, the room keeps them on hold")
    func leftAgain() {
        let lost = [
            started, Story.lost(.staff(id(1)), at: 6),
            Story.left(.staff(id(1)), at: 200, .lostContact),
        ]
        let door = ClinicDoor(Story.here, isOpen: true)
        guard
            case .success(let events) = answer(
                Visit.self, .arrive(at: second(300), door: door, Story.arrival), after: lost)
        else {
            Issue.record("refused")
            return
        }
        #expect(events.last == Story.held(at: 300))
        #expect(Visit.fold(lost + events).phase == .onHold)
        Given<Visit>(started).when(.leave(at: second(9), participant: .staff(id(1))))
            .then(Story.left(.staff(id(1)), at: 9), Story.end(by: 1, at: 9, .everyoneLeft))
    }

    @Test("WA-9 a quick consultation has no queue: the practitioner is in it at once, and invites")
    func quick() {
        let quick = VisitEvent.started(
            VisitStarted(at: second(5), clinic: Story.here, staff: id(1)))
        let invitation = VisitCommand.invite(
            at: second(6), invitee: id(5), role: .client, by: id(1),
            details: InviteeDetails(name: "Ada"), key: id(3))
        guard case .success(let events) = answer(Visit.self, invitation, after: [quick]) else {
            Issue.record("refused")
            return
        }
        #expect(Visit.fold([quick] + events).invitees == [id(5): .client])
        Given<Visit>(quick, Story.arrived).when(invitation).refused(.beforeLast(last: second(10)))
    }

    // MARK: Sent back and disconnected

    @Test("WA-15 a caller is sent back to wait, in the place they had; both sides see why")
    func sendBack() {
        let sent = VisitEvent.sentBack(
            CallerSentBack(
                at: second(40), by: id(1), reason: .practitionerCalledAway,
                text: Sealed(MessageText("Ten minutes."), under: Story.key)))
        Given<Visit>(Story.beingSeen(by: 3) + [invited(5, at: 30), entered(5, at: 31)]).when(
            .sendBack(
                at: second(40), by: id(1), reason: .practitionerCalledAway,
                text: MessageText("Ten minutes."))
        ).then(sent)
        let state = Visit.fold(Story.beingSeen(by: 3) + [sent])
        #expect(state.phase == .waiting)
        #expect(state.inside == [.caller])
    }

    @Test("WA-15 a caller is disconnected: the visit ends, and says why")
    func dismiss() {
        for history in [Story.waiting, Story.beingSeen, Story.onHold] {
            Given<Visit>(history).when(
                .dismiss(at: second(40), by: id(1), reason: .conduct, text: nil)
            ).then(
                .ended(
                    VisitEnded(at: second(40), by: id(1), reason: .dismissed, why: .conduct)))
        }
    }
}
