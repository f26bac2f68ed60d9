import API
import Domain
import EventStore
import HTTPTypes
import Projections
import Testing

/// What is being shown while its erasure is ordered. The keys stay in the vault here: the order
/// alone must do.
@Suite("Anonymise: what is being shown") struct ErasedWhileShownTests {
    private static let name = "Wilhelmina"
    private static let text = "my left knee"

    @Test("ANON-1 an open stream tells that the visit was erased, and sends nothing of it again")
    func visitStream() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let caller = try await Self.caller(hospital)
            let path = "/v1/visits/\(caller.id)/live"
            let (before, after) = try await fixture.live(path, by: member) { listening in
                let before = await listening.through { $0.event == "ready" }
                try await hospital.order(erasing: caller)
                var after = await listening.through { $0.event == "erased" }
                try await fixture.must(
                    "visit.admit", ["visit": .string(caller.id)], by: member)
                after += await listening.through { $0.event == "visit" }
                return (before, after)
            }
            #expect(Self.tells(before), "it was shown before")
            #expect(after.map(\.event) == ["erased", "visit"])
            #expect(!Self.tells(after))
            #expect(after.last?.json["state"] == "beingSeen" && after.last?.json["entry"] == nil)
            // Nor to who comes back to a position before the order, or anew.
            for position in [-1, nil] as [Int64?] {
                let heard = try await fixture.live(path, by: member, after: position) {
                    await $0.through {
                        $0.event == "ready" || position != nil && $0.json["state"] == "beingSeen"
                    }
                }
                #expect(heard.contains { $0.event == "message" })
                #expect(!Self.tells(heard))
            }
        }
    }

    @Test("ANON-1 the caller's own stream ends, as their token opens nothing any more")
    func callersStream() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let caller = try await Self.caller(hospital)
            let path = "/v1/visits/\(caller.id)"
            let heard = try await fixture.live(path + "/live", by: caller) { listening in
                _ = await listening.through { $0.event == "ready" }
                try await hospital.order(erasing: caller)
                // Any event wakes it; the order is none of the visit's own.
                return await listening.through { _ in false }
            }
            #expect(heard.map(\.event) == ["ended"])
            #expect(heard.first?.json["code"] == "tokenRefused")
            try await fixture.get(path, by: caller).refused(401, "tokenRefused")
        }
    }

    @Test("ANON-1 a waiting area shows the row without whom, live, resumed and anew")
    func waitingArea() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let caller = try await Self.caller(hospital)
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area"
            try await fixture.caughtUp(hospital.organisation)
            let (before, after) = try await fixture.live(path + "/live", by: member) {
                let before = await $0.through { $0.event == "ready" }
                try await hospital.order(erasing: caller)
                try await fixture.must(
                    "visit.admit", ["visit": .string(caller.id)], by: member)
                return (before, await $0.through { $0.json["state"] == "beingSeen" })
            }
            #expect(Self.tells(before))
            #expect(!Self.tells(after))
            let resumed = try await fixture.live(path + "/live", by: member, after: -1) {
                await $0.through { $0.json["state"] == "beingSeen" }
            }
            #expect(resumed.count > 1 && !Self.tells(resumed))
            let last = try await fixture.head(hospital.organisation) - 1
            let told = try await fixture.get("\(path)?position=\(last)", by: member)
            #expect(told.json["rows"]?.elements?.count == 1)
            #expect(!told.text.contains(Self.name))
        }
    }

    @Test(
        "ANON-1 an answer that is on its way when the order comes is made anew",
        arguments: [
            "/v1/visits/{visit}", "/v1/clinics/{clinic}/waiting-area", "/v1/clients/{client}",
        ])
    func onItsWay(path: String) async throws {
        let store = InterposedStore()
        try await inHospital(store: store) { hospital in
            let fixture = hospital.fixture
            let administrator = hospital.administrator
            let caller = try await Self.caller(hospital)
            let client = try await hospital.client(Self.name)
            let person = path.contains("client}") ? administrator : try await hospital.teamMember()
            try await fixture.caughtUp(hospital.organisation)
            let address = path.replacing("{visit}", with: caller.id)
                .replacing("{clinic}", with: hospital.clinic).replacing("{client}", with: client)
            let before = try await fixture.get(address, by: person)
            #expect(before.text.contains(Self.name), "\(before.text)")
            store.beforeNextLook {
                try await hospital.order(erasing: caller)
                try await hospital.order(erasing: client, Category.client)
            }
            let told = try await fixture.get(address, by: person)
            #expect(store.hasHappened)
            #expect(!told.text.contains(Self.name) && !told.text.contains(Self.text))
            if path.contains("client}") { told.refused(410, "erased", field: "client") }
        }
    }

    @Test("ANON-1 so is what a live stream was about to send", arguments: [true, false])
    func aboutToSend(atOnce: Bool) async throws {
        let store = InterposedStore()
        try await inHospital(store: store) { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let path = "/v1/clinics/\(hospital.clinic)/waiting-area/live"
            if atOnce {
                // The snapshot: the entry of opening comes first, then that of the row.
                let caller = try await Self.caller(hospital)
                try await fixture.caughtUp(hospital.organisation)
                store.beforeNextLook {
                    store.beforeNextLook { try await hospital.order(erasing: caller) }
                }
            }
            let heard = try await fixture.live(path, by: member) { listening in
                let snapshot = await listening.through { $0.event == "ready" }
                if atOnce { return snapshot }
                let visit = try await hospital.opened()
                store.beforeNextLook { try await hospital.order(erasing: visit, Category.visit) }
                try await Self.arrive(hospital, visit)
                return await listening.through { $0.event == "caller" }
            }
            #expect(store.hasHappened)
            #expect(heard.contains { $0.event == "caller" && $0.json["entry"] == nil })
            #expect(!Self.tells(heard))
        }
    }

    @Test("OPS-6 a command on an erased record, sent again, tells nothing that was sealed")
    func idempotency() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let visit = try await hospital.opened()
            let key = fixture.newKey()
            let body = Self.arrival(hospital, visit)
            let first = try await fixture.post("visit.arrive", body, by: .nobody, key: key)
            let token = try #require(first.result("token"))
            let again = try await fixture.post("visit.arrive", body, by: .nobody, key: key)
            #expect(again.result("token") == token, "as long as the record lives")
            try await hospital.order(erasing: visit, Category.visit)
            let head = try await fixture.head(hospital.organisation)
            let other = body.setting("entry", ["firstName": "Mallory"])
            for body in [body, other] {
                let told = try await fixture.post("visit.arrive", body, by: .nobody, key: key)
                told.accepted("visit.arrive")
                #expect(told.position == first.position)
                #expect(told.json["result"] == [:], "\(told.text)")
                #expect(!told.text.contains(Self.name) && !told.text.contains(token))
            }
            #expect(try await fixture.head(hospital.organisation) == head)
            // A fresh command on it: there is nothing it could be sealed under.
            let client = try await hospital.client(Self.name)
            try await hospital.order(erasing: client, Category.client)
            let changed = try await fixture.post(
                "client.change",
                ["client": .string(client), "details": Hospital.details("Someone")],
                by: hospital.administrator)
            changed.refused(410, "erased", field: "client")
        }
    }

    // MARK: What is planted

    /// A caller who wrote a message.
    private static func caller(_ hospital: Hospital) async throws -> Person {
        let caller = try await hospital.caller(firstName: name)
        try await hospital.fixture.must(
            "visit.message", ["visit": .string(caller.id), "text": .string(text)], by: caller)
        return caller
    }

    private static func arrival(_ hospital: Hospital, _ visit: String) -> JSON {
        [
            "organisation": .string(hospital.organisation), "visit": .string(visit),
            "entry": ["firstName": .string(name)],
        ]
    }

    private static func arrive(_ hospital: Hospital, _ visit: String) async throws {
        try await hospital.fixture.must("visit.arrive", arrival(hospital, visit), by: .nobody)
    }

    private static func tells(_ heard: [Heard]) -> Bool {
        heard.contains { $0.data.contains(name) || $0.data.contains(text) }
    }
}

