import API

/// How large a day is.
struct DaySize: Sendable {
    var clinics = 50
    var staff = 400
    var callers = 5_000
    /// Workers of each clinic, side by side.
    var lanes = 2

    static let clinicsOfOrganisation = 10

    var organisations: Int {
        (clinics + DaySize.clinicsOfOrganisation - 1) / DaySize.clinicsOfOrganisation
    }
}

/// A whole day, made from its seed before anything is asked: what is answered changes nothing of
/// it.
struct Plan: Sendable {
    let seed: UInt64
    let size: DaySize
    let staff: [PlannedStaff]
    let lanes: [PlannedLane]

    init(seed: UInt64, size: DaySize) {
        self.seed = seed
        self.size = size
        let staff = Plan.staff(size, seed)
        self.staff = staff
        let crew = Crew(size: size, staff: staff)
        lanes = (0..<size.clinics * size.lanes).map { PlannedLane($0, seed, crew) }
    }

    private static func staff(_ size: DaySize, _ seed: UInt64) -> [PlannedStaff] {
        var random = Seeded(seed, part: -1)
        return (0..<size.staff).map { number in
            let clinic = number % size.clinics
            let role =
                number < size.clinics
                ? "clinicAdmin" : random.pick(["teamMember", "teamMember", "clinicClerk"])
            var grants = [PlannedGrant(role: role, clinic: clinic)]
            let others = size.neighbours(of: clinic)
            if !others.isEmpty, random.happens(percent: 40) {
                let second = random.pick(["teamMember", "referrer"])
                grants.append(PlannedGrant(role: second, clinic: random.pick(others)))
            }
            return PlannedStaff(number: number, grants: grants)
        }
    }
}

extension DaySize {
    func organisation(of clinic: Int) -> Int { clinic / DaySize.clinicsOfOrganisation }

    /// The other clinics of its organisation.
    func neighbours(of clinic: Int) -> [Int] {
        (0..<clinics).filter { $0 != clinic && organisation(of: $0) == organisation(of: clinic) }
    }
}

struct PlannedGrant: Hashable, Sendable {
    let role: String
    let clinic: Int
}

struct PlannedStaff: Sendable {
    let number: Int
    let grants: [PlannedGrant]

    func works(in clinic: Int) -> Bool {
        grants.contains { $0.clinic == clinic && $0.role != "referrer" }
    }
}

/// Who works where.
struct Crew: Sendable {
    let size: DaySize
    /// By clinic: those who may take callers in there.
    let members: [[Int]]
    let staff: [PlannedStaff]

    init(size: DaySize, staff: [PlannedStaff]) {
        self.size = size
        self.staff = staff
        members = (0..<size.clinics).map { clinic in
            staff.filter { $0.works(in: clinic) }.map(\.number)
        }
    }

    /// Who makes its rooms: of its members, the first.
    func administrator(of clinic: Int) -> Int { staff[clinic].number }
}

/// What one worker does, in this order.
struct PlannedLane: Sendable {
    let number: Int
    let clinic: Int
    let moments: [Moment]
    let callers: Int
    /// Each with a patient of its own, who comes beside the callers.
    let rooms: Int
    /// Each with callers of its own, who come beside the others.
    let groupCalls: Int
    /// Callers whose own stream is listened to.
    let watched: Set<Int>

    /// Stories told at the same time.
    private static let openMax = 8
    /// Callers for each room.
    private static let callersOfRoom = 10
    /// Callers for each group call but the first, which is full.
    private static let callersOfGroupCall = 50

    init(_ number: Int, _ seed: UInt64, _ crew: Crew) {
        self.number = number
        clinic = number / crew.size.lanes
        var random = Seeded(seed, part: number)
        let lanes = crew.size.clinics * crew.size.lanes
        callers = crew.size.callers / lanes + (number < crew.size.callers % lanes ? 1 : 0)
        rooms = callers == 0 ? 0 : max(RoomStory.kinds.count, callers / PlannedLane.callersOfRoom)
        groupCalls = callers == 0 ? 0 : 1 + callers / PlannedLane.callersOfGroupCall
        let stories = Stories(callers: callers, rooms: rooms, groupCalls: groupCalls)
        var waiting = 0
        var open: [[Moment]] = []
        var moments: [Moment] = []
        while waiting < stories.count || !open.isEmpty {
            if waiting < stories.count, open.count < PlannedLane.openMax {
                let moments = PlannedLane.story(waiting, stories, clinic, crew, random.next())
                open.append(moments.reversed())
                waiting += 1
                if open.count < PlannedLane.openMax, random.happens(percent: 50) { continue }
            }
            let chosen = random.below(open.count)
            if let moment = open[chosen].popLast() { moments.append(moment) }
            if open[chosen].isEmpty { open.remove(at: chosen) }
        }
        self.moments = moments
        watched = Set((0..<callers).filter { _ in random.happens(percent: 4) })
    }

    /// Callers first, then rooms, then group calls; the callers of those after all of them.
    private static func story(
        _ number: Int, _ stories: Stories, _ clinic: Int, _ crew: Crew, _ seed: UInt64
    ) -> [Moment] {
        if number < stories.callers { return Story(number, clinic, crew, seed).moments }
        let room = number - stories.callers
        if room < stories.rooms {
            let kind = RoomStory.kinds[room % RoomStory.kinds.count]
            return RoomStory(number, kind: kind, clinic, crew, seed).moments
        }
        let group = room - stories.rooms
        let first = stories.count + group * GroupStory.callersMax
        return GroupStory(number, first: first, isFull: group == 0, clinic, crew, seed).moments
    }

    /// How many there are of each kind.
    private struct Stories {
        let callers: Int
        let rooms: Int
        let groupCalls: Int
        var count: Int { callers + rooms + groupCalls }
    }
}

/// What is asked at once, of one caller's visit, one room or one group call: every request is sent
/// before any answer is read.
struct Moment: Sendable {
    /// Of the lane's callers, rooms and group calls.
    let caller: Int
    let asks: [Ask]
}

/// One request.
struct Ask: Sendable {
    enum Who: Hashable, Sendable {
        case nobody
        case caller
        case staff(Int)
        /// Who came into this moment's room by a link.
        case guest(Int)
    }

    /// How the connection treats it. Whatever happens, it is asked again under the same key until
    /// it has its answer.
    enum Fault: Hashable, Sendable {
        case none
        /// Sent, and the connection closed before anything came back.
        case unread
        /// Closed after so many bytes of the answer.
        case broken(afterBytes: Int)
        /// Sent on two connections at once.
        case twice
    }

    let who: Who
    let deed: Deed
    let key: String
    let fault: Fault
    /// Whose visit it is about, by the lane's numbers; nil: the moment's own.
    var caller: Int?
}
