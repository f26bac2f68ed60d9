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
            #expect(state.phase != .onHold || state.staff.isEmpty, note)
            #expect(state.group == nil || state.inside.isSubset(of: [.caller]), note)
            #expect(state.group == nil || state.phase == .beingSeen || state.phase == .onHold, note)
            // Who is invited by link enters only while the client is there.
            for case .externalEntered in events {
                #expect(before.present.contains(.caller), note)
            }
            for case .staffJoined(let joined) in events where before.isLocked {
                #expect(before.called.contains(joined.staff), note)
            }
            #expect(before.firstArrivedAt == nil || state.firstArrivedAt == before.firstArrivedAt)
            #expect(before.phase != .ended || state == before, note)
            if let last = before.lastAt { #expect(events.isEmpty || second(time) >= last, note) }
            // Asked again at the same moment, what was accepted is true already or refused: never
            // twice done.
            switch command {
            case .sendMessage, .invite: continue
            default: break
            }
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
        let invitee: ID<Invitee> = id(samples.next(in: 1...3))
        let call: ID<GroupCall> = id(samples.next(in: 1...2))
        if samples.next(in: 0...2) == 0 { return inCall(at, staff, invitee, call, &samples) }
        return switch samples.next(in: 0...41) {
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
        case 38: .timeOut(at: at)
        default:
            .sendMessage(
                at: at, message: id(1), sender: who, text: MessageText("x"), key: id(2))
        }
    }

    private static func inCall(
        _ at: Instant, _ staff: ID<Staff>, _ invitee: ID<Invitee>, _ call: ID<GroupCall>,
        _ samples: inout Samples
    ) -> VisitCommand {
        let rules = CallRules(allowsLocks: samples.next(in: 0...3) > 0)
        return switch samples.next(in: 0...24) {
        case 0:
            .start(
                at: at, door: ClinicDoor(id(1), isOpen: true), staff: staff, appointment: nil,
                appointmentStart: nil)
        case 1...2: .lock(at: at, by: staff, rules: rules)
        case 3: .unlock(at: at, by: staff)
        case 4...5: .callStaff(at: at, staff: staff, by: id(9))
        case 6...8:
            .invite(
                at: at, invitee: invitee, role: .external, by: staff,
                details: InviteeDetails(name: "Eve"), key: id(3))
        case 9: .revoke(at: at, invitee: invitee, by: staff)
        case 10...13: .enter(at: at, invitee: invitee, rules: rules)
        case 14: .sendBack(at: at, by: staff, reason: .other, text: MessageText("wait"))
        case 15...16: .askToGroup(at: at, call: call, by: staff)
        case 17...18:
            .answerGroup(at: at, call: call, accepted: samples.next(in: 0...1) == 0)
        case 19: .leaveGroup(at: at)
        case 20: .holdGroup(at: at)
        case 21: .resumeGroup(at: at)
        case 22...23:
            .markQuestionnaire(
                at: at,
                QuestionnaireMark(id(samples.next(in: 1...3)), QuestionnaireState.sample(&samples)))
        default:
            samples.next(in: 0...20) == 0
                ? .dismiss(at: at, by: staff, reason: .conduct, text: nil)
                : .leave(at: at, participant: .external(invitee))
        }
    }
}