extension Hospital {
    fileprivate static func details(_ surname: String) -> JSON {
        [
            "initials": "W.", "surname": .string(surname), "birthDate": "1970-01-01",
            "email": "w@example.org",
        ]
    }

    /// A client on file.
    fileprivate func client(_ surname: String) async throws -> String {
        let registered = try await fixture.must(
            "client.register", ["details": Hospital.details(surname)], by: administrator)
        return try #require(registered.result("client"))
    }

    /// Orders the erasure of a visit, and leaves the rest undone.
    fileprivate func order(erasing caller: Person) async throws {
        try await order(erasing: caller.id, Category.visit)
    }

    fileprivate func order(erasing id: String, _ category: Word) async throws {
        let log = try fixture.log(organisation)
        let record = try #require(ID<AnyRecord>(id))
        let events = try await fixture.store.readStream(
            StreamName(category, record.bits), in: log, from: 0, limit: 1_000)
        let keys = try events.flatMap { try Coding.sealedKeys(Coding.new($0)) }
        #expect(!keys.isEmpty)
        let book = StreamName(Category.anonymisation, log.bits)
        let position = try await fixture.eraser.order(
            in: log, [.init(keys: Set(keys).sorted().map { ID(bits: $0.bits) }, records: [record])],
            .init(
                counts: [RecordCount(kind: .visit, count: 1)], isDue: false, clients: [],
                decidedOn: try await fixture.store.version(of: book, in: log)),
            Context(actor: Actor("policy"), role: "policy", basis: "test", origin: "policy"))
        #expect(position != nil)
    }
}
