/// Making an organisation or a clinic, with its first administrator in the same commit (ORG-11,
/// ROLE-5).
package enum Founding {
    /// A staff member yet to be made.
    package struct Founder: Hashable, Sendable {
        package let id: ID<Staff>
        package let profile: StaffProfile
        package let key: ID<RecordKey>
        package let reason: Reason

        package init(
            id: ID<Staff>, profile: StaffProfile, key: ID<RecordKey>, reason: Reason
        ) {
            self.id = id
            self.profile = profile
            self.key = key
            self.reason = reason
        }
    }

    /// An organisation and its first administrator, who is active at once.
    ///
    /// - Parameter command: ``OrganisationCommand/create(at:profile:subdomain:staffMax:isTest:)``.
    /// - Parameter organisation: the stream's state, so that a second founding is refused.
    package static func organisation(
        _ command: OrganisationCommand, at: Instant, by founder: Founder,
        _ organisation: Organisation.State
    ) throws(StaffingRejection) -> Staffing.Outcome {
        let created: [OrganisationEvent]
        do { created = try Organisation.decide(command, organisation) } catch {
            throw .organisation(error)
        }
        let invitation = Invitation(
            profile: founder.profile, grants: [Grant(.orgAdmin)], reason: founder.reason)
        var outcome = try Staffing.decide(
            .add(at: at, invitation, key: founder.key), of: founder.id,
            Staffing.States(
                staff: Staff.initial, organisation: Organisation.fold(created, into: organisation),
                clinics: [:]))
        outcome.organisation = created + outcome.organisation
        return outcome
    }

    /// A clinic, administered by a staff member there is.
    package static func clinic(
        _ id: ID<Clinic>, named name: PublicText, zone: ZoneName,
        languages: [LanguageTag] = [], at: Instant, administrator: ID<Staff>, reason: Reason,
        _ states: Staffing.States
    ) throws(StaffingRejection) -> Staffing.Outcome {
        let before = states.clinics[id, default: Clinic.initial]
        let created: [ClinicEvent]
        do {
            created = try Clinic.decide(
                .create(at: at, name: name, zone: zone, languages: languages), before)
        } catch { throw .clinic(error) }
        var states = states
        states.clinics[id] = Clinic.fold(created, into: before)
        var outcome = try Staffing.decide(
            .giveRole(at: at, Grant(.clinicAdmin, in: id), reason: reason), of: administrator,
            states)
        let seated = outcome.clinics.flatMap(\.events)
        outcome.clinics = [Staffing.ClinicChange(clinic: id, events: created + seated)]
        return outcome
    }
}
