/// What can be asked of a room. `at` is the server's clock; who may ask is decided by ``Roles``.
package enum RoomCommand: Hashable, Sendable {
    case add(at: Instant, door: ClinicDoor, kind: RoomKind, name: PublicText?, owner: ID<Staff>?)
    case rename(at: Instant, name: PublicText)
    /// None: all staff of the clinic.
    case narrow(at: Instant, members: [ID<Staff>])
    case close(at: Instant)
    case makeLink(at: Instant, link: ID<GuestLink>, secretHash: Digest, until: Instant?)
    case revokeLink(at: Instant, link: ID<GuestLink>)
    case enter(at: Instant, door: ClinicDoor, staff: ID<Staff>)
    /// By a link, whose secret was found good or is looked for again.
    case enterAsGuest(at: Instant, door: ClinicDoor, guest: ID<GuestStay>, link: ID<GuestLink>)
    case leave(at: Instant, occupant: Occupant)
    /// Asked by policy once somebody was silent for the grace time.
    case dropOut(at: Instant, occupant: Occupant)
    case lock(at: Instant, by: ID<Staff>)
    /// - Parameter isAdministrator: may do so from outside.
    case unlock(at: Instant, by: ID<Staff>, isAdministrator: Bool)
}

/// Why a room refuses. In order: where two reasons apply, the earlier is thrown.
package enum RoomRejection: Rejected {
    case roomUnknown
    case roomExists
    case roomClosed
    case clinicClosed
    case nameMissing
    case nameNotWanted
    case ownerMissing
    case ownerNotWanted
    case notForUserRooms
    case tooManyMembers(limit: Int)
    case untilPast
    case tooManyLinks(limit: Int)
    /// Never made, revoked or over: which of these is not told.
    case linkRefused
    case notNamed
    case roomNotOpened
    case roomLocked
    case roomFull(limit: Int)  // People.
    case notInRoom

    package var told: Told {
        switch self {
        case .roomUnknown: Told("roomUnknown", "There is no such room.", field: "room")
        case .roomExists: Told("roomExists", "This room exists.", field: "room")
        case .roomClosed: Told("roomClosed", "The room was closed.", field: "room")
        case .clinicClosed:
            Told("clinicClosed", "The clinic is closed and admits nobody.", field: "clinic")
        case .nameMissing: Told("nameMissing", "A room has a name.", field: "name")
        case .nameNotWanted:
            Told("nameNotWanted", "A user room bears its member's name.", field: "name")
        case .ownerMissing:
            Told("ownerMissing", "A user room is of one staff member: name them.", field: "owner")
        case .ownerNotWanted:
            Told("ownerNotWanted", "Only a user room is of one staff member.", field: "owner")
        case .notForUserRooms:
            Told("notForUserRooms", "A user room is its member's alone.", field: "members")
        case .tooManyMembers(let limit):
            Told(
                "tooManyMembers", "At most \(limit) members are named.", field: "members",
                limit: limit)
        case .untilPast: Told("untilPast", "The end lies in the past.", field: "until")
        case .tooManyLinks(let limit):
            Told(
                "tooManyLinks", "At most \(limit) links are good at once; revoke one.",
                limit: limit)
        case .linkRefused:
            Told("linkRefused", "This link lets nobody in; ask for another.", field: "secret")
        case .notNamed:
            Told("notNamed", "This room is for named members of the staff only.")
        case .roomNotOpened:
            Told("roomNotOpened", "Its member has not opened the room yet; try again later.")
        case .roomLocked:
            Told("roomLocked", "The room is locked; ask those inside to invite you.")
        case .roomFull(let limit):
            Told(
                "roomFull", "There are \(limit) people in the room, and no more can enter.",
                limit: limit)
        case .notInRoom: Told("notInRoom", "They are not in this room.")
        }
    }
}
