import Domain
import Testing

@Suite("Room") struct RoomTests {
    @Test(
        "ORG-5 as many enter as the kind allows, and the next is refused with the limit named",
        arguments: RoomKind.allCases)
    func limit(kind: RoomKind) {
        let limit = kind == .group ? 20 : 6
        #expect(kind.peopleMax == limit)
        var history = [Rooming.added(kind), Rooming.linked(), Rooming.staffIn(9)]
        history += (1..<limit).map { Rooming.guestIn($0) }
        let full = Given<Room>(history)
        full.when(Rooming.enterAsGuest(99)).refused(.roomFull(limit: limit))
        if kind != .user { full.when(Rooming.enter(99)).refused(.roomFull(limit: limit)) }
        full.when(Rooming.enter(9)).then()  // Who is there already is no newcomer.
        Given<Room>(history + [Rooming.guestOut(1)]).when(Rooming.enterAsGuest(99))
            .then(Rooming.guestIn(99, at: 9))
        #expect(RoomRejection.roomFull(limit: limit).limit == limit)
    }

    @Test("ORG-3 a meeting room and a group room have a name and no owner, a user room the reverse")
    func made() {
        for kind in [RoomKind.meeting, .group] {
            add(kind, name: text("Council"), owner: nil).then(Rooming.added(kind))
            add(kind, name: nil, owner: nil).refused(.nameMissing)
            add(kind, name: text(""), owner: nil).refused(.nameMissing)
            add(kind, name: text("Council"), owner: id(9)).refused(.ownerNotWanted)
        }
        add(.user, name: nil, owner: id(9)).then(Rooming.added(.user))
        add(.user, name: text("Council"), owner: id(9)).refused(.nameNotWanted)
        add(.user, name: nil, owner: nil).refused(.ownerMissing)
        Given<Room>(Rooming.added()).when(
            .add(
                at: second(1), door: Rooming.door, kind: .meeting, name: text("x"), owner: nil)
        ).refused(.roomExists)
        Given<Room>().when(
            .add(
                at: second(1), door: Rooming.closedDoor, kind: .meeting, name: text("x"),
                owner: nil)
        ).refused(.clinicClosed)
    }

    private func add(_ kind: RoomKind, name: PublicText?, owner: ID<Staff>?) -> When<Room> {
        Given<Room>().when(
            .add(at: second(0), door: Rooming.door, kind: kind, name: name, owner: owner))
    }

    @Test("ORG-3 an administrator narrows a room to named members, and opens it to all again")
    func narrow() {
        let narrowed = RoomEvent.narrowed(RoomNarrowed(at: second(1), members: [id(1), id(2)]))
        let named = Given<Room>(Rooming.added())
            .when(.narrow(at: second(1), members: [id(2), id(1), id(2)])).then(narrowed)
        named.when(Rooming.enter(2)).then(Rooming.staffIn(2, at: 9))
        named.when(Rooming.enter(3)).refused(.notNamed)
        named.when(.narrow(at: second(2), members: [id(1), id(2)])).then()
        named.when(.narrow(at: second(2), members: []))
            .then(.narrowed(RoomNarrowed(at: second(2), members: [])))
            .when(Rooming.enter(3)).then(Rooming.staffIn(3, at: 9))
        Given<Room>(Rooming.added(.user)).when(.narrow(at: second(1), members: [id(1)]))
            .refused(.notForUserRooms)
        let many: [ID<Staff>] = (0...Room.membersMax).map { id($0) }
        Given<Room>(Rooming.added()).when(.narrow(at: second(1), members: many))
            .refused(.tooManyMembers(limit: Room.membersMax))
    }

    @Test("ORG-3 one with a guest link enters while a meeting is on, as long as the link is good")
    func links() {
        let meeting = [
            Rooming.added(), Rooming.linked(until: second(10)), Rooming.staffIn(1),
            Rooming.staffIn(2),
        ]
        Given<Room>(meeting).when(Rooming.enterAsGuest(7, at: 10))
            .then(Rooming.guestIn(7, at: 10))
        Given<Room>(meeting).when(Rooming.enterAsGuest(7, at: 11)).refused(.linkRefused)
        Given<Room>(meeting).when(Rooming.enterAsGuest(7, by: 2)).refused(.linkRefused)
        let state = Room.fold(meeting)
        #expect(state.link(Rooming.hash, at: second(10)) == id(1))
        #expect(state.link(Rooming.hash, at: second(11)) == nil)
        #expect(state.link(Digest(high: 1, low: 3), at: second(10)) == nil)
    }

