/// What can happen to single sign-on. Source: ACC-4.
package enum SignOnEvent: Hashable, Sendable {
    case providerSet(ProviderSet)
    case switched(ProviderSwitched)
    case removed(ProviderRemoved)
    case linked(UserLinked)
}

extension SignOnEvent: EventFamily {
    package static let category = "sign-on"
    package static let members = Members<SignOnEvent>(
        Member(ProviderSet.self, SignOnEvent.providerSet),
        Member(ProviderSwitched.self, SignOnEvent.switched),
        Member(ProviderRemoved.self, SignOnEvent.removed),
        Member(UserLinked.self, SignOnEvent.linked))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .providerSet(let event): try visitor.visit(event)
        case .switched(let event): try visitor.visit(event)
        case .removed(let event): try visitor.visit(event)
        case .linked(let event): try visitor.visit(event)
        }
    }
}

/// A provider was described, or described anew. It is off until switched on.
package struct ProviderSet: Hashable, Sendable {
    package let at: Instant
    /// Unique in the organisation; part of the address staff sign in at.
    package let name: DNSLabel
    package let settings: ProviderSettings
    package let secret: Sealed<ClientSecret>

    package init(
        at: Instant, name: DNSLabel, settings: ProviderSettings, secret: Sealed<ClientSecret>
    ) {
        self.at = at
        self.name = name
        self.settings = settings
        self.secret = secret
    }
}

extension ProviderSet: Event {
    package static let name = "sign-on.provider-set"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        name = try f(2, "name", \.name)
        settings = try f(3, "settings", \.settings)
        secret = try f(4, "secret", \.secret)
    }
}

/// A provider may be used from now on, or no more.
package struct ProviderSwitched: Hashable, Sendable {
    package let at: Instant
    package let name: DNSLabel
    package let isOn: Bool

    package init(at: Instant, name: DNSLabel, isOn: Bool) {
        self.at = at
        self.name = name
        self.isOn = isOn
    }
}

extension ProviderSwitched: Event {
    package static let name = "sign-on.switched"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        name = try f(2, "name", \.name)
        isOn = try f(3, "is_on", \.isOn)
    }
}

/// A provider was taken away.
package struct ProviderRemoved: Hashable, Sendable {
    package let at: Instant
    package let name: DNSLabel

    package init(at: Instant, name: DNSLabel) {
        self.at = at
        self.name = name
    }
}

extension ProviderRemoved: Event {
    package static let name = "sign-on.removed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        name = try f(2, "name", \.name)
    }
}

/// A provider's user is this staff member from now on, whatever becomes of their address. Which
/// user, the stream's name tells to who has the vault.
package struct UserLinked: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>

    package init(at: Instant, staff: ID<Staff>) {
        self.at = at
        self.staff = staff
    }
}

extension UserLinked: Event {
    package static let name = "sign-on.linked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
    }
}

/// How a provider is reached, and whom it may vouch for.
package struct ProviderSettings: Hashable, Sendable {
    /// The address its discovery document stands under.
    package let issuer: PublicText
    package let clientID: PublicText
    /// Domains its users may be of, exactly; none: any.
    package let domains: [PublicText]
    package let buttonText: PublicText
    /// The role of users made at their first signing in; nil: none are made.
    package let createdRole: Role?
    /// Where they hold it, for the roles held in a clinic.
    package let createdClinic: ID<Clinic>?

    package static let domainsMax = 50

    package init(
        issuer: PublicText, clientID: PublicText, domains: [PublicText], buttonText: PublicText,
        createdRole: Role?, createdClinic: ID<Clinic>?
    ) {
        self.issuer = issuer
        self.clientID = clientID
        self.domains = domains
        self.buttonText = buttonText
        self.createdRole = createdRole
        self.createdClinic = createdClinic
    }
}

extension ProviderSettings: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        issuer = try f(1, "issuer", \.issuer)
        clientID = try f(2, "client_id", \.clientID)
        domains = try f(3, "domains", \.domains)
        buttonText = try f(4, "button_text", \.buttonText)
        createdRole = try f(5, "created_role", \.createdRole)
        createdClinic = try f(6, "created_clinic", \.createdClinic)
    }
}

/// What we prove to a provider that we are its client by. Of a system, not of a person; sealed all
/// the same.
package struct ClientSecret: Hashable, Sendable {
    package var text: String

    package static let textMax = 500

    package init(_ text: String) { self.text = text }
}

extension ClientSecret: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        text = try f(1, "text", \.text)
    }
}
