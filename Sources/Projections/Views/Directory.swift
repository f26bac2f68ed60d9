import Domain
package import EventStore

/// Who and what an organisation consists of: itself, its clinics, its staff with their roles and
/// state (ORG-10), its clients as shut records.
package struct Directory: Projection {
    package static let name = "directory"
    package static let version = 4
    package static let categories = [
        Category.organisation, Category.clinic, Category.staff, Category.account, Category.apiKey,
        Category.support,
        Category.client, Category.erasure,
    ]

    private var organisations = Table<OrganisationRow>()
    private var clinics = Table<ClinicRow>()
    private var staff = Table<StaffRow>()
    private var clients = Table<ClientRow>()
    private var apiKeys = Table<APIKeyRow>()
    private var supports = Table<SupportRow>()

    package init() {}

    package mutating func apply(_ fact: Fact) throws(ViewError) {
        switch fact.body {
        case .organisation(let id, let event): try apply(id, event)
        case .clinic(let id, let event): try apply(id, event)
        case .staff(let id, let event): try apply(id, event)
        case .account(let id, .sessionBegun(let begun)):
            try staff.update(id) { $0.lastSignInAt = begun.at }
        case .client(let id, let event): try apply(id, event)
        case .apiKey(let id, let event): try apply(id, event)
        case .support(let id, let event): try apply(id, event)
        case .erasure(_, .ordered(let order)):
            for record in order.records {
                try clients.update(ID(bits: record.bits)) { $0.details = nil }
            }
        case .subdomain, .account, .security, .visit, .appointment, .agenda,
            .questionnaire, .answers, .access,
            .clientAccess, .erasure(_, .carriedOut), .anonymisation, .imports, .days, .reports,
            .groupCall, .announcement, .walkIn,
            .mail, .nothing, .room, .guest, .callInterface, .app, .alert, .signOn, .auditor,
            .unread:
            return
        }
    }

    package mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError) {
        try walker(&organisations)
        try walker(&clinics)
        try walker(&staff)
        try walker(&clients)
        try walker(&apiKeys)
        try walker(&supports)
    }

    private mutating func apply(
        _ id: ID<Organisation>, _ event: OrganisationEvent
    ) throws(ViewError) {
        switch event {
        case .created(let created): organisations.put(OrganisationRow(id, created))
        case .changed(let changed):
            try organisations.update(id) { $0.describe(changed.profile) }
        case .packageSet(let set): try organisations.update(id) { $0.staffMax = set.staffMax }
        case .staffEntered, .staffLeft, .adminSeated, .adminUnseated, .logoSet, .logoRemoved:
            return  // The staff members' own streams tell.
        }
    }

    private mutating func apply(_ id: ID<Clinic>, _ event: ClinicEvent) throws(ViewError) {
        switch event {
        case .created(let created):
            clinics.put(
                ClinicRow(
                    clinic: id, name: created.name.description,
                    zone: created.zone.description,
                    languages: created.languages.map(\.description).joined(separator: ","),
                    isOpen: true, createdAt: created.at))
        case .renamed(let renamed): try clinics.update(id) { $0.name = renamed.name.description }
        case .closed: try clinics.update(id) { $0.isOpen = false }
        case .reopened: try clinics.update(id) { $0.isOpen = true }
        case .adminSeated, .adminUnseated, .addOnsSet, .waitingAreaSet, .waitingAreaSwitched:
            return
        }
    }

    private mutating func apply(_ id: ID<Staff>, _ event: StaffEvent) throws(ViewError) {
        switch event {
        case .invited(let invited):
            if try staff.row(id) == nil { staff.put(StaffRow(id, invitedAt: invited.at)) }
            try staff.update(id) { row in
                row.standing = .invited
                row.invitedUntil = invited.until
                row.profile = ShutRecord(invited.profile, .staffInvited)
            }
        case .accepted, .restored: try staff.update(id) { $0.standing = .active }
        case .suspended: try staff.update(id) { $0.standing = .suspended }
        case .removed:
            try staff.update(id) { row in
                row.standing = .removed
                row.grants = []
                row.practisesIn = []
                row.hasPhoto = false
            }
        case .roleGiven(let given):
            try staff.update(id) { $0.give(HeldRole(role: given.role, clinic: given.clinic)) }
        case .roleTaken(let taken):
            let held = HeldRole(role: taken.role, clinic: taken.clinic)
            try staff.update(id) { row in row.grants.removeAll { $0 == held } }
        case .practitionerMarked(let marked):
            try staff.update(id) { row in
                guard !row.practisesIn.contains(marked.clinic) else { return }
                row.practisesIn = (row.practisesIn + [marked.clinic]).sorted()
            }
        case .practitionerUnmarked(let unmarked):
            try staff.update(id) { row in row.practisesIn.removeAll { $0 == unmarked.clinic } }
        case .profileChanged(let changed):
            let profile = ShutRecord(changed.profile, .staffProfileChanged)
            try staff.update(id) { $0.profile = profile }
        case .photoSet: try staff.update(id) { $0.hasPhoto = true }
        case .photoRemoved: try staff.update(id) { $0.hasPhoto = false }
        case .tokenIssued, .tokenRevoked: return
        }
    }

    private mutating func apply(_ id: ID<Client>, _ event: ClientEvent) throws(ViewError) {
        switch event {
        case .registered(let registered):
            clients.put(
                ClientRow(
                    client: id, registeredAt: registered.at, changedAt: registered.at,
                    details: ShutRecord(registered.details, .clientRegistered)))
        case .changed(let changed):
            try clients.update(id) { row in
                row.changedAt = changed.at
                row.details = ShutRecord(changed.details, .clientChanged)
            }
        }
    }

    private mutating func apply(_ id: ID<APIKey>, _ event: APIKeyEvent) throws(ViewError) {
        switch event {
        case .made(let made): apiKeys.put(APIKeyRow(id, made))
        case .used(let used): try apiKeys.update(id) { $0.usedAt = used.at }
        case .revoked(let revoked): try apiKeys.update(id) { $0.revokedAt = revoked.at }
        }
    }

    private mutating func apply(_ id: ID<Support>, _ event: SupportEvent) throws(ViewError) {
        switch event {
        case .asked(let asked):
            supports.put(SupportRow(support: id, staff: asked.staff, askedAt: asked.at))
        case .approved(let approved):
            try supports.update(id) { $0.approvedUntil = approved.until }
        case .ended(let ended): try supports.update(id) { $0.endedAt = ended.at }
        }
    }
}
