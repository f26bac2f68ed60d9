import Crypto
package import Domain
package import EventStore
import Projections

/// Who wants to sign in, and with what.
struct SignIn: Sendable {
    enum Place: Sendable {
        case organisation(ID<Organisation>)
        case subdomain(DNSLabel)
    }

    let place: Place
    let email: String
    let password: String
    let code: String?
    let kind: SessionKind
}

/// A session that was begun.
struct SignedIn: Sendable {
    let token: StaffToken
    let session: ID<Session>
    let kind: SessionKind
    let until: Instant
    let position: Int64
    let factor: FactorAdvice
}

/// What somebody who signed in is told of a second factor.
enum FactorAdvice: String, Sendable {
    /// A code was asked for.
    case on
    /// The organisation has none.
    case off
    /// Enrolling is offered: say so.
    case offered
    /// Nothing else may be done before enrolling.
    case required
}

// Signing in: the same answer and the same work whether the address is unknown, the password wrong,
// or the account locked, suspended or without a password (ACC-2).
extension Dispatch {
    func signIn(
        _ request: SignIn, from address: String, door: Door
    ) async throws(Refusal) -> SignedIn {
        let now = clock.now()
        if let seconds = signIns.addressTries.count(address, at: now) {
            throw .tooManyTries(retrySeconds: seconds)
        }
        let organisation = try await organisation(request.place)
        if let organisation, try await signOn(of: organisation).isOn {
            throw .rule(SignOnRejection.signOnOnly.told)
        }
        let person = try await person(withEmail: request.email, in: organisation)
        var isLocked = false
        var hash: PasswordHash?
        if let person {
            isLocked = signIns.accountTries.count(person.key, at: now) != nil
            hash = try await openPassword(of: person)
        }
        let isRight = try await signIns.passwords.matches(request.password, hash)
        guard let person, isRight, !isLocked, person.mayAct else { throw .signInRefused }
        let factor = try await secondFactor(request.code, of: person, at: now)
        let made = try await beginSession(person, request.kind, factor, door: door)
        signIns.accountTries.forget(person.key)
        signIns.addressTries.takeBack(address)
        return made
    }

    /// A staff member as signing in sees them.
    struct Person: Sendable {
        let organisation: ID<Organisation>
        let id: ID<Staff>
        let staff: Staff.State
        let account: Account.State

        var key: SignInDesk.AccountKey {
            SignInDesk.AccountKey(organisation: organisation, staff: id)
        }
        var log: LogID { LogID(bits: organisation.bits) }
        /// Whether a session could be begun: as much is told by no answer.
        var mayAct: Bool { !Authority(of: staff).grants.isEmpty }
    }

    func organisation(_ place: SignIn.Place) async throws(Refusal) -> ID<Organisation>? {
        switch place {
        case .organisation(let id): return id
        case .subdomain(let label): return try await organisation(holding: label)
        }
    }

    /// Whose address it is; where several have it, who has shown that they read its mail.
    func person(
        withEmail email: String, in organisation: ID<Organisation>?
    ) async throws(Refusal) -> Person? {
        guard let organisation, let address = SoughtAddress(email) else { return nil }
        var found: [Person] = []
        for person in try await people(withEmail: address, in: organisation)
        where person.staff.standing != .removed {
            found.append(person)
        }
        return found.first { $0.account.provedAddress }
            ?? found.first { $0.account.password != nil } ?? found.first
    }

    /// At most ``SignInDesk/sameAddressMax``, by id.
    func people(
        withEmail address: SoughtAddress, in organisation: ID<Organisation>
    ) async throws(Refusal) -> [Person] {
        guard let index = signIns.people else { return [] }
        let log = LogID(bits: organisation.bits)
        let ids = try await index.staff(
            withEmail: address, in: log, limit: SignInDesk.sameAddressMax)
        var people: [Person] = []
        for id in ids { people.append(try await person(id, in: organisation)) }
        return people
    }

    func person(
        _ id: ID<Staff>, in organisation: ID<Organisation>
    ) async throws(Refusal) -> Person {
        let log = LogID(bits: organisation.bits)
        return Person(
            organisation: organisation, id: id,
            staff: try await loader.load(Staff.self, StreamName(of: id), in: log).state,
            account: try await loader.load(Account.self, StreamName(accountOf: id), in: log).state)
    }

    func openPassword(of person: Person) async throws(Refusal) -> PasswordHash? {
        guard let sealed = person.account.password else { return nil }
        return try await open(sealed, StreamName(accountOf: person.id), in: person.log)
    }

    /// What was shown besides the password; refused where it is not enough.
    private func secondFactor(
        _ code: String?, of person: Person, at now: Instant
    ) async throws(Refusal) -> SecondFactor {
        guard case .on(let sealed) = person.account.totp else { return .none }
        guard let code else { throw .signIn(.codeNeeded) }
        if let recovery = RecoveryCode(code), person.account.recovery.contains(recovery.digest) {
            return .recovery(recovery.digest)
        }
        guard let secret = try await open(sealed, StreamName(accountOf: person.id), in: person.log),
            let step = TOTP(secret)?.step(of: code, at: now, after: person.account.lastStep)
        else { throw .signIn(.codeRefused) }
        return .code(step: step)
    }

    func beginSession(
        _ person: Person, _ kind: SessionKind, _ factor: SecondFactor, door: Door
    ) async throws(Refusal) -> SignedIn {
        let token = StaffToken(
            organisation: person.organisation, staff: person.id, secret: ids.next())
        let session = ID<Session>(bits: ids.next())
        let entry = CommandEntry(.sessionBegin, "Begins a session.", body: { _ in }) {
            _, work throws(Refusal) in
            try await work.allow(in: nil)
            try await work.decide(
                Account.self, StreamName(accountOf: person.id),
                .beginSession(at: work.at, session, secretHash: token.digest, kind, factor))
        }
        let answer: CommandAnswer
        do {
            answer = try await run(
                CommandRequest(
                    name: entry.name, body: [:], key: try freshKey(),
                    actor: .staff(organisation: person.organisation, person.id), door: door),
                as: entry)
        } catch .rule(let told) where told.field == "code" {
            throw .signIn(.codeRefused)  // Another sign-in used the code in this moment.
        }
        let account = try await loader.load(
            Account.self, StreamName(accountOf: person.id), in: person.log
        ).state
        return SignedIn(
            token: token, session: session, kind: kind,
            until: account.sessions[session]?.until ?? clock.now(), position: answer.position,
            factor: try await advice(account, in: person.organisation))
    }

    /// What the organisation wants of second factors, for one account.
    func advice(
        _ account: Account.State, in organisation: ID<Organisation>
    ) async throws(Refusal) -> FactorAdvice {
        if account.totp.isOn { return .on }
        switch try await security(of: organisation).secondFactor {
        case .off: return .off
        case .offered: return .offered
        case .required: return account.isExcused ? .offered : .required
        }
    }

    /// Of a command that nobody sends twice, because no key came with it.
    func freshKey() throws(Refusal) -> IdempotencyKey { try IdempotencyKey(hex(ids.next())) }
}

extension SignInDesk {
    /// Staff of one organisation with one address: more than one only where history has it so.
    static let sameAddressMax = 8
}

extension StreamName {
    /// The stream of how a staff member signs in.
    package init(accountOf staff: ID<Staff>) { self.init(Category.account, staff.bits) }

    /// The stream of an organisation's rules for signing in.
    package init(securityOf organisation: ID<Organisation>) {
        self.init(Category.security, organisation.bits)
    }
}
