import Domain
import EventStore
import Hummingbird
import NIOCore
import Projections

/// One reader of one live view.
///
/// Holds no queue: the log is one. A reader who is slower than the clinic falls behind in the log,
/// and one who takes a write no longer is dropped, and comes back with the last position they saw.
struct LiveStream<View: LiveView>: Sendable {
    private let query: QueryRequest
    private let bearer: String?
    private let after: Int64?
    private let dispatch: Dispatch
    private let side: ReadSide
    private let organisation: ID<Organisation>
    private let view: View
    private let pace: LivePace

    /// Asks whether the stream may be opened, and notes that it was.
    init(
        _ query: QueryRequest, bearer: String?, after: Int64?, dispatch: Dispatch, side: ReadSide,
        pace: LivePace, view walk: @Sendable (inout Body) -> View
    ) async throws(Refusal) {
        self.query = query
        self.bearer = bearer
        self.after = after
        self.dispatch = dispatch
        self.side = side
        self.pace = pace
        guard View.operation.isOpen(to: query.actor, by: query.door),
            let organisation = query.actor.organisation
        else {
            if query.actor == .nobody { throw .notSignedIn }
            let refusal = Refusal.notForThisActor(actor: query.actor.kind.rawValue)
            try await dispatch.note(
                refusal: refusal, View.operation, query.actor, query.door, in: nil)
            throw refusal
        }
        self.organisation = organisation
        switch Body.read(query.fields, fromText: true, as: walk) {
        case .success(let view): self.view = view
        case .failure(let faults): throw .fields(faults)
        }
        do {
            try await open()
        } catch {
            try await dispatch.note(
                refusal: error, View.operation, query.actor, query.door, in: organisation)
            throw error
        }
    }

    private func open() async throws(Refusal) {
        var reading = reading()
        try await view.allow(&reading)
        if let after, try await head() <= after {
            throw .field("Last-Event-ID", .outOfRange, "is no position of this log yet")
        }
        view.noteOpening(&reading)
        try await reading.writeNotes()
    }

    private func head() async throws(Refusal) -> Int64 {
        do {
            return try await dispatch.store.head(of: log)
        } catch {
            throw .read(error)
        }
    }

    private var log: LogID { LogID(bits: organisation.bits) }

    private func reading() -> Reading {
        Reading(
            dispatch: dispatch, side: side, request: query, organisation: organisation,
            operation: View.operation)
    }

