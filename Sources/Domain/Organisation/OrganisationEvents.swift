/// What can happen to an organisation. Source: ORG-1, ORG-11, ROLE-3, ROLE-5.
package enum OrganisationEvent: Hashable, Sendable {
    case created(OrganisationCreated)
    case changed(OrganisationChanged)
    case packageSet(PackageSet)
    case staffEntered(StaffEntered)
    case staffLeft(StaffLeft)
    case adminSeated(OrgAdminSeated)
    case adminUnseated(OrgAdminUnseated)
}

extension OrganisationEvent: EventFamily {
    package static let category = "organisation"
    package static let members = Members<OrganisationEvent>(
        Member(OrganisationCreated.self, OrganisationEvent.created),
        Member(OrganisationChanged.self, OrganisationEvent.changed),
        Member(PackageSet.self, OrganisationEvent.packageSet),
        Member(StaffEntered.self, OrganisationEvent.staffEntered),
        Member(StaffLeft.self, OrganisationEvent.staffLeft),
        Member(OrgAdminSeated.self, OrganisationEvent.adminSeated),
        Member(OrgAdminUnseated.self, OrganisationEvent.adminUnseated))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .created(let event): try visitor.visit(event)
        case .changed(let event): try visitor.visit(event)
        case .packageSet(let event): try visitor.visit(event)
        case .staffEntered(let event): try visitor.visit(event)
        case .staffLeft(let event): try visitor.visit(event)
        case .adminSeated(let event): try visitor.visit(event)
        case .adminUnseated(let event): try visitor.visit(event)
        }
    }
}

/// The platform operator made the organisation.
package struct OrganisationCreated: Hashable, Sendable {
    package let at: Instant
    package let profile: OrganisationProfile
    package let subdomain: DNSLabel
    /// Staff members at most; nil: no bound.
    package let staffMax: Int?
    /// Outgoing messages are captured instead of sent (ORG-12).
    package let isTest: Bool

    package init(
        at: Instant, profile: OrganisationProfile, subdomain: DNSLabel, staffMax: Int? = nil,
        isTest: Bool
    ) {
        self.at = at
        self.profile = profile
        self.subdomain = subdomain
        self.staffMax = staffMax
        self.isTest = isTest
    }
}

extension OrganisationCreated: Event {
    package static let name = "organisation.created"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        profile = try f(2, "profile", \.profile)
        subdomain = try f(3, "subdomain", \.subdomain)
        staffMax = try f(4, "staff_max", \.staffMax)
        isTest = try f(5, "is_test", \.isTest)
    }
}

/// Its name, zone, languages or contact details were changed; all are told anew.
package struct OrganisationChanged: Hashable, Sendable {
    package let at: Instant
    package let profile: OrganisationProfile

    package init(at: Instant, profile: OrganisationProfile) {
        self.at = at
        self.profile = profile
    }
}

extension OrganisationChanged: Event {
    package static let name = "organisation.changed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        profile = try f(2, "profile", \.profile)
    }
}

/// The operator set the package.
package struct PackageSet: Hashable, Sendable {
    package let at: Instant
    package let staffMax: Int?

    package init(at: Instant, staffMax: Int? = nil) {
        self.at = at
        self.staffMax = staffMax
    }
}

extension PackageSet: Event {
    package static let name = "organisation.package-set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staffMax = try f(2, "staff_max", \.staffMax)
    }
}

/// A staff member takes one of the package's places, from invitation on.
package struct StaffEntered: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>

    package init(at: Instant, staff: ID<Staff>) {
        self.at = at
        self.staff = staff
    }
}

extension StaffEntered: Event {
    package static let name = "organisation.staff-entered"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
    }
}

/// A staff member gave their place back.
package struct StaffLeft: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>

    package init(at: Instant, staff: ID<Staff>) {
        self.at = at
        self.staff = staff
    }
}

extension StaffLeft: Event {
    package static let name = "organisation.staff-left"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
    }
}

/// A staff member is an organisation administrator who can act: has the role and is active.
package struct OrgAdminSeated: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>

    package init(at: Instant, staff: ID<Staff>) {
        self.at = at
        self.staff = staff
    }
}

extension OrgAdminSeated: Event {
    package static let name = "organisation.admin-seated"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
    }
}

/// No longer so: role taken, suspended or removed.
package struct OrgAdminUnseated: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>

    package init(at: Instant, staff: ID<Staff>) {
        self.at = at
        self.staff = staff
    }
}

extension OrgAdminUnseated: Event {
    package static let name = "organisation.admin-unseated"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
    }
}

/// What an organisation says of itself.
package struct OrganisationProfile: Hashable, Sendable {
    package let name: PublicText
    package let zone: ZoneName
    /// The first is the default.
    package let languages: [LanguageTag]
    package let contact: PublicText?

    package init(
        name: PublicText, zone: ZoneName, languages: [LanguageTag] = [],
        contact: PublicText? = nil
    ) {
        self.name = name
        self.zone = zone
        self.languages = languages
        self.contact = contact
    }
}

extension OrganisationProfile: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        name = try f(1, "name", \.name)
        zone = try f(2, "zone", \.zone)
        languages = try f(3, "languages", \.languages)
        contact = try f(4, "contact", \.contact)
    }
}
