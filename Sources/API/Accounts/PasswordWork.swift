package import Domain
import EventStore
import Projections

// Setting, changing and forgetting a password (ACC-1, ACC-2).
extension Dispatch {
    /// Sets it by a link that was sent, which is good once; an invitation is accepted by it.
    func setPassword(
        _ password: String, byLink link: String, from address: String, door: Door
    ) async throws(Refusal) -> Person {
        let now = clock.now()
        if let seconds = signIns.addressTries.count(address, at: now) {
            throw .tooManyTries(retrySeconds: seconds)
        }
        guard let token = SecretToken<Link>(link) else { throw .linkRefused }
        let person = try await person(ID(bits: token.subject.bits), in: token.organisation)
        guard person.account.purpose(ofLink: token.digest, at: now) != nil,
            let key = person.staff.key, person.staff.canUseLink(at: now)
        else { throw .linkRefused }
        try await check(password, of: person)
        let hash = try await hashed(password)
        let entry = CommandEntry(.passwordSet, "Sets a password by a link.", body: { _ in }) {
            _, work throws(Refusal) in
            work.allowByBeing()
            let standing = try await work.load(Staff.self, person.id).state.standing
            if standing == .invited {
                try await work.change(person.id, judging: [], .accept(at: work.at))
            }
            try await work.decide(
                Account.self, StreamName(accountOf: person.id),
                .setPassword(at: work.at, hash, key: key, link: token.digest))
        }
        do {
            _ = try await run(
                CommandRequest(
                    name: entry.name, body: ["organisation": .id(token.organisation)],
                    key: try freshKey(), actor: .nobody, door: door), as: entry)
        } catch .rule(AccountRejection.linkSpent.told) {
            throw .linkRefused  // Used in this moment.
        }
        signIns.accountTries.forget(person.key)
        signIns.addressTries.takeBack(address)
        return person
    }

    /// A random password for who has none, as the demonstration's administrator; nil where they
    /// have one: it is told once.
    package func putFirstPassword(
        of staff: ID<Staff>, in organisation: ID<Organisation>
    ) async throws(Refusal) -> String? {
        let person = try await person(staff, in: organisation)
        guard person.account.password == nil, let key = person.staff.key else { return nil }
        let password = RecoveryCode(random: ids.next()).text.lowercased()
        let hash = try await hashed(password)
        let entry = CommandEntry(.passwordSet, "Puts a first password.", body: { _ in }) {
            _, work throws(Refusal) in
            work.allowByBeing()
            try await work.decide(
                Account.self, StreamName(accountOf: staff),
                .putPassword(at: work.at, hash, key: key, .operator, keeping: nil))
        }
        _ = try await run(
            CommandRequest(
                name: entry.name, body: ["organisation": .id(organisation)],
                key: try freshKey(), actor: .nobody, door: .inProcess), as: entry)
        return password
    }

    /// Changes it for who knows the one before.
    func changePassword(
        from current: String, to password: String, _ call: AccountCall
    ) async throws(Refusal) {
        let person = try await signedIn(call)
        guard signIns.accountTries.count(person.key, at: clock.now()) == nil,
            try await signIns.passwords.matches(current, openPassword(of: person)),
            let key = person.staff.key
        else { throw .signInRefused }
        try await check(password, of: person)
        let hash = try await hashed(password)
        let entry = CommandEntry(.passwordChange, "Changes one's password.", body: { _ in }) {
            _, work throws(Refusal) in
            try await work.allow(in: nil)
            try await work.decide(
                Account.self, StreamName(accountOf: person.id),
                .putPassword(at: work.at, hash, key: key, .change, keeping: call.session))
        }
        try await run(entry, call)
        signIns.accountTries.forget(person.key)
    }

    /// Makes a link and has it sent. Where nobody has the address an event is written too, so that
    /// it takes as long.
    func sendReset(
        to email: String, in place: SignIn.Place, from address: String, door: Door
    ) async throws(Refusal) {
        if let seconds = signIns.addressTries.count(address, at: clock.now()) {
            throw .tooManyTries(retrySeconds: seconds)
        }
        let organisation = try await organisation(place)
        let found = try await person(withEmail: email, in: organisation)
        guard let organisation, await isFounded(organisation) else { return }
        let mayAsk = found.map { person in
            // Where no mail can go there is nobody to be told apart from.
            EmailAddress(email) != nil && person.mayAct
                && signIns.resetsAsked.count(person.key, at: clock.now()) == nil
        }
        let entry = CommandEntry(.passwordForgotten, "Sends a link.", body: { _ in }) {
            _, work throws(Refusal) in
            work.allowByBeing()
            guard let found, mayAsk == true else { return }
            try await work.sendLink(.reset, to: found.id)
        }
        _ = try await run(
            CommandRequest(
                name: entry.name, body: ["organisation": .id(organisation)],
                key: try freshKey(), actor: .nobody, door: door), as: entry)
    }

