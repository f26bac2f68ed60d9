/// One guest's stay in one room: who they say they are, under a key of its own, so that it falls
/// due by itself (ANON-2). Coming back after contact was lost is the same stay.
package enum GuestStay: Decider {
    package struct State: Hashable, Sendable {
        package var room: ID<Room>?
        package var link: ID<GuestLink>?
        package var name: Sealed<GuestName>?
        package var isInside = false
    }

    package static let initial = State()

    package static func decide(
        _ command: GuestStayCommand, _ state: State
    ) throws(GuestStayRejection) -> [GuestStayEvent] {
        switch command {
        case .arrive(let at, let room, let link, let name, let key):
            guard state.room == nil else { throw .stayExists }
            guard !name.name.isEmpty else { throw .guestNameMissing }
            guard name.name.unicodeScalars.count <= GuestName.textMax else {
                throw .guestNameTooLong(limit: GuestName.textMax)
            }
            return [
                .arrived(
                    GuestArrived(at: at, room: room, link: link, name: Sealed(name, under: key)))
            ]
        case .comeBack(let at):
            guard state.room != nil else { throw .stayUnknown }
            return state.isInside ? [] : [.returned(GuestReturned(at: at))]
        case .leave(let at, let cause):
            guard state.room != nil else { throw .stayUnknown }
            return state.isInside ? [.left(GuestLeft(at: at, cause: cause))] : []
        }
    }

    package static func evolve(_ state: inout State, _ event: GuestStayEvent) {
        switch event {
        case .arrived(let arrived):
            state.room = arrived.room
            state.link = arrived.link
            state.name = arrived.name
            state.isInside = true
        case .returned: state.isInside = true
        case .left: state.isInside = false
        }
    }
}

/// What can be asked of a guest's stay; ``Room`` decides first whether they may enter.
package enum GuestStayCommand: Hashable, Sendable {
    /// `name` is plain here; the event's writer seals it under `key`.
    case arrive(
        at: Instant, room: ID<Room>, link: ID<GuestLink>, name: GuestName, key: ID<RecordKey>)
    case comeBack(at: Instant)
    case leave(at: Instant, cause: RoomLeaving)
}

/// Why a guest's stay refuses. In order: where two reasons apply, the earlier is thrown.
package enum GuestStayRejection: Rejected {
    case stayUnknown
    case stayExists
    case guestNameMissing
    case guestNameTooLong(limit: Int)  // Characters.

    package var told: Told {
        switch self {
        case .stayUnknown: Told("stayUnknown", "There is no such guest.")
        case .stayExists: Told("stayExists", "This guest is known; come back instead.")
        case .guestNameMissing:
            Told("nameMissing", "Say how the others shall call you.", field: "name")
        case .guestNameTooLong(let limit):
            Told(
                "fieldTooLong", "At most \(limit) characters are taken.", field: "name",
                limit: limit)
        }
    }
}

/// What can happen to a guest's stay.
package enum GuestStayEvent: Hashable, Sendable {
    case arrived(GuestArrived)
    case returned(GuestReturned)
    case left(GuestLeft)
}

extension GuestStayEvent: EventFamily {
    package static let category = "guest"
    package static let members = Members<GuestStayEvent>(
        Member(GuestArrived.self, GuestStayEvent.arrived),
        Member(GuestReturned.self, GuestStayEvent.returned),
        Member(GuestLeft.self, GuestStayEvent.left))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .arrived(let event): try visitor.visit(event)
        case .returned(let event): try visitor.visit(event)
        case .left(let event): try visitor.visit(event)
        }
    }
}

/// Somebody without an account entered a room by a link.
package struct GuestArrived: Hashable, Sendable {
    package let at: Instant
    package let room: ID<Room>
    /// The link they came by: while it is good they may come back.
    package let link: ID<GuestLink>
    package let name: Sealed<GuestName>

    package init(at: Instant, room: ID<Room>, link: ID<GuestLink>, name: Sealed<GuestName>) {
        self.at = at
        self.room = room
        self.link = link
        self.name = name
    }
}

extension GuestArrived: Event {
    package static let name = "guest.arrived"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        room = try f(2, "room", \.room)
        link = try f(3, "link", \.link)
        name = try f(4, "name", \.name)
    }
}

/// They came back to the room.
package struct GuestReturned: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension GuestReturned: Event {
    package static let name = "guest.returned"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}

/// They left the room, were silent for too long, or it was closed.
package struct GuestLeft: Hashable, Sendable {
    package let at: Instant
    package let cause: RoomLeaving

    package init(at: Instant, cause: RoomLeaving) {
        self.at = at
        self.cause = cause
    }
}

extension GuestLeft: Event {
    package static let name = "guest.left"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        cause = try f(2, "cause", \.cause)
    }
}
