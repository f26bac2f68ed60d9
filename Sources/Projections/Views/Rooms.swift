package import Domain
package import EventStore

/// Every room with who is in it: what a clinic's list of rooms shows, and whom silence may put out
/// (ORG-3, ORG-4, ORG-5). Names of people are not here: they stand shut in their own streams.
package struct Rooms: Projection {
    package static let name = "rooms"
    package static let version = 1
    package static let categories = [Category.room]

    private var rooms = Table<RoomRow>()

    package init() {}

    package mutating func apply(_ fact: Fact) throws(ViewError) {
        guard case .room(let room, let event) = fact.body else { return }
        switch event {
        case .added(let added): rooms.put(RoomRow(room, added))
        case .renamed(let renamed): try rooms.update(room) { $0.name = renamed.name.description }
        case .narrowed(let narrowed): try rooms.update(room) { $0.members = narrowed.members }
        case .closed:
            try rooms.update(room) { row in
                row.isOpen = false
                row.isLocked = false
                row.links = []
                row.present = []
            }
        case .linkMade(let made):
            try rooms.update(room) { row in
                row.links.append(RoomLink(link: made.link, madeAt: made.at, until: made.until))
            }
        case .linkRevoked(let revoked):
            try rooms.update(room) { row in row.links.removeAll { $0.link == revoked.link } }
        case .entered(let entered):
            try rooms.update(room) { $0.enter(entered.occupant, entered.at) }
        case .left(let left): try rooms.update(room) { $0.leave(left.occupant) }
        case .locked: try rooms.update(room) { $0.isLocked = true }
        case .unlocked: try rooms.update(room) { $0.isLocked = false }
        }
    }

    package mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError) {
        try walker(&rooms)
    }
}

/// One room.
package struct RoomRow: Hashable, Sendable {
    package let room: ID<Room>
    package let clinic: ID<Clinic>
    package let kind: RoomKind
    /// Nil: it bears its owner's name.
    package var name: String?
    package let owner: ID<Staff>?
    package var isOpen = true
    package var isLocked = false
    /// Of the clinic's staff only these; all of them where none is named.
    package var members: [ID<Staff>] = []
    /// Not revoked; in the order they were made.
    package var links: [RoomLink] = []
    /// In the order of ``Occupant``.
    package var present: [RoomPresence] = []

    init(_ room: ID<Room>, _ added: RoomAdded) {
        self.room = room
        clinic = added.clinic
        kind = added.kind
        name = added.name?.description
        owner = added.owner
    }

    package var isOccupied: Bool { !present.isEmpty }

    mutating func enter(_ who: Occupant, _ at: Instant) {
        present.removeAll { $0.who == who }
        let index = present.firstIndex { who < $0.who } ?? present.endIndex
        present.insert(RoomPresence(who: who, since: at), at: index)
    }

    mutating func leave(_ who: Occupant) {
        present.removeAll { $0.who == who }
        if !present.contains(where: { $0.who.staff != nil }) { isLocked = false }
    }
}

/// Somebody in a room, and since when.
package struct RoomPresence: Hashable, Sendable {
    package let who: Occupant
    package let since: Instant
}

/// A guest link that was not revoked.
package struct RoomLink: Hashable, Sendable {
    package let link: ID<GuestLink>
    package let madeAt: Instant
    /// The last moment at which it lets anybody in; nil: until revoked.
    package let until: Instant?
}

extension RoomKind: NumberedColumn {}

extension RoomRow: TableRow {
    package static let table = "rooms"
    package static let indexes = [["clinic"], ["is_occupied"]]
    package var key: ID<Room> { room }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        room = try c.key("room", \.room)
        clinic = try c("clinic", \.clinic)
        kind = try c("kind", \.kind)
        name = try c("name", \.name)
        owner = try c("owner", \.owner)
        isOpen = try c("is_open", \.isOpen)
        isLocked = try c("is_locked", \.isLocked)
        members = try c("members", \.members)
        links = try c("links", \.links)
        present = try c("present", \.present)
        _ = try c("is_occupied", \.isOccupied)
    }
}

extension Occupant: PackedElement {
    package static var bytes: Int { 17 }

    /// `0: staff, 1: guest, 1 byte ‖ id, 16`
    package func write(to output: inout [UInt8]) {
        if let staff {
            output.append(0)
            staff.write(to: &output)
        } else {
            output.append(1)
            (guest ?? ID(bits: 0)).write(to: &output)
        }
    }

    package init?(packed input: UnsafeRawBufferPointer) {
        let id = UnsafeRawBufferPointer(rebasing: input[1..<17])
        switch input[0] {
        case 0:
            guard let staff = ID<Staff>(packed: id) else { return nil }
            self = .staff(staff)
        case 1:
            guard let guest = ID<GuestStay>(packed: id) else { return nil }
            self = .guest(guest)
        default: return nil
        }
    }
}

extension RoomPresence: PackedElement {
    package static var bytes: Int { Occupant.bytes + 8 }

    /// `who, 17 bytes ‖ since, 8`, highest byte first.
    package func write(to output: inout [UInt8]) {
        who.write(to: &output)
        output.appendBytes(of: since.milliseconds)
    }

    package init?(packed input: UnsafeRawBufferPointer) {
        let who = UnsafeRawBufferPointer(rebasing: input[..<Occupant.bytes])
        guard let who = Occupant(packed: who) else { return nil }
        self.who = who
        since = Instant(milliseconds: input.longNumber(at: Occupant.bytes))
    }
}

extension RoomLink: PackedElement {
    package static var bytes: Int { 32 }

    /// `link, 16 bytes ‖ made at, 8 ‖ until, 8, the highest number for none`, highest byte first.
    package func write(to output: inout [UInt8]) {
        link.write(to: &output)
        output.appendBytes(of: madeAt.milliseconds)
        output.appendBytes(of: until?.milliseconds ?? .max)
    }

    package init?(packed input: UnsafeRawBufferPointer) {
        guard let link = ID<GuestLink>(packed: UnsafeRawBufferPointer(rebasing: input[..<16]))
        else { return nil }
        self.link = link
        madeAt = Instant(milliseconds: input.longNumber(at: 16))
        let until = input.longNumber(at: 24)
        self.until = until == .max ? nil : Instant(milliseconds: until)
    }
}

extension Views {
    /// Rooms of a clinic, closed ones too.
    package func rooms(
        of clinic: ID<Clinic>, in log: LogID, _ page: PageRequest = .first
    ) async throws(ViewError) -> Page<RoomRow> {
        var query = RowQuery<RoomRow>(Rooms.self, order: [])
        query.require("clinic", "=", clinic)
        return try await answer(query, log, page) { _ in 0 }
    }

    /// Rooms that somebody is in.
    package func occupiedRooms(
        in log: LogID, _ page: PageRequest = .first
    ) async throws(ViewError) -> Page<RoomRow> {
        var query = RowQuery<RoomRow>(Rooms.self, order: [])
        query.require("is_occupied", "=", true)
        return try await answer(query, log, page) { _ in 0 }
    }
}