    @Test("ORG-3 a revoked link puts nobody out and lets nobody in, who came by it neither")
    func revoked() {
        let revoked = RoomEvent.linkRevoked(GuestLinkRevoked(at: second(5), link: id(1)))
        let history = [Rooming.added(), Rooming.linked(), Rooming.guestIn(7)]
        let after = Given<Room>(history).when(.revokeLink(at: second(5), link: id(1)))
            .then(revoked)
        #expect(Room.fold(history + [revoked]).present.keys.map(\.guest) == [id(7)])
        after.when(Rooming.enterAsGuest(8)).refused(.linkRefused)
        after.when(.revokeLink(at: second(6), link: id(1))).then()
        Given<Room>(history + [revoked, Rooming.guestOut(7)]).when(Rooming.enterAsGuest(7))
            .refused(.linkRefused)
    }

    @Test("ORG-3 so many links are good at once; those whose time is over do not count")
    func manyLinks() {
        let good = (1...Room.linksMax).map { Rooming.linked($0) }
        let another = RoomCommand.makeLink(
            at: second(5), link: id(999), secretHash: Rooming.hash, until: nil)
        Given<Room>([Rooming.added()] + good).when(another)
            .refused(.tooManyLinks(limit: Room.linksMax))
        let over = (1...Room.linksMax).map { Rooming.linked($0, until: second(4)) }
        Given<Room>([Rooming.added()] + over).when(another).then(Rooming.linked(999, at: 5))
        Given<Room>(Rooming.added()).when(
            .makeLink(at: second(5), link: id(1), secretHash: Rooming.hash, until: second(4))
        ).refused(.untilPast)
    }

    @Test("ORG-4 guests enter a user room only while its member has it open; nobody is put out")
    func userRoom() {
        let history = [Rooming.added(.user, owner: 9), Rooming.linked()]
        Given<Room>(history).when(Rooming.enterAsGuest(7)).refused(.roomNotOpened)
        let open = history + [Rooming.staffIn(9)]
        Given<Room>(open).when(Rooming.enterAsGuest(7)).then(Rooming.guestIn(7, at: 9))
        let left = open + [Rooming.guestIn(7), Rooming.staffOut(9)]
        #expect(Room.fold(left).present.count == 1)
        Given<Room>(left).when(Rooming.enterAsGuest(8)).refused(.roomNotOpened)
        Given<Room>(history).when(.rename(at: second(3), name: text("x"))).refused(.nameNotWanted)
    }

    @Test("ORG-2 a closed clinic's rooms admit nobody, and keep who is there")
    func closedClinic() {
        let given = Given<Room>(Rooming.added(), Rooming.linked(), Rooming.staffIn(1))
        given.when(.enter(at: second(5), door: Rooming.closedDoor, staff: id(2)))
            .refused(.clinicClosed)
        given.when(
            .enterAsGuest(at: second(5), door: Rooming.closedDoor, guest: id(7), link: id(1))
        ).refused(.clinicClosed)
        given.when(.leave(at: second(5), occupant: .staff(id(1))))
            .then(Rooming.staffOut(1, at: 5))
    }

    @Test("ORG-3 a room closed for good is empty, and nothing opens it")
    func closed() {
        let given = Given<Room>(Rooming.added(), Rooming.linked(), Rooming.guestIn(7))
        let closed = given.when(.close(at: second(5))).then(.closed(RoomClosed(at: second(5))))
        closed.when(.close(at: second(6))).then()
        closed.when(Rooming.enter(1)).refused(.roomClosed)
        closed.when(Rooming.enterAsGuest(7)).refused(.roomClosed)
        closed.when(.leave(at: second(6), occupant: .guest(id(7)))).refused(.roomClosed)
        closed.when(.dropOut(at: second(6), occupant: .guest(id(7)))).then()
        let state = Room.fold([
            Rooming.added(), Rooming.guestIn(7), .closed(RoomClosed(at: second(5))),
        ])
        #expect(state.present.isEmpty && state.links.isEmpty)
    }

    @Test("ORG-3 leaving and coming back: presence is a set, asked twice it is true once")
    func presence() {
        let inside = Given<Room>(Rooming.added(), Rooming.staffIn(1))
        inside.when(Rooming.enter(1)).then()
        inside.when(.leave(at: second(3), occupant: .staff(id(1)))).then(Rooming.staffOut(1))
            .when(.leave(at: second(4), occupant: .staff(id(1)))).refused(.notInRoom)
        inside.when(.dropOut(at: second(3), occupant: .staff(id(1))))
            .then(Rooming.staffOut(1, .lostContact))
            .when(.dropOut(at: second(4), occupant: .staff(id(1)))).then()
    }
}
