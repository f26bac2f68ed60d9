/// What can happen to an organisation. Source: ORG-1, ORG-11, ROLE-3, ROLE-5.
package enum OrganisationEvent: Hashable, Sendable {
    case created(OrganisationCreated)
    case changed(OrganisationChanged)
    case packageSet(PackageSet)
    case staffEntered(StaffEntered)
    case staffLeft(StaffLeft)
    case adminSeated(OrgAdminSeated)
    case adminUnseated(OrgAdminUnseated)
    case logoSet(LogoSet)
    case logoRemoved(LogoRemoved)
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
        Member(OrgAdminUnseated.self, OrganisationEvent.adminUnseated),
        Member(LogoSet.self, OrganisationEvent.logoSet),
        Member(LogoRemoved.self, OrganisationEvent.logoRemoved))

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
        case .logoSet(let event): try visitor.visit(event)
        case .logoRemoved(let event): try visitor.visit(event)
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
    /// Which optional functions it holds, where it does not hold all; in order.
    package let functions: [PackageFunction]
    /// It holds ``functions`` and no others.
    package let isLimited: Bool

    package init(at: Instant, staffMax: Int? = nil, functions: PackageFunctions = .all) {
        self.at = at
        self.staffMax = staffMax
        self.functions = functions.list ?? []
        isLimited = functions != .all
    }
}

extension PackageSet: Event {
    package static let name = "organisation.package-set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staffMax = try f(2, "staff_max", \.staffMax)
        functions = try f(3, "functions", \.functions)
        isLimited = try f(4, "is_limited", \.isLimited, default: false)
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

/// The organisation shows this logo, in every clinic at once.
package struct LogoSet: Hashable, Sendable {
    package let at: Instant
    package let form: LogoForm
    package let picture: PublicBytes

    package init(at: Instant, form: LogoForm, picture: PublicBytes) {
        self.at = at
        self.form = form
        self.picture = picture
    }
}

extension LogoSet: Event {
    package static let name = "organisation.logo-set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        form = try f(2, "form", \.form)
        picture = try f(3, "picture", \.picture)
    }
}

/// The organisation shows no logo any more.
package struct LogoRemoved: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension LogoRemoved: Event {
    package static let name = "organisation.logo-removed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
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
