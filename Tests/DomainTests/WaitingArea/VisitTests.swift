import Domain
import Testing

@Suite("Visit") struct VisitTests {
    @Test("WA-1 opening the link is an event of its own, and nobody waits yet")
    func open() {
        Given<Visit>()
            .when(.open(at: second(0), door: ClinicDoor(Story.here, isOpen: true)))
            .then(Story.opened)
        #expect(Visit.fold([Story.opened]).inside.isEmpty)
    }

    @Test("WA-1 the caller gives the entry fields and waits; they are sealed under the visit's key")
    func arrive() {
        Given<Visit>(Story.opened)
            .when(.arrive(at: second(10), door: door, Story.arrival))
            .then(Story.arrived)
        let state = Visit.fold(Story.waiting)
        #expect(state.phase == .waiting)
        #expect(state.key == Story.key)
        #expect(state.firstArrivedAt == second(10))
    }

    @Test("ORG-2 a closed clinic admits nobody, by link, entry or transfer")
    func closedClinic() {
        let shut = ClinicDoor(Story.here, isOpen: false)
        Given<Visit>().when(.open(at: second(0), door: shut)).refused(.clinicClosed)
        Given<Visit>(Story.opened).when(.arrive(at: second(10), door: shut, Story.arrival))
            .refused(.clinicClosed)
        let target = ClinicDoor(Story.there, isOpen: false)
        Given<Visit>(Story.waiting).when(.transfer(at: second(20), to: target, by: id(1)))
            .refused(.clinicClosed)
    }

    @Test(
        "ORG-6 where a clinic asks for it, nobody enters unconfirmed; staff are not asked"
    )
    func confirmed() {
        let terms = EntryTerms(
            entry: [AskedField(.phone, isRequired: true)], disclaimer: 3, confirmsEntry: true)
        let asking = ClinicDoor(Story.here, .open, asks: terms)
        var arrival = Story.arrival
        func arrive(_ arrival: Arrival) -> When<Visit> {
            Given<Visit>(Story.opened).when(.arrive(at: second(10), door: asking, arrival))
        }
        arrive(arrival).refused(.fieldMissing(.phone))
        arrival.entry.phone = "1"
        arrive(arrival).refused(.disclaimerNotAccepted(version: 3))
        arrival.disclaimer = 3
        arrive(arrival).refused(.entryNotConfirmed)
        arrival.isConfirmed = true
        let arrived = VisitEvent.arrived(
            CallerArrived(
                at: second(10), clinic: Story.here,
                entry: Sealed(arrival.entry, under: Story.key), disclaimer: 3))
        arrive(arrival).then(arrived)
        #expect(VisitRejection.entryNotConfirmed.told.field == "confirmed")
        Given<Visit>(Story.opened).when(.arrive(at: second(10), door: door, Story.arrival))
            .then(Story.arrived)
    }

    @Test("WA-1 an entry field that is too long is refused by name", arguments: EntryField.allCases)
    func entryTooLong(field: EntryField) {
        var entry = Story.entry
        let path: WritableKeyPath<EntryFields, String?> =
            switch field {
            case .firstName: \.firstName
            case .lastName: \.lastName
            case .phone: \.phone
            case .externalNumber: \.externalNumber
            }
        entry[keyPath: path] = long(EntryFields.textMax)
        let fits = Arrival(entry: entry, key: Story.key)
        Given<Visit>(Story.opened).when(.arrive(at: second(10), door: door, fits)).then(
            .arrived(
                CallerArrived(
                    at: second(10), clinic: Story.here, entry: Sealed(entry, under: Story.key))))
        entry[keyPath: path] = long(EntryFields.textMax + 1)
        let arrival = Arrival(entry: entry, key: Story.key)
        let refusal = VisitRejection.fieldTooLong(field, limit: EntryFields.textMax)
        Given<Visit>(Story.opened).when(.arrive(at: second(10), door: door, arrival))
            .refused(refusal)
        #expect(refusal.field == "entry.\(field.rawValue)")
        #expect(refusal.limit == EntryFields.textMax)
    }

    @Test("WA-4 a practitioner takes the caller in, from waiting and back from hold")
    func admit() {
        Given<Visit>(Story.waiting).when(.admit(at: second(20), staff: id(1)))
            .then(Story.admitted(by: 1, at: 20))
        Given<Visit>(Story.onHold).when(.admit(at: second(40), staff: id(2)))
            .then(Story.admitted(by: 2, at: 40))
        #expect(Visit.fold(Story.beingSeen).phase == .beingSeen)
    }

    @Test("WA-3 a caller who lost contact can't be taken in until they return")
    func admitNobody() {
        let away = Story.waiting + [Story.lost(.caller, at: 15)]
        Given<Visit>(away).when(.admit(at: second(20), staff: id(1))).refused(.nobodyThere)
        Given<Visit>(away + [Story.returned(.caller, at: 18)])
            .when(.admit(at: second(20), staff: id(1))).then(Story.admitted(by: 1, at: 20))
    }

    @Test("WA-4 up to five staff join the caller", arguments: 1...4)
    func join(present: Int) {
        Given<Visit>(Story.beingSeen(by: present))
            .when(.join(at: second(50), staff: id(present + 1)))
            .then(Story.joined(present + 1, at: 50))
    }

    @Test("WA-4 a seventh person is refused, and the limit is named")
    func full() {
        let refusal = VisitRejection.callFull(limit: 6)
        Given<Visit>(Story.beingSeen(by: 5)).when(.join(at: second(50), staff: id(6)))
            .refused(refusal)
        #expect(refusal.limit == 6)
        #expect(refusal.code == "callFull")
    }

