import Domain
import EventStore
import Projections

// Rooms as they are made and kept, and the links to them. Source: ORG-3, ORG-4, ORG-5.
extension Catalogue {
    static let roomCommands: [CommandEntry] =
        [add, rename, narrow, close, makeLink, revokeLink, invite] + roomStayCommands

    private static let add = CommandEntry(
        .roomAdd,
        """
        Makes a room of a clinic: a meeting room (at most 6 people, never patients), a user room \
        of one staff member (6), or a group room (20).
        """,
        makes: [.id("room", of: Category.room, "The room.")], body: NewRoom.init
    ) { input, work throws(Refusal) in
        try await work.allow(adding: input.kind, in: input.clinic)
        let door = try await work.door(input.clinic)
        if let owner = input.owner {
            try await work.mayUse(.user, in: input.clinic, owner, field: "owner")
        }
        try await work.decide(
            Room.self, work.newID(),
            .add(
                at: work.at, door: door, kind: input.kind, name: input.name, owner: input.owner))
    }

    private static let rename = CommandEntry(
        .roomRename, "Gives a meeting room or group room another name.",
        body: { body in
            (room(&body), body("name", .publicText(max: nameMax), "Its new name."))
        }
    ) { input, work throws(Refusal) in
        _ = try await work.room(toChange: input.0)
        try await work.decide(Room.self, input.0, .rename(at: work.at, name: input.1))
    }

    private static let narrow = CommandEntry(
        .roomNarrow,
        """
        Keeps a meeting room or group room to named members of the clinic's staff; to all of them \
        where none is named. Nobody inside is put out.
        """,
        body: { body in
            (
                room(&body),
                body(
                    "members", .list(of: .id(), max: Room.membersMax),
                    "Staff members who may use rooms of this kind in the clinic.")
                    as [ID<Staff>]
            )
        }
    ) { input, work throws(Refusal) in
        let state = try await work.room(toChange: input.0)
        guard let clinic = state.clinic else { throw .notFound(field: "room") }
        for (index, member) in input.1.enumerated() {
            try await work.mayUse(state.kind, in: clinic, member, field: "members[\(index)]")
        }
        try await work.decide(Room.self, input.0, .narrow(at: work.at, members: input.1))
    }

    private static let close = CommandEntry(
        .roomClose, "Closes a room for good: who is in it is out, and no link opens it.",
        body: room
    ) { room, work throws(Refusal) in
        let state = try await work.room(toChange: room)
        try await work.decide(Room.self, room, .close(at: work.at))
        for guest in state.occupants.compactMap(\.who.guest) {
            try await work.decide(
                GuestStay.self, guest, .leave(at: work.at, cause: .roomClosed))
        }
    }

    private static let makeLink = CommandEntry(
        .roomMakeGuestLink,
        """
        Makes a link by which somebody without an account enters the room: put `fragment` behind \
        the `#` of an address.
        """,
        makes: [
            .linkID, .secret("fragment", linkDocs),
            .secret("secret", "The third part of it, told once."),
        ], tellsSecret: true, body: NewLink.init
    ) { input, work throws(Refusal) in
        _ = try await work.room(toUse: input.room)
        let secret = try await work.makeLink(to: input.room, until: input.until)
        work.tellOnce("fragment", work.fragment(input.room, secret))
        work.tellOnce("secret", secret.text)
    }

    private static let revokeLink = CommandEntry(
        .roomRevokeGuestLink,
        "Makes a link useless: it puts nobody out and lets nobody in any more.",
        body: { body in (room(&body), body("link", .id(), "The link's id.") as ID<GuestLink>) }
    ) { input, work throws(Refusal) in
        _ = try await work.room(toUse: input.0, orChange: true)
        try await work.decide(Room.self, input.0, .revokeLink(at: work.at, link: input.1))
    }

    private static let invite = CommandEntry(
        .roomInvite,
        """
        Sends somebody a link of their own by e-mail. To a meeting room no address that is known \
        as a client's is invited (ORG-3).
        """,
        makes: [.linkID], body: RoomInvitation.init
    ) { input, work throws(Refusal) in
        let state = try await work.room(toUse: input.link.room)
        if !state.kind.takesPatients {
            guard let clients = work.dispatch.clients else {
                throw .unreadable(reason: "nothing here finds clients by their address")
            }
            if try await clients.isClients(input.email.text, in: work.log) {
                throw .rule(
                    Told(
                        "addressOfClient",
                        "Patients are never invited to a meeting room.", field: "email"))
            }
        }
        let secret = try await work.makeLink(to: input.link.room, until: input.link.until)
        try await work.queueMail(
            .roomInvitation,
            try await work.letter(input, work.fragment(input.link.room, secret), state),
            clinic: state.clinic)
    }

    static let nameMax = OrganisationProfile.nameMax
    private static let linkDocs =
        "`ORGANISATION.ROOM.SECRET`: what `room.enter-by-link` takes, told once."

    static func room(_ body: inout Body) -> ID<Room> { body("room", .id(), "The room.") }
}

private struct NewRoom: Sendable {
    let clinic: ID<Clinic>
    let kind: RoomKind
    let name: PublicText?
    let owner: ID<Staff>?

