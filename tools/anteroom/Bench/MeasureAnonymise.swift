import API
import Domain
import EventStore
import Foundation
import Projections

extension Bench {
    /// What a compliance officer waits for: the plan over a million appointments, and a run over
    /// appointments booked and settled by commands, sealed and indexed as a clinic's are.
    func measureAnonymise() async throws {
        try await measurePlan(of: scaled(1_000_000))
        try await measureRun(over: scaled(100_000))
    }

    private func measurePlan(of count: Int) async throws {
        let report = report
        try await AnonymiseLoad.during(fresh("plan").path) { load in
            try await ReportLoad(appointments: count, log: load.log)
                .fill(load.installation.store)
            try await load.begin()
            _ = try await load.plan()
            var times: [Double] = []
            let clock = ContinuousClock()
            for _ in 0..<11 {
                let started = clock.now
                let plan = try await load.plan()
                times.append((clock.now - started).inSeconds * 1_000)
                guard plan.dueCount == count else {
                    throw BenchError(message: "\(plan.dueCount) are due")
                }
            }
            times.sort()
            report.add(
                "anonymise plan over \(count) appointments, median", ours: times[5], unit: "ms",
                lessIsBetter: true, atLeast: 200)
        }
    }

    private func measureRun(over count: Int) async throws {
        let report = report
        try await AnonymiseLoad.during(fresh("anonymise").path) { load in
            try await load.fill(appointments: count, clients: count / 5)
            try await load.begin()
            _ = try await load.plan()
            let clock = ContinuousClock()
            let started = clock.now
            let outcome = try await load.run()
            let time = (clock.now - started).inSeconds
            guard outcome.records == count else {
                throw BenchError(message: "\(outcome.records) of \(count) were anonymised")
            }
            report.add(
                "anonymise run", ours: Double(count) / time, unit: "records/s", atLeast: 20_000)
        }
    }
}

/// An organisation with appointments of long ago, in a data folder of its own.
private struct AnonymiseLoad: Sendable {
    let installation: Installation
    let organisation: ID<Organisation>
    private let clinic: String

    var log: LogID { LogID(bits: organisation.bits) }

    static func during(
        _ folder: String, _ measure: (AnonymiseLoad) async throws -> Void
    ) async throws {
        let installation = try await Installation.open(
            folder, Installation.Options { Terminal.say("bench: \($0)") })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await installation.side.runner.run() }
            try await measure(AnonymiseLoad(installation))
            group.cancelAll()
        }
        try await installation.close()
    }

    private init(_ installation: Installation) async throws {
        self.installation = installation
        let made = try await AnonymiseLoad.send(
            installation, "organisation.create",
            [
                "name": "Bench", "zone": "Etc/UTC", "subdomain": "bench", "isTest": true,
                "administrator": ["name": "Ada Administrator"],
            ])
        organisation = made.organisation
        let administrator = made.result.first?.value.text
        let clinic = try await AnonymiseLoad.send(
            installation, "clinic.create",
            [
                "organisation": .string(organisation.description), "name": "Cardiology",
                "administrator": administrator.map(JSON.string),
            ])
        self.clinic = clinic.result.first?.value.text ?? ""
    }

    @discardableResult
    private static func send(
        _ installation: Installation, _ name: String, _ body: JSON, at: Instant? = nil
    ) async throws(Refusal) -> CommandAnswer {
        try await installation.dispatch.run(
            CommandRequest(
                name: name, body: body, key: IdempotencyKey(hex(RandomIDs().next())),
                actor: .operator, at: at, door: .importing))
    }

    private func send(
        _ name: String, _ members: [JSON.Member], at: Instant? = nil
    ) async throws -> String {
        let organisation = JSON.Member("organisation", .string(organisation.description))
        return try await AnonymiseLoad.send(
            installation, name, .object([organisation] + members), at: at
        ).result.first?.value.text ?? ""
    }

    /// Books each and settles it, two years ago, over all cores and with many at once.
    func fill(appointments: Int, clients: Int) async throws {
        let at = installation.dispatch.clock.now() - .days(730)
        guard let day = LocalDate(day: Int(Retention.day(of: at))) else { return }
        let registered = try await inLanes(clients) { number in
            try await send(
                "client.register",
                [JSON.Member("details", ["surname": .string("Client \(number)")])], at: at)
        }
        _ = try await inLanes(appointments) { number in
            let booked = try await send(
                "appointment.book",
                [
                    JSON.Member("clinic", .string(clinic)),
                    JSON.Member("client", .string(registered[number % clients])),
                    JSON.Member("day", .string(day.description)),
                ], at: at)
            return try await send(
                "appointment.done", [JSON.Member("appointment", .string(booked))], at: at)
        }
    }

    /// What `make` gave for each number.
    private func inLanes(
        _ count: Int, _ make: @escaping @Sendable (Int) async throws -> String
    ) async throws -> [String] {
        let lanes = 64
        return try await withThrowingTaskGroup(of: [(Int, String)].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var made: [(Int, String)] = []
                    for number in stride(from: lane, to: count, by: lanes) {
                        made.append((number, try await make(number)))
                    }
                    return made
                }
            }
            var all = [String](repeating: "", count: count)
            for try await made in group { for (number, text) in made { all[number] = text } }
            return all
        }
    }

    /// From here on all of it is due, and may go.
    func begin() async throws {
        _ = try await send("anonymisation.set-days", [JSON.Member("days", 30)])
        let now = installation.dispatch.clock.now().description
        _ = try await send("anonymisation.announce", [JSON.Member("runsFrom", .string(now))])
    }

    func plan() async throws -> AnonymisationPlan {
        try await AnonymisationPlan.make(in: log, installation.dispatch, installation.side)
    }

    func run() async throws -> Anonymiser.Outcome {
        try await Anonymiser(installation.eraser).run(
            in: log, recordsMax: .max, by: .commandLine)
    }
}
