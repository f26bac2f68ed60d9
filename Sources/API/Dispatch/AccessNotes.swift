import Domain
import EventStore
import Projections

/// A look, or a refusal, on its way into the access log.
struct AccessNote: Sendable {
    /// A record, the key it is sealed under, and whose it is where it says so.
    struct Record: Sendable {
        let stream: StreamName
        let key: KeyID
        let client: ID<Client>?

        init(_ stream: StreamName, key: KeyID, client: ID<Client>? = nil) {
            self.stream = stream
            self.key = key
            self.client = stream.category == Category.client ? ID(bits: stream.id) : client
        }
    }
    let entry: AccessEntry
    /// Nil: a list, or nothing in particular.
    let record: Record?

    init(_ entry: AccessEntry, record: Record? = nil) {
        self.entry = entry
        self.record = record
    }

    /// Whether a stream is a record of a client's, or the client's own.
    static func isRecord(_ stream: StreamName) -> Bool {
        switch stream.category {
        case Category.client, Category.appointment, Category.visit, Category.answers,
            Category.guest:
            true
        default: false
        }
    }

    /// About a person, rather than a record of theirs.
    fileprivate var isAboutPerson: Bool { record?.stream.category == Category.client }
}

// The access log: entries are durable before anything personal leaves (AUD-2, AUD-7).
extension Dispatch {
    /// Writes entries into the access stream of the day, never together with a record's events, nor
    /// those about a person together with those about records: a commit would tie them (ANON-3).
    /// - Returns: the position of the last.
    ///
    /// 128-bit arguments first: in Swift 6.3.1 an async function that gets one on the stack can
    /// crash when it suspends (docs/decisions/0001-wide-arguments.md).
    @discardableResult
    func note(
        in organisation: ID<Organisation>, _ judged: Judgement, _ notes: [AccessNote],
        by actor: RequestActor, door: Door
    ) async throws(Refusal) -> Int64 {
        let log = LogID(bits: organisation.bits)
        let who = door.recorded(actor)
        let context = Context(
            actor: who.actor, role: judged.role, basis: judged.basis, origin: door.origin,
            onBehalfOf: who.onBehalfOf)
        var last: Int64 = -1
        for group in [notes.filter { !$0.isAboutPerson }, notes.filter(\.isAboutPerson)] {
            for start in stride(from: 0, to: group.count, by: Access.entriesMax) {
                let page = group[start..<min(start + Access.entriesMax, group.count)]
                last = try await append(page, context, log)
            }
        }
        return last
    }

    private func append(
        _ notes: ArraySlice<AccessNote>, _ context: Context, _ log: LogID
    ) async throws(Refusal) -> Int64 {
        let now = clock.now()
        let stream = StreamName(Category.access, log.bits, part: now.utcDay)
        let events = try await events(notes, at: now, stream, log)
        return try await append(
            Commit(
                log: log, commandID: ids.next(), now: now.milliseconds, context: context,
                events: events)
        ).last
    }

    private func events(
        _ notes: ArraySlice<AccessNote>, at now: Instant, _ stream: StreamName, _ log: LogID
    ) async throws(Refusal) -> [NewEvent] {
        var keys: [KeyID: VaultKey] = [:]
        for record in notes.compactMap(\.record) where keys[record.key] == nil {
            keys[record.key] = try await vaultKey(record.key)
        }
        return try encode(notes, at: now, stream, log, keys)
    }

    /// A record erased meanwhile is named no more.
    private func encode(
        _ notes: ArraySlice<AccessNote>, at now: Instant, _ stream: StreamName, _ log: LogID,
        _ keys: [KeyID: VaultKey]
    ) throws(Refusal) -> [NewEvent] {
        let entries = notes.map { note in
            var entry = note.entry
            if let record = note.record, keys[record.key] != nil {
                let object = AccessObject(
                    kind: AccessObjectKind(record.stream) ?? entry.objectKind,
                    record: ID(bits: record.stream.id), client: record.client)
                entry.object = Sealed(object, under: ID(bits: record.key.bits))
            }
            return entry
        }
        let decided: [AccessEvent]
        do {
            decided = try Access.decide(.note(at: now, entries), Access.initial)
        } catch {
            throw .rule(error.told)
        }
        var events: [NewEvent] = []
        for event in decided {
            events.append(try Coding.newEvent(event, into: stream, in: log, keys: keys))
        }
        return events
    }

    func append(_ commit: Commit) async throws(Refusal) -> Appended {
        do {
            return try await appendRinging(commit)
        } catch {
            throw .append(error)
        }
    }
}
