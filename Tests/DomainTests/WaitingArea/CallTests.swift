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

/// Several callers in one call.
@Suite("Group call") struct GroupCallTests {
    private func started() -> GroupCallEvent {
        .started(GroupCallStarted(at: second(0), clinic: Story.here, by: id(1)))
    }
    private func asked(_ visit: Int) -> GroupCallEvent {
        .asked(GroupCallAsked(at: second(1), visit: id(visit)))
    }
    private func joined(_ visit: Int) -> GroupCallEvent {
        .joined(GroupCallJoined(at: second(2), visit: id(visit)))
    }

    @Test("WA-14 nobody is in a group call who was not asked and did not accept")
    func asking() {
        Given<GroupCall>(started()).when(.join(at: second(2), visit: id(5))).refused(.notAsked)
        Given<GroupCall>(started()).when(.ask(at: second(1), visit: id(5))).then(asked(5))
            .when(.ask(at: second(1), visit: id(5))).then()
        Given<GroupCall>(started(), asked(5)).when(.join(at: second(2), visit: id(5)))
            .then(joined(5)).when(.join(at: second(3), visit: id(5))).then()
        Given<GroupCall>(started(), asked(5)).when(.decline(at: second(2), visit: id(5)))
            .then(.declined(GroupCallDeclined(at: second(2), visit: id(5))))
            .when(.join(at: second(3), visit: id(5))).refused(.notAsked)
    }

    @Test("WA-14 twenty people at most, staff included, and the limit is named")
    func full() {
        let nineteen = (2...20).flatMap { [asked($0), joined($0)] }
        Given<GroupCall>([started()] + nineteen).when(.ask(at: second(3), visit: id(21)))
            .refused(.groupCallFull(limit: 20))
        Given<GroupCall>([started()] + nineteen).when(.staffJoin(at: second(3), staff: id(2)))
            .refused(.groupCallFull(limit: 20))
    }

    @Test(
        "WA-14 a caller who accepted is in the call and waits no more; who declined waits as before"
    )
    func visit() {
        let question = VisitEvent.groupAsked(GroupAsked(at: second(20), call: id(8), by: id(1)))
        for history in [Story.waiting, Story.onHold] {
            let at = history == Story.onHold ? 40 : 30
            let asked = VisitEvent.groupAsked(
                GroupAsked(at: second(at), call: id(8), by: id(1)))
            Given<Visit>(history).when(.askToGroup(at: second(at), call: id(8), by: id(1)))
                .then(asked)
        }
        let yes = VisitEvent.groupAnswered(
            GroupAnswered(at: second(30), call: id(8), accepted: true))
        let no = VisitEvent.groupAnswered(
            GroupAnswered(at: second(30), call: id(8), accepted: false))
        let asked = Story.waiting + [question]
        Given<Visit>(asked).when(.answerGroup(at: second(30), call: id(8), accepted: true))
            .then(yes).when(.join(at: second(31), staff: id(3))).refused(.inGroupCall)
        Given<Visit>(asked).when(.answerGroup(at: second(30), call: id(8), accepted: false))
            .then(no)
        Given<Visit>(asked).when(.answerGroup(at: second(30), call: id(9), accepted: true))
            .refused(.notAskedToGroup)
        #expect(Visit.fold(asked + [yes]).phase == .beingSeen)
        #expect(Visit.fold(asked + [yes]).group == id(8))
        #expect(Visit.fold(asked + [no]).phase == .waiting)
        let left = VisitEvent.groupLeft(GroupLeft(at: second(40), call: id(8)))
        Given<Visit>(asked + [yes]).when(.leaveGroup(at: second(40))).then(left)
        #expect(Visit.fold(asked + [yes, left]).phase == .onHold)
    }

    @Test("WA-14 WA-3 a caller who comes back into their group call is in it, not on hold")
    func comesBack() {
        let grouped =
            Story.waiting + [
                .groupAsked(GroupAsked(at: second(20), call: id(8), by: id(1))),
                .groupAnswered(GroupAnswered(at: second(30), call: id(8), accepted: true)),
                Story.lost(.caller, at: 40),
            ]
        Given<Visit>(grouped).when(.comeBack(at: second(50), participant: .caller))
            .then(Story.returned(.caller, at: 50))
        let back = Visit.fold(grouped + [Story.returned(.caller, at: 50)])
        #expect(back.phase == .beingSeen && back.group == id(8))
    }

    @Test(
        "WA-14 whatever is asked: never over the limit, no answer but to a question",
        arguments: 0..<100)
    func commands(seed: UInt64) {
        var samples = Samples(seed: seed)
        var state = GroupCall.initial
        var most = 0
        for time in 0..<300 {
            let visit: ID<Visit> = id(samples.next(in: 1...30))
            let staff: ID<Staff> = id(samples.next(in: 1...6))
            let at = second(time)
            let command: GroupCallCommand =
                switch samples.next(in: 0...40) {
                case 0: .end(at: at, by: staff)
                case 1...4: .start(at: at, clinic: id(1), by: staff)
                case 5...18: .ask(at: at, visit: visit)
                case 19...30: .join(at: at, visit: visit)
                case 31: .decline(at: at, visit: visit)
                case 32: .leave(at: at, visit: visit)
                case 33...38: .staffJoin(at: at, staff: staff)
                default: .staffLeave(at: at, staff: staff)
                }
            let before = state
            guard case .success(let events) = decided(command, state) else { continue }
            for event in events { GroupCall.evolve(&state, event) }
            most = max(most, state.places)
            let note: Comment = "seed \(seed), \(command)"
            #expect(state.places <= GroupCall.peopleMax, note)
            #expect(state.asked.isDisjoint(with: state.callers), note)
            #expect(state.callers.subtracting(before.callers).isSubset(of: before.asked), note)
            #expect(state.phase == .running || state.places == 0, note)
        }
        #expect(most > 0)
    }

    private func decided(
        _ command: GroupCallCommand, _ state: GroupCall.State
    ) -> Result<[GroupCallEvent], GroupCallRejection> {
        do throws(GroupCallRejection) {
            return .success(try GroupCall.decide(command, state))
        } catch {
            return .failure(error)
        }
    }
}
