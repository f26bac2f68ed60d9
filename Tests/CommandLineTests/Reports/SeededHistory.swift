import API
import Domain
import EventStore
import Foundation
import Projections
import Synchronization
import Testing

/// A clock that stands until it is moved.
final class StandingClock: API.Clock {
    private let time: Mutex<Instant>

    init(_ start: Instant) { time = Mutex(start) }

    func now() -> Instant { time.withLock { $0 } }
    func advance(seconds: Int64) { time.withLock { $0 = $0 + .seconds(seconds) } }
    /// Back, too: each organisation's log has its own time.
    func stand(at instant: Instant) { time.withLock { $0 = instant } }
    /// Never back.
    func advance(to instant: Instant) { time.withLock { $0 = max($0, instant) } }
}

/// Eight weeks of an organisation with two clinics, drawn from a seed: bookings with every outcome,
/// callers taken in, sent on and gone, and every day closed, the one of 23 hours too.
struct SeededHistory {
    let organisation: ID<Organisation>
    let administrator: ID<Staff>
    let clinics: [ID<Clinic>]
    /// A bearer token of the administrator.
    let token: String
    var log: LogID { LogID(bits: organisation.bits) }

    /// From 2024-02-10, a Saturday, to 2024-04-05.
    static let first = 19_763
    static let days = 56
    static let start = Instant(milliseconds: Int64(first) * 86_400_000 + 6 * 3_600_000)

    /// - Parameter settings: of its reports, in force from the second day on.
    static func make(
        _ subdomain: String, _ settings: JSON?, in installation: Installation,
        _ clock: StandingClock, _ random: inout Seeded
    ) async throws -> SeededHistory {
        clock.stand(at: start)
        let desk = Desk(installation.dispatch)
        let made = try await desk.run(
            "organisation.create",
            [
                "name": .string("Clinic & Söhne «\(subdomain)»"), "zone": "Europe/Copenhagen",
                "subdomain": .string(subdomain),
                "administrator": ["name": "Ada Administrator"],
            ])
        desk.organisation = made.organisation
        let administrator = try #require(made["administrator"].flatMap(ID<Staff>.init))
        var clinics: [ID<Clinic>] = []
        for name in ["Cardiology", "=Dermatology, \"skin\""] {
            let clinic: ID<Clinic> = try await desk.make(
                "clinic.create", "clinic",
                ["name": .string(name), "administrator": .id(administrator)])
            clinics.append(clinic)
        }
        let token = try await desk.run("staff.issue-token", ["staff": .id(administrator)])["token"]
        let story = Story(
            desk: desk, clinics: clinics, staff: try await staff(desk, clinics),
            clients: try await clients(desk), clock: clock)
        if let settings { try await desk.run("reports.configure", settings) }
        let closer = DayCloser(dispatch: installation.dispatch) { Issue.record("\($0)") }
        for day in first..<first + days {
            clock.advance(to: Instant(milliseconds: Int64(day) * 86_400_000 + 7 * 3_600_000))
            try await story.day(try #require(LocalDate(day: day)), &random)
            // Beyond midnight in Copenhagen, in winter and in summer.
            clock.advance(to: Instant(milliseconds: Int64(day) * 86_400_000 + 23 * 3_600_000))
            _ = try await closer.close(made.organisation, until: clock.now())
        }
        return SeededHistory(
            organisation: made.organisation, administrator: administrator, clinics: clinics,
            token: try #require(token))
    }

    /// Three practitioners, each in both clinics.
    private static func staff(_ desk: Desk, _ clinics: [ID<Clinic>]) async throws -> [ID<Staff>] {
        var staff: [ID<Staff>] = []
        for name in ["Tova", "Ib", "Åse"] {
            let roles = clinics.map { ["role": "teamMember", "clinic": .id($0)] as JSON }
            let id: ID<Staff> = try await desk.make(
                "staff.add", "staff",
                ["profile": ["name": .string(name)], "roles": .array(roles), "reason": "test"])
            for clinic in clinics {
                try await desk.run(
                    "staff.mark-practitioner", ["staff": .id(id), "clinic": .id(clinic)])
            }
            staff.append(id)
        }
        return staff
    }

    private static func clients(_ desk: Desk) async throws -> [ID<Client>] {
        var clients: [ID<Client>] = []
        for name in ["Grace", "Edith", "Lise", "Emmy", "Sofya"] {
            let id: ID<Client> = try await desk.make(
                "client.register", "client",
                ["details": ["surname": .string(name), "externalNumber": .string(name)]])
            clients.append(id)
        }
        return clients
    }
}

/// What happens on one day.
private struct Story {
    let desk: Desk
    let clinics: [ID<Clinic>]
    let staff: [ID<Staff>]
    let clients: [ID<Client>]
    let clock: StandingClock

    func day(_ day: LocalDate, _ random: inout Seeded) async throws {
        for index in 0..<Int.random(in: 0...4, using: &random) {
            try await appointment(on: day, index, &random)
        }
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            clock.advance(seconds: .random(in: 30...5_000, using: &random))
            try await caller(&random)
        }
    }

    private func appointment(
        on day: LocalDate, _ index: Int, _ random: inout Seeded
    ) async throws {
        var booking: [(String, JSON)] = [
            ("clinic", .id(clinics.randomElement(using: &random) ?? clinics[0])),
            ("client", .id(clients.randomElement(using: &random) ?? clients[0])),
            ("day", .string(day.description)),
        ]
        if Bool.random(using: &random) {
            booking += [
                ("practitioner", .id(staff.randomElement(using: &random) ?? staff[0])),
                ("time", .string("1\(index):00")),
                ("minutes", .integer(Int64(Int.random(in: 1...6, using: &random) * 10))),
            ]
        }
        let made: ID<Appointment> = try await desk.make(
            "appointment.book", "appointment", booking)
        let outcomes = ["done", "done", "done", "no-show", "cancel", ""]
        let outcome = outcomes.randomElement(using: &random) ?? ""
        if !outcome.isEmpty {
            try await desk.run("appointment.\(outcome)", [("appointment", .id(made))])
        }
    }

    private func caller(_ random: inout Seeded) async throws {
        let clinic = clinics.randomElement(using: &random) ?? clinics[0]
        let visit: ID<Visit> = try await desk.make(
            "visit.open", "visit", [("clinic", .id(clinic))])
        let named: [(String, JSON)] = [("visit", .id(visit))]
        try await desk.run("visit.arrive", named + [("entry", ["firstName": "Grace"])])
        clock.advance(seconds: .random(in: 0...400, using: &random))
        let member = staff.randomElement(using: &random) ?? staff[0]
        if Int.random(in: 0...3, using: &random) == 0 {
            let other = clinics.first { $0 != clinic } ?? clinic
            try await desk.run("visit.transfer", named + [("clinic", .id(other))], by: member)
        }
        if Int.random(in: 0...4, using: &random) == 0 {
            try await desk.run("visit.give-up", named)
            return
        }
        try await desk.run("visit.admit", named, by: member)
        clock.advance(seconds: .random(in: 10...1_500, using: &random))
        try await desk.run("visit.end", named, by: member)
    }
}

/// Sends commands, as the operator or a staff member.
private final class Desk {
    let dispatch: Dispatch
    /// Named in what the operator asks.
    var organisation: ID<Organisation>?

