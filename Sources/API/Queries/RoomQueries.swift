import Domain
import EventStore
import Projections

extension QueryCatalogue {
    static let roomQueries: [QueryEntry] = [rooms, room]

    private static let rooms = QueryEntry(
        .roomsRead, at: "/v1/clinics/{clinic}/rooms",
        "The clinic's rooms that one may use or change; user rooms bear their member's name.",
        shows: .rows(.rooms),
        fields: { body in (body("clinic", .id(), "The clinic.") as ID<Clinic>, page(&body)) }
    ) { (input: (ID<Clinic>, PageRequest), reading: inout Reading) async throws(Refusal) -> JSON in
        guard case .staff(_, let staff) = reading.actor else { throw .notSignedIn }
        let (clinic, request) = input
        _ = try await reading.existing(Clinic.self, clinic, field: "clinic")
        let grants = try await reading.chosenGrants()
        let permissions = RoomKind.allCases.flatMap {
            [Roles.permission(toUse: $0), Roles.permission(toAdd: $0)]
        }
        let judged = permissions.lazy.compactMap { Roles.allowing($0, grants, in: clinic) }.first
        try reading.allow(judged, by: .useMeetingRooms)
        let log = reading.log
        let page = try await reading.view(Rooms.name) { views in
            try await views.rooms(of: clinic, in: log, request)
        }
        let rows = page.rows.filter { row in
            Roles.mayUse(row.kind, of: row.owner, in: clinic, staff, holding: grants) != nil
                || Roles.allows(Roles.permission(toAdd: row.kind), grants, in: clinic)
        }
        reading.note(.listed, on: .room, clinic: clinic, records: rows.count)
        var shown: [JSON] = []
        for row in rows {
            var name = row.name
            if let owner = row.owner { name = try await reading.name(of: owner, .listed) }
            shown.append(row.json(name: name))
        }
        return list(page, shown)
    }

    private static let room = QueryEntry(
        .roomRead, at: "/v1/rooms/{room}",
        "A room with who is in it: for staff who may use or change it, and guests inside.",
        shows: .one(.room), fields: { $0("room", .id(), "The room.") as ID<Room> }
    ) { room, reading throws(Refusal) in
        let state = try await reading.room(toSee: room)
        reading.note(.read, on: .room, clinic: state.clinic)
        var seen = NamesSeen(.read)
        return try await reading.json(room, state, &seen)
    }
}

/// Whose names an answer or a stream has shown: the first showing is noted, the others are the same
/// look.
struct NamesSeen: Sendable {
    let code: AccessEventCode
    private var seen: Set<Occupant> = []

    init(_ code: AccessEventCode) { self.code = code }

    /// True the first time.
    mutating func insert(_ who: Occupant) -> Bool {
        if seen.count >= LivePace.shownMax { seen = [] }
        return seen.insert(who).inserted
    }
}

extension Reading {
    /// A room the actor may look at.
    mutating func room(toSee room: ID<Room>) async throws(Refusal) -> Room.State {
        if case .guest(_, let stay) = actor {
            guard try await load(GuestStay.self, stay).state.room == room else {
                throw .notFound(field: "room")
            }
        }
        let state = try await existing(Room.self, room, field: "room")
        guard let clinic = state.clinic else { throw .notFound(field: "room") }
        switch actor {
        case .staff(_, let staff):
            let grants = try await chosenGrants()
            let grant =
                Roles.mayUse(state.kind, of: state.owner, in: clinic, staff, holding: grants)
                ?? Roles.allowing(Roles.permission(toAdd: state.kind), grants, in: clinic)
            try allow(grant, by: Roles.permission(toUse: state.kind))
        case .guest(_, let stay):
            try await allow(in: nil)
            // Who has left sees no more who comes and goes.
            guard state.present[.guest(stay)] != nil else {
                throw .rule(RoomRejection.notInRoom.told)
            }
        case .caller, .external, .apiKey, .auditor, .operator, .nobody, .policy:
            throw .notFound(field: "room")
        }
        return state
    }

