import API
import Domain
import EventStore
import Testing

@Suite("Accounts: keys of other systems") struct KeyTests {
    @Test("ACC-5 a key does what it was made for and nothing else, until it is revoked")
    func scopes() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let made = try await fixture.must(
                "api-key.make",
                ["name": "Patient record", "scopes": ["client.register", "clients.search"]],
                by: hospital.administrator)
            let key = Person.bearing(try #require(made.result("token")), "key")
            let entry = try #require(Catalogue.all.command("client.register"))
            let body = Bodies(["email": "grace@example.org"]).body(entry.fields())
            (try await fixture.post("client.register", body, by: key)).accepted()
            for (command, status) in [("client.change", 403), ("staff.invite", 403)] {
                let other = try #require(Catalogue.all.command(command))
                let told = try await fixture.post(
                    command, Bodies().body(other.fields()), by: key)
                told.refused(status, "notForThisActor", command)
            }
            (try await fixture.get("/v1/clinics", by: key)).refused(403, "notForThisActor")
            let events = try await fixture.events(hospital.organisation, from: 0)
            let registered = try #require(events.last { "\($0.type)" == "client.registered" })
            #expect("\(registered.context.actor.kind)" == "apiKey")
            let id = try #require(made.result("key"))
            try await fixture.must(
                "api-key.revoke", ["key": .string(id)], by: hospital.administrator)
            (try await fixture.post("client.register", body, by: key))
                .refused(401, "tokenRefused")
        }
    }

    @Test("ACC-5 a key is listed with its last use, and its secret is shown once")
    func listed() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let command: JSON = ["name": "CRM", "scopes": ["clinics.read"]]
            let key = fixture.newKey()
            let made = try await fixture.post(
                "api-key.make", command, by: hospital.administrator, key: key)
            let again = try await fixture.post(
                "api-key.make", command, by: hospital.administrator, key: key)
            #expect(again.result("token") == nil)
            #expect(again.json["result"]?["secretAlreadyShown"] == true)
            #expect(again.result("key") == made.result("key"))
            let bearer = Person.bearing(try #require(made.result("token")))
            let used = try await fixture.get("/v1/clinics", by: bearer)
            used.accepted()
            try await fixture.caughtUp(hospital.organisation)
            let list = try await fixture.get("/v1/api-keys", by: hospital.administrator)
            let row = try #require(list.json["rows"]?.elements?.first)
            #expect(row["name"] == "CRM" && row["scopes"] == ["clinics.read"])
            #expect(row["usedAt"]?.text == fixture.clock.now().description)
            let member = try await hospital.teamMember()
            (try await fixture.get("/v1/api-keys", by: member)).refused(403, "notPermitted")
        }
    }

    @Test("ACC-5 a key asks at most 600 times a minute")
    func rate() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let made = try await fixture.must(
                "api-key.make", ["name": "CRM", "scopes": ["visits.read"]],
                by: hospital.administrator)
            let key = Person.bearing(try #require(made.result("token")))
            for _ in 1...600 {
                // Refused, and cheap: what counts is that it was asked.
                let told = try await fixture.request(.get, "/v1/nowhere", by: key)
                #expect(told.status == 404)
            }
            let told = try await fixture.request(.get, "/v1/nowhere", by: key)
            told.refused(429, "tooManyTries")
            fixture.clock.advance(seconds: 60)
            let later = try await fixture.request(.get, "/v1/nowhere", by: key)
            #expect(later.status == 404)
        }
    }
}
