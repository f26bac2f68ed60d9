/// What happens to one room: staff and guests reach for more places than it has, and a patient who
/// was admitted next door tries to get in by every way there is.
struct RoomStory {
    private(set) var moments: [Moment] = []
    private let number: Int
    private let clinic: Int
    private let kind: String
    private let crew: Crew
    private var random: Seeded
    private var guests = 0

    /// People in a room of each kind at most, and some more who try.
    private static let tries = ["meeting": 9, "user": 9, "group": 24]
    /// In this order, so that every lane has each.
    static let kinds = ["meeting", "group", "user"]

    /// - Parameter number: of the lane's callers and rooms, as a caller's is.
    init(_ number: Int, kind: String, _ clinic: Int, _ crew: Crew, _ seed: UInt64) {
        self.number = number
        self.kind = kind
        self.clinic = clinic
        self.crew = crew
        random = Seeded(seed)
        tell()
    }

    private mutating func tell() {
        let administrator = Ask.Who.staff(crew.administrator(of: clinic))
        let owner = random.pick(crew.members[clinic])
        let user = Ask.Who.staff(owner)
        now([(.nobody, .open(clinic: clinic))])
        now([(.nobody, .arrive(name: "Patient \(random.below(100_000))"))])
        now([(user, .admit)])
        once(administrator, .addRoom(clinic: clinic, kind: kind, owner: owner))
        // The secret is told once: its answer is not lost.
        once(user, .makeLink)
        if kind == "user" { now([(user, .enterRoom)]) }
        crowd()
        now([(.caller, .enterRoom), (.caller, .enterByLink(guest: nil))])
        for _ in 0..<1 + random.below(3) { turn() }
        if random.happens(percent: 40) {
            now([(user, .enterRoom)])
            now([(user, .lockRoom), newGuest(), (.caller, .enterByLink(guest: nil))])
            once(user, .makeLink)
            now([newGuest(), someGuest(.enterRoom)])
            if random.happens(percent: 50) { now([(administrator, .unlockRoom), newGuest()]) }
        }
        now([(.caller, .enterRoom)])
        now([(user, .end)])
        if random.happens(percent: 70) { now([(administrator, .closeRoom), newGuest()]) }
    }

    /// More at once than there is room for.
    private mutating func crowd() {
        var left = crew.members[clinic]
        var asks: [(Ask.Who, Deed)] = [(.caller, .enterByLink(guest: nil))]
        for _ in 0..<(RoomStory.tries[kind] ?? 0) {
            if !left.isEmpty, random.happens(percent: 30) {
                asks.append((.staff(left.remove(at: random.below(left.count))), .enterRoom))
            } else {
                asks.append(newGuest())
            }
        }
        now(asks)
    }

    /// Some leave, some come back, others come for the first time.
    private mutating func turn() {
        var asks: [(Ask.Who, Deed)] = []
        for _ in 0..<1 + random.below(4) { asks.append(someGuest(.leaveRoom)) }
        now(asks)
        asks = [newGuest(), someGuest(.enterRoom), someGuest(.readRoom)]
        if random.happens(percent: 30) { asks.append((.caller, .readRoom)) }
        now(asks)
    }

    private mutating func newGuest() -> (Ask.Who, Deed) {
        guests += 1
        return (.nobody, .enterByLink(guest: guests - 1))
    }

    private mutating func someGuest(_ deed: Deed) -> (Ask.Who, Deed) {
        (.guest(random.below(max(1, guests))), deed)
    }

    // MARK: One moment

    private mutating func now(_ asks: [(Ask.Who, Deed)]) {
        let asks = asks.map { who, deed in
            Ask(who: who, deed: deed, key: random.name(), fault: Ask.Fault(&random))
        }
        moments.append(Moment(caller: number, asks: asks))
    }

    /// Whose answer arrives.
    private mutating func once(_ who: Ask.Who, _ deed: Deed) {
        let ask = Ask(who: who, deed: deed, key: random.name(), fault: .none)
        moments.append(Moment(caller: number, asks: [ask]))
    }
}
