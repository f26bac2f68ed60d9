import API
import Foundation
import Synchronization

/// A planned day, driven.
final class Day {
    private let plan: Plan
    private let door: Wire.Door
    private let folder: String
    private let ground: Ground
    private var told = Told()
    private var areas: [Watcher] = []
    private let callers = Mutex<[Watcher]>([])
    private var patients: [(visit: String, token: String)] = []

    init(_ plan: Plan, port: UInt16, folder: String) throws {
        self.plan = plan
        self.folder = folder
        door = .port(port)
        var layer = try GroundLayer(plan, socket: App.socketPath(folder))
        ground = try layer.lay()
        told.acknowledged = ground.acknowledged
    }

    /// Runs it all; what was found wrong stands in the outcome.
    func run() throws -> DayOutcome {
        let watching = Crowd()
        areas = plan.size.clinics.numbers.map { clinic in
            let watcher = Watcher(
                "/v1/clinics/\(ground.clinics[clinic])/waiting-area/live",
                token: ground.staff[clinic].token, seed: plan.seed &+ UInt64(clinic), door)
            watching.add { watcher.run() }
            return watcher
        }
        let started = ContinuousClock.now
        try work(watching)
        let taken = started.duration(to: .now)
        let commands = told.acknowledged.count - ground.acknowledged.count
        try close()
        let own = callers.withLock { $0 }
        for watcher in areas + own { watcher.stop() }
        watching.wait()
        var outcome = DayOutcome(told, commands: commands, seconds: taken / .seconds(1))
        outcome.streams = areas.count + own.count
        outcome.breaks = (areas + own).reduce(0) { $0 + $1.breaks }
        let log = try LogCheck(
            folder: folder, organisations: ground.organisations, told.acknowledged)
        outcome.events = log.events
        outcome.rooms = log.rooms.count
        outcome.groupCalls = log.groups.count
        outcome.fullest = log.rooms.fullest
        outcome.findings += log.findings
        outcome.findings += try streamFindings(own, log)
        outcome.findings += try queueFindings(log)
        return outcome
    }

    /// Every lane at once, a thread each.
    private func work(_ watching: Crowd) throws {
        let crowd = Crowd()
        let results = Mutex<[Result<(Told, [(visit: String, token: String)]), any Error>]>([])
        for planned in plan.lanes {
            crowd.add { [self] in
                let lane = Lane(planned, ground, plan.size, door) { [self] visit, token in
                    let watcher = Watcher(
                        "/v1/visits/\(visit)/live", token: token,
                        seed: plan.seed &+ UInt64(planned.number), door)
                    callers.withLock { $0.append(watcher) }
                    watching.add { watcher.run() }
                }
                let result = Result {
                    try lane.run()
                    return (lane.told, lane.callers)
                }
                results.withLock { $0.append(result) }
            }
        }
        crowd.wait()
        for result in results.withLock({ $0 }) {
            let (lane, callers) = try result.get()
            told.add(lane)
            patients += callers
        }
    }

    /// One last caller in each clinic comes and goes; the stream of that clinic must tell it.
    private func close() throws {
        for clinic in plan.size.clinics.numbers {
            let asks: [(Ask.Who, Deed)] = [
                (.nobody, .open(clinic: clinic)), (.nobody, .arrive(name: "Last")),
                (.staff(clinic), .end),
            ]
            var random = Seeded(plan.seed, part: -3 - clinic)
            let lane = Lane(
                PlannedLane(
                    closing: clinic,
                    asks.map { Ask(who: $0, deed: $1, key: random.name(), fault: .none) }),
                ground, plan.size, door
            ) { _, _ in }
            try lane.run()
            told.add(lane.told)
            guard let gone = lane.told.acknowledged.last?.position else {
                throw SimError("the last caller of clinic \(clinic) was not taken")
            }
            var patience = 12_000
            while (areas[clinic].last ?? -1) < gone, patience > 0 {
                usleep(5_000)
                patience -= 1
            }
            if patience == 0 { told.findings.append("\(areas[clinic].path) never told \(gone)") }
        }
    }

    // MARK: Afterwards

