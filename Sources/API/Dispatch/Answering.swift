import Crypto
import Domain
import EventStore
import Projections

// How a command is named, committed and answered, the first time and again.
extension Dispatch {
    /// The same for the same organisation, actor and key, and telling none of them. Source:
    /// design.md "What must not tell".
    func commandID(_ organisation: ID<Organisation>, _ request: CommandRequest) -> UInt128 {
        let message =
            organisation.bits.bigEndianBytes + request.actor.keySpace + [0] + request.key.bytes
        return notZero(vault.mac(.commandID, message))
    }

    /// A new organisation's id follows from the key it is asked for by, so that asking again finds
    /// it.
    func newOrganisation(_ request: CommandRequest) -> ID<Organisation> {
        ID(
            bits: notZero(
                vault.mac(.commandID, Array("organisation".utf8) + [0] + request.key.bytes)))
    }

    /// Of the command's name and body. Made under the record's key where the command sealed
    /// something: it says nothing once that key is gone.
    func fingerprint(_ request: CommandRequest, under key: VaultKey?) -> UInt128 {
        let bytes = Array(request.name.utf8) + [0] + request.body.canonical.bytes
        guard let key else { return notZero(vault.mac(.fingerprint, bytes)) }
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("fingerprint".utf8) + bytes, using: key.key)
        return notZero(Array(code))
    }

    private func notZero(_ mac: [UInt8]) -> UInt128 {
        max(1, UInt128(bigEndianBytes: mac[0..<16]))
    }

    func find(_ commandID: UInt128, in log: LogID) async throws(Refusal) -> Appended? {
        do {
            return try await store.find(commandID: commandID, in: log)
        } catch {
            throw .read(error)
        }
    }

    func commit(_ work: Work, _ run: Run) async throws(Refusal) -> Commit {
        guard let judged = work.judged else { preconditionFailure("a handler judged nothing") }
        var events = work.events
        if events.isEmpty { events = [try nothingToDo(work)] }
        var key: VaultKey?
        if let id = work.sealedUnder.first { key = try await self.key(id) }
        let who = work.request.door.recorded(work.request.actor)
        let context = Context(
            actor: who.actor, role: judged.role, basis: judged.basis,
            origin: work.request.door.origin, onBehalfOf: who.onBehalfOf,
            fingerprint: fingerprint(work.request, under: key))
        return Commit(
            log: run.log, commandID: run.commandID, now: work.learnedAt.milliseconds,
            context: context, expectations: work.expectations, events: events)
    }

    /// A commit's answer, made from what stands in the log and nothing else, so that it is the same
    /// again.
    func answer(
        _ events: [NewEvent], _ run: Run, _ appended: Appended, secrets: [JSON.Member]
    ) async throws(Refusal) -> CommandAnswer {
        let made = Made(
            organisation: run.organisation, commandID: run.commandID, events: events, dispatch: self
        )
        let result = try await run.entry.result(made) + secrets
        return CommandAnswer(
            organisation: run.organisation, position: appended.last, result: result,
            repeated: appended.repeated)
    }

    func answer(
        again request: CommandRequest, _ run: Run, _ first: Appended
    ) async throws(Refusal) -> CommandAnswer {
        let recorded: [RecordedEvent]
        do {
            recorded = try await store.read(run.log, from: first.first, limit: first.count)
        } catch {
            throw .read(error)
        }
        guard let fingerprint = recorded.first?.context.fingerprint else {
            throw .unreadable(reason: "a command id without events")
        }
        let events = recorded.map(Coding.new)
        var key: VaultKey?
        if let id = try Coding.sealedKeys(events).first {
            // Erased since: whether the body was the same cannot be known any more, by anyone.
            key = try await vaultKey(id)
            guard key != nil else { return erasedAnswer(run, first) }
        }
        guard fingerprint == self.fingerprint(request, under: key) else { throw .otherPayload }
        let secrets: [JSON.Member] =
            run.entry.tellsSecret ? [JSON.Member("secretAlreadyShown", true)] : []
        var again = first
        again.repeated = true
        return try await answer(events, run, again, secrets: secrets)
    }

    private func erasedAnswer(_ run: Run, _ first: Appended) -> CommandAnswer {
        CommandAnswer(
            organisation: run.organisation, position: first.last, result: [], repeated: true)
    }

    /// What stands in the log where a command changes nothing, so that asking again finds it.
    private func nothingToDo(_ work: Work) throws(Refusal) -> NewEvent {
        let stream = StreamName(Category.nothing, work.organisation.bits, part: work.at.utcDay)
        return try Coding.newEvent(
            NothingEvent.toDo(NothingToDo(at: work.at)), into: stream, in: work.log, keys: [:])
    }
}

extension Instant {
    /// Days since 1970-01-01 in UTC; 1 at least, for a stream's part.
    var utcDay: UInt32 { UInt32(clamping: max(86_400_000, milliseconds) / 86_400_000) }
}

extension Made {
    /// The token of the caller who arrived by this command; nil where the record was erased.
    func callerToken(_ arrived: NewEvent) async throws(Refusal) -> CallerToken? {
        guard let id = try Coding.sealedKeys(arrived).first,
            let key = try await dispatch.vaultKey(id)
        else { return nil }
        return CallerToken(
            organisation: organisation, visit: ID(bits: arrived.stream.id), key: key,
            commandID: commandID)
    }
}
