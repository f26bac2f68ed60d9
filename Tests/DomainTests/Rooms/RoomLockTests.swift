import Domain
import Testing

@Suite("Room: lock") struct RoomLockTests {
    private static let meeting = [
        Rooming.added(), Rooming.linked(), Rooming.staffIn(1), Rooming.guestIn(7),
    ]
    private static let locked = meeting + [Rooming.locked]

    @Test("WA-13 a locked room is locked and unlocked from inside, or by an administrator")
    func inside() {
        let open = Given<Room>(Self.meeting)
        open.when(.lock(at: second(3), by: id(2))).refused(.notInRoom)
        open.when(.unlock(at: second(3), by: id(1), isAdministrator: false)).then()
        let locked = open.when(.lock(at: second(3), by: id(1))).then(Rooming.locked)
        locked.when(.lock(at: second(4), by: id(1))).then()
        locked.when(.unlock(at: second(4), by: id(2), isAdministrator: false))
            .refused(.notInRoom)
        locked.when(.unlock(at: second(4), by: id(2), isAdministrator: true))
            .then(.unlocked(RoomUnlocked(at: second(4), by: id(2))))
            .when(Rooming.enter(2)).then(Rooming.staffIn(2, at: 9))
    }

    @Test("WA-13 nobody enters a locked room but whom those inside invite from then on")
    func invited() {
        let given = Given<Room>(Self.locked)
        given.when(Rooming.enter(2)).refused(.roomLocked)
        given.when(Rooming.enterAsGuest(8)).refused(.roomLocked)
        let invited = Given<Room>(Self.locked + [Rooming.linked(2, at: 4)])
        invited.when(Rooming.enterAsGuest(8, by: 2)).then(Rooming.guestIn(8, at: 9))
        invited.when(Rooming.enterAsGuest(8, by: 1)).refused(.roomLocked)
    }

    @Test("WA-13 who lost contact comes back into the locked room, who left does not")
    func back() {
        let lost = Self.locked + [Rooming.guestOut(7, .lostContact)]
        Given<Room>(lost).when(Rooming.enterAsGuest(7)).then(Rooming.guestIn(7, at: 9))
        Given<Room>(Self.locked + [Rooming.guestOut(7)]).when(Rooming.enterAsGuest(7))
            .refused(.roomLocked)
    }

    @Test("WA-13 the lock ends when no staff member is there any more")
    func ends() {
        let alone = Self.locked + [Rooming.staffOut(1, at: 5)]
        #expect(Room.fold(Self.locked).lock != nil)
        #expect(Room.fold(alone).lock == nil)
        Given<Room>(alone).when(Rooming.enter(2)).then(Rooming.staffIn(2, at: 9))
    }

    @Test(
        "ORG-3 whatever is asked, in whatever order, nobody is in twice, nor more than fit in",
        arguments: 0..<200 as Range<UInt64>)
    func property(seed: UInt64) {
        var samples = Samples(seed: seed)
        func number(_ range: ClosedRange<Int>) -> Int { samples.next(in: range) }
        let kind = RoomKind.allCases[number(0...2)]
        var state = Room.fold([Rooming.added(kind, owner: 1)])
        var entered = 0
        for step in 1...120 {
            let at = second(step)
            let who: Occupant =
                number(0...1) == 0 ? .staff(id(number(1...12))) : .guest(id(number(1...12)))
            let command: RoomCommand =
                switch number(0...9) {
                case 0: .leave(at: at, occupant: who)
                case 1: .dropOut(at: at, occupant: who)
                case 2: .lock(at: at, by: id(number(1...12)))
                case 3: .unlock(at: at, by: id(number(1...12)), isAdministrator: false)
                case 4:
                    .makeLink(
                        at: at, link: id(number(1...4)), secretHash: Rooming.hash, until: nil)
                case 5: .revokeLink(at: at, link: id(number(1...4)))
                case 6, 7: Rooming.enter(number(1...12), at: step)
                default: Rooming.enterAsGuest(number(1...12), by: number(1...4), at: step)
                }
            do throws(RoomRejection) {
                for event in try Room.decide(command, state) {
                    if case .entered(let coming) = event {
                        entered += 1
                        #expect(state.present[coming.occupant] == nil, "seed \(seed)")
                    }
                    Room.evolve(&state, event)
                }
            } catch {
                #expect(error != .roomUnknown, "seed \(seed)")
            }
            #expect(state.present.count <= kind.peopleMax, "seed \(seed)")
            let staffThere = state.present.keys.contains { $0.staff != nil }
            #expect(state.lock == nil || staffThere, "seed \(seed): locked and deserted")
        }
        #expect(entered > 0, "seed \(seed): nobody ever entered")
    }
}
