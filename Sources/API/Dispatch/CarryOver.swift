package import Domain
package import EventStore
import Projections

/// What becomes of the access log when records are erased: who looked at them and on which day goes
/// over to the access streams of the clients they were of, before the records' keys are destroyed;
/// at which record does not (AUD-2, ANON-3). Erasing does this between its order and the keys.
package struct CarryOver: Sendable {
    /// A record that is about to be erased, and whose it was.
    package struct Record: Hashable, Sendable {
        package let stream: StreamName
        package let client: ID<Client>

        package init(_ stream: StreamName, of client: ID<Client>) {
            self.stream = stream
            self.client = client
        }
    }

    private let dispatch: Dispatch
    private let side: ReadSide

    package init(_ dispatch: Dispatch, _ side: ReadSide) {
        self.dispatch = dispatch
        self.side = side
    }

    /// Carries over what was done with `records` before `order`, the position at which their
    /// erasure was ordered. Many records at once: their looks are shuffled together, so that
    /// neither order nor commit says which belonged to one record. Doing it again, with the same
    /// records, changes nothing.
    package func run(
        _ records: [Record], orderedAt order: Int64, in log: LogID
    ) async throws(Refusal) {
        try await side.wait(AccessLog.name, log, shows: order)
        var looks: [Look] = []
        for record in records {
            looks += try await self.looks(record, before: order, log)
        }
        // By a keyed hash: without an order of its own, and the same when it is done again.
        looks.sort { $0.shuffle < $1.shuffle }
        for start in stride(from: 0, to: looks.count, by: ClientAccess.looksMax) {
            let batch = looks[start..<min(start + ClientAccess.looksMax, looks.count)]
            try await commit(id(order, start, log), batch, log)
        }
    }

    private struct Look {
        let stream: StreamName
        let past: PastAccess
        let shuffle: UInt128
    }

    // MARK: What there is

    private func looks(
        _ record: Record, before order: Int64, _ log: LogID
    ) async throws(Refusal) -> [Look] {
        var entries: [AccessLogEntry] = []
        var keys: [ID<Domain.RecordKey>] = []
        var next: Int64 = 0
        while true {
            let page = try await dispatch.loader.page(record.stream, log, next)
            for event in page where event.position < order {
                keys += try Coding.sealedKeys(Coding.new(event)).map { ID(bits: $0.bits) }
                entries.append(AccessLogEntry(event))
            }
            next += Int64(page.count)
            if page.count < Loader.page { break }
        }
        var after: Int64?
        repeat {
            let page: Page<AccessLogEntry>
            do {
                page = try await side.accessLog.looks(
                    at: Array(Set(keys)).sorted(), in: log, after: after)
            } catch {
                throw Refusal(error)
            }
            entries += page.rows.filter { $0.position < order }
            after = page.next?.sort
        } while after != nil
        return try entries.map { entry throws(Refusal) in try look(entry, of: record.client, log) }
    }

    private func look(
        _ entry: AccessLogEntry, of client: ID<Client>, _ log: LogID
    ) throws(Refusal) -> Look {
        guard let past = PastAccess(entry) else {
            throw .unreadable(reason: "event \(entry.position) was recorded on no day")
        }
        let year = UInt32(clamping: entry.recordedAt.utcYear)
        return Look(
            stream: .access(of: client, in: log, year: year, dispatch.vault), past: past,
            shuffle: id(entry.position, 0, log))
    }

    /// For one thing done in one order: told by nobody without the vault.
    private func id(_ number: Int64, _ part: Int, _ log: LogID) -> UInt128 {
        let message =
            Array("carry over".utf8) + log.bits.bigEndianBytes
            + UInt128(clamping: number).bigEndianBytes + UInt128(part).bigEndianBytes
        return max(1, UInt128(bigEndianBytes: dispatch.vault.mac(.commandID, message)[0..<16]))
    }

    // MARK: Writing it

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
        var books: [StreamName: Book] = [:]
        for stream in Set(batch.map(\.stream)).sorted() {
            books[stream] = try await book(stream, log)
        }
        defer { for book in books.values { book.giveBack(to: dispatch.vault) } }
        var events: [NewEvent] = []
        for look in batch { events += try books[look.stream]?.carry(look.past, at: now, log) ?? [] }
        guard !events.isEmpty else { return true }
        // No cause: it would lead from the client to the record's erasure.
        let commit = Commit(
            log: log, commandID: commandID, now: now.milliseconds,
            context: Context(
                actor: Actor("policy"), role: "policy", basis: "erasure", origin: "policy"),
            expectations: books.keys.sorted().compactMap { books[$0]?.expectation },
            events: events)
        do {
            let appended = try await dispatch.store.append(commit)
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

    /// Nil where the stream's key is gone: access logs of that year are kept no longer (AUD-2), and
    /// what was held back until now, by a hold say, is not begun anew.
    private func book(_ stream: StreamName, _ log: LogID) async throws(Refusal) -> Book? {
        let loaded = try await dispatch.loader.load(ClientAccess.self, stream, in: log)
        guard let id = loaded.state.key else {
            return Book(stream, loaded, try await take(), isFresh: true)
        }
        guard let key = try await dispatch.vaultKey(KeyID(bits: id.bits)) else { return nil }
        return Book(stream, loaded, key, isFresh: false)
    }

    private func take() async throws(Refusal) -> VaultKey {
        do {
            return try await dispatch.vault.takeKey()
        } catch {
            throw .vault(error)
        }
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
