import Domain
import EventStore
import Projections

/// One room as it changes: `room` with who is in it. For staff who may use or change it, and for
/// guests while they are inside (ORG-3, ORG-4, ORG-5, ROLE-7).
struct RoomView: LiveView {
    static let operation = Domain.Operation.roomRead

    let room: ID<Room>
    private var state = Room.initial
    /// Of the room's last event that `state` shows.
    private var version: Int64 = -1
    private var seen = NamesSeen(.watched)

    init(_ body: inout Body) { room = body("room", .id(), "The room.") }

    /// The room as one event left it.
    struct Change: Sendable {
        let position: Int64
        let state: Room.State
    }

    var interest: LiveInterest { LiveInterest(streams: [StreamName(of: room)]) }

    func allow(_ reading: inout Reading) async throws(Refusal) {
        _ = try await reading.room(toSee: room)
    }

    func noteOpening(_ reading: inout Reading) {
        reading.note(.watched, on: .room, clinic: state.clinic)
    }

    mutating func snapshot(
        _ reading: inout Reading
    ) async throws -> (events: [ServerSentEvent], position: Int64) {
        // Read first: what the state shows beyond it is passed over when it comes.
        let position = try await reading.dispatch.store.head(of: reading.log) - 1
        let loaded = try await reading.load(Room.self, room)
        state = loaded.state
        version = loaded.version ?? -1
        let data = try await reading.json(room, state, &seen)
        return ([ServerSentEvent(position: nil, event: "room", data: data)], position)
    }

    mutating func resume(after position: Int64, _ reading: Reading) async throws {
        while true {
            let page = try await reading.dispatch.loader.page(
                StreamName(of: room), reading.log, version + 1)
            for recorded in page where recorded.position <= position { _ = try take(recorded) }
            guard page.count == Loader.page, (page.last?.position ?? 0) <= position else { return }
        }
    }

    mutating func change(by event: RecordedEvent) async throws -> Change? {
        guard event.stream == StreamName(of: room), event.version > version else { return nil }
        return try take(event)
    }

    mutating func told(
        _ change: Change, _ reading: inout Reading
    ) async throws -> [ServerSentEvent] {
        [
            ServerSentEvent(
                position: change.position, event: "room",
                data: try await reading.json(room, change.state, &seen))
        ]
    }

    private mutating func take(_ recorded: RecordedEvent) throws(Refusal) -> Change {
        Room.evolve(&state, try Coding.event(recorded, as: RoomEvent.self))
        version = recorded.version
        return Change(position: recorded.position, state: state)
    }
}
