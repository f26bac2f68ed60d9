import Domain
import EventStore
import Projections

/// One visit as it changes: `visit` whenever its state does, `message` for each message, `erased`
/// when nobody may see any more whose it was; what the clinic tells who waits there, and their
/// place in its queue.
///
/// For the caller their own and nothing else, for staff those of their clinics, for who was invited
/// the state alone (WA-1, WA-3, WA-7, TXT-3, ROLE-7, ANON-1).
struct VisitView: LiveView {
    static let operation = Domain.Operation.visitRead

    let visit: ID<Visit>
    private var state = Visit.initial
    private var entry: Sealed<EntryFields>?
    private var parting = Parting()
    private var isEntryNoted = false
    /// Messages up to this position stayed with a clinic the caller was moved from (WA-6): the
    /// staff of this one are not shown them.
    private var staysBehind: Int64 = -1
    /// Since when they wait, by the events taken up; nil: they do not.
    private var waitsSince: Instant?
    /// Nil: they do not wait, or are not to see their place.
    private var seat: QueueSeat?
    /// What was told last, of this wait.
    private var placeTold: Int?
    private var organisation: UInt128 = 0

    init(_ body: inout Body) { visit = body("visit", .id(), "The visit.") }

    var interest: LiveInterest {
        var streams: Set = [
            StreamName(of: visit), StreamName(Category.announcement, organisation),
        ]
        if let clinic = state.clinic?.bits {
            streams.formUnion([
                StreamName(Category.announcement, clinic), StreamName(Category.clinic, clinic),
            ])
        }
        return LiveInterest(
            streams: streams, categories: [Category.erasure], place: seat?.place)
    }

    /// What one event changes for who looks.
    struct Change: Sendable {
        enum Kind: Sendable {
            case visit(VisitEvent)
            case announcement(AnnouncementEvent)
            case clinic
            /// Its erasure was ordered.
            case erased
        }
        let position: Int64
        let kind: Kind
        let state: Visit.State
        let parting: Parting
    }

    func allow(_ reading: inout Reading) async throws(Refusal) {
        try reading.checkOwn(visit)
        let state = try await reading.existing(Visit.self, visit, field: "visit")
        try await reading.allow(in: state.clinic)
    }

    func noteOpening(_ reading: inout Reading) {
        reading.note(.watched, on: .visit, clinic: state.clinic)
    }

    mutating func snapshot(
        _ reading: inout Reading
    ) async throws -> (events: [ServerSentEvent], position: Int64) {
        organisation = reading.organisation.bits
        let position = try await reading.dispatch.store.head(of: reading.log) - 1
        var sent: [MessageSent] = []
        for recorded in try await events(through: position, reading) {
            switch try take(recorded) {
            case .messageSent(let message): sent.append(message)
            case .transferred(let moved) where !moved.movesMessages && reading.actor.kind == .staff:
                sent = []
            default: continue
            }
        }
        var messages: [ServerSentEvent] = []
        if reading.seesRecord {
            for message in sent {
                let data = try await reading.message(message, in: visit)
                messages.append(ServerSentEvent(position: nil, event: "message", data: data))
            }
        }
        var shown = [
            ServerSentEvent(
                position: nil, event: "visit", data: try await data(state, parting, &reading))
        ]
        for announcement in try await announcements(reading: &reading) {
            shown.append(
                ServerSentEvent(position: nil, event: "announcement", data: announcement))
        }
        shown += messages
        try await takeSeat(&reading)
        shown += try await standing(&reading)
        return (shown, position)
    }

    mutating func resume(after position: Int64, _ reading: Reading) async throws {
        organisation = reading.organisation.bits
        for recorded in try await events(through: .max, reading) {
            if recorded.position <= position {
                _ = try take(recorded)
            } else {
                try look(at: recorded)
            }
        }
        var reading = reading
        try await takeSeat(&reading)
    }