    init(_ body: inout Body) {
        clinic = body("clinic", .id(), "The clinic.")
        kind = body("kind", .choice(RoomKind.allCases.map { ($0.word, $0) }), "Of which kind.")
        name = body.optional(
            "name", .publicText(max: Catalogue.nameMax),
            "Its name; left out for a user room, which bears its member's.")
        owner = body.optional("owner", .id(), "Whose it is, for a user room.")
    }
}

private struct NewLink: Sendable {
    let room: ID<Room>
    let until: Instant?

    init(_ body: inout Body) {
        room = Catalogue.room(&body)
        until = body.optional("until", .instant, "Good until then; left out: until revoked.")
    }
}

private struct RoomInvitation: Sendable {
    let link: NewLink
    let email: EmailAddress
    let name: String?
    let language: LanguageTag?

    init(_ body: inout Body) {
        link = NewLink(&body)
        email = body("email", .emailAddress, "Who is invited.")
        name = body.optional("name", .text(max: Letter.nameMax), "How the message calls them.")
        language = body.optional(
            "language", .language, "Of the message; left out: the clinic's first.")
    }
}

extension CommandEntry.Result {
    /// What a link is revoked by.
    fileprivate static let linkID = CommandEntry.Result.derived(
        "link", "The link's id, to revoke it by."
    ) { made throws(Refusal) in
        guard let event = made.events.first(where: { $0.stream.category == Category.room }),
            case .linkMade(let link) = try Coding.decode(event, as: RoomEvent.self)
        else { return nil }
        return .id(link.link)
    }
}

extension Work {
    /// Lets on who may make and change rooms of that kind in `clinic`.
    fileprivate mutating func allow(
        adding kind: RoomKind, in clinic: ID<Clinic>
    ) async throws(Refusal) {
        let permission = Roles.permission(toAdd: kind)
        try allow(
            Roles.allowing(permission, try await chosenGrants(), in: clinic), by: permission)
    }

    /// Refuses a staff member whom no role lets use rooms of that kind in `clinic`.
    fileprivate mutating func mayUse(
        _ kind: RoomKind, in clinic: ID<Clinic>, _ staff: ID<Staff>, field: String
    ) async throws(Refusal) {
        let state = try await existing(Staff.self, staff, field: field)
        let permission = Roles.permission(toUse: kind)
        guard Authority(of: state).grant(for: permission, in: clinic) != nil else {
            throw .field(field, .notAllowed, "holds no role in this clinic that uses such rooms")
        }
    }

    /// A room, for who may change rooms of its kind.
    mutating func room(toChange room: ID<Room>) async throws(Refusal) -> Domain.Room.State {
        let state = try await existing(Room.self, room, field: "room")
        guard let clinic = state.clinic else { throw .notFound(field: "room") }
        try await allow(adding: state.kind, in: clinic)
        follow(state.lastAt)
        return state
    }

    /// A room, for who may use it: staff by their roles, a guest by having entered it.
    /// - Parameter orChange: for who may change it, too.
    mutating func room(
        toUse room: ID<Room>, orChange: Bool = false
    ) async throws(Refusal) -> Domain.Room.State {
        if case .guest(_, let stay) = request.actor {
            guard try await load(GuestStay.self, stay).state.room == room else {
                throw .notFound(field: "room")
            }
        }
        let state = try await existing(Room.self, room, field: "room")
        guard let clinic = state.clinic else { throw .notFound(field: "room") }
        follow(state.lastAt)
        guard case .staff(_, let staff) = request.actor else {
            allowByBeing()
            return state
        }
        let grants = try await chosenGrants()
        var grant = Roles.mayUse(state.kind, of: state.owner, in: clinic, staff, holding: grants)
        if grant == nil, orChange {
            grant = Roles.allowing(Roles.permission(toAdd: state.kind), grants, in: clinic)
        }
        try allow(grant, by: Roles.permission(toUse: state.kind))
        return state
    }

    /// What somebody who is invited is written.
    fileprivate mutating func letter(
        _ invitation: RoomInvitation, _ fragment: String, _ room: Room.State
    ) async throws(Refusal) -> Letter {
        guard let clinic = room.clinic else { throw .notFound(field: "room") }
        let languages = try await existing(Clinic.self, clinic, field: "room").languages
        var about = room.name?.description
        if let owner = room.owner { about = try await profile(of: owner)?.name }
        var from: String?
        if case .staff(_, let staff) = request.actor { from = try await profile(of: staff)?.name }
        return Letter(
            to: .email(invitation.email),
            language: invitation.language ?? languages.first ?? .english, name: invitation.name,
            link: "/room#\(fragment)", until: invitation.link.until, about: about, from: from)
    }

    /// Who a staff member is; nil where it was erased.
    private mutating func profile(of staff: ID<Staff>) async throws(Refusal) -> StaffProfile? {
        guard let sealed = try await load(Staff.self, staff).state.profile else { return nil }
        return try await dispatch.open(sealed, StreamName(of: staff), in: log)
    }

    /// What a link's address has behind the `#`.
    fileprivate func fragment(_ room: ID<Room>, _ secret: GuestLinkSecret) -> String {
        "\(organisation).\(room).\(secret.text)"
    }

    /// Makes a link.
    fileprivate mutating func makeLink(
        to room: ID<Room>, until: Instant?
    ) async throws(Refusal) -> GuestLinkSecret {
        let secret = GuestLinkSecret(newSecret())
        try await decide(
            Room.self, room,
            .makeLink(at: at, link: newID(), secretHash: secret.digest, until: until))
        return secret
    }
}