    init(_ dispatch: Dispatch) { self.dispatch = dispatch }

    @discardableResult
    func run(
        _ name: String, _ members: [(String, JSON)], by staff: ID<Staff>? = nil
    ) async throws -> CommandAnswer {
        var all = members.map { JSON.Member($0.0, $0.1) }
        let actor: RequestActor
        if let staff, let organisation {
            actor = .staff(organisation: organisation, staff)
        } else {
            actor = .operator
            if let organisation { all.append(JSON.Member("organisation", .id(organisation))) }
        }
        return try await dispatch.run(
            CommandRequest(
                name: name, body: .object(all), key: IdempotencyKey(hex(dispatch.ids.next())),
                actor: actor, door: .importing))
    }

    @discardableResult
    func run(_ name: String, _ body: JSON) async throws -> CommandAnswer {
        guard case .object(let members) = body else { preconditionFailure("an object") }
        return try await run(name, members.map { ($0.name, $0.value) })
    }

    func make<Subject>(
        _ name: String, _ member: String, _ body: JSON
    ) async throws -> ID<Subject> {
        try #require(try await run(name, body)[member].flatMap(ID<Subject>.init))
    }

    func make<Subject>(
        _ name: String, _ member: String, _ members: [(String, JSON)]
    ) async throws -> ID<Subject> {
        try #require(try await run(name, members)[member].flatMap(ID<Subject>.init))
    }
}

extension CommandAnswer {
    /// A text of the result.
    fileprivate subscript(name: String) -> String? {
        result.first { $0.name == name }?.value.text
    }
}

extension JSON {
    fileprivate static func id<Subject>(_ id: ID<Subject>) -> JSON { .string(id.description) }
}
