import Domain
import EventStore
import Projections

/// A look, or a refusal, on its way into the access log.
struct AccessNote: Sendable {
    var entry: AccessEntry
    /// Which record, and the key it is sealed under; nil: a list, or nothing in particular.
    var record: (id: UInt128, key: ID<Domain.RecordKey>)?

    init(_ entry: AccessEntry, record: (id: UInt128, key: ID<Domain.RecordKey>)? = nil) {
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
        var entries: [AccessEntry] = []
        for note in notes {
            var entry = note.entry
            // A record erased meanwhile is named no more.
            if let (record, key) = note.record,
                let known = try await vaultKey(KeyID(bits: key.bits))
            {
                keys[known.id] = known
                let object = AccessObject(kind: entry.objectKind, record: ID(bits: record))
                entry.object = Sealed(object, under: key)
            }
            entries.append(entry)
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
