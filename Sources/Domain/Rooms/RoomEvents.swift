/// What can happen to a room. Source: ORG-3, ORG-4, ORG-5.
package enum RoomEvent: Hashable, Sendable {
    case added(RoomAdded)
    case renamed(RoomRenamed)
    case narrowed(RoomNarrowed)
    case closed(RoomClosed)
    case linkMade(GuestLinkMade)
    case linkRevoked(GuestLinkRevoked)
    case entered(RoomEntered)
    case left(RoomLeft)
    case locked(RoomLocked)
    case unlocked(RoomUnlocked)
}

extension RoomEvent: EventFamily {
    package static let category = "room"
    package static let members = Members<RoomEvent>(
        Member(RoomAdded.self, RoomEvent.added),
        Member(RoomRenamed.self, RoomEvent.renamed),
        Member(RoomNarrowed.self, RoomEvent.narrowed),
        Member(RoomClosed.self, RoomEvent.closed),
        Member(GuestLinkMade.self, RoomEvent.linkMade),
        Member(GuestLinkRevoked.self, RoomEvent.linkRevoked),
        Member(RoomEntered.self, RoomEvent.entered),
        Member(RoomLeft.self, RoomEvent.left),
        Member(RoomLocked.self, RoomEvent.locked),
        Member(RoomUnlocked.self, RoomEvent.unlocked))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .added(let event): try visitor.visit(event)
        case .renamed(let event): try visitor.visit(event)
        case .narrowed(let event): try visitor.visit(event)
        case .closed(let event): try visitor.visit(event)
        case .linkMade(let event): try visitor.visit(event)
        case .linkRevoked(let event): try visitor.visit(event)
        case .entered(let event): try visitor.visit(event)
        case .left(let event): try visitor.visit(event)
        case .locked(let event): try visitor.visit(event)
        case .unlocked(let event): try visitor.visit(event)
        }
    }
}

/// A room exists, for good or until it is closed. A user room bears its member's name, which stands
/// sealed in their own stream and nowhere else.
package struct RoomAdded: Hashable, Sendable {
    package let at: Instant
    package let clinic: ID<Clinic>
    package let kind: RoomKind
    /// Absent for a user room.
    package let name: PublicText?
    /// Whose room it is; absent but for a user room.
    package let owner: ID<Staff>?

    package init(
        at: Instant, clinic: ID<Clinic>, kind: RoomKind, name: PublicText? = nil,
        owner: ID<Staff>? = nil
    ) {
        self.at = at
        self.clinic = clinic
        self.kind = kind
        self.name = name
        self.owner = owner
    }
}

extension RoomAdded: Event {
    package static let name = "room.added"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        clinic = try f(2, "clinic", \.clinic)
        kind = try f(3, "kind", \.kind)
        name = try f(4, "name", \.name)
        owner = try f(5, "owner", \.owner)
    }
}

/// The room has another name.
package struct RoomRenamed: Hashable, Sendable {
    package let at: Instant
    package let name: PublicText

    package init(at: Instant, name: PublicText) {
        self.at = at
        self.name = name
    }
}

extension RoomRenamed: Event {
    package static let name = "room.renamed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        name = try f(2, "name", \.name)
    }
}

/// Of the clinic's staff only these may use the room; all of them where none is named.
package struct RoomNarrowed: Hashable, Sendable {
    package let at: Instant
    /// In order of id.
    package let members: [ID<Staff>]

    package init(at: Instant, members: [ID<Staff>]) {
        self.at = at
        self.members = members
    }
}

extension RoomNarrowed: Event {
    package static let name = "room.narrowed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        members = try f(2, "members", \.members)
    }
}

/// The room is gone for good, and nobody is in it any more.
package struct RoomClosed: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension RoomClosed: Event {
    package static let name = "room.closed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}

/// A guest link was made. Only its secret's hash is here; the secret is random, so the hash says
/// nothing.
package struct GuestLinkMade: Hashable, Sendable {
    package let at: Instant
    package let link: ID<GuestLink>
    /// SHA-256 of the secret.
    package let secretHash: Digest
    /// The last moment at which it lets anybody in; absent: until revoked.
    package let until: Instant?

    package init(at: Instant, link: ID<GuestLink>, secretHash: Digest, until: Instant? = nil) {
        self.at = at
        self.link = link
        self.secretHash = secretHash
        self.until = until
    }
}

extension GuestLinkMade: Event {
    package static let name = "room.guest-link-made"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        link = try f(2, "link", \.link)
        secretHash = try f(3, "secret_hash", \.secretHash)
        until = try f(4, "until", \.until)
    }
}

/// The link lets nobody in any more. Who came by it stays.
package struct GuestLinkRevoked: Hashable, Sendable {
    package let at: Instant
    package let link: ID<GuestLink>

    package init(at: Instant, link: ID<GuestLink>) {
        self.at = at
        self.link = link
    }
}

extension GuestLinkRevoked: Event {
    package static let name = "room.guest-link-revoked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        link = try f(2, "link", \.link)
    }
}

/// Somebody is in the room.
package struct RoomEntered: Hashable, Sendable {
    package let at: Instant
    package let occupant: Occupant

    package init(at: Instant, occupant: Occupant) {
        self.at = at
        self.occupant = occupant
    }
}

extension RoomEntered: Event {
    package static let name = "room.entered"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        occupant = try f(2, "occupant", \.occupant)
    }
}

/// Somebody is in the room no more.
package struct RoomLeft: Hashable, Sendable {
    package let at: Instant
    package let occupant: Occupant
    package let cause: RoomLeaving

    package init(at: Instant, occupant: Occupant, cause: RoomLeaving) {
        self.at = at
        self.occupant = occupant
        self.cause = cause
    }
}

extension RoomLeft: Event {
    package static let name = "room.left"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        occupant = try f(2, "occupant", \.occupant)
        cause = try f(3, "cause", \.cause)
    }
}

/// Nobody else enters but who is invited from now on. Ends with ``RoomUnlocked``, or when no staff
/// member is in the room any more.
package struct RoomLocked: Hashable, Sendable {
    package let at: Instant
    package let by: ID<Staff>

    package init(at: Instant, by: ID<Staff>) {
        self.at = at
        self.by = by
    }
}

extension RoomLocked: Event {
    package static let name = "room.locked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        by = try f(2, "by", \.by)
    }
}

/// Whoever may enter the room can do so again.
package struct RoomUnlocked: Hashable, Sendable {
    package let at: Instant
    package let by: ID<Staff>

    package init(at: Instant, by: ID<Staff>) {
        self.at = at
        self.by = by
    }
}

extension RoomUnlocked: Event {
    package static let name = "room.unlocked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        by = try f(2, "by", \.by)
    }
}
