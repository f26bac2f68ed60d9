/// A staff member's role. Organisation roles reach all its clinics, clinic roles one clinic
/// (ROLE-1).
package enum Role: Int, GrowingEnum {
    case orgAdmin = 0
    case orgCoordinator = 1
    case orgReporter = 2
    case clinicAdmin = 3
    case clinicClerk = 4
    case teamMember = 5
    /// Service referrer: may transfer callers into the clinic, and nothing else there (ROLE-2).
    case referrer = 6

    /// `orgAdmin`: as commands, answers and the access log write it.
    package var word: String { "\(self)" }

    package init?(word: String) {
        guard let role = Role.allCases.first(where: { $0.word == word }) else { return nil }
        self = role
    }

    /// Whether it is held in one clinic rather than in the organisation.
    package var isOfClinic: Bool {
        switch self {
        case .orgAdmin, .orgCoordinator, .orgReporter: false
        case .clinicAdmin, .clinicClerk, .teamMember, .referrer: true
        }
    }
}

/// One row of the golden table.
package enum Permission: Int, GrowingEnum {
    case manageOrgAdmins = 0
    case manageOrgCoordinators = 1
    case manageOrgReporters = 2
    case createClinics = 3
    case seeClinics = 4
    case manageClinicAdmins = 5
    case manageClinicStaff = 6
    case configureClinics = 7
    case configureCallInterface = 8
    case organisationReports = 9
    case clinicReports = 10
    case addMeetingRooms = 11
    case useMeetingRooms = 12
    case addUserRooms = 13
    case useUserRooms = 14
    case addGroupRooms = 15
    case useGroupRooms = 16
    case useWaitingArea = 17
    case sendClinicLinks = 18
    case joinCalls = 19
    case transferCallers = 20
    /// Clients, appointments, availability, conversations, answers.
    case useRecords = 21
    /// E-mail sets, texts, announcements.
    case editTexts = 22
    /// Questionnaires, rates, payments, widgets, web pages, sign-on, API keys, separation,
    /// anonymisation, remote support.
    case administer = 23
    /// The organisation's data and settings, closing and reopening clinics, staff overview
    /// (ORG-10).
    case manageOrganisation = 24
    case readAccessLogs = 25
    case useOwnProfile = 26

    /// `useWaitingArea`: as answers and the access log write it.
    package var word: String { "\(self)" }
}

/// What a cell of the golden table says.
package enum Reach: String, CaseIterable, Hashable, Sendable {
    case no
    case yes
    /// Only what is the staff member's own: the clinics they work in, the room that bears their
    /// name.
    case own
}

