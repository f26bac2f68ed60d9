/// The tenant: holds clinics, staff and a package. Its stream guards what is counted over all staff
/// (ROLE-3, ORG-1).
package enum Organisation: Decider {
    package static let languagesMax = 20

    package struct State: Hashable, Sendable {
        package var exists = false
        package var createdAt: Instant?
        package var profile: OrganisationProfile?
        package var staffMax: Int?
        package var isTest = false
        package var functions = PackageFunctions.all
        package var logo: Logo?
        /// Who takes a place of the package: invited, active or suspended.
        package var staff: Set<ID<Staff>> = []
        /// The organisation administrators who can act.
        package var admins: Set<ID<Staff>> = []
    }

    package static let initial = State()

    package static func decide(
        _ command: OrganisationCommand, _ state: State
    ) throws(OrganisationRejection) -> [OrganisationEvent] {
        if case .create(let at, let profile, let subdomain, let staffMax, let isTest) = command {
            guard !state.exists else { throw .organisationExists }
            try check(profile)
            if let staffMax, staffMax < 1 { throw .staffMaxTooLow(limit: 1) }
            return [
                .created(
                    OrganisationCreated(
                        at: at, profile: profile, subdomain: subdomain, staffMax: staffMax,
                        isTest: isTest))
            ]
        }
        guard state.exists else { throw .organisationUnknown }
        switch command {
        case .create: throw .organisationExists
        case .change(let at, let profile):
            try check(profile)
            if profile == state.profile { return [] }
            return [.changed(OrganisationChanged(at: at, profile: profile))]
        case .setPackage(let at, let staffMax, let functions):
            let least = max(1, state.staff.count)
            if let staffMax, staffMax < least { throw .staffMaxTooLow(limit: least) }
            if staffMax == state.staffMax, functions == state.functions { return [] }
            return [
                .packageSet(PackageSet(at: at, staffMax: staffMax, functions: functions))
            ]
        case .setLogo(let at, let bytes):
            let logo = try logo(bytes)
            if logo == state.logo { return [] }
            return [.logoSet(LogoSet(at: at, form: logo.form, picture: logo.picture))]
        case .removeLogo(let at):
            return state.logo == nil ? [] : [.logoRemoved(LogoRemoved(at: at))]
        case .enterStaff(let at, let staff):
            if state.staff.contains(staff) { return [] }
            if let max = state.staffMax, state.staff.count >= max { throw .packageFull(limit: max) }
            return [.staffEntered(StaffEntered(at: at, staff: staff))]
        case .leaveStaff(let at, let staff):
            guard state.staff.contains(staff) else { return [] }
            return [.staffLeft(StaffLeft(at: at, staff: staff))]
        case .seatAdmin(let at, let staff):
            if state.admins.contains(staff) { return [] }
            return [.adminSeated(OrgAdminSeated(at: at, staff: staff))]
        case .unseatAdmin(let at, let staff):
            guard state.admins.contains(staff) else { return [] }
            guard state.admins.count > 1 else { throw .lastOrgAdmin }
            return [.adminUnseated(OrgAdminUnseated(at: at, staff: staff))]
        }
    }

    package static func evolve(_ state: inout State, _ event: OrganisationEvent) {
        switch event {
        case .created(let created):
            state.exists = true
            state.createdAt = created.at
            state.profile = created.profile
            state.staffMax = created.staffMax
            state.isTest = created.isTest
        case .changed(let changed): state.profile = changed.profile
        case .packageSet(let package):
            state.staffMax = package.staffMax
            state.functions = package.isLimited ? .only(Set(package.functions)) : .all
        case .staffEntered(let entered): state.staff.insert(entered.staff)
        case .staffLeft(let left):
            state.staff.remove(left.staff)
            state.admins.remove(left.staff)
        case .adminSeated(let seated): state.admins.insert(seated.staff)
        case .adminUnseated(let unseated): state.admins.remove(unseated.staff)
        case .logoSet(let set): state.logo = Logo(form: set.form, picture: set.picture)
        case .logoRemoved: state.logo = nil
        }
    }

    private static func logo(_ bytes: [UInt8]) throws(OrganisationRejection) -> Logo {
        guard let picture = PublicBytes(bytes) else {
            throw .logoTooLarge(limit: PublicBytes.bytesMax)
        }
        guard let form = LogoForm(of: bytes) else { throw .logoUnknownForm }
        return Logo(form: form, picture: picture)
    }

    private static func check(_ profile: OrganisationProfile) throws(OrganisationRejection) {
        guard !profile.name.description.isEmpty else { throw .nameMissing }
        guard profile.languages.count <= languagesMax else {
            throw .tooManyLanguages(limit: languagesMax)
        }
    }
}
