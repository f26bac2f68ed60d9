import Domain

/// A visit's story, for the tests. Clinic 1 is where it begins, clinic 2 where it may go; staff are
/// numbers.
enum Story {
    static let here: ID<Clinic> = id(1)
    static let there: ID<Clinic> = id(2)
    static let key: ID<RecordKey> = id(900)
    static let entry = EntryFields(firstName: "Ada", lastName: "Lovelace")
    static let arrival = Arrival(entry: entry, key: key)

    static let opened = VisitEvent.opened(VisitOpened(at: second(0), clinic: here))
    static let arrived = VisitEvent.arrived(
        CallerArrived(at: second(10), clinic: here, entry: Sealed(entry, under: key)))
    static let waiting = [opened, arrived]
    static let beingSeen = waiting + [admitted(by: 1, at: 20)]
    static let onHold = beingSeen + [left(.staff(id(1)), at: 30), held(at: 30)]
    static let ended = beingSeen + [end(by: 1, at: 30)]

    /// The caller is being seen by `count` staff members, 1 and up.
    static func beingSeen(by count: Int) -> [VisitEvent] {
        beingSeen + (2..<max(2, count + 1)).map { joined($0, at: 20 + $0) }
    }

    static func admitted(by staff: Int, at time: Int) -> VisitEvent {
        .admitted(CallerAdmitted(at: second(time), staff: id(staff)))
    }
    static func joined(_ staff: Int, at time: Int) -> VisitEvent {
        .staffJoined(StaffJoined(at: second(time), staff: id(staff)))
    }
    static func left(
        _ who: Participant, at time: Int, _ cause: LeavingCause = .onPurpose
    ) -> VisitEvent {
        .left(ParticipantLeft(at: second(time), participant: who, cause: cause))
    }
    static func held(at time: Int) -> VisitEvent { .held(VisitHeld(at: second(time))) }
    static func lost(_ who: Participant, at time: Int) -> VisitEvent {
        .disconnected(ParticipantDisconnected(at: second(time), participant: who))
    }
    static func returned(_ who: Participant, at time: Int) -> VisitEvent {
        .returned(ParticipantReturned(at: second(time), participant: who))
    }
    static func transferred(by staff: Int, at time: Int) -> VisitEvent {
        .transferred(VisitTransferred(at: second(time), from: here, to: there, by: id(staff)))
    }
    static func end(
        by staff: Int?, at time: Int, _ reason: EndReason = .finished
    ) -> VisitEvent {
        .ended(VisitEnded(at: second(time), by: staff.map { id($0) }, reason: reason))
    }
}