    /// The caller and who was invited are there while they look. Staff may look without being in
    /// the call, and stop looking without having left it.
    func being(of actor: RequestActor, in log: LogID) -> Presence.Being? {
        let who: Participant
        switch actor {
        case .caller: who = .caller
        case .external(_, _, let invitee): who = .external(invitee)
        case .staff, .guest, .apiKey, .auditor, .operator, .nobody, .policy: return nil
        }
        return state.inside.contains(who) ? Presence.Being(in: log, at: visit, who) : nil
    }

    mutating func change(by event: RecordedEvent) async throws -> Change? {
        switch event.stream.category {
        case Category.visit:
            guard event.stream.id == visit.bits else { return nil }
            // Taken first: the change tells the state after it.
            let taken = try take(event)
            return change(event, .visit(taken))
        case Category.announcement:
            guard event.stream.id == organisation || event.stream.id == state.clinic?.bits else {
                return nil
            }
            return change(
                event, .announcement(try Coding.event(event, as: AnnouncementEvent.self)))
        case Category.clinic:
            return event.stream.id == state.clinic?.bits ? change(event, .clinic) : nil
        case Category.erasure:
            guard case .ordered(let order) = try Coding.event(event, as: ErasureEvent.self),
                order.records.contains(ID(bits: visit.bits))
            else { return nil }
            return change(event, .erased)
        default: return nil
        }
    }

    private func change(_ event: RecordedEvent, _ kind: Change.Kind) -> Change {
        Change(position: event.position, kind: kind, state: state, parting: parting)
    }

    mutating func told(
        _ change: Change, _ reading: inout Reading
    ) async throws -> [ServerSentEvent] {
        switch change.kind {
        case .erased:
            // What a screen still shows of it is to be taken off.
            return [
                ServerSentEvent(
                    position: change.position, event: "erased", data: ["visit": .id(visit)])
            ]
        case .visit(.messageSent(let sent)):
            guard reading.seesRecord,
                reading.actor.kind != .staff || change.position > staysBehind
            else { return [] }
            return [
                ServerSentEvent(
                    position: change.position, event: "message",
                    data: try await reading.message(sent, in: visit))
            ]
        case .visit(let event):
            var told = [
                ServerSentEvent(
                    position: change.position, event: "visit",
                    data: try await data(change.state, change.parting, &reading))
            ]
            if case .transferred = event { told += try await announcementsAnew(&reading) }
            if event.beginsWait != nil { try await takeSeat(&reading) }
            return told
        case .clinic:
            // It may show places from now on, or no longer.
            try await takeSeat(&reading)
            return [
                ServerSentEvent(
                    position: change.position, event: "clinic",
                    data: ["clinic": .id(change.state.clinic)])
            ]
        case .announcement(let event):
            let (name, data) = VisitView.json(event, at: reading.now)
            return [ServerSentEvent(position: change.position, event: name, data: data)]
        }
    }

    static func json(_ event: AnnouncementEvent, at now: Instant) -> (String, JSON) {
        switch event {
        case .made(let made):
            let standing = Announcements.Standing(made)
            return ("announcement", standing.json(at: now))
        case .withdrawn(let withdrawn):
            return ("withdrawn", ["announcement": .id(withdrawn.announcement)])
        case .allWithdrawn: return ("withdrawn", [:])
        }
    }

    // MARK: The queue

    /// A part in the queue of the clinic where they wait, if it shows places.
    private mutating func takeSeat(_ reading: inout Reading) async throws {
        guard waitsSince != nil, let clinic = state.clinic,
            try await reading.showsPosition(in: clinic)
        else {
            seat = nil
            return
        }
        guard seat?.place.clinic != clinic else { return }
        seat = try await reading.dispatch.bell.seat(
            at: QueuePlace(clinic: clinic, visit: visit), in: reading.log,
            reading.dispatch.store)
    }

    /// Of the wait that was shown alone: the queue may know more of the log than who looks, or
    /// less.
    private var inQueue: QueueSeat.Look {
        guard let seat, let waitsSince else { return .none }
        return seat.look(since: waitsSince)
    }

