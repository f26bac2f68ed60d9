/// Single sign-on of one organisation: the providers that vouch for its staff (ACC-4). In streams
/// of their own, named by a keyed hash, stands which staff member a provider's user is.
package enum SignOn: Decider {
    package static let providersMax = 10

    package struct State: Hashable, Sendable {
        package var providers: [DNSLabel: ProviderState] = [:]
        /// Who this user of a provider is, in the stream of one.
        package var staff: ID<Staff>?

        /// Once one is on, staff sign in by providers alone.
        package var isOn: Bool { providers.values.contains(where: \.isOn) }
    }

    package struct ProviderState: Hashable, Sendable {
        package let settings: ProviderSettings
        package let secret: Sealed<ClientSecret>
        package var isOn: Bool
    }

    package static let initial = State()

    package static func decide(
        _ command: SignOnCommand, _ state: State
    ) throws(SignOnRejection) -> [SignOnEvent] {
        switch command {
        case .set(let at, let name, let settings, let secret):
            try check(settings)
            let known = state.providers[name]
            guard let secret = secret ?? known?.secret else { throw .secretMissing }
            guard known != nil || state.providers.count < providersMax else {
                throw .tooManyProviders(limit: providersMax)
            }
            if let known, known.settings == settings, known.secret == secret { return [] }
            return [
                .providerSet(
                    ProviderSet(at: at, name: name, settings: settings, secret: secret))
            ]
        case .switchOn(let at, let name, let isOn):
            guard let known = state.providers[name] else { throw .providerUnknown }
            if known.isOn == isOn { return [] }
            return [.switched(ProviderSwitched(at: at, name: name, isOn: isOn))]
        case .remove(let at, let name):
            guard state.providers[name] != nil else { return [] }
            return [.removed(ProviderRemoved(at: at, name: name))]
        case .link(let at, let staff):
            if state.staff == staff { return [] }
            guard state.staff == nil else { throw .userLinked }
            return [.linked(UserLinked(at: at, staff: staff))]
        }
    }

    private static func check(_ settings: ProviderSettings) throws(SignOnRejection) {
        guard settings.domains.count <= ProviderSettings.domainsMax else {
            throw .tooManyDomains(limit: ProviderSettings.domainsMax)
        }
        guard let role = settings.createdRole else { return }
        // Who may sign in is the provider's say; that must not be enough to own everything here.
        guard role != .orgAdmin, role != .referrer else { throw .roleNotGiven }
        guard role.isOfClinic == (settings.createdClinic != nil) else {
            throw role.isOfClinic ? .clinicMissing : .clinicNotWanted
        }
    }

    package static func evolve(_ state: inout State, _ event: SignOnEvent) {
        switch event {
        case .providerSet(let set):
            let isOn = state.providers[set.name]?.isOn ?? false
            state.providers[set.name] = ProviderState(
                settings: set.settings, secret: set.secret, isOn: isOn)
        case .switched(let switched): state.providers[switched.name]?.isOn = switched.isOn
        case .removed(let removed): state.providers[removed.name] = nil
        case .linked(let linked): state.staff = linked.staff
        }
    }
}

/// What can be asked of single sign-on.
package enum SignOnCommand: Hashable, Sendable {
    /// - Parameter secret: nil: the one it has.
    case set(at: Instant, name: DNSLabel, ProviderSettings, secret: Sealed<ClientSecret>?)
    case switchOn(at: Instant, name: DNSLabel, isOn: Bool)
    case remove(at: Instant, name: DNSLabel)
    case link(at: Instant, staff: ID<Staff>)
}

/// Why it refuses. In order: where two reasons apply, the earlier is thrown.
package enum SignOnRejection: Rejected {
    case tooManyDomains(limit: Int)
    case roleNotGiven
    case clinicMissing
    case clinicNotWanted
    case secretMissing
    case tooManyProviders(limit: Int)
    case providerUnknown
    case userLinked
    case signOnOnly

    package var told: Told {
        switch self {
        case .tooManyDomains(let limit):
            Told("tooManyDomains", "At most \(limit) domains.", field: "domains", limit: limit)
        case .roleNotGiven:
            Told("roleNotGiven", "This role is given by people alone.", field: "createdRole")
        case .clinicMissing:
            Told(
                "clinicMissing", "This role is held in a clinic: name it.", field: "createdClinic")
        case .clinicNotWanted:
            Told(
                "clinicNotWanted", "This role is of the whole organisation.",
                field: "createdClinic")
        case .secretMissing:
            Told("secretMissing", "A new provider has a client secret.", field: "secret")
        case .tooManyProviders(let limit):
            Told("tooManyProviders", "At most \(limit) providers.", field: "name", limit: limit)
        case .providerUnknown:
            Told("providerUnknown", "There is no such provider.", field: "name")
        case .userLinked:
            Told("userLinked", "This user is another staff member.", field: "staff")
        case .signOnOnly:
            Told("signOnOnly", "Staff sign in by their organisation's provider here.")
        }
    }
}

/// Which domain a provider's user is of, and whether that is enough (ACC-4): pure.
package enum HostedDomain {
    /// What a provider's token says of its user, as far as it was found right.
    package struct Claims: Hashable, Sendable {
        package var hostedDomain: String?
        package var email: EmailAddress?
        package var isEmailVerified: Bool

        package init(hostedDomain: String?, email: EmailAddress?, isEmailVerified: Bool) {
            self.hostedDomain = hostedDomain
            self.email = email
            self.isEmailVerified = isEmailVerified
        }
    }

    /// `hd`, else that of an address the provider has verified; nil: refused.
    package static func domain(of claims: Claims) -> String? {
        if let domain = claims.hostedDomain, !domain.isEmpty { return domain.lowercased() }
        guard claims.isEmailVerified else { return nil }
        return claims.email?.domain
    }

    /// - Parameter domains: those allowed, exactly; none: any.
    package static func isAllowed(_ claims: Claims, domains: [String]) -> Bool {
        guard let domain = domain(of: claims) else { return false }
        return domains.isEmpty || domains.contains { $0.lowercased() == domain }
    }

    /// Whether the address may say who somebody is: the provider has verified it, or runs the
    /// domain it is of.
    package static func vouchesForEmail(_ claims: Claims) -> Bool {
        guard let email = claims.email else { return false }
        return claims.isEmailVerified || claims.hostedDomain?.lowercased() == email.domain
    }
}
