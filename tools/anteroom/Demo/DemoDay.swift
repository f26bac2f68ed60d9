import API
import Domain

/// A day in a small hospital, up to now: three clinics, appointments, and visits in every state,
/// some still waiting.
///
/// Laid through the same commands as everything else, at the times it says. The same seed and the
/// same moment give the same day.
struct DemoDay {
    static let subdomain = "demo"
    static let seed: UInt64 = 20_261_121
    /// Hours of opening that the day looks back on.
    static let hoursBack = 6
    /// Callers in those hours.
    static let callers = 60
    static let clients = 40
    private static let minute: Int64 = 60_000

    let now: Instant
    private var random = SeededGenerator(seed: DemoDay.seed)
    private var deeds: [DemoDeed] = []

    init(now: Instant) { self.now = now }

    /// Everything that happens, in the order of time.
    static func script(now: Instant) -> [DemoDeed] {
        var day = DemoDay(now: now)
        day.found()
        day.register()
        day.book()
        for caller in 0..<callers { day.visit(caller) }
        // Of one moment, in the order they were written: what makes comes before what uses.
        return day.deeds.enumerated()
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
    }

    private mutating func add(
        _ minutesBack: Double, _ who: DemoDeed.Who, _ command: String,
        makes: (member: String, label: String)? = nil, day: String? = nil,
        _ members: @escaping (DemoBook) throws -> [(String, JSON)]
    ) {
        let at = now.milliseconds - Int64(minutesBack * Double(DemoDay.minute))
        deeds.append(
            DemoDeed(
                at: Instant(milliseconds: at), who: who, command: command, members: members,
                makes: makes, day: day))
    }

    /// Minutes back at which the day began.
    private var dawn: Double { Double(DemoDay.hoursBack * 60 + 30) }

    // MARK: The hospital

    private mutating func found() {
        for clinic in DemoPeople.clinics {
            add(dawn, .platformOperator, "clinic.create", makes: ("clinic", clinic.label)) { book in
                [
                    ("name", .string(clinic.name)), ("administrator", book["administrator"]),
                    ("reason", "demonstration"),
                ]
            }
        }
        for person in DemoPeople.staff + [DemoPeople.receptionist] {
            add(dawn, .platformOperator, "staff.add", makes: ("staff", person.label)) { book in
                let role: JSON = ["role": .string(person.role), "clinic": book[person.clinic]]
                return [
                    ("profile", ["name": .string(person.name)]), ("roles", [role]),
                    ("reason", "demonstration"),
                ]
            }
        }
        for person in DemoPeople.staff {
            add(dawn, .platformOperator, "staff.mark-practitioner") { book in
                [("staff", book[person.label]), ("clinic", book[person.clinic])]
            }
        }
    }

    private mutating func register() {
        for client in 0..<DemoDay.clients {
            let name = name(client)
            let year = Int.random(in: 1940...2015, using: &random)
            add(
                dawn, .staff(DemoPeople.receptionist.label), "client.register",
                makes: ("client", "client \(client)")
            ) {
                _ in
                let details: JSON = [
                    "initials": .string("\(name.first.prefix(1))."), "surname": .string(name.last),
                    "birthDate": .string("\(year)-05-1\(client % 10)"),
                    "email": .string("client\(client)@clients.example"),
                    "externalNumber": .string("D-\(1000 + client)"),
                ]
                return [("details", details)]
            }
        }
    }

    private mutating func book() {
        for client in 0..<DemoDay.clients {
            let person = DemoPeople.staff[client % DemoPeople.staff.count]
            let slot = client / DemoPeople.staff.count
            let day = day(of: now)
            let time = "\(slot < 2 ? "0" : "")\(8 + slot):\(client % 2 == 0 ? "00" : "30")"
            add(
                dawn - 1, .staff(person.label), "appointment.book",
                makes: ("appointment", "appointment \(client)"), day: day
            ) { book in
                [
                    ("clinic", book[person.clinic]), ("client", book["client \(client)"]),
                    ("practitioner", book[person.label]), ("day", .string(day)),
                    ("time", .string(time)), ("minutes", 20),
                ]
            }
        }
    }

    /// The organisation's zone is UTC.
    private func day(of now: Instant) -> String { String(now.description.prefix(10)) }

    private func name(_ index: Int) -> (first: String, last: String) {
        let first = DemoPeople.firstNames[index % DemoPeople.firstNames.count]
        let last = DemoPeople.surnames[(index * 7 + 3) % DemoPeople.surnames.count]
        return (first, last)
    }
}

// MARK: - Visits

extension DemoDay {
    /// One caller from opening the link to the end, or to now.
    private mutating func visit(_ caller: Int) {
        let person = DemoPeople.staff[Int.random(in: 0..<DemoPeople.staff.count, using: &random)]
        let spread = Double(DemoDay.hoursBack * 60) / Double(DemoDay.callers)
        var clock = Double(DemoDay.hoursBack * 60) - Double(caller) * spread
        let visit = "visit \(caller)"
        add(clock, .platformOperator, "visit.open", makes: ("visit", visit)) { book in
            [("clinic", book[person.clinic])]
        }
        clock -= minutes(0.3...1.5)
        guard clock > 0 else { return }
        let name = name(caller + 11)
        let isClient = caller % 3 == 0
        add(clock, .platformOperator, "visit.arrive") { book in
            var members = [
                ("visit", book[visit]),
                ("entry", ["firstName": .string(name.first), "lastName": .string(name.last)]),
            ]
            if isClient { members.append(("askedFor", book[person.label])) }
            return members
        }
        if caller % 5 == 0, clock > 1 {
            let text = DemoPeople.messages[caller / 5 % DemoPeople.messages.count]
            add(clock - 0.5, .caller(visit), "visit.message") { book in
                [("visit", book[visit]), ("text", .string(text))]
            }
        }
        clock -= minutes(1...25)
        if caller % 9 == 4 {
            if clock > 0 {
                add(clock, .platformOperator, "visit.give-up") { [("visit", $0[visit])] }
            }
            return
        }
        consultation(caller, visit, person, from: clock)
    }

    private mutating func consultation(
        _ caller: Int, _ visit: String, _ person: DemoPeople.Practitioner, from start: Double
    ) {
        var clock = start
        func members(_ book: DemoBook) -> [(String, JSON)] { [("visit", book[visit])] }
        guard clock > 0 else { return }
        add(clock, .staff(person.label), "visit.admit", members)
        if caller % 6 == 1 {
            clock -= minutes(2...4)
            guard clock > 0 else { return }
            add(clock, .staff(person.label), "visit.hold", members)
            clock -= minutes(1...3)
            guard clock > 0 else { return }
            add(clock, .staff(person.label), "visit.resume", members)
        }
        if caller % 7 == 2 {
            clock -= minutes(3...6)
            guard clock > 0 else { return }
            add(clock, .staff(person.label), "visit.leave", members)
            clock -= minutes(2...5)
            guard clock > 0 else { return }
            add(clock, .staff(person.label), "visit.admit", members)
        }
        clock -= minutes(4...18)
        guard clock > 0 else { return }
        add(clock, .staff(person.label), "visit.end", members)
    }

    private mutating func minutes(_ range: ClosedRange<Double>) -> Double {
        Double.random(in: range, using: &random)
    }
}
