import Domain
import Testing

/// Each command in each standing, no cell empty.
@Suite("Staff: each command in each standing") struct StaffTableTests {
    private static let standings = [
        [], Colleague.invited, Colleague.active, Colleague.suspended, Colleague.removed,
    ]

    /// Columns: unknown, invited, active, suspended, removed.
    private static let table: [(StaffCommand, [String])] = [
        (
            .invite(at: now, Colleague.invitation(), key: Colleague.key),
            ["yes", "staffExists", "staffExists", "staffExists", "staffExists"]
        ),
        (
            .add(at: now, Colleague.invitation(), key: Colleague.key),
            ["yes", "staffExists", "staffExists", "staffExists", "staffExists"]
        ),
        (
            .accept(at: now),
            ["staffUnknown", "yes", "alreadyAccepted", "alreadyAccepted", "staffRemoved"]
        ),
        (
            .giveRole(at: now, Grant(.orgAdmin), reason: Colleague.why),
            ["staffUnknown", "yes", "yes", "yes", "staffRemoved"]
        ),
        (
            .takeRole(at: now, Grant(.orgAdmin), reason: Colleague.why),
            ["staffUnknown", "nothing", "nothing", "nothing", "staffRemoved"]
        ),
        (
            .markPractitioner(at: now, clinic: Colleague.clinic),
            ["staffUnknown", "yes", "yes", "yes", "staffRemoved"]
        ),
        (
            .unmarkPractitioner(at: now, clinic: Colleague.clinic),
            ["staffUnknown", "nothing", "nothing", "nothing", "staffRemoved"]
        ),
        (
            .changeProfile(at: now, Colleague.profile),
            ["staffUnknown", "yes", "yes", "yes", "staffRemoved"]
        ),
        (
            .suspend(at: now, reason: Colleague.why),
            ["staffUnknown", "notAccepted", "yes", "nothing", "staffRemoved"]
        ),
        (
            .restore(at: now, reason: Colleague.why),
            ["staffUnknown", "notSuspended", "nothing", "yes", "staffRemoved"]
        ),
        (
            .remove(at: now, reason: Colleague.why),
            ["staffUnknown", "yes", "yes", "yes", "nothing"]
        ),
        (
            .issueToken(at: now, token: id(5), secretHash: Colleague.hash(5), until: nil),
            ["staffUnknown", "notAccepted", "yes", "notActive", "staffRemoved"]
        ),
        (
            .revokeToken(at: now, token: id(5)),
            ["staffUnknown", "nothing", "nothing", "nothing", "staffRemoved"]
        ),
        (
            .setPhoto(at: now, [0xFF, 0xD8, 0xFF, 0xE0]),
            ["staffUnknown", "yes", "yes", "yes", "staffRemoved"]
        ),
        (
            .removePhoto(at: now),
            ["staffUnknown", "nothing", "nothing", "nothing", "staffRemoved"]
        ),
    ]

    @Test("ROLE-3 each command in each standing", arguments: table.indices)
    func row(index: Int) {
        let (command, cells) = Self.table[index]
        let answers = Self.standings.map { answer(Staff.self, command, after: $0).cell }
        #expect(answers == cells, "\(command)")
    }

    private static let now = second(30)
}
