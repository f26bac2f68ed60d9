import Domain
import EventStore
package import Projections

/// What answers come from besides the log itself.
package struct ReadSide: Sendable {
    package let views: Views
    package let accessLog: AccessLogReader
    package let runner: Runner
    package let clients: ClientIndex
    package let statements: StatementProcess
    /// How long a view may take to come as far as is asked.
    package let patience: Duration

    package init(
        views: Views, accessLog: AccessLogReader, runner: Runner, clients: ClientIndex,
        statements: StatementProcess = StatementProcess(program: nil),
        patience: Duration = .seconds(10)
    ) {
        self.views = views
        self.accessLog = accessLog
        self.runner = runner
        self.clients = clients
        self.statements = statements
        self.patience = patience
    }
}

/// One question on its way: who asks, may they, what they looked at. Nothing personal leaves before
/// its entry in the access log is durable (AUD-7): a handler notes what it shows, and its answer is
/// held back until that is written.
struct Reading: Sendable {
    let dispatch: Dispatch
    let side: ReadSide
    let actor: RequestActor
    let organisation: ID<Organisation>
    let operation: Domain.Operation
    let door: Door
    let actingAs: Grant?
    /// The view must show the event at this position.
    let atLeast: Int64?
    let now: Instant
    private(set) var judged: Judgement?
    /// The row of the golden table that let them on; nil where none did.
    private var permission: Permission?
    private(set) var notes: [AccessNote] = []
    /// The record first looked up: what a refusal was about.
    private(set) var about: StreamName?
    /// Keys of the records opened.
    private var opened: Set<KeyID> = []
    /// Of the last event the answer shows.
    private(set) var shows: Int64?
    /// What is answered where it is no JSON.
    private(set) var page: QueryPage?

    init(
        dispatch: Dispatch, side: ReadSide, request: QueryRequest, organisation: ID<Organisation>,
        operation: Domain.Operation
    ) {
        self.dispatch = dispatch
        self.side = side
        self.operation = operation
        self.organisation = organisation
        actor = request.actor
        door = request.door
        actingAs = request.actingAs
        atLeast = request.atLeast
        now = dispatch.clock.now()
    }

    var log: LogID { LogID(bits: organisation.bits) }

    // MARK: May they

    /// As ``Work/allow(in:)``.
    mutating func allow(in clinic: ID<Clinic>?) async throws(Refusal) {
        if case .auditor(_, let auditor) = actor { return try await allow(auditor) }
        guard case .staff = actor else { return allowByBeing() }
        guard case .permission(let permission) = operation.need else {
            preconditionFailure("\(operation) is not judged by one row of the golden table")
        }
        try await allow(permission, in: clinic)
    }

    /// Lets on who may see reports of the organisation; of one clinic, reports of that (REP-2).
    mutating func allowReport(of clinic: ID<Clinic>?) async throws(Refusal) {
        guard case .staff = actor else { return allowByBeing() }
        try await allow(clinic == nil ? .organisationReports : .clinicReports, in: clinic)
    }

    private mutating func allow(
        _ permission: Permission, in clinic: ID<Clinic>?
    ) async throws(Refusal) {
        judged = try Judgement(
            try await authority(), permission, in: clinic, actingAs: actingAs)
        self.permission = permission
    }

    /// Lets on whom rules over several permissions named a grant for; nil: refused.
    mutating func allow(_ grant: Grant?, by permission: Permission) throws(Refusal) {
        guard case .staff = actor else { return allowByBeing() }
        guard let grant else { throw .notPermitted(permission) }
        judged = Judgement(grant)
        self.permission = permission
    }

    /// The grants the asking staff member chose to act by; all they hold where they chose none.
    mutating func chosenGrants() async throws(Refusal) -> [Grant] {
        let grants = try await authority().grants
        return actingAs.map { chosen in grants.filter { $0 == chosen } } ?? grants
    }

    /// Lets an auditor on, to personal data only where that was granted too (ROLE-6).
    private mutating func allow(_ auditor: ID<Auditor>) async throws(Refusal) {
        judged = .auditor
        guard operation.opensPersonalToAuditors else { return }
        guard try await load(Auditor.self, auditor).state.opensPersonal else {
            throw .notForThisActor(actor: "auditor who may not open personal data")
        }
    }

    /// Answers with bytes of another media type.
    mutating func answer(as mediaType: String, _ bytes: [UInt8]) {
        page = QueryPage(mediaType: mediaType, bytes: bytes)
    }

