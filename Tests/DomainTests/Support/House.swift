import Domain

/// An organisation with its staff and clinics, as folded from what was decided: for rules over
/// several streams.
struct House {
    static let now = second(50)

    var organisation = Organisation.initial
    var staff: [ID<Staff>: Staff.State] = [:]
    var clinics: [ID<Clinic>: Clinic.State] = [:]

    /// Founded, with staff member 1 as its administrator.
    init(staffMax: Int? = nil) throws(StaffingRejection) {
        take(try House.found(organisation, staffMax: staffMax), of: 1)
    }

    static func found(
        _ organisation: Organisation.State, staffMax: Int?
    ) throws(StaffingRejection) -> Staffing.Outcome {
        let profile = OrganisationProfile(name: text("St Elsewhere"), zone: zone("UTC"))
        let create = OrganisationCommand.create(
            at: now, profile: profile, subdomain: label("elsewhere"), staffMax: staffMax,
            isTest: false)
        let founder = Founding.Founder(
            id: id(1), profile: Colleague.profile, key: Colleague.key, reason: Colleague.why)
        return try Founding.organisation(create, at: now, by: founder, organisation)
    }

    @discardableResult
    mutating func open(
        clinic: Int, administrator: Int
    ) throws(StaffingRejection) -> Staffing.Outcome {
        let outcome = try Founding.clinic(
            id(clinic), named: text("Cardiology"), zone: zone("UTC"), at: House.now,
            administrator: id(administrator), reason: Colleague.why, states(of: administrator))
        take(outcome, of: administrator)
        return outcome
    }

    func decide(
        _ command: StaffCommand, of number: Int
    ) throws(StaffingRejection) -> Staffing.Outcome {
        try Staffing.decide(command, of: id(number), states(of: number))
    }

    mutating func make(_ command: StaffCommand, of number: Int) throws(StaffingRejection) {
        take(try decide(command, of: number), of: number)
    }

    func answer(
        _ command: StaffCommand, of number: Int
    ) -> Result<Staffing.Outcome, StaffingRejection> {
        do throws(StaffingRejection) {
            return .success(try decide(command, of: number))
        } catch {
            return .failure(error)
        }
    }

    /// Nil where it was accepted.
    func refusal(_ command: StaffCommand, of number: Int) -> StaffingRejection? {
        switch answer(command, of: number) {
        case .success: nil
        case .failure(let reason): reason
        }
    }

    mutating func take(_ outcome: Staffing.Outcome, of number: Int) {
        staff[id(number)] = Staff.fold(
            outcome.staff, into: staff[id(number), default: Staff.initial])
        organisation = Organisation.fold(outcome.organisation, into: organisation)
        for change in outcome.clinics {
            clinics[change.clinic] = Clinic.fold(
                change.events, into: clinics[change.clinic, default: Clinic.initial])
        }
    }

    private func states(of number: Int) -> Staffing.States {
        Staffing.States(
            staff: staff[id(number), default: Staff.initial], organisation: organisation,
            clinics: clinics)
    }
}
