import Domain
import EventStore

// Rules over the streams of a staff member, the organisation and clinics at once.
extension Work {
    /// The states ``Staffing`` decides on.
    mutating func staffing(
        of staff: ID<Staff>, clinics: [ID<Clinic>]
    ) async throws(Refusal) -> Staffing.States {
        var states = Staffing.States(
            staff: try await load(Staff.self, staff).state,
            organisation: try await load(Organisation.self, ID(bits: organisation.bits)).state,
            clinics: [:])
        for clinic in clinics {
            states.clinics[clinic] = try await load(Clinic.self, clinic).state
        }
        return states
    }

    /// Takes in what such a rule decided.
    mutating func take(
        _ outcome: Result<Staffing.Outcome, StaffingRejection>, of staff: ID<Staff>
    ) async throws(Refusal) {
        let outcome = try outcome.mapError { Refusal.rule($0.told) }.get()
        let organisation: ID<Organisation> = ID(bits: self.organisation.bits)
        try await take(
            outcome.organisation, of: Organisation.self, into: StreamName(of: organisation))
        try await take(outcome.staff, of: Staff.self, into: StreamName(of: staff))
        for change in outcome.clinics {
            try await take(change.events, of: Clinic.self, into: StreamName(of: change.clinic))
        }
    }

    /// A change of staff by one who may manage them. `judges` are the roles it takes permission
    /// for.
    mutating func change(
        _ staff: ID<Staff>, judging judges: [Grant], _ command: StaffCommand
    ) async throws(Refusal) {
        try allow(try await mayManage(judges))
        let before = try await load(Staff.self, staff).state
        let touched = Staffing.clinics(touchedBy: command, before)
        let states = try await staffing(of: staff, clinics: touched)
        let outcome = Result { () throws(StaffingRejection) in
            try Staffing.decide(command, of: staff, states)
        }
        try await take(outcome, of: staff)
    }

    mutating func mayManage(_ judges: [Grant]) async throws(Refusal) -> Grant? {
        Roles.mayManage(judges, holding: try await chosenGrants())
    }

    /// Claims a subdomain for this organisation, in the installation's own log: a commit of its
    /// own, made before the organisation is, and harmless to repeat.
    mutating func claim(_ label: DNSLabel) async throws(Refusal) {
        try await dispatch.claim(label, for: organisation, at: at, by: request)
    }
}
