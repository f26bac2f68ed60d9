import Domain
import EventStore
import Projections

/// A clinic's waiting area as it changes: a row for each caller who is there, then a row whenever
/// one changes, `gone` when a caller is there no more. Source: WA-2, AUD-7.
struct WaitingAreaView: LiveView {
    static let operation = Domain.Operation.waitingAreaRead

    let clinic: ID<Clinic>
    private var follower: WaitingAreaChanges.Iterator?
    private var shown = ShownRecords(max: LivePace.shownMax)

    init(_ body: inout Body) { clinic = body("clinic", .id(), "The clinic.") }

    /// Of every clinic: a transfer may bring a visit here.
    var interest: LiveInterest { LiveInterest(categories: [Category.visit]) }

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
        let page = try await reading.side.views.waitingArea(of: clinic, in: reading.log)
        let position = page.applied - 1
        try await resume(after: position, reading)
        var events: [ServerSentEvent] = []
        for row in page.rows {
            let data = try await data(row, &reading)
            events.append(ServerSentEvent(position: nil, event: "caller", data: data))
        }
        return (events, position)
    }

    mutating func resume(after position: Int64, _ reading: Reading) async throws {
        follower = WaitingAreaFeed(reading.dispatch.store)
            .changes(in: reading.log, of: clinic, after: position).makeAsyncIterator()
    }

    mutating func change(by event: RecordedEvent) async throws -> WaitingAreaChange? {
        try await follower?.change(by: event)
    }

    mutating func told(
        _ change: WaitingAreaChange, _ reading: inout Reading
    ) async throws -> ServerSentEvent {
        guard let row = change.row else {
            return ServerSentEvent(
                position: change.position, event: "gone", data: ["visit": .id(change.visit)])
        }
        return ServerSentEvent(
            position: change.position, event: "caller", data: try await data(row, &reading))
    }

    /// A row with what the caller said of themselves; its first showing is noted, the others are
    /// the same look.
    private mutating func data(
        _ row: CallerRow, _ reading: inout Reading
    ) async throws(Refusal) -> JSON {
        guard let shut = row.entry else { return row.json(entry: nil, now: nil) }
        let sealed = shut.sealed(as: EntryFields.self)
        let entry =
            shown.insert(row.visit)
            ? try await reading.open(
                sealed, of: row.visit, .watched, on: .visit, clinic: row.clinic)
            : try await reading.reopen(sealed, of: row.visit)
        return row.json(entry: entry, now: nil)
    }
}
