import Domain
package import EventStore
import Projections

/// What becomes of the access log when records are erased: who looked at them and on which day goes
/// over to the access streams of the clients they were of, before the records' keys are destroyed;
/// at which record does not (AUD-2, ANON-3). Erasing does this between its order and the keys.
package struct CarryOver: Sendable {
    private let dispatch: Dispatch
    private let side: ReadSide
    /// Opens what others may see no more.
    private let vault: any Vault

    /// - Parameter vault: holds the keys of what is about to be erased.
    package init(_ dispatch: Dispatch, _ side: ReadSide, vault: any Vault) {
        self.dispatch = dispatch
        self.side = side
        self.vault = vault
    }

    /// What was done with the records of one order before it, in the order in which it is written.
    package struct Looks: Sendable {
        let log: LogID
        /// The position of the erasure's order.
        let order: Int64
        fileprivate var all: [Look] = []
    }

    /// An object: sorting moves a pointer instead of a name, a role, a basis and an origin.
    fileprivate final class Look: Sendable {
        let stream: StreamName
        let past: PastAccess
        let shuffle: UInt128

        init(_ shuffle: UInt128, _ stream: StreamName, _ past: PastAccess) {
            self.shuffle = shuffle
            self.stream = stream
            self.past = past
        }
    }

    /// What an order names: the streams of its records, and the keys that go.
    package struct Going: Sendable {
        let records: [StreamName]
        let keys: Set<KeyID>

        package init(_ records: [StreamName], keys: Set<KeyID>) {
            self.records = records
            self.keys = keys
        }
    }

    /// Carries over what was done with what is `going` before `order`, the position at which its
    /// erasure was ordered. Doing it again changes nothing.
    package func run(
        _ going: Going, orderedAt order: Int64, in log: LogID
    ) async throws(Refusal) {
        try await side.wait(AccessLog.name, log, shows: order)
        if try await isDone(order, in: log) { return }
        try await write(gather(going, before: order, in: log))
    }

    /// Whether all of that order stands in the access streams.
    package func isDone(_ order: Int64, in log: LogID) async throws(Refusal) -> Bool {
        try await dispatch.find(id(order, 0, log), in: log) != nil
    }

    // MARK: What there is

    /// The looks at what is `going`; the access log's view must show `order`. While keys are going
    /// some may be missing: ask ``isDone(_:in:)`` first.
    ///
    /// A record of many keys may go in several orders: each look goes with the key of what was
    /// looked at, what has none with the record's first.
    package func gather(
        _ going: Going, before order: Int64, in log: LogID
    ) async throws(Refusal) -> Looks {
        var pages: [[RecordedEvent]] = []
        for stream in going.records {
            pages.append(try await dispatch.loader.page(stream, log, 0))
        }
        let owners = try await RecordOwners(
            going.records, pages, in: log, ClientTies(store: dispatch.store, vault: vault))
        var looks = Looks(log: log, order: order)
        var clients: [ID<Domain.RecordKey>: ID<Client>] = [:]
        var streams = AccessStreams(log, dispatch.vault)
        for (stream, first) in zip(going.records, pages) {
            guard let client = owners[stream] else { continue }
            let their = try await events(of: stream, first, going.keys, log)
            for key in their.keys { clients[ID(bits: key.bits)] = client }
            for event in their.events where event.position < order {
                looks.all.append(try look(AccessLogEntry(event), of: client, &streams))
            }
        }
        for entry in try await reads(clients.keys.sorted(), before: order, log) {
            guard let key = entry.object?.key, let client = clients[key] else { continue }
            looks.all.append(try look(entry, of: client, &streams))
        }
        // A client's together, so that each access stream is read once; within them by a keyed
        // hash, so that nothing says which belonged to one record. The same when done again.
        looks.all.sort { ($0.stream, $0.shuffle) < ($1.stream, $1.shuffle) }
        return looks
    }

    /// The events of a stream, from its first page on, that go with `keys`, and those of `keys`
    /// that are theirs.
    private func events(
        of stream: StreamName, _ first: [RecordedEvent], _ keys: Set<KeyID>, _ log: LogID
    ) async throws(Refusal) -> (events: [RecordedEvent], keys: Set<KeyID>) {
        var events: [RecordedEvent] = []
        var theirs: Set<KeyID> = []
        var page = first
        /// Whether what has no key of its own goes: the record's first key does.
        var withFirst: Bool?
        var keyless: [RecordedEvent] = []
        while true {
            for event in page {
                let sealed = try Coding.sealedKeys(Coding.new(event))
                theirs.formUnion(sealed.filter(keys.contains))
                guard let key = sealed.first else {
                    keyless.append(event)
                    continue
                }
                let goes = keys.contains(key)
                withFirst = withFirst ?? goes
                if goes { events.append(event) }
            }
            guard page.count == Loader.page, let last = page.last else { break }
            page = try await dispatch.loader.page(stream, log, last.version + 1)
        }
        return (withFirst == true ? events + keyless : events, theirs)
    }

    /// Entries of the access log about records under these keys.
    private func reads(
        _ keys: [ID<Domain.RecordKey>], before order: Int64, _ log: LogID
    ) async throws(Refusal) -> [AccessLogEntry] {
        var entries: [AccessLogEntry] = []
        var after: Int64?
        repeat {
            let page: Page<AccessLogEntry>
            do {
                page = try await side.accessLog.looks(at: keys, in: log, after: after)
            } catch {
                throw Refusal(error)
            }
            entries += page.rows.filter { $0.position < order }
            after = page.next?.sort
        } while after != nil
        return entries
    }

    private func look(
        _ entry: AccessLogEntry, of client: ID<Client>, _ streams: inout AccessStreams
    ) throws(Refusal) -> Look {
        guard let past = PastAccess(entry) else {
            throw .unreadable(reason: "event \(entry.position) was recorded on no day")
        }
        let year = UInt32(clamping: entry.recordedAt.utcYear)
        return Look(
            id(entry.position, 0, streams.log), streams.stream(of: client, year: year), past)
    }

    /// For one thing done in one order: told by nobody without the vault.
    private func id(_ number: Int64, _ part: Int, _ log: LogID) -> UInt128 {
        let message =
            Array("carry over".utf8) + log.bits.bigEndianBytes
            + UInt128(clamping: number).bigEndianBytes + UInt128(part).bigEndianBytes
        return max(1, UInt128(bigEndianBytes: dispatch.vault.mac(.commandID, message)[0..<16]))
    }

    // MARK: Writing it

    /// Commits what is not committed yet. The first batch comes last: where it stands, all do.
    package func write(_ looks: Looks) async throws(Refusal) {
        let batches = batches(looks.all)
        for (number, batch) in batches.enumerated().reversed() {
            try await commit(id(looks.order, number, looks.log), batch, looks.log)
        }
    }

    /// Of as many streams as fit into a commit; a stream that does not fit alone is cut.
    private func batches(_ looks: [Look]) -> [ArraySlice<Look>] {
        var batches: [ArraySlice<Look>] = []
        var start = 0
        while start < looks.count {
            var end = min(start + ClientAccess.looksMax, looks.count)
            if end < looks.count, looks[start].stream != looks[end].stream {
                while looks[end - 1].stream == looks[end].stream { end -= 1 }
            }
            batches.append(looks[start..<end])
            start = end
        }
        return batches
    }

    // The 128-bit argument first: docs/decisions/0001-wide-arguments.md.
    private func commit(
        _ commandID: UInt128, _ batch: ArraySlice<Look>, _ log: LogID
    ) async throws(Refusal) {
        for _ in 0..<Dispatch.attemptsMax {
            // Asked first, so that doing it again takes no keys.
            if try await dispatch.find(commandID, in: log) != nil { return }
            if try await append(commandID, batch, log) { return }
        }
        throw .contended
    }

    /// False where another append came first.
    private func append(
        _ commandID: UInt128, _ batch: ArraySlice<Look>, _ log: LogID
    ) async throws(Refusal) -> Bool {
        let now = dispatch.clock.now()
        var books = try await books(Set(batch.map(\.stream)).sorted(), log)
        defer { for book in books.values { book.giveBack(to: dispatch.vault) } }
        var events: [NewEvent] = []
        for look in batch { events += try books[look.stream]?.carry(look.past, at: now, log) ?? [] }
        if events.isEmpty { events = [try nothing(at: now, log)] }
        // No cause: it would lead from the client to the record's erasure.
        let commit = Commit(
            log: log, commandID: commandID, now: now.milliseconds,
            context: Context(
                actor: Actor("policy"), role: "policy", basis: "erasure", origin: "policy"),
            expectations: books.keys.sorted().compactMap { books[$0]?.expectation },
            events: events)
        do {
            let appended = try await dispatch.appendRinging(commit)
            if !appended.repeated {
                for stream in books.keys { books[stream]?.settle(in: dispatch.vault) }
            }
            return true
        } catch .conflict {
            return false
        } catch {
            throw .append(error)
        }
    }

    /// None for a stream whose key is gone: access logs of that year are kept no longer (AUD-2),
    /// and what was held back until now, by a hold say, is not begun anew.
    private func books(
        _ streams: [StreamName], _ log: LogID
    ) async throws(Refusal) -> [StreamName: Book] {
        var loaded: [Loaded<ClientAccess.State>] = []
        for stream in streams {
            loaded.append(try await dispatch.loader.load(ClientAccess.self, stream, in: log))
        }
        try await dispatch.readAhead(
            loaded.compactMap { $0.state.key.map { KeyID(bits: $0.bits) } })
        var books: [StreamName: Book] = [:]
        for (stream, loaded) in zip(streams, loaded) {
            if let id = loaded.state.key {
                guard let key = try await dispatch.vaultKey(KeyID(bits: id.bits)) else { continue }
                books[stream] = Book(stream, loaded, key, isFresh: false)
            } else {
                books[stream] = Book(stream, loaded, try await take(), isFresh: true)
            }
        }
        return books
    }

    /// That the batch is done stands in the log even where nothing of it is kept.
    private func nothing(at now: Instant, _ log: LogID) throws(Refusal) -> NewEvent {
        try Coding.newEvent(
            NothingEvent.toDo(NothingToDo(at: now)),
            into: StreamName(Category.nothing, log.bits, part: now.utcDay), in: log, keys: [:])
    }

    private func take() async throws(Refusal) -> VaultKey {
        do {
            return try await dispatch.vault.takeKey()
        } catch {
            throw .vault(error)
        }
    }
}

