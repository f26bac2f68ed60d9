package import Domain
package import EventStore

/// One attempt at one command: what it loaded, what it decided, what is to be appended. Thrown away
/// and made anew where another append came first.
package struct Work {
    let dispatch: Dispatch
    package let request: CommandRequest
    package let organisation: ID<Organisation>
    /// The command's moment; see ``follow(_:)``.
    package private(set) var at: Instant
    /// When the log is told.
    let learnedAt: Instant
    package let commandID: UInt128
    let operation: Domain.Operation
    /// Set by ``allow(in:)`` and its like; nothing is decided before.
    private(set) var judged: Judgement?
    /// Told with the first answer only, and never kept: secrets.
    private(set) var secrets: [JSON.Member] = []
    private(set) var events: [NewEvent] = []
    private(set) var sealedUnder: [KeyID] = []
    private var streams: [StreamName: Touched] = [:]
    private var order: [StreamName] = []
    private var keys: [KeyID: VaultKey] = [:]
    private var taken: [VaultKey] = []

    private struct Touched {
        /// As it was when first loaded; what the append expects.
        let before: Int64?
        var changed = false
        /// A ``Loaded``, with what was decided in this attempt folded in.
        var loaded: any Sendable
    }

    init(
        dispatch: Dispatch, request: CommandRequest, organisation: ID<Organisation>, at: Instant,
        commandID: UInt128, operation: Domain.Operation
    ) {
        self.dispatch = dispatch
        self.request = request
        self.organisation = organisation
        self.at = at
        learnedAt = at
        self.commandID = commandID
        self.operation = operation
    }

    package var log: LogID { LogID(bits: organisation.bits) }

    /// What the append relies on: the version of each stream something was decided for.
    var expectations: [(stream: StreamName, version: Expectation)] {
        order.compactMap { stream in
            guard let touched = streams[stream], touched.changed else { return nil }
            return (stream, touched.before.map(Expectation.exactly) ?? .noneYet)
        }
    }

    /// Whether another append came since something was loaded: then what was loaded may never have
    /// been true at one moment. An append that conflicts tells so by itself; a refusal does not.
    func isTorn() async throws(Refusal) -> Bool {
        guard order.count > 1 else { return false }
        for stream in order {
            let version: Int64?
            do {
                version = try await dispatch.store.version(of: stream, in: log)
            } catch {
                throw .read(error)
            }
            if version != streams[stream]?.before { return true }
        }
        return false
    }

    /// The record first looked up: what a refusal was about.
    var about: StreamName? { order.first(where: AccessNote.isRecord) }

    // MARK: Loading

    /// The state of an aggregate at the log's head, with what was decided in this attempt.
    package mutating func load<Book: Decider>(
        _ book: Book.Type, _ stream: StreamName
    ) async throws(Refusal) -> Loaded<Book.State> where Book.Event: EventFamily {
        if let known = streams[stream]?.loaded as? Loaded<Book.State> { return known }
        let loaded = try await dispatch.loader.load(book, stream, in: log)
        order.append(stream)
        streams[stream] = Touched(before: loaded.version, loaded: loaded)
        return loaded
    }

    package mutating func load<Book: Decider>(
        _ book: Book.Type, _ id: ID<Book>
    ) async throws(Refusal) -> Loaded<Book.State> where Book.Event: EventFamily {
        try await load(book, StreamName(of: id))
    }

    /// As the other; refuses where nothing ever happened to it.
    /// - Parameter field: the command's field that named it.
    package mutating func existing<Book: Decider>(
        _ book: Book.Type, _ id: ID<Book>, field: String
    ) async throws(Refusal) -> Book.State where Book.Event: EventFamily {
        let loaded = try await load(book, id)
        guard loaded.version != nil else { throw .notFound(field: field) }
        return loaded.state
    }

    /// What happens now does not happen before what happened last: a clock that was put back is
    /// waited for. History says itself when it was, and is refused where that cannot be.
    package mutating func follow(_ last: Instant?) {
        guard request.at == nil, let last else { return }
        at = max(at, last)
    }

    // MARK: Deciding

    /// Asks the rule book, and takes what it decides into this attempt.
    package mutating func decide<Book: Decider>(
        _ book: Book.Type, _ stream: StreamName, _ command: Book.Command
    ) async throws(Refusal) where Book.Event: EventFamily, Book.Rejection: Rejected {
        precondition(judged != nil, "a handler decides before it asked whether it may")
        let state = try await load(book, stream).state
        let decided: [Book.Event]
        do {
            decided = try book.decide(command, state)
        } catch {
            throw .rule(error.told)
        }
        try await take(decided, of: book, into: stream)
    }

    /// Takes events decided by rules over several streams into this attempt.
    package mutating func take<Book: Decider>(
        _ decided: [Book.Event], of book: Book.Type, into stream: StreamName
    ) async throws(Refusal) where Book.Event: EventFamily {
        precondition(judged != nil, "a handler decides before it asked whether it may")
        guard !decided.isEmpty else { return }
        var loaded = try await load(book, stream)
        for event in decided {
            events.append(try await encode(event, into: stream))
            book.evolve(&loaded.state, event)
        }
        streams[stream]?.loaded = loaded
        streams[stream]?.changed = true
    }

    package mutating func decide<Book: Decider>(
        _ book: Book.Type, _ id: ID<Book>, _ command: Book.Command
    ) async throws(Refusal) where Book.Event: EventFamily, Book.Rejection: Rejected {
        try await decide(book, StreamName(of: id), command)
    }

    private mutating func encode<Event: EventFamily>(
        _ event: Event, into stream: StreamName
    ) async throws(Refusal) -> NewEvent {
        for key in try Coding.sealedKeys(of: event) {
            sealedUnder.append(key)
            if keys[key] == nil { keys[key] = try await dispatch.key(key) }
        }
        return try Coding.newEvent(event, into: stream, in: log, keys: keys)
    }

    /// A record in the clear, for a rule that must see it; refused where it was erased.
    func open<Record: OpenedRecord>(
        _ sealed: Sealed<Record>?, in stream: StreamName, field: String
    ) async throws(Refusal) -> Record? {
        guard let sealed else { return nil }
        guard let record = try await dispatch.open(sealed, stream, in: log) else {
            throw .erased(field: field)
        }
        return record
    }

    // MARK: May they

    /// Lets on who holds a role that allows the command in `clinic`; nil: in the organisation.
    package mutating func allow(in clinic: ID<Clinic>?) async throws(Refusal) {
        guard case .staff = request.actor else { return allowByBeing() }
        switch operation.need {
        case .permission(let permission):
            let authority = try await authority()
            judged = try Judgement(
                authority, permission, in: clinic, actingAs: request.actingAs)
        case .never, .manage, .transfer, .reports, .addRooms, .useRooms:
            preconditionFailure("\(operation) is not judged by one row of the golden table")
        }
    }

    /// Lets on whom rules over several permissions named a grant for; nil: refused.
    package mutating func allow(_ grant: Grant?) throws(Refusal) {
        guard case .staff = request.actor else { return allowByBeing() }
        guard let grant else {
            throw .notPermitted(operation.need == .transfer ? .transferCallers : nil)
        }
        judged = Judgement(grant)
    }

    /// As the other, where it is one permission that is lacking.
    package mutating func allow(_ grant: Grant?, by permission: Permission) throws(Refusal) {
        guard let grant else { throw .notPermitted(permission) }
        judged = Judgement(grant)
    }

    /// Lets on an actor with a closed list of commands.
    package mutating func allowByBeing() {
        switch request.actor {
        case .staff: preconditionFailure("a staff member is judged by roles")
        case .caller: judged = .caller
        case .apiKey: judged = .apiKey
        case .guest: judged = .guest
        case .external: judged = .external
        case .auditor: judged = .auditor
        case .operator: judged = .operator
        case .nobody: judged = .nobody
        case .policy: judged = .policy
        }
    }

    /// Lets on a supporter, for what is theirs to do whatever the roles of whom they act as.
    package mutating func allowSupporter() {
        precondition(operation.isOwnToSupport, "\(operation) is not a supporter's own")
        judged = .support
    }

    /// What the acting staff member may do, at the log's head.
    package mutating func authority() async throws(Refusal) -> Authority {
        guard case .staff(_, let staff) = request.actor else { return Authority(of: Staff.initial) }
        return Authority(of: try await load(Staff.self, staff).state)
    }

    /// The grants the acting staff member chose to act by; all they hold where they chose none.
    package mutating func chosenGrants() async throws(Refusal) -> [Grant] {
        let grants = try await authority().grants
        return request.actingAs.map { chosen in grants.filter { $0 == chosen } } ?? grants
    }

    /// Tells something once: it is in the first answer and in no other.
    package mutating func tellOnce(_ name: String, _ secret: String) {
        secrets.append(JSON.Member(name, .string(secret)))
    }

    // MARK: Keys and names

    /// A fresh record key; durable in the vault before anything is sealed under it.
    package mutating func takeKey() async throws(Refusal) -> ID<Domain.RecordKey> {
        do {
            let key = try await dispatch.vault.takeKey()
            keys[key.id] = key
            taken.append(key)
            return ID(bits: key.id.bits)
        } catch {
            throw .vault(error)
        }
    }

    /// Nothing was sealed under the keys taken: the next command may have them.
    func giveBackKeys() {
        for key in taken { dispatch.vault.giveBack(key) }
    }

    /// The keys taken stand in the log now, those that were used.
    func settleKeys(_ appended: Appended) {
        guard !appended.repeated else { return giveBackKeys() }
        for key in taken {
            if sealedUnder.contains(key.id) {
                dispatch.vault.settle(key)
            } else {
                dispatch.vault.giveBack(key)
            }
        }
    }

    /// A random name for something this command makes.
    package func newID<Subject>() -> ID<Subject> { ID(bits: dispatch.ids.next()) }

    /// 128 bits nobody can guess.
    package func newSecret() -> UInt128 { dispatch.ids.next() }
}

extension StreamName {
    /// An aggregate's own stream.
    package init<Book: Decider>(of id: ID<Book>) where Book.Event: EventFamily {
        self.init(Word(stringOf: Book.Event.category), id.bits)
    }
}

extension Word {
    /// - Precondition: a constant of ours that is a word.
    init(stringOf text: String) {
        guard let word = Word(text) else { preconditionFailure("not a Word: \(text)") }
        self = word
    }
}