/// The golden table of requirements.md, as data. What is not in it is refused.
package enum Roles {
    /// The table's columns. ``Role/referrer`` has none: it is refused everything but
    /// ``mayTransfer(_:from:to:)``.
    static let columns: [Role] = [
        .orgAdmin, .orgCoordinator, .orgReporter, .clinicAdmin, .clinicClerk, .teamMember,
    ]

    static let table: [Permission: [Reach]] = [
        .manageOrgAdmins: [.yes, .no, .no, .no, .no, .no],
        .manageOrgCoordinators: [.yes, .yes, .no, .no, .no, .no],
        .manageOrgReporters: [.yes, .yes, .no, .no, .no, .no],
        .createClinics: [.yes, .yes, .no, .no, .no, .no],
        .seeClinics: [.yes, .yes, .yes, .own, .own, .own],
        .manageClinicAdmins: [.yes, .no, .no, .yes, .no, .no],
        .manageClinicStaff: [.yes, .no, .no, .yes, .yes, .no],
        .configureClinics: [.yes, .yes, .no, .yes, .no, .no],
        .configureCallInterface: [.yes, .yes, .no, .no, .no, .no],
        .organisationReports: [.yes, .yes, .yes, .no, .no, .no],
        .clinicReports: [.yes, .yes, .no, .yes, .no, .no],
        .addMeetingRooms: [.yes, .no, .no, .yes, .no, .no],
        .useMeetingRooms: [.yes, .no, .no, .yes, .yes, .yes],
        .addUserRooms: [.yes, .no, .no, .yes, .no, .no],
        .useUserRooms: [.own, .no, .no, .own, .own, .own],
        .addGroupRooms: [.yes, .no, .no, .yes, .no, .no],
        .useGroupRooms: [.yes, .no, .no, .yes, .yes, .yes],
        .useWaitingArea: [.yes, .yes, .no, .yes, .yes, .yes],
        .sendClinicLinks: [.yes, .yes, .no, .yes, .yes, .yes],
        .joinCalls: [.yes, .no, .no, .yes, .yes, .yes],
        .transferCallers: [.yes, .no, .no, .yes, .yes, .yes],
        .useRecords: [.yes, .no, .no, .yes, .yes, .yes],
        .editTexts: [.yes, .no, .no, .yes, .no, .no],
        .administer: [.yes, .no, .no, .no, .no, .no],
        .manageOrganisation: [.yes, .no, .no, .no, .no, .no],
        .readAccessLogs: [.yes, .no, .no, .no, .no, .no],
        .useOwnProfile: [.yes, .yes, .yes, .yes, .yes, .yes],
    ]

    /// The table's cell.
    package static func reach(_ permission: Permission, of role: Role) -> Reach {
        guard let column = columns.firstIndex(of: role), let row = table[permission] else {
            return .no
        }
        return row[column]
    }

    /// Whether `grant` allows `permission` in `clinic`.
    ///
    /// - Parameter clinic: the clinic it is about; nil where it is about the organisation, or about
    ///   oneself. A clinic role reaches beyond its clinic only where
    ///   ``Permission/reachesOrganisation`` says so.
    package static func allows(
        _ permission: Permission, _ grant: Grant, in clinic: ID<Clinic>?
    ) -> Bool {
        guard reach(permission, of: grant.role) != .no else { return false }
        guard grant.role.isOfClinic else { return true }
        if permission.reachesOrganisation { return true }
        guard let clinic else { return permission == .seeClinics }
        return grant.clinic == clinic
    }

    /// The first grant that allows it: in the order of ``Role``, then by clinic.
    package static func allowing(
        _ permission: Permission, _ grants: some Sequence<Grant>, in clinic: ID<Clinic>?
    ) -> Grant? {
        grants.sorted().first { allows(permission, $0, in: clinic) }
    }

    /// Whether any of `grants` allows it.
    package static func allows(
        _ permission: Permission, _ grants: some Sequence<Grant>, in clinic: ID<Clinic>?
    ) -> Bool {
        allowing(permission, grants, in: clinic) != nil
    }

    /// The grant a transfer is judged by: staff of both clinics, or of the first and referrer of
    /// the second (WA-6, ROLE-2). Nil: refused.
    package static func mayTransfer(
        _ grants: some Sequence<Grant>, from: ID<Clinic>, to: ID<Clinic>
    ) -> Grant? {
        let grants = Array(grants)
        guard let here = allowing(.transferCallers, grants, in: from) else { return nil }
        let refers = grants.contains(Grant(.referrer, in: to))
        return refers || allows(.transferCallers, grants, in: to) ? here : nil
    }

    /// What it takes to make, rename, narrow and close a room of that kind.
    package static func permission(toAdd kind: RoomKind) -> Permission {
        switch kind {
        case .meeting: .addMeetingRooms
        case .user: .addUserRooms
        case .group: .addGroupRooms
        }
    }

    /// What it takes to see and use a room of that kind.
    package static func permission(toUse kind: RoomKind) -> Permission {
        switch kind {
        case .meeting: .useMeetingRooms
        case .user: .useUserRooms
        case .group: .useGroupRooms
        }
    }

    /// The grant by which `staff` uses a room of `clinic`; a user room is its owner's alone. Nil:
    /// refused.
    package static func mayUse(
        _ kind: RoomKind, of owner: ID<Staff>?, in clinic: ID<Clinic>, _ staff: ID<Staff>,
        holding grants: some Sequence<Grant>
    ) -> Grant? {
        let permission = permission(toUse: kind)
        guard let grant = allowing(permission, grants, in: clinic) else { return nil }
        switch reach(permission, of: grant.role) {
        case .no: return nil
        case .yes: return grant
        case .own: return owner == staff ? grant : nil
        }
    }

    /// What it takes to give or take `role`, to invite, suspend, restore or remove who holds it.
    package static func permission(toManage role: Role) -> Permission {
        switch role {
        case .orgAdmin: .manageOrgAdmins
        case .orgCoordinator: .manageOrgCoordinators
        case .orgReporter: .manageOrgReporters
        case .clinicAdmin: .manageClinicAdmins
        case .clinicClerk, .teamMember, .referrer: .manageClinicStaff
        }
    }

    /// The grant by which one who holds `grants` may manage someone who holds `theirs`: it takes
    /// the permission for each of their roles. Nil: refused.
    package static func mayManage(
        _ theirs: some Sequence<Grant>, holding grants: some Sequence<Grant>
    ) -> Grant? {
        let grants = Array(grants)
        var judged: Grant?
        for their in theirs.sorted() {
            let permission = permission(toManage: their.role)
            guard let grant = allowing(permission, grants, in: their.clinic) else { return nil }
            judged = judged ?? grant
        }
        return judged
    }
}

extension Permission {
    /// Whether a clinic role reaches the whole organisation with it: oneself, and, until clinics
    /// are strictly separated (ORG-8), clients and appointments.
    package var reachesOrganisation: Bool { self == .useRecords || self == .useOwnProfile }
}
