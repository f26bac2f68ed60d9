/// What happens to one group call: more callers than it has places are asked, answer at once, are
/// held and taken up again, leave it by every way there is.
struct GroupStory {
    private(set) var moments: [Moment] = []
    private let number: Int
    private let clinic: Int
    private let crew: Crew
    private var random: Seeded
    /// Its callers, each a number of the lane's of their own.
    private let callers: [Int]
    /// Who of the staff is, or may be, in the call.
    private var inside: [Int] = []

    /// Callers of one story at most: more than a group call takes in.
    static let callersMax = 22
    /// Callers whom one command asks at most, beside the staff member who begins.
    private static let askedMax = 19

    /// - Parameters:
    ///   - number: of the lane's callers, rooms and group calls, as a caller's is.
    ///   - first: number of its first caller; the others follow.
    ///   - isFull: there are as many callers as there can be, and all say yes.
    init(
        _ number: Int, first: Int, isFull: Bool, _ clinic: Int, _ crew: Crew, _ seed: UInt64
    ) {
        self.number = number
        self.clinic = clinic
        self.crew = crew
        random = Seeded(seed)
        let count = isFull ? GroupStory.callersMax : 3 + random.below(4)
        callers = (0..<count).map { first + $0 }
        tell(isFull: isFull)
    }

    private mutating func tell(isFull: Bool) {
        now(callers.map { ($0, .nobody, .open(clinic: clinic)) })
        now(callers.map { ($0, .nobody, .arrive(name: "Caller \(random.below(100_000))")) })
        let asked = Array(callers.prefix(GroupStory.askedMax))
        begin(asking: asked)
        if !isFull, random.happens(percent: 30) {
            // Asked into two: the later question stands, and who has answered is in one alone.
            now(asked.prefix(1).map { ($0, .caller, .answerGroup(accepts: true)) })
            begin(asking: Array(asked.dropFirst()))
        }
        answer(asked, yesPercent: isFull ? 100 : 80)
        // No place is left for all of these, or each is asked already.
        now([(nil, member(), .askIntoGroup(callers: Array(callers.suffix(4))))])
        join()
        for _ in 0..<2 + random.below(3) { turn() }
        if random.happens(percent: 80) {
            now([(nil, member(), .endGroup), (nil, member(), .endGroup)])
        }
        for caller in callers where random.happens(percent: 80) {
            now([(caller, member(), .end)])
        }
    }

    private mutating func begin(asking asked: [Int]) {
        let starter = random.pick(crew.members[clinic])
        now([(nil, .staff(starter), .startGroup(clinic: clinic, callers: asked))])
        inside = [starter]
    }

    /// Everybody at once.
    private mutating func answer(_ asked: [Int], yesPercent: Int) {
        now(
            asked.map {
                ($0, .caller, .answerGroup(accepts: random.happens(percent: yesPercent)))
            })
    }

    private mutating func join() {
        let more = random.pick(crew.members[clinic])
        now([(nil, .staff(more), .joinGroup)])
        inside.append(more)
    }

    private mutating func turn() {
        let caller = random.pick(callers)
        switch random.below(7) {
        case 0, 1: hold(caller)
        case 2:
            now([(caller, .caller, .disconnect)])
            now([(caller, .caller, .comeBack)])
        case 3: now([(caller, .caller, .leave), (nil, member(), .joinGroup)])
        case 4: now([(caller, member(), .end), (caller, .caller, .message("I have to go."))])
        case 5: join()
        default:
            now([(nil, member(), .askIntoGroup(callers: [caller]))])
            now([(caller, .caller, .answerGroup(accepts: random.happens(percent: 80)))])
        }
    }

    /// The last of the staff to go puts the callers on hold; one is taken in alone while somebody
    /// takes the others up again.
    private mutating func hold(_ caller: Int) {
        let leaving = Array(Set(inside)).sorted()
        now(leaving.map { (nil, .staff($0), .leaveGroup) })
        inside = []
        if random.happens(percent: 50) {
            now([(caller, .caller, .answerGroup(accepts: true)), (caller, member(), .readVisit)])
        }
        let back = random.pick(crew.members[clinic])
        var asks: [(Int?, Ask.Who, Deed)] = [(nil, .staff(back), .joinGroup)]
        if random.happens(percent: 50) { asks.append((caller, member(), .admit)) }
        now(asks)
        inside = [back]
    }

    // MARK: One moment

    private mutating func member() -> Ask.Who { .staff(random.pick(crew.members[clinic])) }

    private mutating func now(_ asks: [(Int?, Ask.Who, Deed)]) {
        let asks = asks.map { caller, who, deed in
            Ask(
                who: who, deed: deed, key: random.name(), fault: Ask.Fault(&random),
                caller: caller)
        }
        moments.append(Moment(caller: number, asks: asks))
    }
}
