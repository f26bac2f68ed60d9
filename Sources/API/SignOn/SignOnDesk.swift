import Domain
import EventStore
import Projections

/// Signs staff in by their organisation's providers (ACC-4).
package struct SignOnDesk: Sendable {
    let dispatch: Dispatch
    let client: OpenIDClient
    let address: PublicAddress

    /// - Parameter address: where providers send people back to.
    package init(dispatch: Dispatch, client: OpenIDClient, address: PublicAddress) {
        self.dispatch = dispatch
        self.client = client
        self.address = address
    }

    /// A provider that is on, and whose.
    struct Place: Sendable {
        let organisation: ID<Organisation>
        let subdomain: DNSLabel
        let name: DNSLabel
        let provider: SignOn.ProviderState

        var log: LogID { LogID(bits: organisation.bits) }
        /// Where the way to it begins.
        var path: String { "/sign-on/\(subdomain)/\(name)" }
        var buttonText: String { provider.settings.buttonText.description }
    }

    /// Those that are on, by name; none where nobody holds the subdomain.
    func places(at subdomain: DNSLabel) async throws(Refusal) -> [Place] {
        guard let organisation = try await dispatch.organisation(holding: subdomain) else {
            return []
        }
        let state = try await dispatch.signOn(of: organisation)
        return state.providers.filter(\.value.isOn)
            .sorted { $0.key.description < $1.key.description }
            .map { name, provider in
                Place(
                    organisation: organisation, subdomain: subdomain, name: name,
                    provider: provider)
            }
    }

    func place(_ name: DNSLabel, at subdomain: DNSLabel) async throws(Refusal) -> Place {
        let place = try await places(at: subdomain).first { $0.name == name }
        guard let place else { throw .notFound(field: "provider") }
        return place
    }

    private func callback(_ place: Place) -> String {
        address.url(place.path + "/callback")
    }

    // MARK: There

    /// Where the browser goes, and what its cookie holds meanwhile.
    func begin(_ place: Place) async throws(Refusal) -> (address: String, flow: SignOnFlow) {
        let settings = place.provider.settings
        let metadata = try await client.metadata(of: settings.issuer.description)
        let secret = dispatch.ids.next().bigEndianBytes + dispatch.ids.next().bigEndianBytes
        let flow = SignOnFlow(secret: secret, place.organisation, place.name)
        var query = [
            ("response_type", "code"), ("client_id", settings.clientID.description),
            ("redirect_uri", callback(place)), ("scope", "openid email profile"),
            ("state", flow.state), ("nonce", flow.nonce),
            ("code_challenge", flow.challenge), ("code_challenge_method", "S256"),
        ]
        // A hint: what the token says of the domain is what counts.
        if settings.domains.count == 1 { query.append(("hd", settings.domains[0].description)) }
        let mark = metadata.authorization.contains("?") ? "&" : "?"
        return (metadata.authorization + mark + WebClient.encoded(query), flow)
    }

    // MARK: And back

    /// What a provider sent somebody back with.
    struct Return: Sendable {
        let state: String?
        let code: String?
        /// RFC 9207.
        let issuer: String?
        let cookie: String?

        /// Characters of a code.
        static let codeMax = 4_096
    }

    /// Begins a session for whom the provider vouches.
    func end(_ place: Place, _ back: Return, door: Door) async throws(Refusal) -> SignedIn {
        let settings = place.provider.settings
        guard let flow = SignOnFlow(cookie: back.cookie, place.organisation, place.name),
            let state = back.state, constantTimeEqual(state.utf8, flow.state.utf8),
            back.issuer == nil || back.issuer == settings.issuer.description
        else { throw SignOnFault.notBegun.refusal }
        guard let code = back.code, code.utf8.count <= Return.codeMax else {
            throw SignOnFault.refusedByProvider.refusal
        }
        let book = StreamName(signOnOf: place.organisation)
        guard let secret = try await dispatch.open(place.provider.secret, book, in: place.log)
        else { throw SignOnFault.providerWrong.refusal }
        let token = try await client.token(
            for: code, verifier: flow.verifier, redirect: callback(place), settings,
            secret: secret.text)
        let verified = try await client.verified(
            token,
            IDToken.Expected(
                issuer: settings.issuer.description, clientID: settings.clientID.description,
                nonce: flow.nonce, now: dispatch.clock.now()))
        guard
            HostedDomain.isAllowed(
                verified.claims, domains: settings.domains.map(\.description))
        else { throw SignOnFault.domainRefused.refusal }
        let staff = try await enter(verified, place)
        let person = try await dispatch.person(staff, in: place.organisation)
        guard person.mayAct else { throw SignOnFault.userRefused.refusal }
        return try await dispatch.beginSession(person, .browser, .signOn, door: door)
    }

    /// The staff member a provider's user is; found by their address, or made, the first time.
    private func enter(_ token: IDToken, _ place: Place) async throws(Refusal) -> ID<Staff> {
        let issuer = place.provider.settings.issuer.description
        let term = IndexTerm(
            "sign-on.user", Array(issuer.utf8) + [0] + Array(token.subject.utf8), log: place.log,
            vault: dispatch.vault)
        let link = StreamName(Category.signOn, term.bits)
        if let staff = try await linked(link, place.log) { return staff }
        let known = try await known(token, place.organisation)
        let settings = place.provider.settings
        guard known != nil || settings.createdRole != nil else {
            throw SignOnFault.userUnknown.refusal
        }
        let entry = CommandEntry(
            .signOnEnter, "Lets somebody in for whom a provider vouches.", body: { _ in }
        ) { _, work throws(Refusal) in
            work.allowByBeing()
            // Two at once: the second finds the first's.
            guard try await work.load(SignOn.self, link).state.staff == nil else { return }
            let staff: ID<Staff>
            if let known {
                staff = known
                try await work.acceptInvitation(of: known)
            } else {
                staff = try await work.addStaff(token, settings)
            }
            try await work.decide(SignOn.self, link, .link(at: work.at, staff: staff))
        }
        let request = CommandRequest(
            name: entry.name, body: ["organisation": .id(place.organisation)],
            key: try dispatch.freshKey(), actor: .policy, door: .policy)
        _ = try await dispatch.run(request, as: entry)
        guard let staff = try await linked(link, place.log) else {
            throw SignOnFault.userUnknown.refusal
        }
        return staff
    }

    private func linked(_ link: StreamName, _ log: LogID) async throws(Refusal) -> ID<Staff>? {
        try await dispatch.loader.load(SignOn.self, link, in: log).state.staff
    }

    /// Who works here under an address the provider may vouch for.
    private func known(
        _ token: IDToken, _ organisation: ID<Organisation>
    ) async throws(Refusal) -> ID<Staff>? {
        guard HostedDomain.vouchesForEmail(token.claims), let email = token.claims.email,
            let sought = SoughtAddress(email.text)
        else { return nil }
        return try await dispatch.people(withEmail: sought, in: organisation)
            .filter { $0.staff.standing != .removed }.map(\.id).min()
    }
}

