import Domain
import Testing

/// Changes of staff over the streams of the member, the organisation and clinics.
@Suite("Staffing") struct StaffingTests {
    @Test("ROLE-3 the last organisation administrator can't be removed, demoted or suspended")
    func lastAdmin() throws {
        var house = try House()
        let last = StaffingRejection.organisation(.lastOrgAdmin)
        #expect(house.refusal(.remove(at: now, reason: Colleague.why), of: 1) == last)
        #expect(house.refusal(.suspend(at: now, reason: Colleague.why), of: 1) == last)
        try house.make(.giveRole(at: now, Grant(.orgReporter), reason: Colleague.why), of: 1)
        let demote = StaffCommand.takeRole(at: now, Grant(.orgAdmin), reason: Colleague.why)
        #expect(house.refusal(demote, of: 1) == last)

        try house.make(.add(at: now, Colleague.invitation([Grant(.orgAdmin)]), key: id(9)), of: 2)
        try house.make(demote, of: 1)
        #expect(house.organisation.admins == [id(2)])
        #expect(house.refusal(.remove(at: now, reason: Colleague.why), of: 2) == last)
    }

    @Test("ROLE-3 an administrator who was only invited does not let the last one go")
    func invitedAdmin() throws {
        var house = try House()
        try house.make(
            .invite(at: now, Colleague.invitation([Grant(.orgAdmin)]), key: id(9)), of: 2)
        let remove = StaffCommand.remove(at: now, reason: Colleague.why)
        #expect(house.refusal(remove, of: 1) == .organisation(.lastOrgAdmin))
        try house.make(.accept(at: now), of: 2)
        try house.make(remove, of: 1)
    }

    @Test("ROLE-3 of two administrators removed at once one stays: both change the shared stream")
    func race() throws {
        var house = try House()
        try house.make(.add(at: now, Colleague.invitation([Grant(.orgAdmin)]), key: id(9)), of: 2)
        let remove = StaffCommand.remove(at: now, reason: Colleague.why)
        let outcomes = [try house.decide(remove, of: 1), try house.decide(remove, of: 2)]
        // Whichever is appended second expected an older version, and is decided again:
        #expect(!outcomes[0].organisation.isEmpty && !outcomes[1].organisation.isEmpty)
        house.take(outcomes[0], of: 1)
        #expect(house.refusal(remove, of: 2) == .organisation(.lastOrgAdmin))
    }

    @Test("ORG-11 a clinic's last administrator can't be removed or demoted")
    func lastClinicAdmin() throws {
        var house = try House()
        try house.open(clinic: 1, administrator: 1)
        let admin = Grant(.clinicAdmin, in: id(1))
        let demote = StaffCommand.takeRole(at: now, admin, reason: Colleague.why)
        #expect(house.refusal(demote, of: 1) == .clinic(.lastClinicAdmin))
        try house.make(.invite(at: now, Colleague.invitation([admin]), key: id(9)), of: 2)
        try house.make(demote, of: 1)
        #expect(house.clinics[id(1)]?.admins == [id(2)])
        let remove = StaffCommand.remove(at: now, reason: Colleague.why)
        #expect(house.refusal(remove, of: 2) == .clinic(.lastClinicAdmin))
    }

    @Test("ORG-1 the package's places are taken from invitation on, and given back by removal")
    func package() throws {
        var house = try House(staffMax: 2)
        let invite = StaffCommand.invite(
            at: now, Colleague.invitation([Grant(.orgReporter)]), key: id(9))
        try house.make(invite, of: 2)
        #expect(house.refusal(invite, of: 3) == .organisation(.packageFull(limit: 2)))
        try house.make(.remove(at: now, reason: Colleague.why), of: 2)
        try house.make(invite, of: 3)
        #expect(house.organisation.staff == [id(1), id(3)])
    }

