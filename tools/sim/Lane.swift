import API
import Foundation

/// One worker: asks what its plan says, moment by moment, and keeps what it was told.
final class Lane {
    private let plan: PlannedLane
    private let ground: Ground
    private let door: Wire.Door
    private let organisation: String
    private var wires: [Wire?] = []
    private var visits: [Int: String] = [:]
    private var tokens: [Int: String] = [:]
    private var rooms: [Int: LaneRoom] = [:]
    private var groupCalls: [Int: String] = [:]
    private(set) var told = Told()
    /// Called with each caller to be listened to, once they wait.
    private let listen: (_ visit: String, _ token: String) -> Void

    /// Times one request is asked again: more, and the server is not well.
    private static let againMax = 200

    init(
        _ plan: PlannedLane, _ ground: Ground, _ size: DaySize, _ door: Wire.Door,
        listen: @escaping (_ visit: String, _ token: String) -> Void
    ) {
        self.plan = plan
        self.ground = ground
        self.door = door
        self.listen = listen
        organisation = ground.organisations[size.organisation(of: plan.clinic)]
    }

    func run() throws {
        for moment in plan.moments { try perform(moment) }
    }

    private func perform(_ moment: Moment) throws {
        let requests = moment.asks.map { request($0, of: moment.caller) }
        var second: [Int: Int] = [:]
        var next = moment.asks.count
        let started = ContinuousClock.now
        for (index, ask) in moment.asks.enumerated() {
            guard let request = requests[index] else { continue }
            try send(request, over: index)
            if ask.fault == .twice {
                second[index] = next
                try send(request, over: next)
                next += 1
            }
            if ask.fault == .unread { wires[index] = nil }
        }
        for (index, ask) in moment.asks.enumerated() {
            guard let request = requests[index] else {
                // A guest who was turned away has no token to come back with.
                if case .guest = ask.who { told.turnedAway += 1 } else { told.unsent += 1 }
                continue
            }
            if case .broken(let bytes) = ask.fault {
                // Shorter answers than that are read whole, and forgotten all the same.
                do { try wires[index]?.skim(bytes) } catch {}
                wires[index] = nil
            }
            let answers = try ([index] + (second[index].map { [$0] } ?? [])).map { wire in
                try final(request, over: wire)
            }
            if moment.asks.count == 1, ask.fault == .none {
                told.latencies.append(started.duration(to: .now))
            }
            try note(answers, to: ask, of: moment.caller)
        }
    }

    // MARK: Asking

    private func send(_ request: [UInt8], over index: Int) throws {
        while wires.count <= index { wires.append(nil) }
        for _ in 0..<Lane.againMax {
            do {
                let wire = try wires[index] ?? Wire(door)
                wires[index] = wire
                return try wire.send(request)
            } catch is Wire.Lost {
                wires[index] = nil
            }
        }
        throw SimError("the server takes no requests any more")
    }

    /// The answer that stands: what was lost, or is to be asked again, is asked again.
    private func final(_ request: [UInt8], over index: Int) throws -> Wire.Answer {
        for attempt in 0..<Lane.againMax {
            do {
                guard let wire = wires[index] else { throw Wire.Lost() }
                let answer = try wire.answer()
                guard Lane.isToBeAskedAgain(answer) else { return answer }
                told.again += 1
                usleep(UInt32(min(attempt + 1, 20)) * 5_000)
            } catch is Wire.Lost {
                told.lost += 1
                wires[index] = nil
            }
            try send(request, over: index)
        }
        throw SimError("no answer that stands after \(Lane.againMax) times")
    }

    /// 409 `stillRunning` and `contended`, 503 `busy` and their like: those that say when.
    private static func isToBeAskedAgain(_ answer: Wire.Answer) -> Bool {
        answer.header("retry-after") != nil
    }

