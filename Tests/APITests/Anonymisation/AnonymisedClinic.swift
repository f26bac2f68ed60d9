import API
import Domain
import EventStore
import Foundation
import Projections
import Testing

/// A clinic on files, with a history of appointments that happened as long ago as is wanted.
struct AnonymisedClinic: Sendable {
    let installation: Installation
    let clock: ManualClock
    let organisation: ID<Organisation>
    let clinic: String
    let staff: ID<Staff>

    var log: LogID { LogID(bits: organisation.bits) }
    var anonymiser: Anonymiser { Anonymiser(installation.eraser) }

    /// One appointment with what belongs to it.
    struct Records: Sendable {
        let client: String
        let appointment: String
        let visit: String
        let answers: String

        var all: [ID<AnyRecord>] {
            [appointment, visit, answers].compactMap { ID<AnyRecord>($0) }
        }
    }

    /// Opens a new folder, runs `test` with projections following, closes, and removes it.
    static func run(
        _ test: @escaping @Sendable (AnonymisedClinic) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "anteroom-anonymised-\(UUID().uuidString)"
        defer { for end in ["", ".erasures", ".key"] { removeQuietly(folder + end) } }
        try await during(folder, ManualClock()) { installation, clock in
            try await test(AnonymisedClinic(installation, clock))
        }
    }

    static func during(
        _ folder: String, _ clock: ManualClock,
        _ test: @escaping @Sendable (Installation, ManualClock) async throws -> Void
    ) async throws {
        let installation = try await Installation.open(
            folder, Installation.Options(clock: clock, cores: 1) { _ in })
        let runner = installation.side.runner
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            try await test(installation, clock)
            group.cancelAll()
        }
        try await installation.close()
    }

    init(_ installation: Installation, _ clock: ManualClock) async throws {
        self.installation = installation
        self.clock = clock
        func run(_ name: String, _ body: JSON) async throws -> CommandAnswer {
            try await AnonymisedClinic.run(installation.dispatch, name, body, at: nil)
        }
        let made = try await run(
            "organisation.create",
            [
                "name": "Example", "zone": "UTC", "subdomain": "example", "isTest": true,
                "administrator": ["name": "Ada Administrator"],
            ])
        organisation = made.organisation
        let administrator = try #require(made.result.first?.value.text)
        clinic = try #require(
            try await run(
                "clinic.create",
                [
                    "organisation": .string(organisation.description), "name": "Cardiology",
                    "administrator": .string(administrator),
                ]
            ).result.first?.value.text)
        staff = try #require(ID<Staff>(administrator))
    }

    @discardableResult
    static func run(
        _ dispatch: Dispatch, _ name: String, _ body: JSON, at: Instant?
    ) async throws -> CommandAnswer {
        try await dispatch.run(
            CommandRequest(
                name: name, body: body, key: IdempotencyKey(hex(RandomIDs().next())),
                actor: .operator, at: at, door: .importing))
    }

    /// As the operator, and the id of what was made.
    @discardableResult
    func operate(_ name: String, _ members: [JSON.Member], daysAgo: Int64? = nil) async throws
        -> String
    {
        let at = daysAgo.map { clock.now() - .days($0) }
        let all = [JSON.Member("organisation", .string(organisation.description))] + members
        let answer = try await AnonymisedClinic.run(
            installation.dispatch, name, .object(all), at: at)
        return answer.result.first?.value.text ?? ""
    }

    func member(_ name: String, _ text: String) -> JSON.Member { JSON.Member(name, .string(text)) }

    func client(_ surname: String) async throws -> String {
        try await operate(
            "client.register",
            [
                JSON.Member(
                    "details", ["surname": .string(surname), "externalNumber": .string(surname)])
            ])
    }

    /// An appointment `daysAgo` that took place: a visit with a message, and answers.
    func appointment(of client: String, daysAgo: Int64, note: String = "note") async throws
        -> Records
    {
        let day = LocalDate(day: Int(Retention.day(of: clock.now()) - daysAgo))
        let appointment = try await operate(
            "appointment.book",
            [
                member("clinic", clinic), member("client", client),
                member("day", try #require(day).description), member("note", note),
            ])
        let visit = try await operate("visit.open", [member("clinic", clinic)])
        try await operate(
            "visit.arrive",
            [
                member("visit", visit), member("appointment", appointment),
                JSON.Member("entry", ["firstName": .string(note)]),
            ])
        let questionnaire = try await operate(
            "questionnaire.publish",
            [
                member("title", "Intake"),
                JSON.Member(
                    "questions", [["name": "why", "kind": "textArea", "text": "Why?"]]),
            ])
        let answers = try await operate(
            "answers.give",
            [
                member("questionnaire", questionnaire), JSON.Member("version", 1),
                member("visit", visit),
                JSON.Member("answers", [["question": "why", "text": .string(note)]]),
            ])
        try await operate(
            "visit.end", [member("visit", visit)])
        try await operate(
            "appointment.done", [member("appointment", appointment), member("visit", visit)])
        return Records(client: client, appointment: appointment, visit: visit, answers: answers)
    }

    /// Says the days and tells staff, from now on.
    func begin(days: Int64) async throws {
        try await operate("anonymisation.set-days", [JSON.Member("days", .integer(days))])
        try await operate(
            "anonymisation.announce", [member("runsFrom", clock.now().description)])
    }

    @discardableResult
    func run(max: Int = 100_000) async throws -> Anonymiser.Outcome {
        try await anonymiser.run(in: log, recordsMax: max, by: .commandLine)
    }

    func plan() async throws -> AnonymisationPlan {
        try await AnonymisationPlan.make(in: log, installation.dispatch, installation.side)
    }

    // MARK: Looking

    /// Asks as the administrator.
    func ask(_ path: String, _ fields: JSON) async throws -> JSON {
        let entry = try #require(QueryCatalogue.all.first { $0.path == path })
        return try await installation.dispatch.answer(
            entry,
            QueryRequest(
                fields: fields, isText: false,
                actor: .staff(organisation: organisation, staff),
                atLeast: try installation.store.head(of: log) - 1),
            from: installation.side
        ).json
    }

    /// Keys named by the streams of these records that are in the vault.
    func keysLeft(_ records: [ID<AnyRecord>]) async throws -> Int {
        var left = 0
        for key in try keys(records) where try await installation.vault.key(key) != nil {
            left += 1
        }
        return left
    }

    /// Under which a guest's name is sealed.
    func keys(of stay: ID<GuestStay>) throws -> Set<KeyID> {
        let events = try installation.store.readStream(
            StreamName(Category.guest, stay.bits), in: log, from: 0, limit: 10)
        return try events.reduce(into: []) { keys, event in
            keys.formUnion(try Coding.sealedKeys(Coding.new(event)))
        }
    }

    func keys(_ records: [ID<AnyRecord>]) throws -> Set<KeyID> {
        var keys: Set<KeyID> = []
        for record in records {
            for category in [
                Category.appointment, Category.visit, Category.answers, Category.client,
            ] {
                let events = try installation.store.readStream(
                    StreamName(category, record.bits), in: log, from: 0, limit: 2_000)
                for event in events { keys.formUnion(try Coding.sealedKeys(Coding.new(event))) }
            }
        }
        return keys
    }
}