    /// A room with who is in it, as the actor may see it.
    mutating func json(
        _ room: ID<Room>, _ state: Room.State, _ seen: inout NamesSeen
    ) async throws(Refusal) -> JSON {
        var name = state.name?.description
        if let owner = state.owner { name = try await self.name(of: .staff(owner), &seen) }
        var present: [JSON] = []
        for (who, since) in state.occupants {
            present.append([
                "kind": who.staff == nil ? "guest" : "staff", "staff": .id(who.staff),
                "guest": .id(who.guest), "name": .text(try await self.name(of: who, &seen)),
                "since": .instant(since),
            ])
        }
        let shown: JSON = [
            "room": .id(room), "clinic": .id(state.clinic), "kind": .string(state.kind.word),
            "name": .text(name), "owner": .id(state.owner),
            "isOpen": .bool(state.standing == .open), "isLocked": .bool(state.lock != nil),
            "peopleMax": .whole(state.kind.peopleMax), "present": .array(present),
        ]
        guard case .staff = actor else { return shown }
        let links = state.links.sorted { $0.key < $1.key }.map { link, known -> JSON in
            ["link": .id(link), "until": .instant(known.until)]
        }
        return shown.with([
            "members": .array(state.members.sorted().map { .id($0) }), "links": .array(links),
        ])
    }

    /// How somebody is called; the first showing is noted. Nil where it was erased.
    private mutating func name(
        of who: Occupant, _ seen: inout NamesSeen
    ) async throws(Refusal) -> String? {
        let isFirst = seen.insert(who)
        if let staff = who.staff { return try await name(of: staff, isFirst ? seen.code : nil) }
        guard let guest = who.guest,
            let sealed = try await load(GuestStay.self, guest).state.name
        else { return nil }
        return isFirst
            ? try await open(sealed, of: guest, seen.code, on: .guest)?.name
            : try await reopen(sealed, of: guest)?.name
    }

    /// - Parameter code: of the look; nil: noted already.
    fileprivate mutating func name(
        of staff: ID<Staff>, _ code: AccessEventCode?
    ) async throws(Refusal) -> String? {
        guard let sealed = try await load(Staff.self, staff).state.profile else { return nil }
        guard let code else { return try await reopen(sealed, of: staff)?.name }
        return try await open(sealed, of: staff, code, on: .staff)?.name
    }
}

extension RoomRow {
    fileprivate func json(name: String?) -> JSON {
        [
            "room": .id(room), "clinic": .id(clinic), "kind": .string(kind.word),
            "name": .text(name), "owner": .id(owner), "isOpen": .bool(isOpen),
            "isLocked": .bool(isLocked), "peopleMax": .whole(kind.peopleMax),
            "people": .whole(present.count), "members": .array(members.map { .id($0) }),
        ]
    }
}

extension [Field] {
    private static let ofAnyRoom: [Field] = [
        .id("room", "The room.", always: true), .id("clinic", "Its clinic.", always: true),
        .text("kind", "`meeting`, `user`, `group`.", always: true),
        .text("name", "Its name, or its member's; left out: erased."),
        .id("owner", "Whose user room it is."), .yes("isOpen", "It was not closed."),
        .yes("isLocked", "Only who is invited enters."),
        .whole("peopleMax", "How many fit in.", always: true),
    ]

    static let rooms: [Field] =
        ofAnyRoom + [
            .whole("people", "How many are in it.", always: true),
            .list(
                "members", "Only these of the clinic's staff; none: all of them.", of: Field.word),
        ]

    static let room: [Field] =
        ofAnyRoom + [
            .list(
                "present", "Who is in it, in the order they came.",
                of: Field.open([
                    .text("kind", "`staff` or `guest`.", always: true), .id("staff", "Who."),
                    .id("guest", "Whose stay."), .text("name", "Left out: erased."),
                    .instant("since", "Since when.", always: true),
                ])),
            .list(
                "members", "For staff: only these of the clinic's; none: all of them.",
                always: false, of: Field.word),
            .list(
                "links", "For staff: guest links that were not revoked.", always: false,
                of: Field.open([
                    .id("link", "To revoke it by.", always: true),
                    .instant("until", "Good until then."),
                ])),
        ]
}
