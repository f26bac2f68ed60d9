import API
import EventStore
import Testing

/// Callers who come and go in two clinics, as a seed says; what is refused on the way is no matter.
struct BusyClinic: Sendable {
    let hospital: Hospital
    private let staff: [Person]
    private var callers: [Person] = []
    private var random: Seeded

    init(_ hospital: Hospital, seed: UInt64) async throws {
        self.hospital = hospital
        random = Seeded(seed)
        var staff: [Person] = []
        for _ in 0..<2 {
            staff.append(
                try await hospital.staff([
                    "teamMember@\(hospital.clinic)", "teamMember@\(hospital.otherClinic)",
                ]))
        }
        self.staff = staff
    }

    mutating func add(_ caller: Person) { callers.append(caller) }

    /// Something happens.
    mutating func step() async throws {
        if random.next() % 4 == 0 { hospital.fixture.clock.advance(seconds: 30) }
        guard !callers.isEmpty, random.next() % 6 != 0 else {
            let clinic = random.next() % 3 == 0 ? hospital.otherClinic : hospital.clinic
            callers.append(
                try await hospital.caller(firstName: "Caller \(random.next() % 100)", in: clinic))
            return
        }
        let caller = callers[Int(random.next() % UInt64(callers.count))]
        let member = staff[Int(random.next() % UInt64(staff.count))]
        let clinic = random.next() % 2 == 0 ? hospital.clinic : hospital.otherClinic
        let visit: JSON = ["visit": .string(caller.id)]
        let commands: [(String, JSON, Person)] = [
            ("visit.admit", visit, member), ("visit.admit", visit, member),
            ("visit.join", visit, member), ("visit.leave", visit, member),
            ("visit.message", visit.setting("text", .string("é \(random.next() % 9)")), caller),
            ("visit.message", visit.setting("text", "\u{2028}\n"), member),
            ("visit.disconnect", visit, caller), ("visit.come-back", visit, caller),
            ("visit.transfer", visit.setting("clinic", .string(clinic)), member),
            ("visit.hold", visit.setting("staff", .string(member.id)), member),
            ("visit.give-up", visit, caller), ("visit.end", visit, member),
        ]
        let (command, body, person) = commands[Int(random.next() % UInt64(commands.count))]
        let told = try await hospital.fixture.post(command, body, by: person)
        #expect([200, 409].contains(told.status), "\(command): \(told.text)")
    }

    /// The last thing that happens, seen by whoever watches the clinic, or this caller; its
    /// position.
    mutating func end(_ caller: Person?) async throws -> Int64 {
        let fixture = hospital.fixture
        let visit: String
        if let caller {
            visit = caller.id
            // Where it ended before, that was the last.
            _ = try await fixture.post(
                "visit.message", ["visit": .string(visit), "text": "Goodbye"], by: caller)
        } else {
            visit = try await hospital.caller(firstName: "Last").id
        }
        let events = try await fixture.events(hospital.organisation, from: 0)
        return try #require(events.last { hex($0.stream.id) == visit }).position
    }
}
