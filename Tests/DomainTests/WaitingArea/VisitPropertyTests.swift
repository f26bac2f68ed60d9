import Domain
import Testing

/// Rules that hold whatever is asked, in whatever order.
@Suite("Visit: whatever is asked") struct VisitPropertyTests {
    @Test("WA-3 WA-4 no order of commands breaks an invariant", arguments: 0..<200)
    func commands(seed: UInt64) {
        var samples = Samples(seed: seed)
        var state = Visit.initial
        var time = 0
        var accepted = 0
        for _ in 0..<300 {
            time += samples.next(in: 0...90)
            let command = Self.command(at: second(time), &samples)
            let before = state
            guard let events = decided(command, state) else { continue }
            accepted += events.count
            for event in events { Visit.evolve(&state, event) }
            let note: Comment = "seed \(seed), \(command) in \(before)"
            #expect(state.places <= Visit.peopleMax, note)
            #expect(Set(state.away.keys).isSubset(of: state.inside), note)
            #expect(state.held.isSubset(of: state.inside), note)
            #expect(state.phase == .beingSeen || state.staff.isEmpty, note)
            #expect(state.phase != .ended || state.inside.isEmpty, note)
            #expect(state.phase != .waiting || state.inside == [.caller], note)
            #expect(state.phase != .onHold || state.inside == [.caller], note)
            #expect(before.firstArrivedAt == nil || state.firstArrivedAt == before.firstArrivedAt)
            #expect(before.phase != .ended || state == before, note)
            if let last = before.lastAt { #expect(events.isEmpty || second(time) >= last, note) }
            // Asked again at the same moment, what was accepted is true already or refused: never
            // twice done.
            if case .sendMessage = command { continue }
            if let again = decided(command, state), before.phase != .onHold {
                #expect(again.isEmpty, note)
            }
        }
        #expect(accepted > 0)
    }

    @Test("WA-3 evolve never traps, whatever was written in whatever order", arguments: 0..<100)
    func anyHistory(seed: UInt64) throws {
        let state = Visit.fold(try madeUp(VisitEvent.self, count: 200, seed: seed))
        #expect(state.messages >= 0)
        var samples = Samples(seed: seed)
        // Nor does decide, after it.
        for _ in 0..<50 {
            let at = Instant(milliseconds: samples.integer())
            _ = decided(Self.command(at: at, &samples), state)
        }
        #expect(VisitTimeout.due(state).count <= state.away.count + 1)
    }

    private func decided(_ command: VisitCommand, _ state: Visit.State) -> [VisitEvent]? {
        do throws(VisitRejection) { return try Visit.decide(command, state) } catch { return nil }
    }

    private static func command(at: Instant, _ samples: inout Samples) -> VisitCommand {
        let staff: ID<Staff> = id(samples.next(in: 1...8))
        let who = samples.next(in: 0...2) == 0 ? Participant.caller : .staff(staff)
        let clinic: ID<Clinic> = id(samples.next(in: 1...2))
        let door = ClinicDoor(clinic, isOpen: samples.next(in: 0...5) > 0)
        // Ending is rare, so that much happens before it.
        return switch samples.next(in: 0...40) {
        case 0: .end(at: at, by: staff, reason: .finished)
        case 1: .giveUp(at: at)
        case 2...4: .open(at: at, door: door)
        case 5...8: .arrive(at: at, door: door, Story.arrival)
        case 9...12: .admit(at: at, staff: staff)
        case 13...20: .join(at: at, staff: staff)
        case 21...23: .leave(at: at, participant: who)
        case 24...25: .holdParticipant(at: at, participant: who, by: staff)
        case 26: .resumeParticipant(at: at, participant: who, by: staff)
        case 27...29: .disconnect(at: at, participant: who)
        case 30...33: .comeBack(at: at, participant: who)
        case 34...36: .dropOut(at: at, participant: who)
        case 37: .transfer(at: at, to: door, by: staff)
        default:
            .sendMessage(
                at: at, message: id(1), sender: who, text: MessageText("x"), key: id(2))
        }
    }
}
