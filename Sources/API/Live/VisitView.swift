import Domain
import EventStore
import Projections

/// One visit as it changes: `visit` whenever its state does, `message` for each message, `erased`
/// when nobody may see any more whose it was. For the caller their own and nothing else, for staff
/// those of their clinics (WA-1, WA-7, ROLE-7, ANON-1).
struct VisitView: LiveView {
    static let operation = Domain.Operation.visitRead

    let visit: ID<Visit>
    private var state = Visit.initial
    private var entry: Sealed<EntryFields>?
    private var isEntryNoted = false

    init(_ body: inout Body) { visit = body("visit", .id(), "The visit.") }

    var interest: LiveInterest {
        LiveInterest(streams: [StreamName(of: visit)], categories: [Category.erasure])
    }

    /// What one event made of the visit.
    struct Change: Sendable {
        let position: Int64
        /// Nil: its erasure was ordered.
        let event: VisitEvent?
        let state: Visit.State
    }

    func allow(_ reading: inout Reading) async throws(Refusal) {
        if case .caller(_, let own) = reading.actor, own != visit {
            throw .notFound(field: "visit")
        }
        let state = try await reading.existing(Visit.self, visit, field: "visit")
        try await reading.allow(in: state.clinic)
    }

    func noteOpening(_ reading: inout Reading) {
        reading.note(.watched, on: .visit, clinic: state.clinic)
    }

    mutating func snapshot(
        _ reading: inout Reading
    ) async throws -> (events: [ServerSentEvent], position: Int64) {
        let position = try await reading.dispatch.store.head(of: reading.log) - 1
        var messages: [ServerSentEvent] = []
        for recorded in try await events(through: position, reading) {
            guard let change = try take(recorded), case .messageSent(let sent) = change.event else {
                continue
            }
            let data = try await reading.message(sent, in: visit)
            messages.append(ServerSentEvent(position: nil, event: "message", data: data))
        }
        let now = ServerSentEvent(
            position: nil, event: "visit", data: try await data(state, &reading))
        return ([now] + messages, position)
    }

    mutating func resume(after position: Int64, _ reading: Reading) async throws {
        for recorded in try await events(through: position, reading) { _ = try take(recorded) }
    }

    mutating func change(by event: RecordedEvent) async throws -> Change? {
        if event.stream == StreamName(of: visit) { return try take(event) }
        guard event.stream.category == Category.erasure,
            case .ordered(let order) = try Coding.event(event, as: ErasureEvent.self),
            order.records.contains(ID(bits: visit.bits))
        else { return nil }
        return Change(position: event.position, event: nil, state: state)
    }

    mutating func told(
        _ change: Change, _ reading: inout Reading
    ) async throws -> ServerSentEvent {
        guard let event = change.event else {
            // What a screen still shows of it is to be taken off.
            return ServerSentEvent(
                position: change.position, event: "erased", data: ["visit": .id(visit)])
        }
        if case .messageSent(let sent) = event {
            return ServerSentEvent(
                position: change.position, event: "message",
                data: try await reading.message(sent, in: visit))
        }
        return ServerSentEvent(
            position: change.position, event: "visit", data: try await data(change.state, &reading))
    }

    /// The visit's events that stand at or before `position`; it has few.
    private func events(
        through position: Int64, _ reading: Reading
    ) async throws(Refusal) -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        while true {
            let page = try await reading.dispatch.loader.page(
                StreamName(of: visit), reading.log, Int64(events.count))
            events += page.prefix { $0.position <= position }
            if page.isEmpty || (page.last?.position ?? 0) > position { return events }
        }
    }

    private mutating func take(_ recorded: RecordedEvent) throws(Refusal) -> Change? {
        let event = try Coding.event(recorded, as: VisitEvent.self)
        Visit.evolve(&state, event)
        if case .arrived(let arrived) = event { entry = arrived.entry }
        return Change(position: recorded.position, event: event, state: state)
    }

    /// As ``QueryCatalogue`` tells a visit, but for what depends on others and on now.
    private mutating func data(
        _ state: Visit.State, _ reading: inout Reading
    ) async throws(Refusal) -> JSON {
        var opened: EntryFields?
        if let entry, state.firstArrivedAt != nil {
            if isEntryNoted {
                opened = try await reading.reopen(entry, of: visit)
            } else {
                isEntryNoted = true
                opened = try await reading.open(
                    entry, of: visit, .watched, on: .visit, clinic: state.clinic)
            }
        }
        return Reading.json(visit, state, entry: opened)
    }
}
