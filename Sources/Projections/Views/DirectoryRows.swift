package import Domain

/// An organisation as it describes itself (ORG-1).
package struct OrganisationRow: Hashable, Sendable {
    package let organisation: ID<Organisation>
    package var name: String
    package var zone: String
    /// BCP 47 tags, the default first, a comma between two.
    package var languages: String
    package var contact: String?
    package let subdomain: String
    /// Nil: no bound.
    package var staffMax: Int?
    package let isTest: Bool
    package let createdAt: Instant

    init(_ id: ID<Organisation>, _ created: OrganisationCreated) {
        organisation = id
        name = ""
        zone = ""
        languages = ""
        subdomain = created.subdomain.description
        staffMax = created.staffMax
        isTest = created.isTest
        createdAt = created.at
        describe(created.profile)
    }

    mutating func describe(_ profile: OrganisationProfile) {
        name = profile.name.description
        zone = profile.zone.description
        languages = profile.languages.map(\.description).joined(separator: ",")
        contact = profile.contact?.description
    }
}

/// A clinic (ORG-2).
package struct ClinicRow: Hashable, Sendable {
    package let clinic: ID<Clinic>
    package var name: String
    package var zone: String
    /// As ``OrganisationRow/languages``.
    package var languages: String
    package var isOpen: Bool
    package let createdAt: Instant
}

/// A staff member (ORG-10).
package struct StaffRow: Hashable, Sendable {
    package let staff: ID<Staff>
    package var standing: StaffStanding
    package let invitedAt: Instant
    /// The last moment at which the invitation can be accepted.
    package var invitedUntil: Instant?
    /// Who they are; shut.
    package var profile: ShutRecord?
    /// Roles held, in order.
    package var grants: [HeldRole]
    /// Where they are bookable, in order.
    package var practisesIn: [ID<Clinic>]
    package var lastSignInAt: Instant?
    package var hasPhoto = false

    init(_ staff: ID<Staff>, invitedAt: Instant) {
        self.staff = staff
        self.invitedAt = invitedAt
        standing = .invited
        grants = []
        practisesIn = []
    }

    mutating func give(_ held: HeldRole) {
        guard !grants.contains(held) else { return }
        grants.append(held)
        grants.sort {
            ($0.role.rawValue, $0.clinic?.bits ?? 0) < ($1.role.rawValue, $1.clinic?.bits ?? 0)
        }
    }
}

package enum StaffStanding: Int, NumberedColumn {
    case invited = 0
    case active = 1
    case suspended = 2
    case removed = 3
}

/// A role, and the clinic it is held in; none for the roles of the organisation.
package struct HeldRole: Hashable, Sendable {
    package let role: Role
    package let clinic: ID<Clinic>?
}

/// A client on file; who they are is shut.
package struct ClientRow: Hashable, Sendable {
    package let client: ID<Client>
    package let registeredAt: Instant
    package var changedAt: Instant
    package var details: ShutRecord?
}

extension OrganisationRow: TableRow {
    package static let table = "organisations"
    package var key: ID<Organisation> { organisation }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        organisation = try c.key("organisation", \.organisation)
        name = try c("name", \.name)
        zone = try c("zone", \.zone)
        languages = try c("languages", \.languages)
        contact = try c("contact", \.contact)
        subdomain = try c("subdomain", \.subdomain)
        staffMax = try c("staff_max", \.staffMax)
        isTest = try c("is_test", \.isTest)
        createdAt = try c("created_at", \.createdAt)
    }
}

extension ClinicRow: TableRow {
    package static let table = "clinics"
    package var key: ID<Clinic> { clinic }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        clinic = try c.key("clinic", \.clinic)
        name = try c("name", \.name)
        zone = try c("zone", \.zone)
        languages = try c("languages", \.languages)
        isOpen = try c("is_open", \.isOpen)
        createdAt = try c("created_at", \.createdAt)
    }
}

extension StaffRow: TableRow {
    package static let table = "staff"
    package var key: ID<Staff> { staff }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        staff = try c.key("staff", \.staff)
        standing = try c("standing", \.standing)
        invitedAt = try c("invited_at", \.invitedAt)
        invitedUntil = try c("invited_until", \.invitedUntil)
        profile = try c("profile", \.profile)
        grants = try c("grants", \.grants)
        practisesIn = try c("practises_in", \.practisesIn)
        lastSignInAt = try c("last_sign_in_at", \.lastSignInAt)
        hasPhoto = try c("has_photo", \.hasPhoto)
    }
}

extension ClientRow: TableRow {
    package static let table = "clients"
    package var key: ID<Client> { client }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        client = try c.key("client", \.client)
        registeredAt = try c("registered_at", \.registeredAt)
        changedAt = try c("changed_at", \.changedAt)
        details = try c("details", \.details)
    }
}

extension HeldRole: PackedElement {
    package static var bytes: Int { 17 }

    /// `role, 1 byte ‖ clinic, 16 bytes, 0 for none`
    package func write(to output: inout [UInt8]) {
        output.append(UInt8(truncatingIfNeeded: role.rawValue))
        (clinic ?? ID(bits: 0)).write(to: &output)
    }

    package init?(packed input: UnsafeRawBufferPointer) {
        guard let role = Role(rawValue: Int(input[0])),
            let clinic = ID<Clinic>(packed: UnsafeRawBufferPointer(rebasing: input[1...]))
        else { return nil }
        self.role = role
        self.clinic = clinic.bits == 0 ? nil : clinic
    }
}
