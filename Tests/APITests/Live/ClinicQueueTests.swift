import API
import Domain
import Projections
import Testing

/// The queue that all streams of a clinic share, beside the function that staff see.
@Suite("Live: the queue of a clinic") struct ClinicQueueTests {
    @Test(
        "WA-3 kept up by events, the queue is the one staff see, and tells who moved",
        arguments: 0..<40 as Range<UInt64>)
    func sameAsStaff(seed: UInt64) throws {
        var day = QueueDay(seed: seed)
        var queues: [ID<Clinic>: ClinicQueue] = [:]
        var moves = 0
        for _ in 0..<1_500 {
            let places = QueueDay.clinics.map { day.places(in: $0) }
            guard let event = day.step() else { continue }
            for (clinic, before) in zip(QueueDay.clinics, places) {
                let after = day.places(in: clinic)
                let note: Comment = "seed \(seed), position \(event.position), \(event.event)"
                if queues[clinic] != nil {
                    let moved = event.step.flatMap {
                        queues[clinic]?.take($0, of: event.visit, at: event.position)
                    }
                    let expected = after.filter { before[$0.key] != $0.value }.map(\.key)
                    #expect(Set(moved ?? []) == Set(expected), note)
                    moves += expected.count
                } else if day.random.next() % 16 == 0 {
                    queues[clinic] = day.begun(in: clinic)
                }
                guard let queue = queues[clinic] else { continue }
                let area = day.area(of: clinic)
                #expect(queue.order == WaitingQueue.order(area).map(\.visit), note)
                let told = try queue.order.map { visit in
                    queue.place(of: visit, since: try #require(day.rows[visit]?.waitingSince))
                }
                #expect(
                    told == queue.order.map { WaitingQueue.position(of: $0, among: area) }, note)
            }
        }
        #expect(queues.count == QueueDay.clinics.count)
        #expect(moves > 50, "seed \(seed)")
    }

    @Test("WA-3 no place is told of another wait than the one whoever asks knows of")
    func otherWait() {
        let clinic = QueueDay.clinics[0]
        let visit = ID<Visit>(bits: 7)
        var queue = ClinicQueue(of: clinic, [], asOf: 0)
        let first = Instant(milliseconds: 1_000)
        let second = Instant(milliseconds: 2_000)
        #expect(queue.take(.arrived(in: clinic, at: first), of: visit, at: 3) == [visit])
        #expect(queue.place(of: visit, since: first) == 1)
        #expect(queue.place(of: visit, since: second) == nil)
        #expect(queue.take(.waitsNoLonger, of: visit, at: 4) == [])
        #expect(queue.place(of: visit, since: first) == nil)
        #expect(queue.take(.waitsAgain(at: second), of: visit, at: 5) == [visit])
        #expect(queue.place(of: visit, since: first) == nil)
        #expect(queue.place(of: visit, since: second) == 1)
    }

    @Test("OPS-6 a clinic with more visits than are kept tells no places, and keeps nothing")
    func tooMany() {
        let clinic = QueueDay.clinics[0]
        var queue = ClinicQueue(of: clinic, [], asOf: 0)
        let at = Instant(milliseconds: 1_000)
        func visit(_ number: Int) -> ID<Visit> { ID(bits: UInt128(number + 1)) }
        for number in 0..<ClinicQueue.visitsMax {
            _ = queue.take(
                .arrived(in: clinic, at: at), of: visit(number), at: Int64(number))
        }
        let last = visit(ClinicQueue.visitsMax - 1)
        #expect(queue.place(of: last, since: at) == ClinicQueue.visitsMax)
        let one = visit(ClinicQueue.visitsMax)
        let position = Int64(ClinicQueue.visitsMax)
        #expect(queue.take(.arrived(in: clinic, at: at), of: one, at: position) == [])
        #expect(queue.isOver)
        #expect(queue.order.isEmpty)
        #expect(queue.place(of: visit(0), since: at) == nil)
        #expect(queue.take(.gone, of: one, at: position + 1) == [])
        #expect(queue.place(of: visit(0), since: at) == nil)
    }

    // MARK: Shared

    private let clinic = QueueDay.clinics[0]
    private let ada = ID<Visit>(bits: 1)
    private let jean = ID<Visit>(bits: 2)

    private func arrived(_ second: Int64) -> QueueStep {
        .arrived(in: clinic, at: Instant(milliseconds: second * 1_000))
    }

    @Test("WA-3 one stream reads who waits; what is rung meanwhile is in it, and once")
    func oneReads() {
        var shared = SharedQueue()
        #expect(shared.isUnknown)
        #expect(shared.take(arrived(1), of: ada, at: 1) == [], "nobody asked yet")
        #expect(shared.claim(5) == true)
        #expect(shared.claim(6) == false)
        #expect(!shared.isUnknown)
        #expect(shared.take(arrived(2), of: jean, at: 2) == [])
        #expect(shared.take(.gone, of: ada, at: 3) == [])
        // It was read before jean came, and after ada had gone.
        #expect(shared.settle(6, ClinicQueue(of: clinic, [], asOf: 0)) == false)
        #expect(shared.settle(5, ClinicQueue(of: clinic, [], asOf: 2)) == true)
        #expect(shared.queue?.order == [jean])
        #expect(shared.take(arrived(4), of: ada, at: 4) == [ada])
        #expect(shared.queue?.order == [jean, ada])
    }

