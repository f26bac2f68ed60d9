import Domain
import EventStore
import Projections

/// What is done once for each event, command or record on a hot path.
enum Scenario: String, CaseIterable {
    case encodeEvent = "encode-event"
    case decodeFact = "decode-fact"
    case encodeRecord = "encode-record"
    case parseRecord = "parse-record"
    case decideVisit = "decide-visit"

    /// Does it `count` times; what it answers depends on every one of them.
    func run(_ count: Int) throws -> Int {
        let samples = try Samples()
        var sum = 0
        switch self {
        case .encodeEvent:
            for index in 0..<count {
                let event = samples.visit[index % samples.visit.count]
                sum &+= try EventCoding.newEvent(event, in: samples.stream).payload.count
            }
        case .decodeFact:
            for index in 0..<count {
                let event = samples.recorded[index % samples.recorded.count]
                sum &+= Int(try EventCoding.fact(event).position)
            }
        case .encodeRecord:
            for index in 0..<count {
                sum &+= try EncodedCommit(samples.commit(index)).bytes.count
            }
        case .parseRecord:
            for index in 0..<count {
                let bytes = samples.recorded[index % samples.recorded.count].storedBytes
                sum &+= Int(try Record.parse(bytes).recordedAt & 1)
            }
        case .decideVisit:
            for index in 0..<count {
                var state = Visit.initial
                for command in samples.commands {
                    for event in try Visit.decide(command, state) { Visit.evolve(&state, event) }
                }
                sum &+= state.inside.count + index & 1
            }
        }
        return sum
    }
}

/// One visit, in every form the scenarios ask for.
private struct Samples {
    let stream = StreamName("visit", 0x1234_5678_9abc_def0_1234_5678_9abc_def0)
    let commands: [VisitCommand]
    /// As a log gives them back: sealed records shut.
    private(set) var visit: [VisitEvent] = []
    private(set) var recorded: [RecordedEvent] = []
    private var new: [NewEvent] = []
    private let context = Context(
        actor: Actor("staff", id: 0x42), role: "teamMember", basis: "role", origin: "http")

    init() throws {
        let door = ClinicDoor(ID(bits: 0xc1), isOpen: true)
        let staff = ID<Staff>(bits: 0x57)
        let at = Instant(milliseconds: 1_767_225_600_000)
        let arrival = Arrival(entry: EntryFields(firstName: "Ada"), key: ID(bits: 0x1e7))
        commands = [
            .open(at: at, door: door), .arrive(at: at, door: door, arrival),
            .admit(at: at, staff: staff),
            .holdParticipant(at: at, participant: .caller, by: staff),
            .resumeParticipant(at: at, participant: .caller, by: staff),
            .leave(at: at, participant: .staff(staff)), .admit(at: at, staff: staff),
            .end(at: at, by: staff, reason: .finished),
        ]
        var state = Visit.initial
        for command in commands {
            for event in try Visit.decide(command, state) {
                Visit.evolve(&state, event)
                try add(event)
            }
        }
    }

    func commit(_ index: Int) -> Commit {
        Commit(
            log: LogID(bits: 7), commandID: UInt128(index + 1), now: 1_767_225_600_000,
            context: context, events: [new[index % new.count]])
    }

    private mutating func add(_ event: VisitEvent) throws {
        let sealed = [UInt8](repeating: 0xA5, count: 120)
        let new = try EventCoding.newEvent(event, in: stream) { request throws(WireError) in
            SealedBytes(key: request.key, bytes: sealed)
        }
        self.new.append(new)
        var encoded = try EncodedCommit(commit(self.new.count - 1))
        encoded.stamp(
            0, position: Int64(recorded.count), version: Int64(recorded.count),
            recordedAt: 1_767_225_600_000)
        let parsed = try Record.parse(encoded.bytes[...])
        recorded.append(parsed)
        visit.append(
            try VisitEvent.decode(
                EventName(high: new.type.high, low: new.type.low), number: Int(new.schema),
                new.payload[...]))
    }
}
