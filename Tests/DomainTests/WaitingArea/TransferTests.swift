import Domain
import Testing

/// One visit that moves. Who may move it is ``Roles/mayTransfer(_:from:to:)``.
@Suite("Visit: transfer") struct TransferTests {
    @Test("WA-6 a caller moves to another clinic's queue, from the queue, the call and from hold")
    func transfer() {
        for history in [Story.waiting, Story.beingSeen(by: 3), Story.onHold] {
            Given<Visit>(history).when(.transfer(at: second(50), to: there, by: id(1)))
                .then(Story.transferred(by: 1, at: 50))
            let state = Visit.fold(history + [Story.transferred(by: 1, at: 50)])
            #expect(state.phase == .waiting)
            #expect(state.clinic == Story.there)
            #expect(state.inside == [.caller])
            #expect(state.firstArrivedAt == second(10))
            #expect(state.key == Story.key)
        }
    }

    @Test("WA-6 the other clinic takes the caller in without entry fields being given twice")
    func goesOn() {
        let moved = Story.waiting + [Story.transferred(by: 1, at: 50)]
        Given<Visit>(moved).when(.admit(at: second(60), staff: id(7)))
            .then(Story.admitted(by: 7, at: 60))
        Given<Visit>(moved)
            .when(.arrive(at: second(60), door: there, Story.arrival)).refused(.alreadyArrived)
    }

    @Test("WA-6 a refused transfer leaves the caller where they were")
    func refused() {
        let here = ClinicDoor(Story.here, isOpen: true)
        Given<Visit>(Story.beingSeen).when(.transfer(at: second(50), to: here, by: id(1)))
            .refused(.sameClinic)
        let shut = ClinicDoor(Story.there, isOpen: false)
        Given<Visit>(Story.beingSeen).when(.transfer(at: second(50), to: shut, by: id(1)))
            .refused(.clinicClosed)
        Given<Visit>(Story.beingSeen + [Story.left(.caller, at: 40)])
            .when(.transfer(at: second(50), to: there, by: id(1))).refused(.nobodyThere)
        Given<Visit>([Story.opened]).when(.transfer(at: second(50), to: there, by: id(1)))
            .refused(.notArrived)
    }

    @Test("WA-6 a caller out of contact keeps their place, and their grace time, across a transfer")
    func away() {
        let moved =
            Story.waiting + [
                Story.lost(.caller, at: 20), Story.transferred(by: 1, at: 50),
            ]
        Given<Visit>(moved).when(.comeBack(at: second(60), participant: .caller))
            .then(Story.returned(.caller, at: 60))
        Given<Visit>(moved).when(.dropOut(at: second(300), participant: .caller))
            .then(Story.end(by: nil, at: 300, .lostContact))
    }

    @Test("WA-6 it takes staff of both clinics, or a referrer of the second who works in the first")
    func who() {
        let one = Story.here
        let two = Story.there
        let both = [Grant(.teamMember, in: one), Grant(.clinicClerk, in: two)]
        #expect(Roles.mayTransfer(both, from: one, to: two) == Grant(.teamMember, in: one))
        let referrer = [Grant(.clinicAdmin, in: one), Grant(.referrer, in: two)]
        #expect(Roles.mayTransfer(referrer, from: one, to: two) == Grant(.clinicAdmin, in: one))
        #expect(Roles.mayTransfer(referrer, from: two, to: one) == nil)
        #expect(Roles.mayTransfer([Grant(.teamMember, in: one)], from: one, to: two) == nil)
        #expect(Roles.mayTransfer([Grant(.teamMember, in: two)], from: one, to: two) == nil)
        #expect(Roles.mayTransfer([Grant(.orgAdmin)], from: one, to: two) == Grant(.orgAdmin))
        #expect(Roles.mayTransfer([Grant(.orgCoordinator)], from: one, to: two) == nil)
    }

    private let there = ClinicDoor(Story.there, isOpen: true)
}
