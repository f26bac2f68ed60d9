import Domain
import EventStore
import Hummingbird
import NIOCore
import Projections

/// One reader of one clinic's waiting area.
///
/// Holds no queue: the log is one. A reader who is slower than the clinic falls behind in the log,
/// and one who takes a write no longer is dropped, and comes back with the last position they saw.
struct WaitingAreaStream: Sendable {
    let query: QueryRequest
    let bearer: String?
    let dispatch: Dispatch
    let side: ReadSide
    let organisation: ID<Organisation>
    let clinic: ID<Clinic>
    let after: Int64?

    /// Nothing to tell for so long: a comment says that the stream lives.
    static let heartbeat = Duration.seconds(15)
    /// A reader that takes one write no longer than this is kept.
    static let writeMax = Duration.seconds(30)
    /// Changes sent at once, their access entries in one commit.
    static let batchMax = 64
    /// Records whose first showing is remembered; beyond, they are noted again.
    static let shownMax = 10_000

    /// Asks whether the stream may be opened, and notes that it was.
    init(
        _ query: QueryRequest, bearer: String?, after: Int64?, dispatch: Dispatch, side: ReadSide
    ) async throws(Refusal) {
        self.query = query
        self.bearer = bearer
        self.dispatch = dispatch
        self.side = side
        self.after = after
        guard Domain.Operation.waitingAreaRead.isOpen(to: query.actor.kind),
            let organisation = query.actor.organisation
        else {
            if query.actor == .nobody { throw .notSignedIn }
            let refusal = Refusal.notForThisActor(actor: query.actor.kind.rawValue)
            try await dispatch.note(
                refusal: refusal, .waitingAreaRead, query.actor, query.door, in: nil)
            throw refusal
        }
        self.organisation = organisation
        let read = Body.read(query.fields, fromText: true) { body in
            body("clinic", .id(), "The clinic.") as ID<Clinic>
        }
        switch read {
        case .success(let clinic): self.clinic = clinic
        case .failure(let faults): throw .fields(faults)
        }
        do {
            var reading = reading()
            _ = try await reading.existing(Clinic.self, clinic, field: "clinic")
            try await reading.allow(in: clinic)
            reading.note(.watched, on: .waitingArea, clinic: clinic)
            try await reading.writeNotes()
        } catch {
            try await dispatch.note(
                refusal: error, .waitingAreaRead, query.actor, query.door, in: organisation)
            throw error
        }
    }

    private var log: LogID { LogID(bits: organisation.bits) }

    private func reading() -> Reading {
        Reading(
            dispatch: dispatch, side: side, request: query, organisation: organisation,
            operation: .waitingAreaRead)
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

    private func follow(_ out: inout Out) async throws {
        var shown = ShownRecords(max: WaitingAreaStream.shownMax)
        let position: Int64
        if let after {
            position = after
        } else {
            position = try await snapshot(&out, &shown)
        }
        var changes = ChangeReader(
            store: dispatch.store, log: log, clinic: clinic, staff: staff, after: position)
        while true {
            switch try await changes.next(within: WaitingAreaStream.heartbeat) {
            case .over: return
            case .quiet:
                guard try await mayGoOn(&out) else { return }
                try await out.write(ServerSentEvent.heartbeat)
            case .some(let batch):
                if batch.touchesStaff {
                    guard try await mayGoOn(&out) else { return }
                }
                try await show(batch.changes, &out, &shown)
            }
        }
    }

    private var staff: StreamName? {
        guard case .staff(_, let staff) = query.actor else { return nil }
        return StreamName(of: staff)
    }

    /// Who is there now, each as a row; the position they are shown at.
    private func snapshot(
        _ out: inout Out, _ shown: inout ShownRecords
    ) async throws -> Int64 {
        var reading = reading()
        try await reading.allow(in: clinic)
        if let atLeast = query.atLeast {
            try await side.wait(WaitingArea.name, log, shows: atLeast)
        }
        let page = try await side.views.waitingArea(of: clinic, in: log)
        var events: [UInt8] = []
        let position = page.applied - 1
        for row in page.rows {
            let data = try await reading.shown(row, &shown)
            events += ServerSentEvent(position: nil, event: "caller", data: data).bytes
        }
        // Where the rows end and the changes begin; its id makes a lost connection resume here.
        events +=
            ServerSentEvent(
                position: position, event: "ready", data: ["rows": .whole(page.rows.count)]
            ).bytes
        try await reading.writeNotes()
        try await out.write(events)
        return position
    }

    private func show(
        _ changes: [WaitingAreaChange], _ out: inout Out, _ shown: inout ShownRecords
    ) async throws {
        guard !changes.isEmpty else { return }
        var reading = reading()
        try await reading.allow(in: clinic)
        var bytes: [UInt8] = []
        for change in changes {
            let event: ServerSentEvent
            if let row = change.row {
                let data = try await reading.shown(row, &shown)
                event = ServerSentEvent(position: change.position, event: "caller", data: data)
            } else {
                event = ServerSentEvent(
                    position: change.position, event: "gone", data: ["visit": .id(change.visit)])
            }
            bytes += event.bytes
        }
        try await reading.writeNotes()
        try await out.write(bytes)
    }

    /// Roles and tokens take effect at once, for open streams too (ROLE-3).
    private func mayGoOn(_ out: inout Out) async throws -> Bool {
        do {
            if let bearer, try await dispatch.actor(bearing: bearer) != query.actor {
                throw Refusal.tokenRefused
            }
            var reading = reading()
            try await reading.allow(in: clinic)
            return true
        } catch let refusal as Refusal {
            try await dispatch.note(
                refusal: refusal, .waitingAreaRead, query.actor, query.door, in: organisation)
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

extension Reading {
    /// A row with what the caller said of themselves; its first showing is noted, the others are
    /// the same look.
    fileprivate mutating func shown(
        _ row: CallerRow, _ shown: inout ShownRecords
    ) async throws(Refusal) -> JSON {
        guard let shut = row.entry else { return row.json(entry: nil, now: nil) }
        if shown.insert(row.visit) {
            let entry = try await open(
                shut.sealed(as: EntryFields.self), of: row.visit, .watched, on: .visit,
                clinic: row.clinic)
            return row.json(entry: entry, now: nil)
        }
        let entry = try await dispatch.open(
            shut.sealed(as: EntryFields.self), StreamName(of: row.visit), in: log)
        return row.json(entry: entry, now: nil)
    }
}

/// Which records a stream has shown.
struct ShownRecords {
    let max: Int
    private var visits: Set<ID<Visit>> = []

    init(max: Int) { self.max = max }

    /// True the first time.
    mutating func insert(_ visit: ID<Visit>) -> Bool {
        if visits.count >= max { visits = [] }
        return visits.insert(visit).inserted
    }
}