    /// Whether a log is of an organisation: nobody begins one by asking.
    private func isFounded(_ organisation: ID<Organisation>) async -> Bool {
        do {
            try await exists(organisation, namedBy: .nobody)
            return true
        } catch {
            return false
        }
    }

    /// Ends one's own session.
    func endSession(_ session: ID<Session>, _ call: AccountCall) async throws(Refusal) {
        let person = try await signedIn(call)
        let entry = CommandEntry(.sessionEnd, "Ends one's session.", body: { _ in }) {
            _, work throws(Refusal) in
            try await work.allow(in: nil)
            try await work.decide(
                Account.self, StreamName(accountOf: person.id),
                .endSession(at: work.at, session, .signedOut))
        }
        try await run(entry, call)
    }

    private func run(_ entry: CommandEntry, _ call: AccountCall) async throws(Refusal) {
        _ = try await run(
            CommandRequest(
                name: entry.name, body: [:], key: try freshKey(), actor: call.actor,
                door: call.door), as: entry)
    }

    private func signedIn(_ call: AccountCall) async throws(Refusal) -> Person {
        guard case .staff(let organisation, let staff) = call.actor else {
            if call.actor == .nobody { throw .notSignedIn }
            throw .notForThisActor(actor: call.actor.kind.rawValue)
        }
        return try await person(staff, in: organisation)
    }

    /// What is kept of a new password.
    func hashed(_ password: String) async throws(Refusal) -> PasswordHash {
        try await signIns.passwords.hash(password, salt: ids.next().bigEndianBytes)
    }

    /// Refuses a password that is too short, common, or made of the person's own words.
    private func check(_ password: String, of person: Person) async throws(Refusal) {
        var words: [String] = []
        if let profile = try await profile(of: person.id, in: person.organisation) {
            words += [profile.name, profile.email ?? ""]
        }
        let organisation = try await loader.load(
            Organisation.self, StreamName(of: person.organisation), in: person.log
        ).state
        words.append(organisation.profile?.name.description ?? "")
        do {
            try PasswordRules.check(password, words: words)
        } catch {
            throw .rule(error.told)
        }
    }

    /// A staff member's profile as it was told last; nil where it was erased.
    func profile(
        of staff: ID<Staff>, in organisation: ID<Organisation>
    ) async throws(Refusal) -> StaffProfile? {
        let stream = StreamName(of: staff)
        let log = LogID(bits: organisation.bits)
        let state = try await loader.load(Staff.self, stream, in: log).state
        guard let sealed = state.profile else { return nil }
        return try await open(sealed, stream, in: log)
    }
}

extension Staff.State {
    /// Whether a link sent to them leads anywhere: they are active, or invited and not too late.
    fileprivate func canUseLink(at now: Instant) -> Bool {
        switch standing {
        case .active: true
        case .invited: invitedUntil.map { now <= $0 } ?? true
        case .unknown, .suspended, .removed: false
        }
    }
}

extension Work {
    /// Makes a link for somebody and has it sent to their address, in this command's commit. Call
    /// it last: the answer to a command is bound to the key of what it sealed first, and a mail's
    /// key does not live long.
    mutating func sendLink(_ purpose: LinkPurpose, to staff: ID<Staff>) async throws(Refusal) {
        let state = try await load(Staff.self, staff).state
        let profile = try await open(state.profile, in: StreamName(of: staff), field: "staff")
        guard let profile, let address = profile.email.flatMap(EmailAddress.init) else {
            throw .rule(StaffRejection.addressMissing.told)
        }
        let token = SecretToken<Link>(
            organisation: organisation, subject: ID(bits: staff.bits), secret: newSecret())
        try await decide(
            Account.self, StreamName(accountOf: staff),
            .makeLink(at: at, purpose, secretHash: token.digest))
        let ours = try await load(Organisation.self, ID(bits: organisation.bits)).state.profile
        let language = profile.languages.first ?? ours?.languages.first ?? LanguageTag("en")
        guard let language else { preconditionFailure("en is a language") }
        let account = try await load(Account.self, StreamName(accountOf: staff)).state
        let letter = Letter(
            to: .email(address), language: language, name: profile.name,
            link: purpose.path + "#" + token.text, until: account.links[purpose]?.until,
            about: ours?.name.description)
        try await queueMail(purpose.mail, letter)
    }
}

extension LinkPurpose {
    /// The page it leads to; the secret follows as its fragment, which no server is sent.
    package var path: String {
        switch self {
        case .invitation: "/invitation"
        case .reset: "/password"
        }
    }

    fileprivate var mail: MailKind {
        switch self {
        case .invitation: .staffInvitation
        case .reset: .passwordReset
        }
    }
}
