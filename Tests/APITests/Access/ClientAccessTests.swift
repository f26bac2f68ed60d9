import API
import Domain
import EventStore
import Projections
import Testing

/// Who looked at a client's records, as the organisation may show them.
@Suite("Client access log") struct ClientAccessTests {
    @Test(
        """
        AUD-2 two of the staff look at a client's records, and the client's log shows who, when, \
        in which role, by which door
        """)
    func looks() async throws {
        try await Fixture.run { fixture in
            let house = try await House(fixture)
            let (ada, grace) = (try await house.looker(), try await house.looker())
            let met = fixture.clock.now()
            try await fixture.shows("/v1/clients/\(house.client)", by: ada)
            fixture.clock.advance(seconds: 60)
            try await fixture.shows(
                "/v1/appointments?position=\(try await house.head())", by: grace)
            try await fixture.shows("/v1/visits/\(house.visit)", by: grace)
            try await fixture.shows("/v1/answers/\(house.answers)", by: grace)
            let looks = try await house.looks(at: house.client)
            #expect(
                looks.map(\.words) == [
                    "staff \(ada.id) teamMember read read client-\(house.client)",
                    "staff \(grace.id) teamMember listed read appointment-\(house.appointment)",
                    "staff \(grace.id) teamMember read read visit-\(house.visit)",
                    "staff \(grace.id) teamMember read read answers-\(house.answers)",
                ])
            #expect(looks.allSatisfy { $0.json["source"] == "http" })
            #expect(looks.first?.json["at"]?.text == met.description)
            let others = try await house.looks(at: house.otherClient)
            #expect(others.allSatisfy { $0.json["object"]?.text?.contains(house.client) == false })
            #expect(!others.contains { $0.words.contains(house.visit) })
        }
    }

    @Test("AUD-2 a write to a client's record is its own entry; a refused look names the record")
    func writesAndRefusals() async throws {
        try await Fixture.run { fixture in
            let house = try await House(fixture)
            let stranger = try await house.hospital.staff([
                "teamMember@\(house.hospital.otherClinic)"
            ])
            let refused = try await fixture.get("/v1/visits/\(house.visit)", by: stranger)
            #expect(refused.status == 403)
            let entries = try await house.entries(of: house.client)
            let words = entries.map(\.words)
            let member = "staff \(house.staff.id) teamMember"
            let (client, booking) = (house.client, house.appointment)
            #expect(words.contains("\(member) client.registered create client-\(client)"))
            #expect(words.contains("\(member) appointment.booked create appointment-\(booking)"))
            #expect(words.contains("\(member) visit.arrived update visit-\(house.visit)"))
            let last = try #require(entries.last)
            #expect(last.words == "staff \(stranger.id) teamMember read read visit-\(house.visit)")
            #expect(last.json["outcome"] == "refused")
        }
    }

    @Test("AUD-2 page by page and by period, every entry once, in order")
    func pages() async throws {
        try await Fixture.run { fixture in
            let house = try await House(fixture)
            for minute in 0..<9 {
                fixture.clock.advance(seconds: 60)
                let path =
                    minute.isMultiple(of: 2) ? "clients/\(house.client)" : "visits/\(house.visit)"
                try await fixture.shows("/v1/\(path)", by: house.staff)
            }
            let all = try await house.entries(of: house.client)
            #expect(all.count > 9)
            let times = all.compactMap { $0.json["at"]?.text }
            #expect(times == times.sorted())
            for limit in 1...4 {
                var found: [String] = []
                var next: String?
                repeat {
                    let after = next.map { "&after=\($0)" } ?? ""
                    let page = try await house.page(
                        of: house.client, "limit=\(limit)\(after)&until=\(times.last ?? "")")
                    found += page.rows.map(\.words)
                    next = page.next
                } while next != nil
                let before = all.filter { ($0.json["at"]?.text ?? "") < (times.last ?? "") }
                #expect(found == before.map(\.words), "limit \(limit)")
            }
        }
    }

    @Test("AUD-2 only who may read access logs sees it, and reading it is an entry of it")
    func permission() async throws {
        try await Fixture.run { fixture in
            let house = try await House(fixture)
            let path = "/v1/clients/\(house.client)/access-log"
            let member = try await house.looker()
            #expect(try await fixture.get(path, by: member).status == 403)
            #expect(try await fixture.get(path, by: .nobody).status == 401)
            _ = try await house.entries(of: house.client)
            let last = try #require(try await house.entries(of: house.client).last)
            #expect(last.json["event"] == "logRead")
            #expect(last.json["actor"]?["id"]?.text == house.hospital.administrator.id)
        }
    }

    @Test(
        """
        ANON-3 no entry of an access stream holds the id of a client or record in plain, nor does \
        one commit speak of a person and of a record
        """)
    func noTie() async throws {
        try await Fixture.run { fixture in
            let house = try await House(fixture)
            try await fixture.shows("/v1/clients/\(house.client)", by: house.staff)
            try await fixture.shows("/v1/appointments", by: house.staff)
            _ = try await house.entries(of: house.client)
            let keys = try await house.keysByStream()
            var commits: [UInt128: Set<Word>] = [:]
            for event in try await house.events() where event.stream.category == Category.access {
                for id in [house.client, house.appointment, house.visit, house.answers] {
                    #expect(!event.storedBytes.holds(try #require(UInt128(id, radix: 16))))
                }
                guard case .access(_, .noted(let noted)) = try EventCoding.fact(event).body,
                    let object = noted.object
                else { continue }
                let category = try #require(keys[object.key.bits])
                commits[event.commandID, default: []].insert(category)
            }
            #expect(!commits.isEmpty)
            for categories in commits.values {
                #expect(!categories.contains(Category.client) || categories.count == 1)
            }
        }
    }

    @Test(
        """
        AUD-2 after a record's key is destroyed who looked and on which day remain, at which \
        record does not; doing it again adds nothing
        """)
    func afterErasing() async throws {
        try await Fixture.run { fixture in
            let house = try await House(fixture)
            let grace = try await house.looker()
            try await fixture.shows("/v1/visits/\(house.visit)", by: grace)
            let before = try await house.looks(at: house.client)
            #expect(before.contains { $0.words.contains(house.visit) })
            let order = try await house.head()
            try await house.erase(visit: house.visit, orderedAt: order)
            let head = try await house.head()
            #expect(head > order)
            try await house.erase(visit: house.visit, orderedAt: order)
            #expect(try await house.head() == head)
            let after = try await house.entries(of: house.client)
            let day = String(fixture.clock.now().description.prefix(10))
            let carried = after.filter { $0.json["day"] != nil }
            #expect(carried.allSatisfy { $0.json["day"]?.text == day && $0.json["at"] == nil })
            #expect(carried.map(\.words).contains("staff \(grace.id) teamMember read read"))
            let others = try await house.entries(of: house.otherClient)
            #expect(!others.contains { $0.json["day"] != nil })
        }
    }

    @Test("ANON-3 what is carried over leads to no record, in plain or opened")
    func carriedTiesNothing() async throws {
        try await Fixture.run { fixture in
            let house = try await House(fixture)
            try await house.erase(visit: house.visit, orderedAt: try await house.head())
            let keys = try await house.keysByStream().filter { $0.value == Category.visit }.keys
            let events = try await house.events().filter {
                $0.stream.category == Category.clientAccess
            }
            // Opened, arrived, a questionnaire completed: the visit's own events, by the staff.
            #expect(events.count == 3)
            let told = try await house.entries(of: house.client).filter { $0.json["day"] != nil }
            #expect(!told.contains { $0.json.description.contains(house.visit) })
            let names = [house.client, house.visit].compactMap { UInt128($0, radix: 16) }
            for event in events {
                #expect(event.context.cause == nil && event.context.correlation == 0)
                for name in names + keys { #expect(!event.storedBytes.holds(name)) }
            }
        }
    }
}