extension Work {
    /// An invitation is accepted by signing in.
    fileprivate mutating func acceptInvitation(of staff: ID<Staff>) async throws(Refusal) {
        let state = try await load(Staff.self, staff).state
        guard state.standing == .invited else { return }
        let command = StaffCommand.accept(at: at)
        let states = try await staffing(
            of: staff, clinics: Staffing.clinics(touchedBy: command, state))
        let outcome = Result { () throws(StaffingRejection) in
            try Staffing.decide(command, of: staff, states)
        }
        try await take(outcome, of: staff)
    }

    /// A user made at their first signing in; refused where the package is full.
    fileprivate mutating func addStaff(
        _ token: IDToken, _ settings: ProviderSettings
    ) async throws(Refusal) -> ID<Staff> {
        guard let role = settings.createdRole else { throw SignOnFault.userUnknown.refusal }
        let email = token.claims.email?.text
        let name = token.name.flatMap { $0.isEmpty ? nil : $0 } ?? email ?? "–"
        let staff: ID<Staff> = newID()
        let command = StaffCommand.add(
            at: at,
            Invitation(
                profile: StaffProfile(
                    name: String(name.unicodeScalars.prefix(StaffProfile.textMax)), email: email),
                grants: [Grant(role, in: settings.createdClinic)],
                reason: Reason("single sign-on")),
            key: try await takeKey())
        let states = try await staffing(
            of: staff, clinics: Staffing.clinics(touchedBy: command, Staff.initial))
        let outcome = Result { () throws(StaffingRejection) in
            try Staffing.decide(command, of: staff, states)
        }
        try await take(outcome, of: staff)
        return staff
    }
}

extension StreamName {
    /// The stream of an organisation's providers.
    init(signOnOf organisation: ID<Organisation>) {
        self.init(Category.signOn, organisation.bits)
    }
}

extension Dispatch {
    func signOn(of organisation: ID<Organisation>) async throws(Refusal) -> SignOn.State {
        try await loader.load(
            SignOn.self, StreamName(signOnOf: organisation),
            in: LogID(bits: organisation.bits)
        ).state
    }
}