    /// Writes until the reader goes, the roles no longer allow it, or the server stops.
    func run(to writer: inout any ResponseBodyWriter, _ watch: WriteWatch) async throws {
        var out = Out(writer: writer, watch: watch)
        defer { writer = out.writer }
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await watch.run() }
            defer { group.cancelAll() }
            try await follow(&out)
        }
    }

    /// What is there, and who reads on from it: nobody else holds the view, nor what it holds.
    private func begun(_ out: inout Out) async throws -> ChangeReader<View> {
        var view = view
        let position: Int64
        if let after {
            try await view.resume(after: after, reading())
            position = after
            try await tellStanding(of: &view, &out)
        } else {
            position = try await snapshot(of: &view, &out)
        }
        noteBeing(view)
        return try await ChangeReader(
            dispatch, log: log, authority: authority, after: position, view: view)
    }

    private func follow(_ out: inout Out) async throws {
        var changes = try await begun(&out)
        while true {
            switch try await changes.next(within: pace.heartbeat) {
            case .over: return
            case .quiet:
                guard try await mayGoOn(changes.view, &out) else { return }
                try await out.write(ServerSentEvent.heartbeat)
                noteBeing(changes.view)
            case .some(let batch):
                // Roles and tokens take effect at once, for open streams too (ROLE-3).
                guard try await mayGoOn(changes.view, &out) else { return }
                try await tell(batch.changes, &changes.view, &out)
                noteBeing(changes.view)
            }
        }
    }

    /// What was written was taken: the reader is there. Where no more can be remembered, they are
    /// not missed either.
    private func noteBeing(_ view: View) {
        guard let being = view.being(of: query.actor, in: log) else { return }
        do {
            try dispatch.presence.note(being, at: dispatch.clock.now())
        } catch {
            return
        }
    }

    private func tellStanding(of view: inout View, _ out: inout Out) async throws {
        var reading = reading()
        try await view.allow(&reading)
        let events = try await view.standing(&reading)
        try await reading.writeNotes()
        if !events.isEmpty { try await out.write(events.flatMap(\.bytes)) }
    }

    /// What lets the reader look: roles, sessions, support and keys are taken away there.
    private var authority: Set<StreamName> {
        switch query.actor {
        case .staff(let organisation, let staff):
            var streams: Set = [
                StreamName(of: staff), StreamName(accountOf: staff),
                StreamName(securityOf: organisation),
            ]
            if case .support(let support) = query.door {
                streams.insert(StreamName(support: support))
            }
            return streams
        case .apiKey(_, let key, _): return [StreamName(key: key)]
        case .auditor(_, let auditor): return [StreamName(of: auditor)]
        case .guest(_, let stay): return [StreamName(of: stay)]
        case .external(_, let visit, _): return [StreamName(of: visit)]
        case .caller, .operator, .nobody, .policy: return []
        }
    }

    /// What is there now; the position it is shown at.
    private func snapshot(of view: inout View, _ out: inout Out) async throws -> Int64 {
        let begun = view
        for _ in 0..<Dispatch.attemptsMax {
            var reading = reading()
            try await view.allow(&reading)
            let (events, position) = try await view.snapshot(&reading)
            // Where the snapshot ends and the changes begin; its id makes a lost connection resume
            // here.
            let ready = ServerSentEvent(
                position: position, event: "ready", data: ["events": .whole(events.count)])
            try await reading.writeNotes()
            if try await !reading.metErasure() {
                try await out.write((events + [ready]).flatMap(\.bytes))
                return position
            }
            view = begun
        }
        throw Refusal.contended
    }

    private func tell(
        _ changes: [View.Change], _ view: inout View, _ out: inout Out
    ) async throws {
        guard !changes.isEmpty || view.hasMoved else { return }
        for _ in 0..<Dispatch.attemptsMax {
            var reading = reading()
            try await view.allow(&reading)
            var bytes: [UInt8] = []
            for change in changes {
                bytes += try await view.told(change, &reading).flatMap(\.bytes)
            }
            try await reading.writeNotes()
            // As an answer: made anew where the erasure of what it shows was ordered meanwhile. The
            // looks that are noted were had, so the view need not forget them.
            if try await !reading.metErasure() {
                bytes += try await view.standing(&reading).flatMap(\.bytes)
                return bytes.isEmpty ? () : try await out.write(bytes)
            }
        }
        throw Refusal.contended
    }

    private func mayGoOn(_ view: View, _ out: inout Out) async throws -> Bool {
        do {
            if let bearer, try await dispatch.actor(bearing: bearer) != query.actor {
                throw Refusal.tokenRefused
            }
            var reading = reading()
            try await view.allow(&reading)
            return true
        } catch let refusal as Refusal {
            try await dispatch.note(
                refusal: refusal, View.operation, query.actor, query.door, in: organisation)
            let problem = Problem(refusal)
            guard problem.status < 500 else { throw refusal }
            try await out.write(
                ServerSentEvent(
                    position: nil, event: "ended", data: ["code": .string(problem.code)]
                ).bytes)
            return false
        }
    }
}

/// Where a stream's bytes go, each write watched.
private struct Out {
    var writer: any ResponseBodyWriter
    let watch: WriteWatch

    mutating func write(_ bytes: [UInt8]) async throws {
        watch.begin()
        defer { watch.end() }
        try await writer.write(ByteBuffer(bytes: bytes))
    }
}