    @Test("WA-3 where reading fails, or something was not rung for, another reads anew")
    func another() {
        var shared = SharedQueue()
        #expect(shared.claim(1) == true)
        #expect(shared.settle(1, nil) == true)
        #expect(shared.isUnknown)
        #expect(shared.claim(2) == true)
        shared.forget()
        #expect(shared.isUnknown)
        #expect(shared.claim(3) == true)
        #expect(
            shared.settle(2, ClinicQueue(of: clinic, [], asOf: 9)) == false, "it missed something")
        #expect(shared.queue == nil)
        #expect(shared.settle(3, ClinicQueue(of: clinic, [], asOf: 9)) == true)
        shared.forget()
        #expect(shared.queue == nil && shared.isUnknown)
    }

    @Test("OPS-6 what is rung while one reads is kept up to a bound; beyond, another reads anew")
    func keptSteps() {
        var shared = SharedQueue()
        #expect(shared.claim(1) == true)
        for number in 0..<SharedQueue.stepsMax {
            #expect(shared.take(arrived(1), of: ada, at: Int64(number)) == [])
        }
        #expect(shared.take(arrived(1), of: ada, at: 9_999) == nil, "everybody is called")
        #expect(shared.isUnknown)
        #expect(shared.settle(1, ClinicQueue(of: clinic, [], asOf: 0)) == false)
    }
}

/// Visits of three clinics as commands make them, asked at random, and their rows.
private struct QueueDay {
    static let clinics = (1...3).map { ID<Clinic>(bits: UInt128($0)) }
    private static let visitsAtOnce = 24

    struct Event {
        let visit: ID<Visit>
        let event: VisitEvent
        let position: Int64
        var step: QueueStep? { QueueStep(event) }
    }

    var random: Seeded
    private(set) var rows: [ID<Visit>: CallerRow] = [:]
    private var visits: [(id: ID<Visit>, state: Visit.State)] = []
    private var made: UInt128 = 0
    private var time: Int64 = 1_000_000
    private var events: [Event] = []
    /// Decided, and not yet in the log.
    private var coming: [(visit: ID<Visit>, event: VisitEvent)] = []

    init(seed: UInt64) {
        random = Seeded(seed)
        for _ in 0..<QueueDay.visitsAtOnce { visits.append(newVisit()) }
    }

    private mutating func newVisit() -> (ID<Visit>, Visit.State) {
        made += 1
        // Of no order: who comes first has not the lowest id.
        return (ID(bits: UInt128(random.next()) << 64 | made), Visit.initial)
    }

    func area(of clinic: ID<Clinic>) -> [CallerRow] {
        rows.values.filter { $0.clinic == clinic }
    }

    func places(in clinic: ID<Clinic>) -> [ID<Visit>: Int] {
        let order = WaitingQueue.order(area(of: clinic)).map(\.visit)
        return Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0 + 1) })
    }

    /// Begun now; events from before, told once more, change nothing.
    mutating func begun(in clinic: ID<Clinic>) -> ClinicQueue {
        var queue = ClinicQueue(of: clinic, area(of: clinic), asOf: Int64(events.count))
        let again = Int(random.next() % 30)
        for event in events.suffix(again) {
            if let step = event.step {
                _ = queue.take(step, of: event.visit, at: event.position)
            }
        }
        return queue
    }

    /// The next event; nil: what was asked was refused, or changed nothing.
    mutating func step() -> Event? {
        if coming.isEmpty { ask() }
        guard !coming.isEmpty else { return nil }
        let (visit, event) = coming.removeFirst()
        let next = Event(visit: visit, event: event, position: Int64(events.count))
        events.append(next)
        rows[visit] = WaitingArea.row(
            of: visit, after: event, at: next.position, before: rows[visit])
        return next
    }

    private mutating func ask() {
        time += Int64(random.next() % 3) * 1_000 + 1
        let index = Int(random.next() % UInt64(visits.count))
        if visits[index].state.phase == .ended { visits[index] = newVisit() }
        let command = command(visits[index].state)
        do throws(VisitRejection) {
            for event in try Visit.decide(command, visits[index].state) {
                Visit.evolve(&visits[index].state, event)
                coming.append((visits[index].id, event))
            }
        } catch {
            return
        }
    }

    private mutating func command(_ state: Visit.State) -> VisitCommand {
        let at = Instant(milliseconds: time)
        let staff = ID<Staff>(bits: UInt128(1 + random.next() % 3))
        let other = ClinicDoor(QueueDay.clinics[Int(random.next() % 3)], isOpen: true)
        let own = ClinicDoor(state.clinic ?? other.clinic, isOpen: true)
        let call = ID<GroupCall>(bits: 4)
        return switch random.next() % 32 {
        case 0...3: .open(at: at, door: other)
        case 4:
            .start(at: at, door: other, staff: staff, appointment: nil, appointmentStart: nil)
        case 5...11:
            .arrive(
                at: at, door: own, Arrival(entry: EntryFields(firstName: "Ada"), key: ID(bits: 5)))
        case 12...14: .admit(at: at, staff: staff)
        case 15: .join(at: at, staff: staff)
        case 16...17: .leave(at: at, participant: .staff(staff))
        case 18: .giveUp(at: at)
        case 19...20: .transfer(at: at, to: other, by: staff)
        case 21...22: .sendBack(at: at, by: staff, reason: .other, text: nil)
        case 23...24: .askToGroup(at: at, call: call, by: staff)
        case 25: .answerGroup(at: at, call: call, accepted: random.next() % 2 == 0)
        case 26:
            random.next() % 2 == 0
                ? .leaveGroup(at: at)
                : .markQuestionnaire(at: at, QuestionnaireMark(ID(bits: 6), .new))
        case 27: .disconnect(at: at, participant: .caller)
        case 28: .comeBack(at: at, participant: .caller)
        case 29: .dropOut(at: at, participant: .staff(staff))
        case 30: .lock(at: at, by: staff, rules: CallRules())
        default: .end(at: at, by: staff, reason: .finished)
        }
    }
}
