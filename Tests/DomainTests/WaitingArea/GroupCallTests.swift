import Domain
import Testing

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

    // MARK: Staff

    private let accepted = [1, 2]
    private var running: [GroupCallEvent] {
        [started(), .staffJoined(GroupCallStaffJoined(at: second(1), staff: id(2)))]
            + accepted.flatMap { [asked($0), joined($0)] }
    }
    private func left(
        _ staff: Int, at time: Int, _ cause: LeavingCause = .onPurpose
    ) -> GroupCallEvent {
        .staffLeft(GroupCallStaffLeft(at: second(time), staff: id(staff), cause: cause))
    }
    private func lost(_ staff: Int, at time: Int) -> GroupCallEvent {
        .staffDisconnected(GroupCallStaffDisconnected(at: second(time), staff: id(staff)))
    }

    @Test(
        "WA-5 the last staff member to leave puts it on hold, and whoever joins takes it up again")
    func hold() {
        Given<GroupCall>(running).when(.staffLeave(at: second(10), staff: id(1)))
            .then(left(1, at: 10))
            .when(.staffLeave(at: second(11), staff: id(2))).then(left(2, at: 11))
        let held = running + [left(1, at: 10), left(2, at: 11)]
        let state = GroupCall.fold(held)
        #expect(state.isOnHold && state.callers == [id(1), id(2)])
        #expect(!GroupCall.fold(held.dropLast()).isOnHold)
        let back = GroupCallEvent.staffJoined(
            GroupCallStaffJoined(at: second(12), staff: id(3)))
        Given<GroupCall>(held).when(.staffJoin(at: second(12), staff: id(3))).then(back)
        #expect(!GroupCall.fold(held + [back]).isOnHold)
    }

    @Test("WA-5 nobody joins callers who are on hold; declining and asking go on")
    func onHold() {
        let held = running + [asked(5), left(1, at: 10), left(2, at: 10)]
        Given<GroupCall>(held).when(.join(at: second(11), visit: id(5)))
            .refused(.groupCallOnHold)
        Given<GroupCall>(held).when(.join(at: second(11), visit: id(6))).refused(.notAsked)
        Given<GroupCall>(held).when(.decline(at: second(11), visit: id(5)))
            .then(.declined(GroupCallDeclined(at: second(11), visit: id(5))))
        Given<GroupCall>(held).when(.ask(at: second(11), visit: id(6)))
            .then(.asked(GroupCallAsked(at: second(11), visit: id(6))))
    }

    @Test("WA-5 the last staff member to leave ends it where no caller is in it")
    func everyoneLeft() {
        Given<GroupCall>(started(), asked(5)).when(.staffLeave(at: second(3), staff: id(1)))
            .then(
                left(1, at: 3),
                .ended(GroupCallEnded(at: second(3), by: id(1), reason: .everyoneLeft)))
    }

    @Test("WA-5 a staff member's lost connection never ends it: their place is kept, then given up")
    func lostContact() {
        let away = running + [lost(1, at: 20)]
        #expect(GroupCall.fold(away).places == 4)
        Given<GroupCall>(away).when(.staffDisconnect(at: second(21), staff: id(1))).then()
        Given<GroupCall>(away).when(.staffJoin(at: second(90), staff: id(1)))
            .then(.staffReturned(GroupCallStaffReturned(at: second(90), staff: id(1))))
            .when(.staffDropOut(at: second(300), staff: id(1))).refused(.notDisconnected)
        Given<GroupCall>(away).when(.staffDropOut(at: second(20 + grace), staff: id(1)))
            .refused(.graceRunning(limit: grace))
        Given<GroupCall>(away).when(.staffDropOut(at: second(21 + grace), staff: id(1)))
            .then(left(1, at: 21 + grace, .lostContact))
        // Nor does that of the last one, with or without callers.
        for history in [running.filter { $0 != running[1] }, [started(), asked(5)]] {
            let alone = history + [lost(1, at: 20)]
            #expect(!GroupCall.fold(alone).isOnHold)
            Given<GroupCall>(alone).when(.staffDropOut(at: second(300), staff: id(1)))
                .then(left(1, at: 300, .lostContact))
            let dropped = GroupCall.fold(alone + [left(1, at: 300, .lostContact)])
            #expect(dropped.isOnHold && dropped.away.isEmpty)
        }
    }

    // MARK: What the clock brings

    @Test("WA-12 one in which nothing happens is ended by rule, as an event, and not before")
    func timedOut() {
        let hours = Int(GroupCallTimeout.life.count / 3_600_000)
        let end = 2 + hours * 3_600
        Given<GroupCall>(running).when(.timeOut(at: second(end - 1)))
            .refused(.stillGoing(limit: hours))
        Given<GroupCall>(running).when(.timeOut(at: second(end)))
            .then(.ended(GroupCallEnded(at: second(end), by: nil, reason: .timedOut)))
            .when(.timeOut(at: second(end))).then()
        #expect(GroupCallTimeout.life == VisitTimeout.life)
    }

    @Test("WA-12 WA-14 one that nobody accepted, or that all callers have left, ends sooner")
    func nobodyAccepted() {
        let hours = Int(GroupCallTimeout.emptyLife.count / 3_600_000)
        let gone = GroupCallEvent.left(GroupCallLeft(at: second(3), visit: id(5)))
        for history in [
            [started()], [started(), asked(5)], [started(), asked(5), joined(5), gone],
        ] {
            let last = GroupCall.fold(history).lastAt?.milliseconds ?? 0
            let end = Int(last / 1_000) + hours * 3_600
            Given<GroupCall>(history).when(.timeOut(at: second(end - 1)))
                .refused(.stillGoing(limit: hours))
            Given<GroupCall>(history).when(.timeOut(at: second(end)))
                .then(.ended(GroupCallEnded(at: second(end), by: nil, reason: .noCallers)))
        }
        #expect(GroupCallTimeout.emptyLife < GroupCallTimeout.life)
    }

    @Test("WA-3 WA-14 what falls due: each drop-out, then the end; each is accepted then")
    func dues() {
        let history = running + [lost(2, at: 30), lost(1, at: 30)]
        let due = GroupCallTimeout.due(GroupCall.fold(history))
        let first = Instant(milliseconds: second(30 + grace).milliseconds + 1)
        let end = second(30) + GroupCallTimeout.life
        #expect(
            due.map(\.command) == [
                .staffDropOut(at: first, staff: id(1)), .staffDropOut(at: first, staff: id(2)),
                .timeOut(at: end),
            ])
        #expect(Set(due.map { GroupCallTimeout.key(cause: 9, $0) }).count == due.count)
        var all = history
        for command in due.dropLast().map(\.command) {
            switch answer(GroupCall.self, command, after: all) {
            case .success(let events): all += events
            case .failure(let reason): Issue.record("\(command): \(reason)")
            }
        }
        let left = GroupCallTimeout.due(GroupCall.fold(all))
        #expect(left.map(\.command) == [.timeOut(at: first + GroupCallTimeout.life)])
        #expect(GroupCallTimeout.due(GroupCall.initial).isEmpty)
        let ended = all + [.ended(GroupCallEnded(at: end, by: id(1)))]
        #expect(GroupCallTimeout.due(GroupCall.fold(ended)).isEmpty)
        #expect(GroupCallTimeout.isOver(GroupCall.fold(ended)))
        #expect(!GroupCallTimeout.isOver(GroupCall.fold(all)))
    }

    private let grace = Visit.graceSeconds

    // MARK: The caller's visit

    private static let grouped =
        Story.waiting + [
            .groupAsked(GroupAsked(at: second(20), call: id(8), by: id(1))),
            .groupAnswered(GroupAnswered(at: second(30), call: id(8), accepted: true)),
        ]

    @Test("WA-5 WA-14 the callers of a group call on hold are on hold, and keep their place in it")
    func visitOnHold() {
        let held = Self.grouped + [Story.held(at: 40)]
        Given<Visit>(Self.grouped).when(.holdGroup(at: second(40))).then(Story.held(at: 40))
            .when(.holdGroup(at: second(40))).then()
        #expect(Visit.fold(held).phase == .onHold && Visit.fold(held).group == id(8))
        let resumed = VisitEvent.groupResumed(GroupResumed(at: second(50), call: id(8)))
        Given<Visit>(held).when(.resumeGroup(at: second(50))).then(resumed)
            .when(.resumeGroup(at: second(50))).then()
        #expect(Visit.fold(held + [resumed]).phase == .beingSeen)
        // Asked again they are asked nothing; taken in alone they are in it no longer.
        Given<Visit>(held).when(.askToGroup(at: second(50), call: id(8), by: id(1))).then()
        Given<Visit>(held).when(.askToGroup(at: second(50), call: id(9), by: id(1)))
            .refused(.inGroupCall)
        Given<Visit>(held).when(.admit(at: second(50), staff: id(1)))
            .then(Story.admitted(by: 1, at: 50))
        #expect(Visit.fold(held + [Story.admitted(by: 1, at: 50)]).group == nil)
        let left = VisitEvent.groupLeft(GroupLeft(at: second(50), call: id(8)))
        Given<Visit>(held).when(.leaveGroup(at: second(50))).then(left)
        #expect(Visit.fold(held + [left]).phase == .onHold)
        #expect(Visit.fold(held + [left]).group == nil)
        Given<Visit>(Story.onHold).when(.leaveGroup(at: second(50))).refused(.notBeingSeen)
    }

    @Test("WA-12 WA-14 a visit in a group call is ended by no time-out: the call's comes first")
    func visitTimeOut() {
        for history in [Self.grouped, Self.grouped + [Story.held(at: 40)]] {
            #expect(VisitTimeout.due(Visit.fold(history)).isEmpty)
            Given<Visit>(history).when(.timeOut(at: second(9_999_999))).refused(.inGroupCall)
        }
        let left = VisitEvent.groupLeft(GroupLeft(at: second(50), call: id(8)))
        #expect(
            VisitTimeout.due(Visit.fold(Self.grouped + [left])).map(\.at) == [
                second(50) + VisitTimeout.life
            ])
    }

    @Test("WA-3 WA-14 who is asked and lost contact keeps the question, and says yes once back")
    func askedAway() {
        let asked = Array(Self.grouped.dropLast()) + [Story.lost(.caller, at: 25)]
        #expect(Visit.fold(asked).question == id(8))
        Given<Visit>(asked).when(.answerGroup(at: second(30), call: id(8), accepted: true))
            .refused(.nobodyThere)
        Given<Visit>(asked).when(.answerGroup(at: second(30), call: id(8), accepted: false))
            .then(.groupAnswered(GroupAnswered(at: second(30), call: id(8), accepted: false)))
        Given<Visit>(asked).when(.comeBack(at: second(30), participant: .caller))
            .then(Story.returned(.caller, at: 30))
            .when(.answerGroup(at: second(31), call: id(8), accepted: true))
            .then(.groupAnswered(GroupAnswered(at: second(31), call: id(8), accepted: true)))
        Given<Visit>(asked).when(.dropOut(at: second(300), participant: .caller))
            .then(Story.end(by: nil, at: 300, .lostContact))
    }

    @Test("WA-3 WA-14 who lost contact in a group call drops out of it: their visit ends")
    func droppedInside() {
        Given<Visit>(Self.grouped + [Story.lost(.caller, at: 40)])
            .when(.dropOut(at: second(300), participant: .caller))
            .then(Story.end(by: nil, at: 300, .lostContact))
        Given<Visit>(Self.grouped).when(.leave(at: second(40), participant: .caller))
            .then(Story.left(.caller, at: 40), Story.end(by: nil, at: 40, .everyoneLeft))
    }

    @Test("WA-4 WA-14 who was invited into a visit does not enter while its caller is elsewhere")
    func externalOutside() {
        let invited = VisitEvent.invited(
            InviteeInvited(
                at: second(21), invitee: id(5), role: .external, by: id(1),
                details: Sealed(InviteeDetails(name: "Eve"), under: id(700))))
        let back =
            Story.beingSeen + [invited] + [
                .sentBack(CallerSentBack(at: second(22), by: id(1), reason: .other)),
                .groupAsked(GroupAsked(at: second(23), call: id(8), by: id(1))),
                .groupAnswered(GroupAnswered(at: second(30), call: id(8), accepted: true)),
            ]
        Given<Visit>(back).when(.enter(at: second(40), invitee: id(5), rules: CallRules()))
            .refused(.inGroupCall)
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
        var time = 0
        for _ in 0..<300 {
            time += samples.next(in: 0...60)
            let visit: ID<Visit> = id(samples.next(in: 1...30))
            let staff: ID<Staff> = id(samples.next(in: 1...6))
            let at = second(time)
            let command: GroupCallCommand =
                switch samples.next(in: 0...46) {
                case 0: .end(at: at, by: staff)
                case 1...4: .start(at: at, clinic: id(1), by: staff)
                case 5...18: .ask(at: at, visit: visit)
                case 19...30: .join(at: at, visit: visit)
                case 31: .decline(at: at, visit: visit)
                case 32: .leave(at: at, visit: visit)
                case 33...38: .staffJoin(at: at, staff: staff)
                case 39...40: .staffDisconnect(at: at, staff: staff)
                case 41...43: .staffDropOut(at: at, staff: staff)
                case 44: .timeOut(at: at)
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
            #expect(Set(state.away.keys).isSubset(of: state.staff), note)
            // A lost connection ends nothing, and nobody joins callers who are on hold.
            if case .staffDropOut = command { #expect(state.phase == .running, note) }
            for case .joined in events { #expect(!before.staff.isEmpty, note) }
            #expect(GroupCallTimeout.due(state).count <= state.away.count + 1, note)
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
