import Domain
import EventStore
import Projections

/// Which records go, which are held, and whose erasure was asked for: read off projections and the
/// keyed index, never opened.
struct Choice: Sendable {
    private let side: ReadSide
    private let log: LogID
    let state: Anonymisation.State
    let now: Instant
    /// Records under hold, with what belongs to them, and what they belong to: whose a visit was
    /// may stand in its appointment alone.
    let held: Set<ID<AnyRecord>>

    init(
        _ side: ReadSide, _ log: LogID, _ state: Anonymisation.State, at now: Instant
    ) async throws {
        self.side = side
        self.log = log
        self.state = state
        self.now = now
        var held = state.heldRecords
        for client in state.heldClients.sorted() {
            held.formUnion(try await Choice.records(of: client, side, log))
        }
        self.held = try await Choice.withLeaders(
            Choice.withFollowers(held, side, log), side, log)
    }

    // MARK: On request

    /// A client's records, for a request.
    struct Asked: Sendable {
        let client: ID<Client>
        let rows: [RetentionRow]
        /// Visits that have not ended and appointments ahead: nothing goes while there are any.
        let notOver: Int
    }

    /// Those whose records are not held, by client.
    func asked() async throws -> [Asked] {
        var asked: [Asked] = []
        for client in state.asked.keys.sorted() where !state.heldClients.contains(client) {
            let ids = try await Choice.withFollowers(
                Choice.records(of: client, side, log), side, log)
            let rows = try await side.views.retained(ids.sorted(), in: log).value
                .filter { !held.contains($0.record) }
            var notOver = 0
            for row in rows where try await isAhead(row) { notOver += 1 }
            asked.append(Asked(client: client, rows: rows, notOver: notOver))
        }
        return asked
    }

    private func isAhead(_ row: RetentionRow) async throws -> Bool {
        switch row.kind {
        case .visit, .guestStay: return row.day == nil
        case .appointment:
            guard let day = row.day, day >= Retention.day(of: now) else { return false }
            let shown = try await side.views.appointment(ID(bits: row.record.bits), in: log)
            return shown.value?.status == .booked
        case .answers, .client, .accessYear, .mail: return false
        }
    }

    // MARK: By days

    /// The last day of each kind that is due, whether or not runs have begun.
    func lastDay(of kind: RecordKind) -> Int64? {
        Retention.lastDay(of: kind, at: now, days: state.days)
    }

    /// A page of `kind` that is due, held ones left out, and where the next begins; nil: nowhere.
    func due(
        _ kind: RecordKind, after mark: PageMark?
    ) async throws -> (rows: [RetentionRow], next: PageMark?) {
        guard let last = lastDay(of: kind) else { return ([], nil) }
        let page = try await side.views.retained(
            kind, in: log, through: last, after: mark, limit: PageRequest.rowsMax)
        return (page.rows.filter { !held.contains($0.record) }, page.next)
    }

    /// What belongs to `rows` and is due and not held: it goes with them.
    func following(_ rows: [RetentionRow]) async throws -> [RetentionRow] {
        var known = Set(rows.map(\.record))
        var following: [RetentionRow] = []
        var new = rows
        while !new.isEmpty {
            let followers = new.flatMap(\.followers).filter {
                !held.contains($0) && known.insert($0).inserted
            }
            new = try await side.views.retained(followers, in: log).value.filter(isDue)
            following += new
        }
        return following
    }

    private func isDue(_ row: RetentionRow) -> Bool {
        guard let day = row.day, let last = lastDay(of: row.kind) else { return false }
        return day <= last
    }

    /// Of the held, those that would be due.
    func heldDue() async throws -> [RetentionRow] {
        try await side.views.retained(held.sorted(), in: log).value.filter(isDue)
    }

    // MARK: Ties

    /// A client's own record, and those the index ties to them.
    private static func records(
        of client: ID<Client>, _ side: ReadSide, _ log: LogID
    ) async throws -> Set<ID<AnyRecord>> {
        let (streams, areAll) = try await side.clients.records(of: client, in: log)
        guard areAll else {
            throw Refusal.unreadable(
                reason: "client \(client) has more records than can be listed")
        }
        return Set(streams.map { ID(bits: $0.id) } + [ID(bits: client.bits)])
    }

    private static func withLeaders(
        _ records: Set<ID<AnyRecord>>, _ side: ReadSide, _ log: LogID
    ) async throws -> Set<ID<AnyRecord>> {
        var all = records
        var new = records
        while !new.isEmpty {
            let rows = try await side.views.retained(new.sorted(), in: log).value
            new = Set(rows.compactMap(\.leader)).subtracting(all)
            all.formUnion(new)
        }
        return all
    }

    private static func withFollowers(
        _ records: Set<ID<AnyRecord>>, _ side: ReadSide, _ log: LogID
    ) async throws -> Set<ID<AnyRecord>> {
        var all = records
        var new = records
        while !new.isEmpty {
            let rows = try await side.views.retained(new.sorted(), in: log).value
            new = Set(rows.flatMap(\.followers)).subtracting(all)
            all.formUnion(new)
        }
        return all
    }
}

/// What may be chosen at the log's head.
struct Chosen: Sendable {
    let choice: Choice
    /// Of the organisation's stream about anonymisation.
    let version: Int64?

    /// Waits for the views, however long a rebuild takes.
    init(_ dispatch: Dispatch, _ side: ReadSide, _ log: LogID) async throws {
        let head = try await dispatch.store.head(of: log)
        for view in [RetentionDue.name, Appointments.name] {
            try await side.runner.waitUntil(view, log, shows: head - 1)
        }
        let book = StreamName(Category.anonymisation, log.bits)
        let loaded = try await dispatch.loader.load(Anonymisation.self, book, in: log)
        choice = try await Choice(side, log, loaded.state, at: dispatch.clock.now())
        version = loaded.version
    }
}
