/// What happens to one caller, as far as those who act know beforehand: where two reach for the
/// same thing at once, the server says who was first.
struct Story {
    private(set) var moments: [Moment] = []
    private let caller: Int
    private let crew: Crew
    private var clinic: Int
    private var random: Seeded
    /// Who is, or may be, in the call.
    private var inside: [Int] = []

    init(_ caller: Int, _ clinic: Int, _ crew: Crew, _ seed: UInt64) {
        self.caller = caller
        self.clinic = clinic
        self.crew = crew
        random = Seeded(seed)
        tell()
    }

    private mutating func tell() {
        now([(.nobody, .open(clinic: clinic))])
        now([(.nobody, .arrive(name: "Caller \(random.below(100_000))"))])
        wait()
        let ending = random.below(100)
        if ending < 10 { return }  // Still there at the end of the day.
        if ending < 22 {
            // Goes away while somebody may be taking them in.
            var asks: [(Ask.Who, Deed)] = [(.caller, .giveUp)]
            if random.happens(percent: 50) { asks.append((member(), .admit)) }
            now(asks)
            now([(member(), .end)])
            return
        }
        if random.happens(percent: 15) { transfer() }
        takeIn()
        for _ in 0..<random.below(4) { talk() }
        if random.happens(percent: 10) {
            transfer()
            wait()
            takeIn()
        }
        // Two may press the button; it ends once.
        var asks: [(Ask.Who, Deed)] = [(member(), .end)]
        if random.happens(percent: 25) { asks.append((member(), .end)) }
        if random.happens(percent: 10) { asks.append((member(), .join)) }
        now(asks)
    }

    private mutating func wait() {
        for _ in 0..<random.below(3) {
            switch random.below(7) {
            case 0: now([(.caller, .message("How long will it be?"))])
            case 1: now([(member(), .message("A little longer."))])
            case 2:
                now([(.caller, .disconnect)])
                now([(.caller, .comeBack)])
            case 3, 4: now([(.caller, .readVisit)])
            case 5: now([(member(), .readArea(clinic: clinic))])
            default: now([(.caller, .message("Thank you.")), (member(), .readVisit)])
            }
        }
    }

    /// One to three reach for the caller at once.
    private mutating func takeIn() {
        let rivals = some(1 + (random.happens(percent: 30) ? 1 + random.below(2) : 0))
        now(rivals.map { (.staff($0), .admit) })
        inside = rivals
    }

    private mutating func talk() {
        switch random.below(6) {
        case 0, 1:
            // More than there is room for, now and then.
            let more = some(random.happens(percent: 30) ? 7 : 1 + random.below(2))
            now(more.map { (.staff($0), .join) })
            inside += more
        case 2:
            let whom = random.happens(percent: 50) ? nil : random.pick(inside)
            now([(member(), .hold(staff: whom))])
            now([(member(), .resume(staff: whom))])
        case 3: now([(.caller, .message("It hurts here.")), (member(), .message("I see."))])
        case 4:
            // The last one to go puts the visit on hold; somebody takes it up again.
            let leaving = Array(Set(inside)).sorted()
            now(leaving.map { (.staff($0), .leave) })
            takeIn()
        default:
            now([(.caller, .disconnect)])
            now([(.caller, .comeBack)])
        }
    }

    private mutating func transfer() {
        let others = crew.size.neighbours(of: clinic)
        guard !others.isEmpty else { return }
        let both = crew.members[clinic].flatMap { number in
            others.filter { other in
                crew.staff[number].grants.contains { $0.clinic == other }
            }.map { (number, $0) }
        }
        guard !both.isEmpty else { return }
        let (who, target) = random.pick(both)
        var asks: [(Ask.Who, Deed)] = [(.staff(who), .transfer(clinic: target))]
        // Refused, or first: somebody of one clinic alone tries too.
        if random.happens(percent: 20) {
            asks.append((member(), .transfer(clinic: random.pick(others))))
        }
        now(asks)
        clinic = target
        inside = []
    }

    // MARK: One moment

    private mutating func member() -> Ask.Who { .staff(random.pick(crew.members[clinic])) }

    /// Different ones, as many as there are.
    private mutating func some(_ count: Int) -> [Int] {
        var left = crew.members[clinic]
        var chosen: [Int] = []
        while chosen.count < count, !left.isEmpty {
            chosen.append(left.remove(at: random.below(left.count)))
        }
        return chosen
    }

    private mutating func now(_ asks: [(Ask.Who, Deed)]) {
        let asks = asks.map { who, deed in
            Ask(who: who, deed: deed, key: random.name(), fault: Ask.Fault(&random))
        }
        moments.append(Moment(caller: caller, asks: asks))
    }
}

extension Ask.Fault {
    init(_ random: inout Seeded) {
        switch random.below(100) {
        case 0..<3: self = .unread
        case 3..<6: self = .broken(afterBytes: 1 + random.below(100))
        case 6..<10: self = .twice
        default: self = .none
        }
    }
}