    @Test("ORG-2 a role in a clinic that does not exist is refused")
    func noClinic() throws {
        let house = try House()
        let unknown = StaffingRejection.clinic(.clinicUnknown)
        #expect(
            house.refusal(
                .giveRole(at: now, Grant(.clinicClerk, in: id(7)), reason: Colleague.why), of: 1)
                == unknown)
        #expect(
            house.refusal(.markPractitioner(at: now, clinic: id(7)), of: 1) == .staff(.notOfClinic))
    }

    @Test("ORG-2 ORG-11 creating a clinic names its first administrator in the same commit")
    func foundClinic() throws {
        var house = try House()
        let outcome = try house.open(clinic: 1, administrator: 1)
        #expect(
            outcome.clinics == [
                Staffing.ClinicChange(
                    clinic: id(1),
                    events: [
                        .created(
                            ClinicCreated(at: now, name: text("Cardiology"), zone: zone("UTC"))),
                        .adminSeated(ClinicAdminSeated(at: now, staff: id(1))),
                    ])
            ])
        #expect(outcome.staff.count == 1)
        #expect(throws: StaffingRejection.clinic(.clinicExists)) {
            try house.open(clinic: 1, administrator: 1)
        }
        #expect(throws: StaffingRejection.staff(.staffUnknown)) {
            try house.open(clinic: 2, administrator: 5)
        }
    }

    @Test("ROLE-5 creating an organisation names its first administrator, active at once")
    func foundOrganisation() throws {
        let house = try House()
        #expect(house.organisation.exists)
        #expect(house.organisation.admins == [id(1)])
        #expect(house.staff[id(1)]?.standing == .active)
        #expect(throws: StaffingRejection.organisation(.organisationExists)) {
            try House.found(house.organisation, staffMax: nil)
        }
    }

    @Test(
        "ROLE-3 no order of changes leaves organisation or clinic without administrator",
        arguments: 0..<60)
    func property(seed: UInt64) throws {
        var samples = Samples(seed: seed)
        var house = try House(staffMax: 6)
        try house.open(clinic: 1, administrator: 1)
        for _ in 0..<150 {
            let staff = samples.next(in: 1...8)
            let command = Self.command(&samples)
            guard case .success(let outcome) = house.answer(command, of: staff) else { continue }
            house.take(outcome, of: staff)
            let note: Comment = "seed \(seed), \(command) of \(staff)"
            let members = house.staff.filter {
                [.invited, .active, .suspended].contains($0.value.standing)
            }
            #expect(house.organisation.staff == Set(members.keys), note)
            #expect(members.count <= 6, note)
            let admins = members.filter {
                $0.value.standing == .active && $0.value.grants.contains(Grant(.orgAdmin))
            }
            #expect(house.organisation.admins == Set(admins.keys), note)
            #expect(!admins.isEmpty, note)
            let clinicAdmins = members.filter {
                $0.value.grants.contains(Grant(.clinicAdmin, in: id(1)))
            }
            #expect(house.clinics[id(1)]?.admins == Set(clinicAdmins.keys), note)
            #expect(!clinicAdmins.isEmpty, note)
        }
    }

    private static func command(_ samples: inout Samples) -> StaffCommand {
        let at = second(60)
        let grants = [
            Grant(.orgAdmin), Grant(.clinicAdmin, in: id(1)), Grant(.teamMember, in: id(1)),
        ]
        let grant = grants[samples.next(in: 0...2)]
        return switch samples.next(in: 0...8) {
        case 0: .invite(at: at, Colleague.invitation([grant]), key: id(9))
        case 1: .add(at: at, Colleague.invitation([grant]), key: id(9))
        case 2: .accept(at: at)
        case 3: .giveRole(at: at, grant, reason: Colleague.why)
        case 4, 5: .takeRole(at: at, grant, reason: Colleague.why)
        case 6: .suspend(at: at, reason: Colleague.why)
        case 7: .restore(at: at, reason: Colleague.why)
        default: .remove(at: at, reason: Colleague.why)
        }
    }

    private let now = House.now
}
