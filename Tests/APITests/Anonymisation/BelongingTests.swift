import API
import Domain
import EventStore
import Projections
import Testing

@Suite("Anonymise: what belongs together") struct BelongingTests {
    @Test("ANON-4 a hold on a visit keeps its appointment, which alone may say whose it was")
    func heldVisit() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let held = try await clinic.appointment(of: client, daysAgo: 40)
            let other = try await clinic.appointment(of: client, daysAgo: 40)
            try await clinic.begin(days: 30)
            try await clinic.operate(
                "anonymisation.hold",
                [clinic.member("ground", "complaint"), clinic.member("record", held.visit)])
            #expect(
                try await clinic.plan().held == [.appointment: 1, .visit: 1, .answers: 1])
            #expect(try await clinic.run().records == 3)
            #expect(try await clinic.keysLeft(held.all) == clinic.keys(held.all).count)
            #expect(try await clinic.keysLeft(other.all) == 0)
        }
    }

    @Test("AUD-2 a look at a visit that only its appointment names goes to that one's client")
    func namedByAppointment() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let day = try #require(
                LocalDate(day: Int(Retention.day(of: clinic.clock.now()) - 40)))
            let appointment = try await clinic.operate(
                "appointment.book",
                [
                    clinic.member("clinic", clinic.clinic), clinic.member("client", client),
                    clinic.member("day", day.description),
                ])
            let visit = try await clinic.operate(
                "visit.open", [clinic.member("clinic", clinic.clinic)])
            try await clinic.operate(
                "visit.arrive",
                [clinic.member("visit", visit), JSON.Member("entry", ["firstName": "Ada"])])
            try await clinic.operate("visit.end", [clinic.member("visit", visit)])
            try await clinic.operate(
                "appointment.done",
                [clinic.member("appointment", appointment), clinic.member("visit", visit)])
            _ = try await clinic.ask("/v1/visits/{visit}", ["visit": .string(visit)])
            try await clinic.begin(days: 30)
            #expect(try await clinic.run().erased == [.appointment: 1, .visit: 1])
            let carried = try await Self.carried(clinic, client)
            // Booked and done; opened, arrived and ended; and the look.
            #expect(carried.count == 6)
            #expect(carried.count { $0["event"] == "read" } == 1)
        }
    }

    @Test("AUD-2 of a visit with more keys than one order takes, each look is carried over once")
    func manyKeys() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let old = try await clinic.appointment(of: client, daysAgo: 40)
            let visit = try await clinic.operate(
                "visit.open", [clinic.member("clinic", clinic.clinic)])
            try await clinic.operate(
                "visit.arrive",
                [
                    clinic.member("visit", visit), clinic.member("appointment", old.appointment),
                    JSON.Member("entry", ["firstName": "Ada"]),
                ])
            for number in 0..<Erasures.listMax {
                _ = try await clinic.installation.dispatch.run(
                    CommandRequest(
                        name: "visit.message",
                        body: ["visit": .string(visit), "text": .string("\(number)")],
                        key: IdempotencyKey(hex(UInt128(number + 1))),
                        actor: .staff(organisation: clinic.organisation, clinic.staff)))
            }
            try await clinic.operate("visit.end", [clinic.member("visit", visit)])
            let id = try #require(ID<AnyRecord>(visit))
            #expect(try clinic.keys([id]).count > Erasures.listMax)
            _ = try await clinic.ask("/v1/visits/{visit}", ["visit": .string(visit)])
            try await clinic.begin(days: 30)
            #expect(try await clinic.run().records == 4)
            #expect(try await clinic.keysLeft([id]) == 0)
            // Of the long visit: opened, arrived, with the questionnaire, each message, ended; of
            // the appointment booked, its questionnaire completed, and done; of its first visit
            // four, of the answers one; and the look.
            let carried = try await Self.carried(clinic, client)
            #expect(carried.count == Erasures.listMax + 4 + 3 + 4 + 1 + 1)
            #expect(carried.count { $0["event"] == "read" } == 1)
        }
    }

    /// What the client's log says of records that are gone.
    private static func carried(
        _ clinic: AnonymisedClinic, _ client: String
    ) async throws -> [JSON] {
        var rows: [JSON] = []
        var after: JSON?
        repeat {
            var fields = [
                JSON.Member("client", .string(client)), JSON.Member("limit", 1_000),
            ]
            if let after { fields.append(JSON.Member("after", after)) }
            let page = try await clinic.ask(
                "/v1/clients/{client}/access-log", .object(fields))
            rows += page["rows"]?.elements ?? []
            after = page["next"].flatMap { $0.text.map(JSON.string) }
        } while after != nil
        return rows.filter { $0["day"] != nil }
    }
}