    @Test("WA-4 the caller's place is kept while they are away, and after they left the call")
    func placeKept() {
        for gone in [Story.lost(.caller, at: 40), Story.left(.caller, at: 40)] {
            Given<Visit>(Story.beingSeen(by: 5) + [gone])
                .when(.join(at: second(50), staff: id(6))).refused(.callFull(limit: 6))
        }
    }

    @Test("WA-5 the visit goes on hold by rule when the last staff member leaves the caller")
    func waitingAreaHold() {
        Given<Visit>(Story.beingSeen(by: 2))
            .when(.leave(at: second(60), participant: .staff(id(1))))
            .then(Story.left(.staff(id(1)), at: 60))
            .when(.leave(at: second(70), participant: .staff(id(2))))
            .then(Story.left(.staff(id(2)), at: 70), Story.held(at: 70))
        #expect(Visit.fold(Story.onHold).phase == .onHold)
    }

    @Test("WA-5 with the caller out of contact the hold waits for their return")
    func holdOnReturn() {
        let alone =
            Story.beingSeen + [Story.lost(.caller, at: 30), Story.left(.staff(id(1)), at: 40)]
        Given<Visit>(Story.beingSeen + [Story.lost(.caller, at: 30)])
            .when(.leave(at: second(40), participant: .staff(id(1))))
            .then(Story.left(.staff(id(1)), at: 40))
            .when(.comeBack(at: second(50), participant: .caller))
            .then(Story.returned(.caller, at: 50), Story.held(at: 50))
        #expect(Visit.fold(alone).phase == .beingSeen)
    }

    @Test("WA-5 the in-call hold keeps the visit being seen, any number of times")
    func inCallHold() {
        let hold = VisitEvent.participantHeld(
            ParticipantHeld(at: second(30), participant: .caller, by: id(1)))
        let resume = VisitEvent.participantResumed(
            ParticipantResumed(at: second(40), participant: .caller, by: id(1)))
        let held = Given<Visit>(Story.beingSeen)
            .when(.holdParticipant(at: second(30), participant: .caller, by: id(1))).then(hold)
        held.when(.holdParticipant(at: second(30), participant: .caller, by: id(1))).then()
        held.when(.resumeParticipant(at: second(40), participant: .caller, by: id(1)))
            .then(resume)
            .when(.holdParticipant(at: second(40), participant: .caller, by: id(1)))
            .then(
                .participantHeld(
                    ParticipantHeld(at: second(40), participant: .caller, by: id(1))))
        let state = Visit.fold(Story.beingSeen + [hold])
        #expect(state.phase == .beingSeen)
        #expect(state.held == [.caller])
    }

    @Test("WA-5 ending closes the private space; asked twice, it ends once")
    func end() {
        Given<Visit>(Story.beingSeen)
            .when(.end(at: second(30), by: id(1), reason: .finished))
            .then(Story.end(by: 1, at: 30))
            .when(.end(at: second(31), by: id(2), reason: .finished)).then()
        let state = Visit.fold(Story.ended)
        #expect(state.phase == .ended)
        #expect(state.inside.isEmpty)
    }

    @Test("WA-5 where everyone left on purpose, the visit is over")
    func everyoneLeft() {
        Given<Visit>(Story.beingSeen)
            .when(.leave(at: second(30), participant: .caller)).then(Story.left(.caller, at: 30))
            .when(.leave(at: second(40), participant: .staff(id(1))))
            .then(Story.left(.staff(id(1)), at: 40), Story.end(by: 1, at: 40, .everyoneLeft))
    }

    @Test("WA-3 a caller gives up from the queue and from hold, not from inside a call")
    func giveUp() {
        for history in [[Story.opened], Story.waiting, Story.onHold] {
            Given<Visit>(history).when(.giveUp(at: second(40)))
                .then(.gaveUp(CallerGaveUp(at: second(40))))
        }
        Given<Visit>(Story.beingSeen).when(.giveUp(at: second(40))).refused(.alreadyBeingSeen)
    }

    @Test("WA-3 what would lie before the last event is refused")
    func backwards() {
        Given<Visit>(Story.waiting).when(.admit(at: second(9), staff: id(1)))
            .refused(.beforeLast(last: second(10)))
        Given<Visit>(Story.waiting).when(.admit(at: second(10), staff: id(1)))
            .then(Story.admitted(by: 1, at: 10))
    }

    @Test("WA-7 a message is sealed under a key of its own, from either side")
    func message() {
        for sender in [Participant.caller, .staff(id(1))] {
            Given<Visit>(Story.waiting)
                .when(say("hello", from: sender))
                .then(
                    .messageSent(
                        MessageSent(
                            at: second(40), message: id(77), sender: sender,
                            text: Sealed(MessageText("hello"), under: id(901)))))
        }
        Given<Visit>(Story.waiting).when(say("")).refused(.textEmpty)
        Given<Visit>(Story.waiting).when(say(long(MessageText.textMax + 1)))
            .refused(.textTooLong(limit: MessageText.textMax))
        let talk = (0..<Visit.messagesMax).map { _ in
            VisitEvent.messageSent(
                MessageSent(
                    at: second(30), message: id(1), sender: .caller,
                    text: Sealed(MessageText("x"), under: id(901))))
        }
        Given<Visit>(Story.waiting + talk).when(say("one more"))
            .refused(.tooManyMessages(limit: Visit.messagesMax))
    }

    private let door = ClinicDoor(Story.here, isOpen: true)

    private func say(_ words: String, from sender: Participant = .caller) -> VisitCommand {
        .sendMessage(
            at: second(40), message: id(77), sender: sender, text: MessageText(words),
            key: id(901))
    }
}
