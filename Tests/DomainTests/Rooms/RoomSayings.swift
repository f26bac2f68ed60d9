import Domain

/// Short ways to say what tests of rooms say often.
enum Rooming {
    static let door = ClinicDoor(id(1), isOpen: true)
    static let closedDoor = ClinicDoor(id(1), isOpen: false)
    static let hash = Digest(high: 1, low: 2)

    static func added(_ kind: RoomKind = .meeting, owner: Int = 9) -> RoomEvent {
        let isUser = kind == .user
        return .added(
            RoomAdded(
                at: second(0), clinic: id(1), kind: kind, name: isUser ? nil : text("Council"),
                owner: isUser ? id(owner) : nil))
    }

    static func linked(_ link: Int = 1, until: Instant? = nil, at: Int = 1) -> RoomEvent {
        .linkMade(
            GuestLinkMade(at: second(at), link: id(link), secretHash: hash, until: until))
    }

    static func staffIn(_ staff: Int, at: Int = 2) -> RoomEvent {
        .entered(RoomEntered(at: second(at), occupant: .staff(id(staff))))
    }

    static func guestIn(_ guest: Int, at: Int = 2) -> RoomEvent {
        .entered(RoomEntered(at: second(at), occupant: .guest(id(guest))))
    }

    static func staffOut(_ staff: Int, _ cause: RoomLeaving = .onPurpose, at: Int = 3) -> RoomEvent
    {
        .left(RoomLeft(at: second(at), occupant: .staff(id(staff)), cause: cause))
    }

    static func guestOut(_ guest: Int, _ cause: RoomLeaving = .onPurpose, at: Int = 3) -> RoomEvent
    {
        .left(RoomLeft(at: second(at), occupant: .guest(id(guest)), cause: cause))
    }

    static func enter(_ staff: Int, at: Int = 9) -> RoomCommand {
        .enter(at: second(at), door: door, staff: id(staff))
    }

    static func enterAsGuest(_ guest: Int, by link: Int = 1, at: Int = 9) -> RoomCommand {
        .enterAsGuest(at: second(at), door: door, guest: id(guest), link: id(link))
    }

    static let locked = RoomEvent.locked(RoomLocked(at: second(3), by: id(1)))
}
