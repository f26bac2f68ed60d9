import API
import Domain
import EventStore
import Foundation
import Projections
import TestSupport
import Testing

/// A small clinic on files: records that are due, a client who wants to be forgotten, records that
/// stay; somebody looked at all of them.
struct DueClinic: Sendable {
    /// A record and the keys of what is sealed in it.
    struct Record: Hashable, Sendable {
        let stream: StreamName
        let keys: Set<KeyID>
    }

    let log: LogID
    let due: [Record]
    let kept: [Record]
    /// Texts of the records that are due.
    let canaries: [String]
    /// A client whose looks are carried over.
    let client: ID<Client>
    let administrator: ID<Staff>

    static let days: Int64 = 30

    /// Lays it in `data` of `folder`.
    static func lay(in folder: Folder) async throws -> DueClinic {
        try await during(folder.path("data")) { installation in
            var builder = try await Builder(installation)
            return try await builder.build()
        }
    }

    /// Opens a folder with projections that follow, and closes it.
    static func during<Answer: Sendable>(
        _ folder: String, _ work: @Sendable (Installation) async throws -> Answer
    ) async throws -> Answer {
        let installation = try await Installation.open(
            folder, Installation.Options(cores: 1) { _ in })
        let runner = installation.side.runner
        do {
            let answer = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await runner.run() }
                defer { group.cancelAll() }
                return try await work(installation)
            }
            try await installation.close()
            return answer
        } catch {
            try await installation.close()
            throw error
        }
    }
}

/// What puts it together.
private struct Builder {
    let installation: Installation
    let organisation: String
    let administrator: String
    let clinic: String
    private var canaries: [String] = []

    /// Runs by night would come before those of the tests, whose servers go by the clock on the
    /// wall.
    private static func zoneWhereItIsDay() -> String {
        let hoursOfDay: Int64 = 24
        let hour = SystemClock().now().milliseconds / 3_600_000 % hoursOfDay
        return hour < 8 ? "Asia/Tokyo" : "UTC"
    }

