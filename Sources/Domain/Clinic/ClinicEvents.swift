/// What can happen to a clinic. Its one waiting area comes with it and bears its id (ORG-2).
/// Source: ORG-2, ORG-11.
package enum ClinicEvent: Hashable, Sendable {
    case created(ClinicCreated)
    case renamed(ClinicRenamed)
    case closed(ClinicClosed)
    case reopened(ClinicReopened)
    case adminSeated(ClinicAdminSeated)
    case adminUnseated(ClinicAdminUnseated)
    case addOnsSet(ClinicAddOnsSet)
    case waitingAreaSet(WaitingAreaSet)
    case waitingAreaSwitched(WaitingAreaSwitched)
}

extension ClinicEvent: EventFamily {
    package static let category = "clinic"
    package static let members = Members<ClinicEvent>(
        Member(ClinicCreated.self, ClinicEvent.created),
        Member(ClinicRenamed.self, ClinicEvent.renamed),
        Member(ClinicClosed.self, ClinicEvent.closed),
        Member(ClinicReopened.self, ClinicEvent.reopened),
        Member(ClinicAdminSeated.self, ClinicEvent.adminSeated),
        Member(ClinicAdminUnseated.self, ClinicEvent.adminUnseated),
        Member(ClinicAddOnsSet.self, ClinicEvent.addOnsSet),
        Member(WaitingAreaSet.self, ClinicEvent.waitingAreaSet),
        Member(WaitingAreaSwitched.self, ClinicEvent.waitingAreaSwitched))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .created(let event): try visitor.visit(event)
        case .renamed(let event): try visitor.visit(event)
        case .closed(let event): try visitor.visit(event)
        case .reopened(let event): try visitor.visit(event)
        case .adminSeated(let event): try visitor.visit(event)
        case .adminUnseated(let event): try visitor.visit(event)
        case .addOnsSet(let event): try visitor.visit(event)
        case .waitingAreaSet(let event): try visitor.visit(event)
        case .waitingAreaSwitched(let event): try visitor.visit(event)
        }
    }
}

/// The clinic and its waiting area exist. Its first administrator is seated in the same commit.
package struct ClinicCreated: Hashable, Sendable {
    package let at: Instant
    package let name: PublicText
    /// The organisation's unless told otherwise.
    package let zone: ZoneName
    /// Spoken here, the first the default; the organisation's unless told otherwise.
    package let languages: [LanguageTag]

    package init(
        at: Instant, name: PublicText, zone: ZoneName, languages: [LanguageTag] = []
    ) {
        self.at = at
        self.name = name
        self.zone = zone
        self.languages = languages
    }
}

extension ClinicCreated: Event {
    package static let name = "clinic.created"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        name = try f(2, "name", \.name)
        zone = try f(3, "zone", \.zone)
        languages = try f(4, "languages", \.languages)
    }
}

/// The clinic has another name.
package struct ClinicRenamed: Hashable, Sendable {
    package let at: Instant
    package let name: PublicText

    package init(at: Instant, name: PublicText) {
        self.at = at
        self.name = name
    }
}

extension ClinicRenamed: Event {
    package static let name = "clinic.renamed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        name = try f(2, "name", \.name)
    }
}

/// The clinic admits nobody any more; its history stays.
package struct ClinicClosed: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension ClinicClosed: Event {
    package static let name = "clinic.closed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}

/// The clinic admits callers again.
package struct ClinicReopened: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension ClinicReopened: Event {
    package static let name = "clinic.reopened"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}

/// A staff member who has not been removed has the role of administrator here.
package struct ClinicAdminSeated: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>

    package init(at: Instant, staff: ID<Staff>) {
        self.at = at
        self.staff = staff
    }
}

extension ClinicAdminSeated: Event {
    package static let name = "clinic.admin-seated"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
    }
}

/// No longer so.
package struct ClinicAdminUnseated: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>

    package init(at: Instant, staff: ID<Staff>) {
        self.at = at
        self.staff = staff
    }
}

extension ClinicAdminUnseated: Event {
    package static let name = "clinic.admin-unseated"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
    }
}

/// Which optional functions the clinic uses; all are told anew.
package struct ClinicAddOnsSet: Hashable, Sendable {
    package let at: Instant
    /// In order.
    package let addOns: [AddOn]

    package init(at: Instant, addOns: [AddOn]) {
        self.at = at
        self.addOns = addOns
    }
}

extension ClinicAddOnsSet: Event {
    package static let name = "clinic.add-ons-set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        addOns = try f(2, "add_ons", \.addOns)
    }
}
