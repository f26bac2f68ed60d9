import Domain
import EventStore

/// A clinic year made of visits, seeded: streams of 6 to 12 events, two hundred visits going on at
/// any time, every event decided by the domain's own rules. Personal records are sealed in shape
/// only (random bytes of the right length): what AES costs is measured by itself.
struct Workload: Sequence, IteratorProtocol {
    /// What the records hold.
    enum Content {
        /// As visits are: entry fields under seal at arrival, else plain.
        case mixed
        /// As `mixed`, and what is said in the call is messages, each of them under seal.
        case sealed
    }

    struct Item {
        let event: VisitEvent
        let stream: StreamName
        /// 0-based within the stream.
        let version: Int64
        let at: Int64
        let actor: Actor
    }

    static let organisation = LogID(bits: 0x7c9e_1a52_33f0_4d1b_9d55_0e61_40c8_22aa)
    private static let visitsAtOnce = 200

    private var random: SplitMix64
    private let content: Content
    private let clinics: [ID<Clinic>]
    private let staff: [ID<Staff>]
    private var going: [VisitScript] = []
    private var now: Int64 = 1_767_225_600_000  // 2026-01-01T00:00:00Z
    private var ready: [Item] = []

    init(seed: UInt64 = 1, content: Content = .mixed) {
        var random = SplitMix64(state: seed)
        clinics = (0..<20).map { _ in ID(bits: random.bits()) }
        staff = (0..<100).map { _ in ID(bits: random.bits()) }
        self.random = random
        self.content = content
    }

    mutating func next() -> Item? {
        while ready.isEmpty { advance() }
        return ready.removeFirst()
    }

    /// Lets one of the visits that are going on take its next step.
    private mutating func advance() {
        while going.count < Workload.visitsAtOnce { going.append(start()) }
        now += Int64(random.next() % 63_000)  // A million events a year.
        let index = Int(random.next() % UInt64(going.count))
        let step = going[index].next(at: Instant(milliseconds: now), &random, content)
        ready = step
        if going[index].isOver { going[index] = start() }
    }

    private mutating func start() -> VisitScript {
        let clinic = clinics[Int(random.next() % UInt64(clinics.count))]
        let member = staff[Int(random.next() % UInt64(staff.count))]
        return VisitScript(
            visit: random.bits(), clinic: clinic, staff: member,
            length: 6 + Int(random.next() % 7))
    }
}

/// One visit of the workload, from the open link to the end.
private struct VisitScript {
    let visit: UInt128
    let clinic: ID<Clinic>
    let staff: ID<Staff>
    /// Events it shall have, at least.
    let length: Int
    private var state = Visit.initial
    private var version: Int64 = 0

    init(visit: UInt128, clinic: ID<Clinic>, staff: ID<Staff>, length: Int) {
        self.visit = visit
        self.clinic = clinic
        self.staff = staff
        self.length = length
    }

    var isOver: Bool { state.phase == .ended }

    mutating func next(
        at: Instant, _ random: inout SplitMix64, _ content: Workload.Content
    ) -> [Workload.Item] {
        let (command, actor) = nextCommand(at, &random, content)
        let decided: [VisitEvent]
        do { decided = try Visit.decide(command, state) } catch {
            preconditionFailure("the workload asked what the rules refuse: \(error)")
        }
        return decided.map { event in
            Visit.evolve(&state, event)
            defer { version += 1 }
            return Workload.Item(
                event: event, stream: StreamName("visit", visit), version: version,
                at: at.milliseconds, actor: actor)
        }
    }

    private func nextCommand(
        _ at: Instant, _ random: inout SplitMix64, _ content: Workload.Content
    ) -> (VisitCommand, Actor) {
        let door = ClinicDoor(clinic, isOpen: true)
        let member = Actor("staff", id: staff.bits)
        switch state.phase {
        case .unopened: return (.open(at: at, door: door), Actor("self"))
        case .opened:
            let entry = EntryFields(firstName: "Johanna", lastName: "de Vries")
            let arrival = Arrival(entry: entry, key: ID(bits: random.bits()))
            return (.arrive(at: at, door: door, arrival), Actor("self"))
        case .waiting, .onHold: return (.admit(at: at, staff: staff), member)
        case .beingSeen where version >= Int64(length) - 1:
            return (.end(at: at, by: staff, reason: .finished), member)
        case .beingSeen where content == .sealed:
            return (message(at, &random, from: .staff(staff)), member)
        case .beingSeen: return (talk(at, &random), member)
        case .ended: preconditionFailure("the visit is over")
        }
    }

    /// What goes on in a call.
    private func talk(_ at: Instant, _ random: inout SplitMix64) -> VisitCommand {
        if state.held.contains(.caller) {
            return .resumeParticipant(at: at, participant: .caller, by: staff)
        }
        if random.next() % 2 == 0 { return .leave(at: at, participant: .staff(staff)) }
        return .holdParticipant(at: at, participant: .caller, by: staff)
    }

    private func message(
        _ at: Instant, _ random: inout SplitMix64, from sender: Participant
    ) -> VisitCommand {
        .sendMessage(
            at: at, message: ID(bits: random.bits()), sender: sender,
            text: MessageText("The blood pressure was 130 over 85 this morning."),
            key: ID(bits: random.bits()))
    }
}