    /// Nil where who asks is not known yet: an earlier request was refused.
    private func request(_ ask: Ask, of caller: Int) -> [UInt8]? {
        var headers: [(String, String)] = []
        switch ask.who {
        case .nobody: break
        case .caller:
            guard let token = tokens[ask.caller ?? caller] else { return nil }
            headers.append(("Authorization", "Bearer \(token)"))
        case .staff(let number):
            headers.append(("Authorization", "Bearer \(ground.staff[number].token)"))
        case .guest(let number):
            guard let token = rooms[caller]?.guests[number] else { return nil }
            headers.append(("Authorization", "Bearer \(token)"))
        }
        if case .readArea(let clinic) = ask.deed {
            return Request.bytes(
                "GET", "/v1/clinics/\(ground.clinics[clinic])/waiting-area", headers: headers)
        }
        let visit = visits[ask.caller ?? caller]
        if visit == nil, ask.deed.isAboutAVisit { return nil }
        if ask.deed == .readVisit {
            return Request.bytes("GET", "/v1/visits/\(visit ?? "")", headers: headers)
        }
        let room = rooms[caller]
        if room == nil, ask.deed.isAboutARoom { return nil }
        if ask.deed == .readRoom {
            return Request.bytes("GET", "/v1/rooms/\(room?.id ?? "")", headers: headers)
        }
        let call = groupCalls[caller]
        if call == nil, ask.deed.isAboutAGroupCall { return nil }
        headers += [("Content-Type", "application/json"), ("Idempotency-Key", ask.key)]
        var body = self.body(ask.deed)
        if let visit, ask.deed.isAboutAVisit { body = body.setting("visit", .string(visit)) }
        if let room, ask.deed.isAboutARoom { body = body.setting("room", .string(room.id)) }
        if let call, ask.deed.isAboutAGroupCall { body = body.setting("call", .string(call)) }
        if case .enterByLink = ask.deed {
            guard let secret = room?.secret else { return nil }
            body = body.setting("secret", .string(secret))
        }
        if ask.who == .nobody { body = body.setting("organisation", .string(organisation)) }
        return Request.bytes(
            "POST", "/v1/commands/\(ask.deed.command)", headers: headers, body: body.bytes)
    }

    private func body(_ deed: Deed) -> JSON {
        switch deed {
        case .open(let clinic), .transfer(let clinic):
            ["clinic": .string(ground.clinics[clinic])]
        case .arrive(let name):
            [
                "entry": [
                    "firstName": .string(name), "lastName": "Simulated", "phone": "+4500000000",
                    "birthDate": "1980-02-29",
                ]
            ]
        case .message(let text): ["text": .string(text)]
        case .hold(let staff), .resume(let staff):
            ["staff": staff.map { .string(ground.staff[$0].id) }]
        case .addRoom(let clinic, let kind, let owner):
            [
                "clinic": .string(ground.clinics[clinic]), "kind": .string(kind),
                "name": kind == "user" ? nil : "Room",
                "owner": kind == "user" ? .string(ground.staff[owner].id) : nil,
            ]
        case .enterByLink(let guest): ["name": .string(guest.map { "Guest \($0)" } ?? "Patient")]
        case .startGroup(let clinic, let callers):
            ["clinic": .string(ground.clinics[clinic]), "visits": visits(of: callers)]
        case .askIntoGroup(let callers): ["visits": visits(of: callers)]
        case .answerGroup(let accepts): ["accept": .bool(accepts)]
        case .admit, .join, .leave, .disconnect, .comeBack, .giveUp, .end, .readVisit, .readArea,
            .makeLink, .enterRoom, .leaveRoom, .lockRoom, .unlockRoom, .closeRoom, .readRoom,
            .joinGroup, .leaveGroup, .endGroup:
            [:]
        }
    }

    private func visits(of callers: [Int]) -> JSON {
        .array(callers.compactMap { visits[$0].map { .string($0) } })
    }

    // MARK: Answers

