import API
import Domain
import EventStore
import Projections
import Testing

@Suite("Anonymise: by night") struct NightlyTests {
    @Test("ANON-7 nothing goes before staff were told and that time has come, then by night")
    func told() async throws {
        try await AnonymisedClinic.run { clinic in
            let service = NightlyService(installation: clinic.installation)
            let client = try await clinic.client("Lovelace")
            let old = try await clinic.appointment(of: client, daysAgo: 40)
            let keys = try clinic.keys(old.all).count
            func looks(at hour: Int64, erases: Bool, _ words: Comment) async throws {
                clinic.advance(toHour: hour)
                await service.look()
                #expect(try await clinic.keysLeft(old.all) == (erases ? 0 : keys), words)
            }
            try await looks(at: 2, erases: false, "no days are set")
            try await clinic.operate("anonymisation.set-days", [JSON.Member("days", 30)])
            try await looks(at: 2, erases: false, "nobody was told")
            let notice = try await clinic.ask("/v1/anonymisation", [:])
            #expect(notice["days"] == 30 && notice["runsFrom"] == nil)
            #expect(notice["hasBegun"] == false && notice["lastBatchAt"] == nil)

            let runsFrom = clinic.clock.now() + .days(2)
            try await clinic.operate(
                "anonymisation.announce", [clinic.member("runsFrom", runsFrom.description)])
            try await looks(at: 3, erases: false, "they were told of a later time")
            let told = try await clinic.ask("/v1/anonymisation", [:])
            #expect(told["runsFrom"]?.text == runsFrom.description && told["hasBegun"] == false)
            // An event says that they were told, before any batch.
            #expect(try clinic.anonymisations() == ["days-set", "announced"])

            clinic.clock.advance(seconds: 3 * 86_400)
            for hour in [12, 0, 5, 23] as [Int64] {
                try await looks(at: hour, erases: false, "it is day")
            }
            try await looks(at: 1, erases: true, "night")
            #expect(try clinic.anonymisations() == ["days-set", "announced", "batch-ordered"])
            let after = try await clinic.ask("/v1/anonymisation", [:])
            #expect(after["hasBegun"] == true && after["lastBatchAt"] != nil)
            #expect(after["anonymised"]?["appointments"] == 1)
            let head = try clinic.installation.store.head(of: clinic.log)
            try await looks(at: 1, erases: true, "a second night does nothing")
            #expect(try clinic.installation.store.head(of: clinic.log) == head)
        }
    }

    @Test("ANON-7 everyone who works there reads the notice, and nobody else does")
    func notice() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            for role in Role.allCases {
                let grant = role.isOfClinic ? "\(role.word)@\(hospital.clinic)" : role.word
                // Nobody is a referrer only.
                let others = role == .referrer ? ["teamMember@\(hospital.otherClinic)"] : []
                let person = try await hospital.staff(others + [grant])
                let told = try await fixture.get("/v1/anonymisation", by: person)
                #expect(told.status == 200, "\(role): \(told.text)")
                #expect(told.json["hasBegun"] == false, "\(role)")
            }
            let caller = try await hospital.caller()
            try await fixture.get("/v1/anonymisation", by: caller)
                .refused(403, "notForThisActor")
            try await fixture.get("/v1/anonymisation", by: .nobody).refused(401, "notSignedIn")
        }
    }

    @Test("ANON-4 what was ordered and not carried out is not left to the night")
    func late() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let old = try await clinic.appointment(of: client, daysAgo: 40)
            try await clinic.begin(days: 30)
            let book = StreamName(Category.anonymisation, clinic.log.bits)
            let position = try await clinic.installation.eraser.order(
                in: clinic.log,
                [.init(keys: clinic.keys(old.all).map { ID(bits: $0.bits) }, records: old.all)],
                .init(
                    counts: [RecordCount(kind: .appointment, count: 3)], isDue: true, clients: [],
                    decidedOn: clinic.installation.store.version(of: book, in: clinic.log)),
                Context(actor: Actor("policy"), role: "policy", basis: "test", origin: "policy"))
            #expect(position != nil)
            #expect(try await clinic.keysLeft(old.all) > 0)
            clinic.advance(toHour: 12)
            await NightlyService(installation: clinic.installation).look()
            #expect(try await clinic.keysLeft(old.all) == 0)
        }
    }
}

extension AnonymisedClinic {
    /// To the next time the organisation's clock, UTC's, shows that hour.
    func advance(toHour hour: Int64) {
        let second = clock.now().milliseconds / 1_000 % 86_400
        let wait = (hour * 3_600 - second + 86_400) % 86_400
        clock.advance(seconds: wait == 0 ? 86_400 : wait)
    }

    /// What the organisation's stream about anonymisation says happened.
    fileprivate func anonymisations() throws -> [String] {
        try installation.store.readStream(
            StreamName(Category.anonymisation, log.bits), in: log, from: 0, limit: 1_000
        ).map { "\($0.type)".replacing("anonymisation.", with: "") }
    }
}