    private mutating func allowByBeing() {
        switch actor {
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

    /// What the asking staff member may do, at the log's head.
    mutating func authority() async throws(Refusal) -> Authority {
        guard case .staff(_, let staff) = actor else { return Authority(of: Staff.initial) }
        return Authority(of: try await load(Staff.self, staff).state)
    }

    // MARK: Looking

    mutating func load<Book: Decider>(
        _ book: Book.Type, _ id: ID<Book>
    ) async throws(Refusal) -> Loaded<Book.State> where Book.Event: EventFamily {
        let stream = StreamName(of: id)
        if about == nil, AccessNote.isRecord(stream) { about = stream }
        return try await dispatch.loader.load(book, stream, in: log)
    }

    mutating func existing<Book: Decider>(
        _ book: Book.Type, _ id: ID<Book>, field: String
    ) async throws(Refusal) -> Book.State where Book.Event: EventFamily {
        let loaded = try await load(book, id)
        guard loaded.version != nil else { throw .notFound(field: field) }
        return loaded.state
    }

    /// Asks a view, once it shows the position the client wants to see.
    mutating func view<Shown: Showing>(
        _ projection: String, _ ask: @Sendable (Views) async throws -> Shown
    ) async throws(Refusal) -> Shown {
        try await wait(for: projection)
        do {
            let shown = try await ask(side.views)
            // The view may have been damaged, and be rebuilt, since it was waited for.
            if let atLeast, shown.applied <= atLeast {
                throw Refusal.projectionBehind(position: atLeast)
            }
            shows = min(shows ?? .max, shown.applied - 1)
            return shown
        } catch let error as ViewError {
            throw Refusal(error)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw .stopping
        }
    }

    /// Waits until a projection shows the position that was asked for. One that the log has not
    /// reached is none, and is not waited for.
    func wait(for projection: String) async throws(Refusal) {
        guard let atLeast else { return }
        let head: Int64
        do {
            head = try await dispatch.store.head(of: log)
        } catch {
            throw .read(error)
        }
        guard atLeast < head else { throw .notFound(field: "position") }
        try await side.wait(projection, log, shows: atLeast)
    }

    /// Notes a look.
    /// - Parameter record: nil: at a list, or at nothing in particular.
    mutating func note(
        _ code: AccessEventCode, on kind: AccessObjectKind, clinic: ID<Clinic>? = nil,
        records: Int = 1, record: AccessNote.Record? = nil
    ) {
        let entry = AccessEntry(
            code, on: kind, clinic: clinic, permission: permission, records: records)
        notes.append(AccessNote(entry, record: record))
    }

    /// Notes a look at one record and opens what is sealed in it; nil where it was erased.
    mutating func open<Record: OpenedRecord, Book: Decider>(
        _ sealed: Sealed<Record>, of id: ID<Book>, _ code: AccessEventCode = .read,
        on kind: AccessObjectKind, clinic: ID<Clinic>? = nil
    ) async throws(Refusal) -> Record? where Book.Event: EventFamily {
        let stream = StreamName(of: id)
        guard let record = try await dispatch.open(sealed, stream, in: log) else {
            return nil
        }
        opened.insert(KeyID(bits: sealed.key.bits))
        note(
            code, on: kind, clinic: clinic,
            record: AccessNote.Record(
                stream, key: KeyID(bits: sealed.key.bits), client: record.clientNamed))
        return record
    }

    /// Opens what is sealed in a record whose look is noted already; nil where it was erased.
    mutating func reopen<Record: OpenedRecord, Book: Decider>(
        _ sealed: Sealed<Record>, of id: ID<Book>
    ) async throws(Refusal) -> Record? where Book.Event: EventFamily {
        let record = try await dispatch.open(sealed, StreamName(of: id), in: log)
        if record != nil { opened.insert(KeyID(bits: sealed.key.bits)) }
        return record
    }

    /// Whether the erasure of a record that was opened was ordered meanwhile: then the answer,
    /// which may hold a part of it, is made anew, so that no reader sees a record half erased.
    func metErasure() async throws(Refusal) -> Bool {
        for key in opened where try await dispatch.vaultKey(key) == nil { return true }
        return false
    }

    /// Writes down what was looked at; only then may the answer leave.
    func writeNotes() async throws(Refusal) {
        guard let judged else { preconditionFailure("\(operation) was answered unjudged") }
        try await dispatch.note(in: organisation, judged, notes, by: actor, door: door)
    }
}

/// What says how much of the log it shows.
protocol Showing: Sendable {
    /// Events applied: the position of the next one.
    var applied: Int64 { get }
}

extension Page: Showing {}
extension Projections.Answer: Showing {}

extension ReadSide {
    /// Returns once the event at `position` shows; refuses where that takes too long.
    func wait(_ projection: String, _ log: LogID, shows position: Int64) async throws(Refusal) {
        do {
            guard try await comesToShow(projection, log, position) else {
                throw Refusal.projectionBehind(position: position)
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch let error as ViewError {
            throw Refusal(error)
        } catch {
            throw .stopping
        }
    }

    /// False where that takes longer than ``patience``.
    private func comesToShow(
        _ projection: String, _ log: LogID, _ position: Int64
    ) async throws -> Bool {
        let (runner, patience) = (runner, patience)
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await runner.waitUntil(projection, log, shows: position)
                return true
            }
            group.addTask {
                try await Task.sleep(for: patience)
                return false
            }
            let first = try await group.next() ?? false
            group.cancelAll()
            return first
        }
    }
}

extension Refusal {
    init(_ error: ViewError) {
        switch error {
        case .stopped(let stop): self = .projectionStopped(reason: "\(stop)")
        case .closed: self = .stopping
        case .tooManyWaiting: self = .busy
        case .damaged, .diskFull, .io, .otherHistory, .unknownProjection, .log:
            self = .projectionStopped(reason: "\(error)")
        }
    }
}
