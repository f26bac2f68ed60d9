import Domain
import Testing

/// The golden table of requirements.md, copied as it stands there, walked cell by cell.
@Suite("Roles: the golden table") struct GoldenRolesTests {
    private static let golden = """
        | invite and remove org admins | yes | | | | | |
        | invite and remove org coordinators | yes | yes | | | | |
        | invite and remove org reporters | yes | yes | | | | |
        | create clinics | yes | yes | | | | |
        | see the list of clinics | yes | yes | yes (may not enter them) | own | own | own |
        | give and take the role of clinic admin | yes | | | yes | | |
        | add and manage clerks, team members, referrers | yes | | | yes | yes | |
        | configure a clinic (waiting area, call interface, add-ons) | yes | yes | | yes | | |
        | configure the organisation's call interface | yes | yes | | | | |
        | configure and run organisation reports | yes | yes | yes | | | |
        | run clinic reports | yes | yes | | yes | | |
        | meeting rooms: add | yes | | | yes | | |
        | meeting rooms: view and use | yes | | | yes | yes | yes |
        | user rooms: add | yes | | | yes | | |
        | user rooms: open and use | own | | | own | own | own |
        | group rooms: add | yes | | | yes | | |
        | group rooms: view and use | yes | | | yes | yes | yes |
        | waiting area: view and use | yes | yes | | yes | yes | yes |
        | send clinic links to callers | yes | yes | | yes | yes | yes |
        | join video calls from the waiting area: take in, hold, end | yes | | | yes | yes | yes |
        | transfer callers (WA-6) | yes | | | yes | yes | yes |
        | clients, appointments, availability, conversations, answers | yes | | | yes | yes | yes |
        | e-mail sets, texts, announcements | yes | | | yes | | |
        | questionnaires, rates, payments, widgets | yes | | | | | |
        | organisation's data and settings, close and reopen clinics | yes | | | | | |
        | read the organisation's access logs | yes | | | | | |
        | own profile, own access log | yes | yes | yes | yes | yes | yes |
        """

    /// In the order of the rows above.
    private static let permissions: [Permission] = [
        .manageOrgAdmins, .manageOrgCoordinators, .manageOrgReporters, .createClinics, .seeClinics,
        .manageClinicAdmins, .manageClinicStaff, .configureClinics, .configureCallInterface,
        .organisationReports, .clinicReports, .addMeetingRooms, .useMeetingRooms, .addUserRooms,
        .useUserRooms, .addGroupRooms, .useGroupRooms, .useWaitingArea, .sendClinicLinks,
        .joinCalls, .transferCallers, .useRecords, .editTexts, .administer, .manageOrganisation,
        .readAccessLogs, .useOwnProfile,
    ]

    private static let roles: [Role] = [
        .orgAdmin, .orgCoordinator, .orgReporter, .clinicAdmin, .clinicClerk, .teamMember,
    ]

    private static func cells(_ row: Substring) -> [Reach] {
        row.split(separator: "|", omittingEmptySubsequences: false).dropFirst(2).dropLast().map {
            let word = $0.drop(while: \.isWhitespace).prefix { !$0.isWhitespace }
            return word.isEmpty ? .no : Reach(rawValue: String(word)) ?? .no
        }
    }

    @Test("ROLE-1 every cell of the table, for every role, in its clinic, another and none")
    func everyCell() {
        let rows = Self.golden.split(separator: "\n")
        #expect(rows.count == Permission.allCases.count)
        #expect(Set(Self.permissions).count == rows.count)
        let own: ID<Clinic> = id(1)
        let other: ID<Clinic> = id(2)
        for (row, permission) in zip(rows, Self.permissions) {
            let cells = Self.cells(row)
            #expect(cells.count == Self.roles.count, "\(row)")
            for (cell, role) in zip(cells, Self.roles) {
                let note: Comment = "\(row): \(role)"
                #expect(Roles.reach(permission, of: role) == cell, note)
                let grant = Grant(role, in: role.isOfClinic ? own : nil)
                let yes = cell != .no
                let beyond = yes && (!role.isOfClinic || permission.reachesOrganisation)
                #expect(Roles.allows(permission, grant, in: own) == yes, note)
                #expect(Roles.allows(permission, grant, in: other) == beyond, note)
                let list = yes && permission == .seeClinics
                #expect(Roles.allows(permission, grant, in: nil) == (beyond || list), note)
            }
        }
    }