    init(_ installation: Installation) async throws {
        self.installation = installation
        let made = try await Builder.run(
            installation, "organisation.create",
            [
                "name": "Due", "zone": .string(Builder.zoneWhereItIsDay()), "subdomain": "due",
                "isTest": true,
                "administrator": ["name": "Ada Administrator"],
            ])
        organisation = made.organisation.description
        administrator = try #require(made.result.first?.value.text)
        clinic = try #require(
            try await Builder.run(
                installation, "clinic.create",
                [
                    "organisation": .string(organisation), "name": "Cardiology",
                    "administrator": .string(administrator),
                ]
            ).result.first?.value.text)
    }

    private static func run(
        _ installation: Installation, _ name: String, _ body: JSON,
        by actor: RequestActor = .operator
    ) async throws -> CommandAnswer {
        let key = try IdempotencyKey("due-clinic-\(UUID().uuidString)")
        return try await installation.dispatch.run(
            CommandRequest(name: name, body: body, key: key, actor: actor, door: .importing))
    }

    /// The id of what was made.
    @discardableResult
    private func operate(_ name: String, _ members: [JSON.Member]) async throws -> String {
        let all = [JSON.Member("organisation", .string(organisation))] + members
        let answer = try await Builder.run(installation, name, .object(all))
        return answer.result.first?.value.text ?? ""
    }

    private func member(_ name: String, _ text: String) -> JSON.Member {
        JSON.Member(name, .string(text))
    }

    mutating func build() async throws -> DueClinic {
        let client = try await client()
        let forgotten = try await self.client(canary())
        var due: [DueClinic.Record] = []
        for owner in [client, client, forgotten] {
            due += try await appointment(of: owner, daysAgo: DueClinic.days + 10, canary())
        }
        due.append(try record(Category.client, forgotten))
        let kept =
            try await appointment(of: client, daysAgo: 1, "to be kept")
            + [try record(Category.client, client)]
        let planted = canaries
        try await look(at: due + kept)
        try await operate("anonymisation.set-days", [JSON.Member("days", .integer(DueClinic.days))])
        try await operate(
            "anonymisation.announce",
            [member("runsFrom", installation.dispatch.clock.now().description)])
        try await operate(
            "anonymisation.erase-client",
            [member("client", forgotten), JSON.Member("urgent", true)])
        return DueClinic(
            log: try log, due: due, kept: kept, canaries: planted,
            client: try #require(ID(client)), administrator: try #require(ID(administrator)))
    }

    private var log: LogID {
        get throws { LogID(bits: try #require(ID<Organisation>(organisation)).bits) }
    }

    private mutating func canary() -> String {
        canaries.append(Canary("due", .random(in: 1 ... .max)).text)
        return canaries[canaries.count - 1]
    }

    private func client(_ surname: String = "Lovelace") async throws -> String {
        try await operate(
            "client.register",
            [
                JSON.Member(
                    "details", ["surname": .string(surname), "externalNumber": .string(surname)])
            ])
    }

    /// With a visit, a message in it, and answers.
    private func appointment(
        of client: String, daysAgo: Int64, _ text: String
    ) async throws -> [DueClinic.Record] {
        let today = Retention.day(of: installation.dispatch.clock.now())
        let day = try #require(LocalDate(day: Int(today - daysAgo)))
        let appointment = try await operate(
            "appointment.book",
            [
                member("clinic", clinic), member("client", client),
                member("day", day.description), member("note", text),
            ])
        let visit = try await operate("visit.open", [member("clinic", clinic)])
        try await operate(
            "visit.arrive",
            [
                member("visit", visit), member("appointment", appointment),
                JSON.Member("entry", ["firstName": .string(text)]),
            ])
        _ = try await Builder.run(
            installation, "visit.message", ["visit": .string(visit), "text": .string(text)],
            by: .caller(
                organisation: ID(bits: try log.bits), try #require(ID<Visit>(visit))))
        let questionnaire = try await operate(
            "questionnaire.publish",
            [
                member("title", "Intake"),
                JSON.Member("questions", [["name": "why", "kind": "textArea", "text": "Why?"]]),
            ])
        let answers = try await operate(
            "answers.give",
            [
                member("questionnaire", questionnaire), JSON.Member("version", 1),
                member("visit", visit),
                JSON.Member("answers", [["question": "why", "text": .string(text)]]),
            ])
        try await operate("visit.end", [member("visit", visit)])
        try await operate(
            "appointment.done", [member("appointment", appointment), member("visit", visit)])
        return [
            try record(Category.appointment, appointment), try record(Category.visit, visit),
            try record(Category.answers, answers),
        ]
    }

    private func record(_ category: Word, _ id: String) throws -> DueClinic.Record {
        let stream = StreamName(category, try #require(ID<AnyRecord>(id)).bits)
        let events = try installation.store.readStream(stream, in: log, from: 0, limit: 1_000)
        let keys = try events.flatMap { try Coding.sealedKeys(Coding.new($0)) }
        try #require(!keys.isEmpty)
        return DueClinic.Record(stream: stream, keys: Set(keys))
    }

    /// As the administrator: lists, and every set of answers.
    private func look(at records: [DueClinic.Record]) async throws {
        let staff = try #require(ID<Staff>(administrator))
        let actor = RequestActor.staff(
            organisation: try #require(ID<Organisation>(organisation)), staff)
        func ask(_ path: String, _ fields: JSON) async throws {
            let entry = try #require(QueryCatalogue.all.first { $0.path == path })
            _ = try await installation.dispatch.answer(
                entry,
                QueryRequest(
                    fields: fields, isText: false, actor: actor,
                    atLeast: try installation.store.head(of: log) - 1),
                from: installation.side)
        }
        try await ask("/v1/appointments", [:])
        for record in records where record.stream.category == Category.answers {
            try await ask(
                "/v1/answers/{answers}",
                ["answers": .string("\(ID<AnyRecord>(bits: record.stream.id))")])
        }
    }
}
