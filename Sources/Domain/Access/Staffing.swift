/// Changes of staff, over all streams they touch in one commit: the staff member's own, the
/// organisation's (places of the package, last administrator) and those of clinics (last
/// administrator of each).
///
/// Two of these at once can't each remove "one of two" administrators: both expect the version of
/// the shared stream.
package enum Staffing {
    /// What is known before. `clinics` holds those ``clinics(touchedBy:_:)`` names.
    package struct States: Sendable {
        package var staff: Staff.State
        package var organisation: Organisation.State
        package var clinics: [ID<Clinic>: Clinic.State]

        package init(
            staff: Staff.State, organisation: Organisation.State,
            clinics: [ID<Clinic>: Clinic.State]
        ) {
            self.staff = staff
            self.organisation = organisation
            self.clinics = clinics
        }
    }

    /// What happens, per stream; expect the version of each stream that has events here.
    package struct Outcome: Hashable, Sendable {
        package var staff: [StaffEvent] = []
        package var organisation: [OrganisationEvent] = []
        /// By clinic, in order of id.
        package var clinics: [ClinicChange] = []

        package var isEmpty: Bool { staff.isEmpty && organisation.isEmpty && clinics.isEmpty }
    }

    package struct ClinicChange: Hashable, Sendable {
        package let clinic: ID<Clinic>
        package let events: [ClinicEvent]

        package init(clinic: ID<Clinic>, events: [ClinicEvent]) {
            self.clinic = clinic
            self.events = events
        }
    }

    /// The clinics to load before deciding.
    package static func clinics(
        touchedBy command: StaffCommand, _ staff: Staff.State
    ) -> [ID<Clinic>] {
        let named: [ID<Clinic>]
        switch command {
        case .invite(_, let invitation, _), .add(_, let invitation, _):
            named = invitation.grants.compactMap(\.clinic)
        case .giveRole(_, let grant, _), .takeRole(_, let grant, _):
            named = [grant.clinic].compactMap { $0 }
        case .markPractitioner(_, let clinic), .unmarkPractitioner(_, let clinic):
            named = [clinic]
        case .remove: named = staff.grants.compactMap(\.clinic)
        case .accept, .changeProfile, .suspend, .restore, .issueToken, .revokeToken, .setPhoto,
            .removePhoto:
            named = []
        }
        return Set(named).sorted()
    }

    package static func decide(
        _ command: StaffCommand, of id: ID<Staff>, _ states: States
    ) throws(StaffingRejection) -> Outcome {
        var outcome = Outcome()
        do { outcome.staff = try Staff.decide(command, states.staff) } catch { throw .staff(error) }
        let after = Staff.fold(outcome.staff, into: states.staff)
        let at = command.at
        for clinic in clinics(touchedBy: command, states.staff)
        where states.clinics[clinic, default: Clinic.initial].standing == .unknown {
            throw .clinic(.clinicUnknown)
        }
        do {
            outcome.organisation = try organisationEvents(at, id, states, after)
        } catch { throw .organisation(error) }
        do { outcome.clinics = try clinicChanges(at, id, states, after) } catch {
            throw .clinic(error)
        }
        return outcome
    }

    private static func organisationEvents(
        _ at: Instant, _ id: ID<Staff>, _ states: States, _ after: Staff.State
    ) throws(OrganisationRejection) -> [OrganisationEvent] {
        var commands: [OrganisationCommand] = []
        if !states.staff.takesPlace, after.takesPlace {
            commands.append(.enterStaff(at: at, staff: id))
        }
        if !states.staff.isOrgAdmin, after.isOrgAdmin {
            commands.append(.seatAdmin(at: at, staff: id))
        }
        if states.staff.isOrgAdmin, !after.isOrgAdmin {
            commands.append(.unseatAdmin(at: at, staff: id))
        }
        if states.staff.takesPlace, !after.takesPlace {
            commands.append(.leaveStaff(at: at, staff: id))
        }
        var state = states.organisation
        var events: [OrganisationEvent] = []
        for command in commands {
            for event in try Organisation.decide(command, state) {
                Organisation.evolve(&state, event)
                events.append(event)
            }
        }
        return events
    }

    private static func clinicChanges(
        _ at: Instant, _ id: ID<Staff>, _ states: States, _ after: Staff.State
    ) throws(ClinicRejection) -> [ClinicChange] {
        let before = states.staff.clinicsAdministered
        let now = after.clinicsAdministered
        var changes: [ClinicChange] = []
        for clinic in before.symmetricDifference(now).sorted() {
            let command: ClinicCommand =
                now.contains(clinic)
                ? .seatAdmin(at: at, staff: id) : .unseatAdmin(at: at, staff: id)
            let state = states.clinics[clinic, default: Clinic.initial]
            let events = try Clinic.decide(command, state)
            if !events.isEmpty { changes.append(ClinicChange(clinic: clinic, events: events)) }
        }
        return changes
    }
}

/// Why a change of staff is refused: in order of the streams.
package enum StaffingRejection: Rejected {
    case staff(StaffRejection)
    case clinic(ClinicRejection)
    case organisation(OrganisationRejection)

    package var told: Told {
        switch self {
        case .staff(let rejection): rejection.told
        case .clinic(let rejection): rejection.told
        case .organisation(let rejection): rejection.told
        }
    }
}

extension Staff.State {
    /// Whether they take one of the package's places.
    var takesPlace: Bool {
        switch standing {
        case .invited, .active, .suspended: true
        case .unknown, .removed: false
        }
    }

    /// Whether they can act as organisation administrator.
    var isOrgAdmin: Bool { standing == .active && grants.contains(Grant(.orgAdmin)) }

    var clinicsAdministered: Set<ID<Clinic>> {
        Set(grants.filter { $0.role == .clinicAdmin }.compactMap(\.clinic))
    }
}

extension StaffCommand {
    /// When it is said to happen.
    var at: Instant {
        switch self {
        case .invite(let at, _, _), .add(let at, _, _), .accept(let at), .giveRole(let at, _, _),
            .takeRole(let at, _, _), .markPractitioner(let at, _),
            .unmarkPractitioner(let at, _), .changeProfile(let at, _), .suspend(let at, _),
            .restore(let at, _), .remove(let at, _), .issueToken(let at, _, _, _),
            .revokeToken(let at, _), .setPhoto(let at, _), .removePhoto(let at):
            at
        }
    }
}