    private func streamFindings(_ own: [Watcher], _ log: LogCheck) throws -> [String] {
        var findings = (areas + own).flatMap(\.findings)
        for watcher in areas + own { findings += try watcher.compareWithWhole() }
        for (clinic, watcher) in areas.enumerated() {
            let id = ground.clinics[clinic]
            for message in watcher.heard where message.event == "caller" {
                if message.json["clinic"]?.text != id {
                    findings.append("\(watcher.path) told of another clinic: \(message.data)")
                }
            }
        }
        let positions = log.visits.values
        for watcher in own {
            for message in watcher.heard where message.event != "ready" {
                let visit = message.json["visit"]?.text
                if let visit, !watcher.path.contains(visit) {
                    findings.append("\(watcher.path) told of \(visit)")
                }
                guard let id = message.id else { continue }
                if !positions.contains(where: { $0[id].map(watcher.path.contains) ?? false }) {
                    findings.append("\(watcher.path) told of position \(id), which is another's")
                }
            }
        }
        return findings
    }

    /// Who is there: by the log, by the query and by what the stream adds up to; and the queue as
    /// staff and as callers are told it.
    private func queueFindings(_ log: LogCheck) throws -> [String] {
        var findings: [String] = []
        let tokens = Dictionary(patients.map { ($0.visit, $0.token) }) { first, _ in first }
        for clinic in plan.size.clinics.numbers {
            let id = ground.clinics[clinic]
            let rows = try rows(of: clinic)
            let visits = rows.compactMap { $0["visit"]?.text }
            if Set(visits).count != visits.count { findings.append("\(id): a visit twice") }
            if Set(visits) != log.present[id] ?? [] {
                findings.append("\(id): the query shows others than the log holds")
            }
            var shown: [String: JSON] = [:]
            for message in areas[clinic].heard {
                guard let visit = message.json["visit"]?.text else { continue }
                shown[visit] = message.event == "gone" ? nil : message.json.withoutWaited
            }
            if Set(shown.values) != Set(rows.map(\.withoutWaited)) {
                findings.append("\(id): the stream adds up to something else than the query")
            }
            var expected: Int64 = 1
            for row in rows where row["state"] == "waiting" {
                guard let visit = row["visit"]?.text, let token = tokens[visit] else {
                    findings.append("\(id): somebody waits whom nobody brought")
                    continue
                }
                let own = try get("/v1/visits/\(visit)", token)["position"]?.whole
                if own != expected {
                    findings.append("\(id): place \(expected) for staff, \(own as Any) for caller")
                }
                expected += 1
            }
        }
        return findings
    }

    private func rows(of clinic: Int) throws -> [JSON] {
        var rows: [JSON] = []
        var after = ""
        while true {
            let path = "/v1/clinics/\(ground.clinics[clinic])/waiting-area?limit=1000\(after)"
            let page = try get(path, ground.staff[clinic].token)
            rows += page["rows"]?.elements ?? []
            guard let next = page["next"]?.text else { return rows }
            after = "&after=\(next)"
        }
    }

    private func get(_ path: String, _ token: String) throws -> JSON {
        let wire = try Wire(door)
        try wire.send(
            Request.bytes("GET", path, headers: [("Authorization", "Bearer \(token)")]))
        let answer = try wire.answer()
        guard answer.status == 200 else { throw SimError("\(path): \(answer.status)") }
        return try JSON(parsing: answer.body)
    }
}

extension PlannedLane {
    fileprivate init(closing clinic: Int, _ asks: [Ask]) {
        number = -1
        self.clinic = clinic
        moments = asks.map { Moment(caller: 0, asks: [$0]) }
        callers = 1
        rooms = 0
        groupCalls = 0
        watched = []
    }
}

extension Int {
    /// 0 ..< self.
    fileprivate var numbers: Range<Int> { 0..<self }
}

extension JSON {
    /// A row without what depends on now.
    fileprivate var withoutWaited: JSON { setting("waitedMilliseconds", nil) }
}

/// Threads that run side by side.
final class Crowd: Sendable {
    private let group = DispatchGroup()
    private static let stackBytes = 1 << 19

    func add(_ work: @escaping () -> Void) {
        group.enter()
        let ended = group
        let work = Work(run: work)
        let thread = Thread {
            work.run()
            ended.leave()
        }
        thread.stackSize = Crowd.stackBytes
        thread.start()
    }

    func wait() { group.wait() }

    /// Handed to one thread, which alone runs it.
    private struct Work: @unchecked Sendable { let run: () -> Void }
}
