import API
import Domain
import EventStore
import Projections

/// What must hold of rooms, read from the log alone: never over the limit of their kind, and nobody
/// in one but staff and guests who came by a link of it. A caller's token, which is all a patient
/// who was admitted has, opens none.
struct RoomCheck {
    private(set) var findings: [String] = []
    /// Most people at once, by what they were in.
    private(set) var fullest: [String: Int] = [:]
    /// How many rooms there were.
    var count: Int { rooms.count }
    private var rooms: [ID<Room>: Room.State] = [:]
    /// Which room each guest stays in.
    private var stays: [ID<GuestStay>: ID<Room>] = [:]
    /// The rooms each guest was in.
    private var entered: [ID<GuestStay>: Set<ID<Room>>] = [:]
    /// Of the commit that was read last: its id, and what it was about.
    private var commit: UInt128 = 0
    private var categories: Set<Word> = []

    mutating func take(_ event: RecordedEvent, _ body: Fact.Body) {
        if event.commandID != commit { categories = [] }
        commit = event.commandID
        categories.insert(event.stream.category)
        if case .room(let room, let happened) = body {
            checkActor(event)
            take(happened, of: room, at: event.position)
        } else if case .guest(let stay, let happened) = body {
            checkActor(event)
            guard case .arrived(let arrived) = happened else { return }
            stays[stay] = arrived.room
            if rooms[arrived.room]?.links[arrived.link] == nil {
                found("guest \(stay) came by no link of room \(arrived.room)", event.position)
            }
        }
    }

    /// Of people in a visit, a room or a call.
    mutating func note(_ people: Int, in what: String, most: Int, at position: Int64) {
        fullest[what] = max(fullest[what] ?? 0, people)
        if people > most { found("\(people) people in a \(what), of \(most) at most", position) }
    }

    /// Once all was read: who was in a room without being of the staff came there by a link.
    mutating func finish() {
        for (guest, rooms) in entered where rooms != Set(stays[guest].map { [$0] } ?? []) {
            findings.append("guest \(guest) was in other rooms than the one they have a link to")
        }
    }

    private mutating func take(_ happened: RoomEvent, of room: ID<Room>, at position: Int64) {
        var state = rooms[room] ?? Room.initial
        if state.standing == .closed, case .entered = happened {
            found("somebody entered room \(room), which is closed", position)
        }
        if case .entered(let who) = happened, let guest = who.occupant.guest {
            entered[guest, default: []].insert(room)
        }
        Room.evolve(&state, happened)
        rooms[room] = state
        let what = "\(state.kind.word) room"
        note(state.present.count, in: what, most: state.kind.peopleMax, at: position)
    }

    /// Neither by a caller's token, nor in one commit with a visit.
    private mutating func checkActor(_ event: RecordedEvent) {
        let judged = event.context
        if judged.role == Judgement.caller.role || judged.basis == Judgement.caller.basis {
            found("\(event.type) by a caller: a patient in a room", event.position)
        }
        if categories.contains(Category.visit) {
            found("\(event.type) in one commit with a visit", event.position)
        }
    }

    private mutating func found(_ what: String, _ position: Int64) {
        findings.append("\(what), at \(position)")
    }
}
