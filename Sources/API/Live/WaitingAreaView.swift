import Domain
import EventStore
import Projections

/// A clinic's waiting area as it changes: a row for each caller who is there, then a row whenever
/// one changes, `gone` when a caller is there no more; and what is announced, who takes visitors
/// and how the clinic works. Source: WA-2, ORG-6, TXT-3, WALK-2, AUD-7.
struct WaitingAreaView: LiveView {
    static let operation = Domain.Operation.waitingAreaRead

    let clinic: ID<Clinic>
    private var follower: WaitingAreaChanges.Iterator?
    private var shown = ShownRecords(max: LivePace.shownMax)
    private var organisation: UInt128 = 0

    struct Change: Sendable {
        enum Kind: Sendable {
            case caller(WaitingAreaChange)
            case announcement(AnnouncementEvent)
            case walkIn(WalkInEvent)
            case clinic
        }
        let position: Int64
        let kind: Kind
    }

    init(_ body: inout Body) { clinic = body("clinic", .id(), "The clinic.") }

    /// Visits of every clinic: a transfer may bring one here.
    var interest: LiveInterest {
        LiveInterest(
            streams: [
                StreamName(Category.announcement, organisation),
                StreamName(Category.announcement, clinic.bits),
                StreamName(Category.walkIn, clinic.bits), StreamName(Category.clinic, clinic.bits),
            ], categories: [Category.visit])
    }

    func allow(_ reading: inout Reading) async throws(Refusal) {
        _ = try await reading.existing(Clinic.self, clinic, field: "clinic")
        try await reading.allow(in: clinic)
    }

    func noteOpening(_ reading: inout Reading) {
        reading.note(.watched, on: .waitingArea, clinic: clinic)
    }

    mutating func snapshot(
        _ reading: inout Reading
    ) async throws -> (events: [ServerSentEvent], position: Int64) {
        try await reading.wait(for: WaitingArea.name)
        let callers = try await reading.side.views.callers(of: clinic, in: reading.log)
        let position = callers.applied - 1
        try await resume(after: position, reading)
        var events: [ServerSentEvent] = []
        for row in callers.value {
            let data = try await data(row, &reading)
            events.append(ServerSentEvent(position: nil, event: "caller", data: data))
        }
        return (events, position)
    }

    mutating func resume(after position: Int64, _ reading: Reading) async throws {
        organisation = reading.organisation.bits
        follower = WaitingAreaFeed(reading.dispatch.store)
            .changes(in: reading.log, of: clinic, after: position).makeAsyncIterator()
    }

    mutating func change(by event: RecordedEvent) async throws -> Change? {
        let position = event.position
        switch event.stream.category {
        case Category.visit:
            return try await follower?.change(by: event).map {
                Change(position: position, kind: .caller($0))
            }
        case Category.announcement:
            guard [organisation, clinic.bits].contains(event.stream.id) else { return nil }
            let made = try Coding.event(event, as: AnnouncementEvent.self)
            return Change(position: position, kind: .announcement(made))
        case Category.walkIn where event.stream.id == clinic.bits:
            let changed = try Coding.event(event, as: WalkInEvent.self)
            return Change(position: position, kind: .walkIn(changed))
        case Category.clinic where event.stream.id == clinic.bits:
            return Change(position: position, kind: .clinic)
        default: return nil
        }
    }

    mutating func told(
        _ change: Change, _ reading: inout Reading
    ) async throws -> [ServerSentEvent] {
        let (name, data) = try await said(change, &reading)
        return [ServerSentEvent(position: change.position, event: name, data: data)]
    }

    private mutating func said(
        _ change: Change, _ reading: inout Reading
    ) async throws -> (String, JSON) {
        switch change.kind {
        case .caller(let changed):
            guard let row = changed.row else { return ("gone", ["visit": .id(changed.visit)]) }
            return ("caller", try await data(row, &reading))
        case .announcement(let event): return VisitView.json(event, at: reading.now)
        case .walkIn(.switched(let switched)):
            return ("walk-in", ["staff": .id(switched.staff), "available": .bool(switched.isOn)])
        case .walkIn(.scheduled(let scheduled)):
            return ("walk-in", ["staff": .id(scheduled.staff)])
        case .clinic: return ("clinic", ["clinic": .id(clinic)])
        }
    }

    /// A row with what the caller said of themselves; its first showing is noted, the others are
    /// the same look.
    private mutating func data(
        _ row: CallerRow, _ reading: inout Reading
    ) async throws(Refusal) -> JSON {
        guard let shut = row.entry else {
            return try await reading.json(row, entry: nil, now: nil)
        }
        let sealed = shut.sealed(as: EntryFields.self)
        let entry =
            shown.insert(row.visit)
            ? try await reading.open(
                sealed, of: row.visit, .watched, on: .visit, clinic: row.clinic)
            : try await reading.reopen(sealed, of: row.visit)
        return try await reading.json(row, entry: entry, now: nil)
    }
}
