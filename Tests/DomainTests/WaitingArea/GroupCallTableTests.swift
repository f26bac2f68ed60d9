import Domain
import Testing

/// Each command in each state, no cell empty.
@Suite("Group call: each command in each state") struct GroupCallTableTests {
    private static let started = GroupCallEvent.started(
        GroupCallStarted(at: second(0), clinic: Story.here, by: id(1)))
    private static let asked = [
        started, .asked(GroupCallAsked(at: second(1), visit: id(5))),
    ]
    private static let running =
        asked + [.joined(GroupCallJoined(at: second(2), visit: id(5)))]
    private static let away =
        running + [
            .staffDisconnected(GroupCallStaffDisconnected(at: second(3), staff: id(1)))
        ]
    private static let onHold =
        running + [.staffLeft(GroupCallStaffLeft(at: second(4), staff: id(1)))]
    private static let ended =
        running + [.ended(GroupCallEnded(at: second(5), by: id(1)))]

    private static let states: [[GroupCallEvent]] = [
        [], [started], asked, running, away, onHold, ended,
    ]

    /// Columns: nothing yet, started, caller 5 asked, caller 5 in it, the one staff member out of
    /// contact, on hold, ended. Cells as in VisitTableTests.
    private static let table: [(GroupCallCommand, [String])] = [
        (
            .start(at: now, clinic: Story.here, by: id(1)),
            ["yes"] + Array(repeating: "groupCallExists", count: 6)
        ),
        (
            .ask(at: now, visit: id(5)),
            [
                "groupCallUnknown", "yes", "nothing", "nothing", "nothing", "nothing",
                "groupCallEnded",
            ]
        ),
        (
            .join(at: now, visit: id(5)),
            [
                "groupCallUnknown", "notAsked", "yes", "nothing", "nothing", "nothing",
                "groupCallEnded",
            ]
        ),
        (
            .decline(at: now, visit: id(5)),
            [
                "groupCallUnknown", "nothing", "yes", "nothing", "nothing", "nothing", "nothing",
            ]
        ),
        (
            .leave(at: now, visit: id(5)),
            ["groupCallUnknown", "nothing", "nothing", "yes", "yes", "yes", "nothing"]
        ),
        (
            .staffJoin(at: now, staff: id(1)),
            [
                "groupCallUnknown", "nothing", "nothing", "nothing", "yes", "yes",
                "groupCallEnded",
            ]
        ),
        (
            .staffLeave(at: now, staff: id(1)),
            [
                "groupCallUnknown", "yes", "yes", "yes", "yes", "notInGroupCall", "nothing",
            ]
        ),
        (
            .staffDisconnect(at: now, staff: id(1)),
            [
                "groupCallUnknown", "yes", "yes", "yes", "nothing", "notInGroupCall",
                "groupCallEnded",
            ]
        ),
        (
            .staffDropOut(at: now, staff: id(1)),
            [
                "groupCallUnknown", "notDisconnected", "notDisconnected", "notDisconnected",
                "graceRunning", "notInGroupCall", "groupCallEnded",
            ]
        ),
        (
            .end(at: now, by: id(1)),
            ["groupCallUnknown"] + Array(repeating: "yes", count: 5) + ["nothing"]
        ),
        (
            .timeOut(at: now),
            ["groupCallUnknown"] + Array(repeating: "stillGoing", count: 5) + ["nothing"]
        ),
    ]

    @Test("WA-14 every change is an event, impossible ones are refused", arguments: table.indices)
    func row(index: Int) {
        let (command, cells) = Self.table[index]
        let answers = Self.states.map { answer(GroupCall.self, command, after: $0).cell }
        #expect(answers == cells, "\(command)")
    }

    private static let now = second(60)
}