/// Names of access streams, each made once: making one takes a MAC.
private struct AccessStreams {
    private struct Key: Hashable {
        let client: ID<Client>
        let year: UInt32
    }
    let log: LogID
    private let vault: any Vault
    private var known: [Key: StreamName] = [:]

    init(_ log: LogID, _ vault: any Vault) {
        self.log = log
        self.vault = vault
    }

    mutating func stream(of client: ID<Client>, year: UInt32) -> StreamName {
        let key = Key(client: client, year: year)
        if let stream = known[key] { return stream }
        let stream = StreamName.access(of: client, in: log, year: year, vault)
        known[key] = stream
        return stream
    }
}

/// One client's access stream in one commit.
private struct Book {
    private let stream: StreamName
    private let before: Int64?
    private var state: ClientAccess.State
    private let key: VaultKey
    private var isLoose: Bool

    init(
        _ stream: StreamName, _ loaded: Loaded<ClientAccess.State>, _ key: VaultKey, isFresh: Bool
    ) {
        self.stream = stream
        before = loaded.version
        state = loaded.state
        self.key = key
        isLoose = isFresh
    }

    var expectation: (stream: StreamName, version: Expectation) {
        (stream, before.map(Expectation.exactly) ?? .noneYet)
    }

    mutating func carry(
        _ look: PastAccess, at now: Instant, _ log: LogID
    ) throws(Refusal) -> [NewEvent] {
        let decided: [ClientAccessEvent]
        do {
            decided = try ClientAccess.decide(
                .carry(at: now, [look], key: ID(bits: key.id.bits)), state)
        } catch {
            throw .rule(error.told)
        }
        var events: [NewEvent] = []
        for event in decided {
            ClientAccess.evolve(&state, event)
            events.append(
                try Coding.newEvent(event, into: stream, in: log, keys: [key.id: key]))
        }
        return events
    }