    private func note(_ answers: [Wire.Answer], to ask: Ask, of caller: Int) throws {
        var positions: Set<Int64> = []
        for answer in answers {
            let json = try JSON(parsing: answer.body)
            guard answer.status == 200 else {
                let code = json["code"]?.text ?? "\(answer.status)"
                told.refused["\(ask.deed.command) \(answer.status) \(code)", default: 0] += 1
                if answer.status >= 500 { told.findings.append("\(ask.deed.command): \(json)") }
                continue
            }
            if ask.who == .caller, ask.deed.isAboutARoom {
                told.findings.append("\(ask.deed.command): a patient was let in: \(json)")
            }
            if ask.deed.isRead {
                told.reads += 1
                continue
            }
            let entry = try Acknowledged(
                ask.deed.command, key: ask.key, about: about(ask, of: caller, json), json)
            if positions.insert(entry.position).inserted { told.acknowledged.append(entry) }
            learn(json["result"] ?? [:], from: ask, of: caller)
        }
        if positions.count > 1 {
            told.findings.append("\(ask.deed.command) under one key was done at \(positions)")
        }
    }

    /// The visit, room or group call that a command was about, or made.
    private func about(_ ask: Ask, of caller: Int, _ answer: JSON) -> String? {
        if ask.deed.isAboutAVisit { return visits[ask.caller ?? caller] }
        if ask.deed.isAboutARoom { return rooms[caller]?.id }
        if ask.deed.isAboutAGroupCall { return groupCalls[caller] }
        let made = ["visit", "room", "call"].lazy.compactMap { answer["result"]?[$0]?.text }
        return made.first
    }

    private func learn(_ result: JSON, from ask: Ask, of caller: Int) {
        let visitor = ask.caller ?? caller
        switch ask.deed {
        case .open: visits[visitor] = result["visit"]?.text
        case .arrive:
            guard let token = result["token"]?.text, let visit = visits[visitor] else { return }
            if tokens[visitor] == nil, plan.watched.contains(visitor) { listen(visit, token) }
            tokens[visitor] = token
        case .startGroup: groupCalls[caller] = result["call"]?.text
        case .addRoom: rooms[caller] = result["room"]?.text.map { LaneRoom(id: $0) }
        case .makeLink:
            if let secret = result["secret"]?.text { rooms[caller]?.secret = secret }
        case .enterByLink(let guest?): rooms[caller]?.guests[guest] = result["token"]?.text
        case .enterByLink(nil), .message, .admit, .join, .leave, .hold, .resume, .disconnect,
            .comeBack, .transfer, .giveUp, .end, .readVisit, .readArea, .enterRoom, .leaveRoom,
            .lockRoom, .unlockRoom, .closeRoom, .readRoom, .askIntoGroup, .answerGroup, .joinGroup,
            .leaveGroup, .endGroup:
            break
        }
    }

    /// Callers of this lane and the tokens they were told.
    var callers: [(visit: String, token: String)] {
        visits.sorted { $0.key < $1.key }.compactMap { caller, visit in
            tokens[caller].map { (visit, $0) }
        }
    }
}

/// A room of a lane, its newest link, and the tokens of those who came by links.
private struct LaneRoom {
    let id: String
    var secret: String?
    var guests: [Int: String] = [:]
}

/// What a lane was told.
struct Told: Sendable {
    var acknowledged: [Acknowledged] = []
    var reads = 0
    /// By command, status and code.
    var refused: [String: Int] = [:]
    /// Of single requests whose connection held.
    var latencies: [Duration] = []
    /// Connections that broke, on purpose or not, before the answer was read.
    var lost = 0
    /// Answers that said to ask again.
    var again = 0
    /// Requests whose maker was not known.
    var unsent = 0
    /// Requests of guests whom the room had not let in.
    var turnedAway = 0
    var findings: [String] = []

    mutating func add(_ other: Told) {
        acknowledged += other.acknowledged
        reads += other.reads
        refused.merge(other.refused, uniquingKeysWith: +)
        latencies += other.latencies
        lost += other.lost
        again += other.again
        unsent += other.unsent
        turnedAway += other.turnedAway
        findings += other.findings
    }
}
