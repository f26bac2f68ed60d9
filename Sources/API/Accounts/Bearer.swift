package import Domain
package import EventStore
import Projections

/// Who a bearer token says is asking, found good at the log's head. Source: ACC-5, ACC-6, ROLE-3,
/// ROLE-4.
package struct Bearer: Sendable {
    package var actor: RequestActor
    /// The session it is, with its state; nil for other tokens.
    var session: (id: ID<Session>, state: Account.SessionState)?
    /// The supporter who acts as the staff member.
    var support: ID<Support>?
    /// The key's state.
    var key: APIKey.State?
}

extension Dispatch {
    /// Whose token the header bears; nobody's where there is no header.
    package func actor(bearing header: String?) async throws(Refusal) -> RequestActor {
        try await identify(bearing: header).actor
    }

    package func identify(bearing header: String?) async throws(Refusal) -> Bearer {
        guard let header else { return Bearer(actor: .nobody) }
        let words = header.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0].lowercased() == "bearer" else { throw .tokenRefused }
        if let token = StaffToken(words[1]) { return try await staff(bearing: token) }
        if let token = CallerToken(words[1]) {
            return Bearer(actor: try await caller(bearing: token))
        }
        if let token = GuestToken(words[1]) {
            return Bearer(actor: try await guest(bearing: token))
        }
        if let token = InviteeToken(words[1]) {
            return Bearer(actor: try await invitee(bearing: token))
        }
        if let token = AuditorToken(words[1]) {
            return Bearer(actor: try await auditor(bearing: token))
        }
        if let token = SecretToken<APIKey>(words[1]) { return try await key(bearing: token) }
        if let token = SecretToken<Support>(words[1]) { return try await support(bearing: token) }
        throw .tokenRefused
    }

    /// A token issued by the operator, or a session's.
    private func staff(bearing token: StaffToken) async throws(Refusal) -> Bearer {
        let log = LogID(bits: token.organisation.bits)
        let now = clock.now()
        let state = try await loader.load(Staff.self, StreamName(of: token.staff), in: log).state
        guard state.standing == .active else { throw .tokenRefused }
        let digest = token.digest
        var identity = Bearer(
            actor: .staff(organisation: token.organisation, token.staff))
        if state.token(digest, at: now) != nil { return identity }
        let account = try await loader.load(
            Account.self, StreamName(accountOf: token.staff), in: log
        ).state
        guard let id = account.session(digest, at: now, after: state.suspendedAt),
            let session = account.sessions[id]
        else { throw .tokenRefused }
        identity.session = (id, session)
        return identity
    }

    private func key(bearing token: SecretToken<APIKey>) async throws(Refusal) -> Bearer {
        let log = LogID(bits: token.organisation.bits)
        let state = try await loader.load(APIKey.self, StreamName(key: token.subject), in: log)
            .state
        guard state.standing == .good, state.secretHash == token.digest else {
            throw .tokenRefused
        }
        if let seconds = signIns.keyCalls.count(token.subject, at: clock.now()) {
            throw .tooManyTries(retrySeconds: seconds)
        }
        return Bearer(
            actor: .apiKey(
                organisation: token.organisation, token.subject, scopes: state.scopes),
            key: state)
    }

    /// Good while the organisation has support switched on, an administrator let them in, nobody
    /// ended it, and whom they act as is active.
    private func support(bearing token: SecretToken<Support>) async throws(Refusal) -> Bearer {
        let log = LogID(bits: token.organisation.bits)
        let state = try await loader.load(Support.self, StreamName(support: token.subject), in: log)
            .state
        let security = try await security(of: token.organisation)
        guard state.secretHash == token.digest, state.isOpen(at: clock.now()),
            security.isSupportOn, let staff = state.staff
        else { throw .tokenRefused }
        let person = try await loader.load(Staff.self, StreamName(of: staff), in: log).state
        guard person.standing == .active else { throw .tokenRefused }
        return Bearer(
            actor: .staff(organisation: token.organisation, staff), support: token.subject)
    }

    func security(of organisation: ID<Organisation>) async throws(Refusal) -> Security.State {
        try await loader.load(
            Security.self, StreamName(securityOf: organisation),
            in: LogID(bits: organisation.bits)
        ).state
    }

    /// Whether nothing but enrolling an authenticator may be done by it.
    func mustEnrol(_ identity: Bearer) async throws(Refusal) -> Bool {
        guard identity.session != nil, case .staff(let organisation, let staff) = identity.actor,
            // Where providers sign staff in, second factors are theirs to ask for.
            try await !signOn(of: organisation).isOn
        else { return false }
        let account = try await loader.load(
            Account.self, StreamName(accountOf: staff), in: LogID(bits: organisation.bits)
        ).state
        return try await advice(account, in: organisation) == .required
    }

    /// Notes that a session or key was used, at its own pace.
    func noteUse(_ identity: Bearer, door: Door) async throws(Refusal) {
        let now = clock.now()
        let entry: CommandEntry
        if let session = identity.session, session.state.wantsNote(at: now),
            case .staff(_, let staff) = identity.actor
        {
            entry = CommandEntry(.sessionSee, "Notes that a session was used.", body: { _ in }) {
                _, work throws(Refusal) in
                try await work.allow(in: nil)
                try await work.decide(
                    Account.self, StreamName(accountOf: staff),
                    .seeSession(at: work.at, session.id))
            }
        } else if let key = identity.key, key.wantsNote(at: now),
            case .apiKey(_, let id, _) = identity.actor
        {
            entry = CommandEntry(.apiKeyUse, "Notes that a key was used.", body: { _ in }) {
                _, work throws(Refusal) in
                work.allowByBeing()
                try await work.decide(APIKey.self, StreamName(key: id), .use(at: work.at))
            }
        } else {
            return
        }
        _ = try await run(
            CommandRequest(
                name: entry.name, body: [:], key: try freshKey(), actor: identity.actor,
                door: door), as: entry)
    }
}

extension StreamName {
    /// The stream of another system's key.
    package init(key: ID<APIKey>) { self.init(Category.apiKey, key.bits) }

    /// The stream of a session of remote support.
    package init(support: ID<Support>) { self.init(Category.support, support.bits) }
}