    /// The key stands in the log now.
    mutating func settle(in vault: any Vault) {
        if isLoose { vault.settle(key) }
        isLoose = false
    }

    func giveBack(to vault: any Vault) {
        if isLoose { vault.giveBack(key) }
    }
}

extension StreamName {
    /// The access stream of a client and year: named by a keyed hash, so that only the vault leads
    /// from the client to it.
    static func access(
        of client: ID<Client>, in log: LogID, year: UInt32, _ vault: any Vault
    ) -> StreamName {
        let value = client.bits.bigEndianBytes + UInt128(year).bigEndianBytes
        let term = IndexTerm("client.access", value, log: log, vault: vault)
        return StreamName(Category.clientAccess, term.bits, part: year)
    }
}

extension PastAccess {
    /// What remains of an entry; nil where its time is on no day of the calendar.
    fileprivate init?(_ entry: AccessLogEntry) {
        guard let day = LocalDate(day: Int(AccessDayRow.day(of: entry.recordedAt))) else {
            return nil
        }
        self.init(
            day: day, actor: "\(entry.actor.kind)", staff: ID(of: entry.actor),
            onBehalfOf: entry.onBehalfOf.flatMap(ID.init(of:)), role: "\(entry.role)",
            basis: "\(entry.basis)", origin: "\(entry.origin)", event: entry.code,
            action: entry.action, outcome: entry.outcome)
    }
}

extension ID<Staff> {
    /// Nil where the actor is no staff member.
    fileprivate init?(of actor: Actor) {
        guard actor.kind == "staff", actor.id != 0 else { return nil }
        self.init(bits: actor.id)
    }
}

extension Instant {
    /// The calendar year in UTC; 0 where it is on no day of the calendar.
    var utcYear: Int {
        LocalDate(day: Int(AccessDayRow.day(of: self)))?.parts.year ?? 0
    }
}

extension LocalDate {
    /// Midnight in UTC.
    var utcStart: Instant { Instant(milliseconds: Int64(day) * 86_400_000) }
}