    var hasMoved: Bool {
        switch inQueue {
        case .unknown: true
        case .place(let number): number != placeTold
        case .none: false
        }
    }

    /// Their place, without a position: it is what holds now, so that whoever resumes is told it
    /// at once and not once more for each event that moved it.
    mutating func standing(_ reading: inout Reading) async throws -> [ServerSentEvent] {
        if inQueue == .unknown { try await seat?.read(from: reading) }
        var number = placeTold
        if case .place(let place) = inQueue { number = place }
        // It is hidden from now on.
        if seat == nil { number = nil }
        guard number != placeTold else { return [] }
        placeTold = number
        return [
            ServerSentEvent(
                position: nil, event: "place", data: ["position": .whole(number) ?? .null])
        ]
    }

    /// What was told of a wait holds no longer after it, nor of another.
    private mutating func noteWait(_ event: VisitEvent) {
        if let since = event.beginsWait {
            waitsSince = since
            placeTold = nil
        }
        guard state.phase != .waiting else { return }
        waitsSince = nil
        placeTold = nil
        seat = nil
    }

    /// What another clinic tells, in the place of all that was told before.
    private func announcementsAnew(
        _ reading: inout Reading
    ) async throws(Refusal) -> [ServerSentEvent] {
        guard reading.seesRecord else { return [] }
        let (name, data) = VisitView.json(
            .allWithdrawn(AnnouncementsWithdrawn(at: reading.now)), at: reading.now)
        let shown = try await announcements(reading: &reading)
        return [ServerSentEvent(position: nil, event: name, data: data)]
            + shown.map { ServerSentEvent(position: nil, event: "announcement", data: $0) }
    }

    private func announcements(reading: inout Reading) async throws(Refusal) -> [JSON] {
        guard reading.seesRecord, let clinic = state.clinic else { return [] }
        let now = reading.now
        return try await reading.announcements(of: clinic).filter { $0.isShown(at: now) }
            .map { $0.json(at: now) }
    }

    // MARK: The visit

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

    private mutating func take(_ recorded: RecordedEvent) throws(Refusal) -> VisitEvent {
        let event = try Coding.event(recorded, as: VisitEvent.self)
        Visit.evolve(&state, event)
        parting.take(event)
        if case .arrived(let arrived) = event { entry = arrived.entry }
        noteStay(event, recorded.position)
        noteWait(event)
        return event
    }

    /// What happened after the position it is resumed at: told in its turn, but for what must not
    /// be told any more.
    private mutating func look(at recorded: RecordedEvent) throws(Refusal) {
        noteStay(try Coding.event(recorded, as: VisitEvent.self), recorded.position)
    }

    private mutating func noteStay(_ event: VisitEvent, _ position: Int64) {
        guard case .transferred(let moved) = event, !moved.movesMessages else { return }
        staysBehind = position
    }

    /// As ``QueryCatalogue`` tells a visit, but for what depends on others and on now.
    private mutating func data(
        _ state: Visit.State, _ parting: Parting, _ reading: inout Reading
    ) async throws(Refusal) -> JSON {
        var opened: EntryFields?
        if reading.seesRecord, let entry, state.firstArrivedAt != nil {
            if isEntryNoted {
                opened = try await reading.reopen(entry, of: visit)
            } else {
                isEntryNoted = true
                opened = try await reading.open(
                    entry, of: visit, .watched, on: .visit, clinic: state.clinic)
            }
        }
        return reading.json(visit, state, entry: opened)
            .with(try await reading.told(parting, visit))
    }
}

extension VisitEvent {
    /// When they began to wait, where they may by this.
    fileprivate var beginsWait: Instant? {
        switch self {
        case .arrived(let arrived): arrived.at
        case .transferred(let moved): moved.at
        case .sentBack(let sent): sent.at
        default: nil
        }
    }
}

extension Announcements.Standing {
    fileprivate init(_ made: AnnouncementMade) {
        var state = Announcements.initial
        Announcements.evolve(&state, .made(made))
        self = state.standing[0]
    }
}
