import Domain
import EventStore
import Projections

/// A look, or a refusal, on its way into the access log.
struct AccessNote: Sendable {
    /// A record, and the key it is sealed under.
    struct Record: Sendable {
        let id: UInt128
        let key: KeyID
    }
    let entry: AccessEntry
    /// Nil: a list, or nothing in particular.
    let record: Record?

    init(_ entry: AccessEntry, record: Record? = nil) {
        self.entry = entry
        self.record = record
    }
}

// The access log: entries are durable before anything personal leaves (AUD-2, AUD-7).
extension Dispatch {
    /// Writes entries into the access stream of the day, never together with a record's events.
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
        let now = clock.now()
        let stream = StreamName(Category.access, organisation.bits, part: now.utcDay)
        var last: Int64 = -1
        for start in stride(from: 0, to: notes.count, by: Access.entriesMax) {
            let page = notes[start..<min(start + Access.entriesMax, notes.count)]
            let events = try await events(page, at: now, stream, log)
            let context = Context(
                actor: actor.recorded, role: judged.role, basis: judged.basis, origin: door.origin)
            last = try await append(
                Commit(
                    log: log, commandID: ids.next(), now: now.milliseconds, context: context,
                    events: events)
            ).last
        }
        return last
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
                let object = AccessObject(kind: entry.objectKind, record: ID(bits: record.id))
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
            return try await store.append(commit)
        } catch {
            throw .append(error)
        }
    }
}
