import Domain
import Testing

/// Contact lost and found, and what the clock alone brings.
@Suite("Visit: contact") struct VisitContactTests {
    @Test("WA-3 who lost contact may return until they are dropped, to the place they kept")
    func comeBack() {
        let lost = Story.waiting + [Story.lost(.caller, at: 20)]
        #expect(Visit.fold(lost).phase == .waiting)
        #expect(Visit.fold(lost).inside == [.caller])
        #expect(Visit.fold(lost).present.isEmpty)
        Given<Visit>(lost).when(.comeBack(at: second(20 + grace), participant: .caller))
            .then(Story.returned(.caller, at: 20 + grace))
        // While the server was away nobody was dropped, and nobody lost their place.
        Given<Visit>(lost).when(.comeBack(at: second(9_000), participant: .caller))
            .then(Story.returned(.caller, at: 9_000))
        Given<Visit>(lost + [Story.end(by: nil, at: 300, .lostContact)])
            .when(.comeBack(at: second(301), participant: .caller)).refused(.visitEnded)
    }

    @Test("WA-3 nobody is dropped before the grace time is over")
    func dropOutEarly() {
        let lost = Story.waiting + [Story.lost(.caller, at: 20)]
        Given<Visit>(lost).when(.dropOut(at: second(20 + grace), participant: .caller))
            .refused(.graceRunning(limit: grace))
        Given<Visit>(Story.waiting).when(.dropOut(at: second(500), participant: .caller))
            .refused(.notDisconnected)
    }

    @Test("WA-3 a caller without contact drops out of the queue once the grace time is over")
    func dropOutCaller() {
        let lost = Story.waiting + [Story.lost(.caller, at: 20)]
        Given<Visit>(lost).when(.dropOut(at: second(300), participant: .caller))
            .then(Story.end(by: nil, at: 300, .lostContact))
            .when(.comeBack(at: second(301), participant: .caller)).refused(.visitEnded)
    }

    @Test("WA-3 inside a call the caller's drop-out leaves the decision to the staff there")
    func dropOutInCall() {
        Given<Visit>(Story.beingSeen + [Story.lost(.caller, at: 30)])
            .when(.dropOut(at: second(300), participant: .caller))
            .then(Story.left(.caller, at: 300, .lostContact))
            .when(.comeBack(at: second(310), participant: .caller))
            .then(Story.returned(.caller, at: 310))
    }

    @Test("WA-5 a staff member's lost connection never ends a visit: the caller goes on hold")
    func dropOutStaff() {
        Given<Visit>(Story.beingSeen + [Story.lost(.staff(id(1)), at: 30)])
            .when(.dropOut(at: second(300), participant: .staff(id(1))))
            .then(Story.left(.staff(id(1)), at: 300, .lostContact), Story.held(at: 300))
        let alone =
            Story.beingSeen + [
                Story.left(.caller, at: 25), Story.lost(.staff(id(1)), at: 30),
            ]
        Given<Visit>(alone).when(.dropOut(at: second(300), participant: .staff(id(1))))
            .then(Story.left(.staff(id(1)), at: 300, .lostContact))
    }

    @Test("WA-3 a staff member who lost contact is back by joining again, and counted once")
    func rejoin() {
        let lost = Story.beingSeen + [Story.lost(.staff(id(1)), at: 30)]
        Given<Visit>(lost).when(.join(at: second(40), staff: id(1)))
            .then(Story.returned(.staff(id(1)), at: 40))
        #expect(Visit.fold(lost + [Story.returned(.staff(id(1)), at: 40)]).places == 2)
    }

    @Test("WA-3 losing contact twice is one event, and coming back in contact none")
    func twice() {
        Given<Visit>(Story.waiting + [Story.lost(.caller, at: 20)])
            .when(.disconnect(at: second(21), participant: .caller)).then()
        Given<Visit>(Story.waiting).when(.comeBack(at: second(21), participant: .caller)).then()
        Given<Visit>(Story.waiting).when(.disconnect(at: second(21), participant: .staff(id(9))))
            .refused(.notPresent)
    }

    @Test("WA-3 what falls due by the clock: each drop-out, then the end; each is accepted then")
    func timeouts() {
        let lost =
            Story.beingSeen + [
                Story.lost(.caller, at: 30), Story.lost(.staff(id(1)), at: 30),
            ]
        let due = VisitTimeout.due(Visit.fold(lost))
        let first = Instant(milliseconds: justAfter(30))
        let end = Instant(milliseconds: 30_000 + VisitTimeout.life.count)
        #expect(
            due.map(\.command) == [
                .dropOut(at: first, participant: .staff(id(1))),
                .dropOut(at: first, participant: .caller),
                .timeOut(at: end),
            ])
        var history = lost
        for command in due.map(\.command) {
            switch answer(Visit.self, command, after: history) {
            case .success(let events): history += events
            case .failure(let reason): Issue.record("\(command): \(reason)")
            }
        }
        #expect(history.last == .ended(VisitEnded(at: first, by: nil, reason: .lostContact)))
        #expect(VisitTimeout.due(Visit.fold(history)).isEmpty)
        #expect(VisitTimeout.due(Visit.initial).isEmpty)
        #expect(
            VisitTimeout.due(Visit.fold([Story.opened])).map(\.command) == [
                .timeOut(at: Instant(milliseconds: VisitTimeout.openLife.count))
            ])
    }

    @Test("WA-3 everybody who lost contact at one moment drops out, each by a command of their own")
    func togetherLost() {
        let others: [Participant] = [.staff(id(1)), .external(id(5)), .external(id(6))]
        let everybody: [Participant] = others + [.caller]
        let entered: [VisitEvent] = [5, 6].map {
            .externalEntered(ExternalEntered(at: second(25), invitee: id($0)))
        }
        let lost: [VisitEvent] = everybody.map { Story.lost($0, at: 30) }
        let state = Visit.fold(Story.beingSeen + entered + lost)
        let due = VisitTimeout.due(state).filter { $0.leaver != nil }
        #expect(due.compactMap(\.leaver) == everybody)
        #expect(Set(due.map { VisitTimeout.key(cause: 9, $0) }).count == due.count)
    }

    @Test("WA-12 a visit that nobody ends is ended by rule, as an event, and not before")
    func nobodyEnds() {
        let hours = Int(VisitTimeout.life.count / 3_600_000)
        for history in [Story.waiting, Story.beingSeen, Story.onHold] {
            let last = Visit.fold(history).lastAt.map { Int($0.milliseconds / 1000) } ?? 0
            let end = last + hours * 3_600
            Given<Visit>(history).when(.timeOut(at: second(end - 1)))
                .refused(.stillGoing(limit: hours))
            Given<Visit>(history).when(.timeOut(at: second(end)))
                .then(Story.end(by: nil, at: end, .timedOut))
        }
        Given<Visit>(Story.opened).when(.timeOut(at: second(3_599))).refused(.stillGoing(limit: 1))
        Given<Visit>(Story.opened).when(.timeOut(at: second(3_600)))
            .then(Story.end(by: nil, at: 3_600, .neverArrived))
        Given<Visit>(Story.ended).when(.timeOut(at: second(9_999_999))).then()
    }

    private let grace = Visit.graceSeconds

    /// A millisecond too late, for who lost contact at `time`.
    private func justAfter(_ time: Int) -> Int64 { second(time + grace).milliseconds + 1 }
}