    @Test("ROLE-1 clinic roles reach beyond their clinic for records and for oneself only")
    func beyond() {
        let reaching = Permission.allCases.filter(\.reachesOrganisation)
        #expect(reaching == [.useRecords, .useOwnProfile])
    }

    @Test("ROLE-2 a referrer's role allows nothing of the table", arguments: Permission.allCases)
    func referrer(permission: Permission) {
        let grant = Grant(.referrer, in: id(1))
        for clinic: ID<Clinic>? in [nil, id(1), id(2)] {
            #expect(!Roles.allows(permission, grant, in: clinic))
        }
    }

    @Test("ROLE-1 one who holds several roles is judged by the one they act in")
    func acting() {
        let clinic: ID<Clinic> = id(1)
        let coordinator = Grant(.orgCoordinator)
        let member = Grant(.teamMember, in: clinic)
        var state = Staff.initial
        state.standing = .active
        state.grants = [coordinator, member]
        let authority = Authority(of: state)
        #expect(authority.grant(for: .joinCalls, in: clinic) == member)
        #expect(authority.grant(for: .joinCalls, in: clinic, actingAs: coordinator) == nil)
        #expect(authority.grant(for: .useWaitingArea, in: clinic) == coordinator)
        #expect(authority.grant(for: .joinCalls, in: id(2)) == nil)
        #expect(authority.grant(for: .joinCalls, in: clinic, actingAs: Grant(.orgAdmin)) == nil)
        #expect(authority.clinicsSeen == nil)
        state.grants = [member, Grant(.referrer, in: id(2))]
        #expect(Authority(of: state).clinicsSeen == [clinic])
    }

    @Test("ROLE-3 only the active may act", arguments: Staff.Standing.allCases)
    func standing(standing: Staff.Standing) {
        var state = Staff.initial
        state.standing = standing
        state.grants = [Grant(.orgAdmin)]
        #expect(Authority(of: state).grants.isEmpty == (standing != .active))
    }

    @Test("ROLE-1 to manage somebody takes the permission for each role they hold")
    func manage() {
        let clinic: ID<Clinic> = id(1)
        let clerk = [Grant(.clinicClerk, in: clinic)]
        let member = Grant(.teamMember, in: clinic)
        #expect(Roles.mayManage([member], holding: clerk) == clerk[0])
        #expect(Roles.mayManage([member, Grant(.clinicAdmin, in: clinic)], holding: clerk) == nil)
        #expect(Roles.mayManage([Grant(.teamMember, in: id(2))], holding: clerk) == nil)
        #expect(Roles.mayManage([Grant(.orgAdmin)], holding: [Grant(.orgCoordinator)]) == nil)
        #expect(
            Roles.mayManage([Grant(.orgReporter)], holding: [Grant(.orgCoordinator)])
                == Grant(.orgCoordinator))
        #expect(Roles.mayManage([], holding: [Grant(.orgAdmin)]) == nil)
        #expect(
            Role.allCases.map(Roles.permission(toManage:)) == [
                .manageOrgAdmins, .manageOrgCoordinators, .manageOrgReporters,
                .manageClinicAdmins, .manageClinicStaff, .manageClinicStaff, .manageClinicStaff,
            ])
    }

    @Test("ROLE-1 roles are written by word, and read back", arguments: Role.allCases)
    func words(role: Role) {
        #expect(Role(word: role.word) == role)
        #expect(Role(word: role.word.uppercased()) == nil)
    }
}
