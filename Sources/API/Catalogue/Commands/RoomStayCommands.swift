import Domain
import EventStore
import Projections

// Entering, leaving and locking rooms. Source: ORG-3, ORG-4, ORG-5, WA-13.
extension Catalogue {
    static let roomStayCommands = [enter, enterByLink, leave, lock, unlock]

    private static let enter = CommandEntry(
        .roomEnter,
        """
        Enters a room: staff one they may use, a guest the one they were in, while their link is \
        good. A user room is its member's alone.
        """,
        body: room
    ) { room, work throws(Refusal) in
        let state = try await work.room(toUse: room)
        let door = try await work.door(of: state)
        switch work.request.actor {
        case .staff(_, let staff):
            try await work.decide(
                Room.self, room, .enter(at: work.at, door: door, staff: staff))
        case .guest(_, let stay):
            guard let link = try await work.load(GuestStay.self, stay).state.link else {
                throw .notFound(field: "room")
            }
            try await work.decide(
                Room.self, room,
                .enterAsGuest(at: work.at, door: door, guest: stay, link: link))
            try await work.decide(GuestStay.self, stay, .comeBack(at: work.at))
        case .caller, .external, .apiKey, .auditor, .operator, .nobody, .policy:
            throw .notFound(field: "room")
        }
    }

    private static let enterByLink = CommandEntry(
        .roomEnterByLink,
        """
        Enters a room by a guest link, under a name of one's own; answers the guest's token, which \
        is good in this room and nowhere else.
        """,
        makes: [.id("guest", of: Category.guest, "The guest's stay."), .guestToken],
        body: ByLink.init
    ) { input, work throws(Refusal) in
        work.allowByBeing()
        let state = try await work.load(Room.self, input.room).state
        work.follow(state.lastAt)
        // A room that never was is refused as a link that never was.
        guard let link = state.link(input.secret.digest, at: work.at) else {
            throw .rule(RoomRejection.linkRefused.told)
        }
        let door = try await work.door(of: state)
        let stay: ID<GuestStay> = work.newID()
        try await work.decide(
            Room.self, input.room,
            .enterAsGuest(at: work.at, door: door, guest: stay, link: link))
        let key = try await work.takeKey()
        try await work.decide(
            GuestStay.self, stay,
            .arrive(
                at: work.at, room: input.room, link: link, name: GuestName(input.name),
                key: key))
    }

    private static let leave = CommandEntry(
        .roomLeave, "Leaves the room.", body: room
    ) { room, work throws(Refusal) in
        _ = try await work.room(toUse: room)
        guard let who = work.occupant else { throw .notFound(field: "room") }
        try await work.decide(Room.self, room, .leave(at: work.at, occupant: who))
        if let stay = who.guest {
            try await work.decide(GuestStay.self, stay, .leave(at: work.at, cause: .onPurpose))
        }
    }

    private static let lock = CommandEntry(
        .roomLock,
        """
        Locks the room from inside: nobody enters but whom those inside invite from now on, and \
        who was there and lost contact. It ends when no staff member is there any more.
        """,
        body: room
    ) { room, work throws(Refusal) in
        guard case .staff(_, let staff) = work.request.actor else { return }
        _ = try await work.room(toUse: room)
        try await work.decide(Room.self, room, .lock(at: work.at, by: staff))
    }

    private static let unlock = CommandEntry(
        .roomUnlock, "Unlocks the room: from inside, or from anywhere who may change it.",
        body: room
    ) { room, work throws(Refusal) in
        guard case .staff(_, let staff) = work.request.actor else { return }
        let state = try await work.room(toUse: room, orChange: true)
        let isAdministrator = Roles.allows(
            Roles.permission(toAdd: state.kind), try await work.chosenGrants(), in: state.clinic)
        try await work.decide(
            Room.self, room,
            .unlock(at: work.at, by: staff, isAdministrator: isAdministrator))
    }
}

private struct ByLink: Sendable {
    let room: ID<Room>
    let secret: GuestLinkSecret
    let name: String

    init(_ body: inout Body) {
        room = body("room", .id(), "The second part of the link.")
        secret = body("secret", .linkSecret, "Its third part.")
        name = body(
            "name", .text(max: GuestName.textMax), "How the others in the room see them.")
    }
}

extension FieldType where Value == GuestLinkSecret {
    /// Whether it opens anything, the room says.
    fileprivate static var linkSecret: FieldType {
        FieldType<String>.text(max: 22).map(
            placeholder: GuestLinkSecret(0), GuestLinkSecret.init,
            or: "must be 22 characters of base64url",
            telling: [
                "minLength": 22, "format": "link-secret", "pattern": "^[A-Za-z0-9_-]{21}[AQgw]$",
                "examples": [.string(GuestLinkSecret(0).text)],
            ])
    }
}

extension CommandEntry.Result {
    /// The guest's own token, worked out from the record key and the command's id each time it is
    /// asked for.
    fileprivate static let guestToken = CommandEntry.Result.derived(
        "token", "The guest's own token: it opens this room and nothing else."
    ) { made throws(Refusal) in
        guard let arrived = made.events.first(where: { $0.stream.category == Category.guest }),
            let id = try Coding.sealedKeys(arrived).first,
            let key = try await made.dispatch.vaultKey(id)
        else { return nil }
        let token = GuestToken(
            organisation: made.organisation, stay: ID(bits: arrived.stream.id), key: key,
            commandID: made.commandID)
        return .string(token.text)
    }
}

extension Work {
    /// The clinic's door, as one who wants into a room of it finds it.
    fileprivate mutating func door(of room: Room.State) async throws(Refusal) -> ClinicDoor {
        guard let clinic = room.clinic else { throw .notFound(field: "room") }
        return try await door(clinic)
    }

    /// The actor, as somebody in a room; nil: nobody is.
    fileprivate var occupant: Occupant? {
        switch request.actor {
        case .staff(_, let staff): .staff(staff)
        case .guest(_, let stay): .guest(stay)
        case .caller, .external, .apiKey, .auditor, .operator, .nobody, .policy: nil
        }
    }
}
