import API
import Domain
import EventStore
import Projections
import Testing

/// A hospital with two clients on file, one of whom has an appointment, a visit and answers.
struct House: Sendable {
    let hospital: Hospital
    let staff: Person
    let client: String
    let otherClient: String
    let appointment: String
    let visit: String
    let answers: String

    private var fixture: Fixture { hospital.fixture }

    init(_ fixture: Fixture) async throws {
        hospital = try await Hospital(fixture)
        staff = try await hospital.teamMember()
        client = try await House.client(fixture, staff, "Lovelace")
        otherClient = try await House.client(fixture, staff, "Hopper")
        appointment = try await House.appointment(hospital, of: client, staff)
        _ = try await House.appointment(hospital, of: otherClient, staff)
        let opened = try await fixture.must(
            "visit.open", ["clinic": .string(hospital.clinic)], by: staff)
        visit = try #require(opened.result("visit"))
        try await fixture.must(
            "visit.arrive",
            [
                "visit": .string(visit), "appointment": .string(appointment),
                "entry": ["firstName": "Ada"],
            ], by: staff)
        answers = try await House.answers(hospital, in: visit, staff)
    }

    private static func client(
        _ fixture: Fixture, _ staff: Person, _ surname: String
    ) async throws -> String {
        let told = try await fixture.must(
            "client.register",
            [
                "details": [
                    "initials": "A", "surname": .string(surname), "birthDate": "1980-02-29",
                    "email": "a@example.org",
                ]
            ], by: staff)
        return try #require(told.result("client"))
    }

    private static func appointment(
        _ hospital: Hospital, of client: String, _ staff: Person
    ) async throws -> String {
        let told = try await hospital.fixture.must(
            "appointment.book",
            [
                "clinic": .string(hospital.clinic), "client": .string(client),
                "day": "2026-12-01",
            ], by: staff)
        return try #require(told.result("appointment"))
    }

    private static func answers(
        _ hospital: Hospital, in visit: String, _ staff: Person
    ) async throws -> String {
        let published = try await hospital.fixture.must(
            "questionnaire.publish",
            [
                "organisation": .string(hospital.organisation), "title": "Intake",
                "questions": [["name": "why", "kind": "textArea", "text": "Why?"]],
            ], by: .operator)
        let told = try await hospital.fixture.must(
            "answers.give",
            [
                "questionnaire": .string(try #require(published.result("questionnaire"))),
                "version": 1,
                "visit": .string(visit), "answers": [["question": "why", "text": "Cough"]],
            ], by: staff)
        return try #require(told.result("answers"))
    }

    /// Somebody else who works in the clinic.
    func looker() async throws -> Person { try await hospital.teamMember() }

    // MARK: The access log

    struct Row: Sendable {
        let json: JSON

        /// Who in which role did what to which record.
        var words: String {
            [
                json["actor"]?["kind"]?.text, json["actor"]?["id"]?.text, json["role"]?.text,
                json["event"]?.text, json["action"]?.text.map(Row.action),
                json["object"]?.text,
            ].compactMap(\.self).joined(separator: " ")
        }

        private static func action(_ letter: String) -> String {
            switch letter {
            case "C": "create"
            case "R": "read"
            case "U": "update"
            default: letter
            }
        }
    }

    func page(
        of client: String, _ query: String = "limit=1000"
    ) async throws -> (rows: [Row], next: String?) {
        let told = try await fixture.get(
            "/v1/clients/\(client)/access-log?position=\(try await head())&\(query)",
            by: hospital.administrator)
        #expect(told.status == 200, "\(told.text)")
        #expect(told.json["areAll"] == true)
        let rows = try #require(told.json["rows"]?.elements).map(Row.init)
        return (rows, told.json["next"]?.text)
    }

    func entries(of client: String) async throws -> [Row] { try await page(of: client).rows }

    /// Reads alone, but for those of the access log.
    func looks(at client: String) async throws -> [Row] {
        try await entries(of: client).filter {
            $0.json["action"] == "R" && $0.json["event"] != "logRead"
        }
    }

    // MARK: The log

    var log: LogID { LogID(bits: UInt128(hospital.organisation, radix: 16) ?? 0) }

    /// Position of the last event.
    func head() async throws -> Int64 { try await fixture.head(hospital.organisation) - 1 }

    func events() async throws -> [RecordedEvent] {
        try await fixture.store.read(log, from: 0, limit: 10_000)
    }

    /// Of each key that a person's or record's stream names, that stream's category.
    func keysByStream() async throws -> [UInt128: Word] {
        var keys: [UInt128: Word] = [:]
        for event in try await events() {
            switch try EventCoding.fact(event).body {
            case .client(_, .registered(let registered)):
                keys[registered.details.key.bits] = Category.client
            case .appointment(_, .booked(let booked)):
                keys[booked.details.key.bits] = Category.appointment
            case .visit(_, .arrived(let arrived)): keys[arrived.entry.key.bits] = Category.visit
            case .answers(_, .given(let given)): keys[given.answers.key.bits] = Category.answers
            default: continue
            }
        }
        return keys
    }

    /// As erasing does it: carried over what came before the order, then the key. (The order itself
    /// would be the event of that position.)
    func erase(visit: String, orderedAt order: Int64) async throws {
        let stream = StreamName(Category.visit, try #require(UInt128(visit, radix: 16)))
        var keys: Set<KeyID> = []
        for event in try await events() where event.stream == stream {
            keys.formUnion(try Coding.sealedKeys(Coding.new(event)))
        }
        try await CarryOver(fixture.dispatch, fixture.side, vault: fixture.dispatch.vault).run(
            CarryOver.Going([stream], keys: keys), orderedAt: order, in: log)
        try await fixture.dispatch.vault.destroy(Array(keys))
    }
}

extension Fixture {
    /// Asks and expects an answer.
    func shows(
        _ path: String, by person: Person, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let told = try await get(path, by: person)
        #expect(told.status == 200, "\(path): \(told.text)", sourceLocation: location)
    }
}

extension ArraySlice<UInt8> {
    /// Whether the number's 16 bytes stand in it, highest first, or its digits.
    func holds(_ bits: UInt128) -> Bool {
        let bytes = Swift.withUnsafeBytes(of: bits.bigEndian) { Array($0) }
        let digits = Array(hex(bits).utf8)
        return [bytes, digits].contains { needle in
            guard count >= needle.count else { return false }
            return (startIndex...(endIndex - needle.count)).contains { start in
                self[start..<start + needle.count].elementsEqual(needle)
            }
        }
    }
}
