import Domain
import Testing

/// Each command in each state, no cell empty.
@Suite("Visit: each command in each state") struct VisitTableTests {
    private static let states: [[VisitEvent]] = [
        [], [Story.opened], Story.waiting, Story.waiting + [Story.lost(.caller, at: 20)],
        Story.beingSeen, Story.beingSeen + [Story.lost(.caller, at: 30)], Story.onHold,
        Story.ended,
    ]

    /// Columns: nothing yet, opened, waiting, waiting out of contact, being seen, being seen with
    /// the caller out of contact, on hold, ended. Cells: the code of the refusal; `yes`; `nothing`:
    /// true already.
    private static let table: [(VisitCommand, [String])] =
        [
            (.open(at: now, door: here), ["yes"] + again("alreadyOpened", 7)),
            (
                .arrive(at: now, door: here, Story.arrival),
                ["notOpened", "yes"] + again("alreadyArrived", 5) + ["visitEnded"]
            ),
            (
                .admit(at: now, staff: id(2)),
                [
                    "notOpened", "notArrived", "yes", "nobodyThere", "alreadyBeingSeen",
                    "alreadyBeingSeen", "yes", "visitEnded",
                ]
            ),
            (
                .join(at: now, staff: id(2)),
                [
                    "notOpened", "notArrived", "notBeingSeen", "notBeingSeen", "yes", "yes",
                    "notBeingSeen", "visitEnded",
                ]
            ),
            (
                .leave(at: now, participant: .staff(id(1))),
                [
                    "notOpened", "notArrived", "notBeingSeen", "notBeingSeen", "yes", "yes",
                    "notBeingSeen", "visitEnded",
                ]
            ),
            (
                .giveUp(at: now),
                [
                    "notOpened", "yes", "yes", "yes", "alreadyBeingSeen", "alreadyBeingSeen", "yes",
                    "visitEnded",
                ]
            ),
            (
                .holdParticipant(at: now, participant: .caller, by: id(1)),
                [
                    "notOpened", "notArrived", "notBeingSeen", "notBeingSeen", "yes", "yes",
                    "notBeingSeen", "visitEnded",
                ]
            ),
            (
                .resumeParticipant(at: now, participant: .caller, by: id(1)),
                [
                    "notOpened", "notArrived", "notBeingSeen", "notBeingSeen", "nothing", "nothing",
                    "notBeingSeen", "visitEnded",
                ]
            ),
            (
                .disconnect(at: now, participant: .caller),
                [
                    "notOpened", "notArrived", "yes", "nothing", "yes", "nothing", "yes",
                    "visitEnded",
                ]
            ),
            (
                .comeBack(at: now, participant: .caller),
                [
                    "notOpened", "notArrived", "nothing", "yes", "nothing", "yes", "nothing",
                    "visitEnded",
                ]
            ),
            (
                .dropOut(at: now, participant: .caller),
                [
                    "notOpened", "notArrived", "notDisconnected", "graceRunning", "notDisconnected",
                    "graceRunning", "notDisconnected", "visitEnded",
                ]
            ),
            (
                .transfer(at: now, to: there, by: id(1)),
                ["notOpened", "notArrived"] + again("yes", 5) + ["visitEnded"]
            ),
            (
                .sendMessage(
                    at: now, message: id(7), sender: .caller, text: MessageText("x"), key: id(8)),
                ["notOpened", "notArrived"] + again("yes", 5) + ["visitEnded"]
            ),
            (
                .end(at: now, by: id(1), reason: .finished),
                ["notOpened"] + again("yes", 6) + ["nothing"]
            ),
            (.timeOut(at: now), ["notOpened"] + again("stillGoing", 6) + ["nothing"]),
        ] + inCall

    private static let inCall: [(VisitCommand, [String])] = [
        (
            .start(at: now, door: here, staff: id(1), appointment: nil, appointmentStart: nil),
            ["yes"] + again("alreadyOpened", 7)
        ),
        (.lock(at: now, by: id(1), rules: locking), inCallOnly("yes")),
        (.lock(at: now, by: id(1), rules: CallRules()), inCallOnly("locksNotAllowed")),
        (.unlock(at: now, by: id(1)), inCallOnly("nothing")),
        (.callStaff(at: now, staff: id(2), by: id(1)), inCallOnly("yes")),
        (
            .invite(
                at: now, invitee: id(5), role: .external, by: id(1),
                details: InviteeDetails(name: "Eve"), key: id(6)), inCallOnly("yes")
        ),
        (
            .revoke(at: now, invitee: id(5), by: id(1)),
            ["notOpened", "notArrived"] + again("notInvited", 5) + ["visitEnded"]
        ),
        (
            .enter(at: now, invitee: id(5), rules: locking),
            [
                "notOpened", "notArrived", "clientAbsent", "clientAbsent", "notInvited",
                "notInvited", "clientAbsent", "visitEnded",
            ]
        ),
        (
            .sendBack(at: now, by: id(1), reason: .other, text: nil),
            [
                "notOpened", "notArrived", "notBeingSeen", "notBeingSeen", "yes", "yes", "yes",
                "visitEnded",
            ]
        ),
        (
            .dismiss(at: now, by: id(1), reason: .conduct, text: nil),
            ["notOpened", "notArrived"] + again("yes", 5) + ["visitEnded"]
        ),
        (
            .askToGroup(at: now, call: id(8), by: id(1)),
            [
                "notOpened", "notArrived", "yes", "nobodyThere", "alreadyBeingSeen",
                "alreadyBeingSeen", "yes", "visitEnded",
            ]
        ),
        (
            .answerGroup(at: now, call: id(8), accepted: true),
            [
                "notOpened", "notArrived", "notAskedToGroup", "nobodyThere",
                "alreadyBeingSeen", "alreadyBeingSeen", "notAskedToGroup", "visitEnded",
            ]
        ),
        (.holdGroup(at: now), inCallOnly("nothing")),
        (.resumeGroup(at: now), inCallOnly("nothing")),
        (
            .leaveGroup(at: now),
            [
                "notOpened", "notArrived", "notBeingSeen", "notBeingSeen", "nothing", "nothing",
                "notBeingSeen", "visitEnded",
            ]
        ),
        (
            .markQuestionnaire(at: now, QuestionnaireMark(id(4), .new)),
            ["notOpened", "notArrived"] + again("yes", 5) + ["visitEnded"]
        ),
        (
            .markQuestionnaire(at: now, QuestionnaireMark(id(4), .withdrawn)),
            ["notOpened", "notArrived"] + again("nothing", 5) + ["visitEnded"]
        ),
    ]

    private static let locking = CallRules(allowsLocks: true)

    /// `cell` while the caller is being seen.
    private static func inCallOnly(_ cell: String) -> [String] {
        [
            "notOpened", "notArrived", "notBeingSeen", "notBeingSeen", cell, cell, "notBeingSeen",
            "visitEnded",
        ]
    }

    @Test("WA-3 every change is an event, impossible ones are refused", arguments: table.indices)
    func row(index: Int) {
        let (command, cells) = Self.table[index]
        let answers = Self.states.map { answer(Visit.self, command, after: $0).cell }
        #expect(answers == cells, "\(command)")
    }

    private static let now = second(60)
    private static let here = ClinicDoor(Story.here, isOpen: true)
    private static let there = ClinicDoor(Story.there, isOpen: true)

    private static func again(_ cell: String, _ count: Int) -> [String] {
        Array(repeating: cell, count: count)
    }
}
