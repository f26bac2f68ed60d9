import API
import Domain
import EventStore
import Projections
import Testing

@Suite("Anonymise: runs") struct AnonymiseRunTests {
    @Test("ANON-2 what is due loses its keys, index rows and rows' records; the rest keeps all")
    func run() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            var old: [AnonymisedClinic.Records] = []
            for _ in 0..<3 {
                old.append(try await clinic.appointment(of: client, daysAgo: 40))
            }
            let young = try await clinic.appointment(of: client, daysAgo: 20)
            #expect(try await clinic.plan().dueCount == 0)
            try await clinic.begin(days: 30)
            let plan = try await clinic.plan()
            #expect(plan.due == [.appointment: 3, .visit: 3, .answers: 3])
            #expect(plan.mayRun)
            #expect(plan.notDue == [.appointment: 1, .visit: 1, .answers: 1])
            let before = try await clinic.ask("/v1/appointments", [:])
            #expect(before["rows"]?.elements?.count { $0["client"] != nil } == 4)

            let outcome = try await clinic.run()
            #expect(outcome.erased == plan.due)
            #expect(outcome.batches == 1)
            #expect(try await clinic.keysLeft(old.flatMap(\.all)) == 0)
            #expect(try await clinic.keysLeft(young.all) == (try clinic.keys(young.all)).count)
            let id = try #require(ID<Client>(client))
            let found = try await clinic.installation.clients.records(of: id, in: clinic.log)
            #expect(Set(found.streams.map(\.id)) == Set(young.all.map(\.bits)))
            let after = try await clinic.ask("/v1/appointments", [:])
            let rows = try #require(after["rows"]?.elements)
            #expect(rows.count == 4, "times and clinics stay")
            #expect(rows.count { $0["client"] != nil } == 1)
            for records in old {
                let row = try await clinic.installation.side.views.appointment(
                    try #require(ID<Appointment>(records.appointment)), in: clinic.log
                ).value
                #expect(row != nil && row?.details == nil)
            }
            // Nothing is due any more, and running again adds nothing.
            #expect(try await clinic.plan().dueCount == 0)
            let head = try clinic.installation.store.head(of: clinic.log)
            #expect(try await clinic.run().batches == 0)
            #expect(try clinic.installation.store.head(of: clinic.log) == head)
        }
    }

    @Test("ANON-2 a run is bounded, and the next goes on where it stopped")
    func bounded() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            for _ in 0..<4 { _ = try await clinic.appointment(of: client, daysAgo: 40) }
            try await clinic.begin(days: 30)
            // An appointment, its visit and answers go together or not at all.
            let first = try await clinic.run(max: 7)
            #expect(first.records == 6)
            #expect(first.isCut)
            #expect(try await clinic.plan().dueCount == 6)
            // A bound below what goes together takes that much, or it would never go.
            #expect(try await clinic.run(max: 1).records == 3)
            let last = try await clinic.run()
            #expect(last.records == 3 && !last.isCut)
        }
    }

    @Test("AUD-2 a client still reads who looked and when, and nobody at which record")
    func looks() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let old = try await clinic.appointment(of: client, daysAgo: 40)
            _ = try await clinic.ask("/v1/appointments", [:])
            _ = try await clinic.ask("/v1/answers/{answers}", ["answers": .string(old.answers)])
            try await clinic.begin(days: 30)
            let looked = try await Self.log(clinic, client)
            let named = looked.filter { row in
                [old.appointment, old.answers].contains {
                    row["object"]?.text?.contains($0) ?? false
                }
            }
            #expect(named.contains { $0["event"] == "read" })
            try await clinic.run()
            let after = try await Self.log(clinic, client)
            let past = after.filter { $0["day"] != nil }
            #expect(past.contains { $0["event"] == "read" && $0["actor"]?["kind"] == "staff" })
            #expect(past.contains { $0["event"] == "listed" })
            for row in after {
                for record in [old.appointment, old.visit, old.answers] {
                    #expect(!row.description.contains(record))
                }
            }
            // Done once: the carried looks are as many as what was carried.
            let carried = past.count
            try await clinic.installation.eraser.finish(clinic.log)
            #expect(try await Self.log(clinic, client).filter { $0["day"] != nil }.count == carried)
        }
    }

    @Test("ANON-4 a hold keeps a record, or all of a client's, until it is lifted")
    func holds() async throws {
        try await AnonymisedClinic.run { clinic in
            let held = try await clinic.client("Lovelace")
            let other = try await clinic.client("Hopper")
            let first = try await clinic.appointment(of: held, daysAgo: 40)
            let second = try await clinic.appointment(of: other, daysAgo: 40)
            let third = try await clinic.appointment(of: other, daysAgo: 40)
            try await clinic.begin(days: 30)
            let hold = try await clinic.operate(
                "anonymisation.hold",
                [clinic.member("ground", "litigation"), clinic.member("client", held)])
            try await clinic.operate(
                "anonymisation.hold",
                [clinic.member("ground", "complaint"), clinic.member("record", third.appointment)])
            let plan = try await clinic.plan()
            #expect(plan.due == [.appointment: 1, .visit: 1, .answers: 1])
            #expect(plan.held == [.appointment: 2, .visit: 2, .answers: 2])
            #expect(try await clinic.run().records == 3)
            #expect(try await clinic.keysLeft(second.all) == 0)
            for records in [first, third] {
                #expect(try await clinic.keysLeft(records.all) == clinic.keys(records.all).count)
            }
            try await clinic.operate("anonymisation.lift", [clinic.member("hold", hold)])
            #expect(try await clinic.run().records == 3)
            #expect(try await clinic.keysLeft(first.all) == 0)
            #expect(try await clinic.keysLeft(third.all) > 0)
        }
    }

    @Test("ANON-4 a client is erased among others, or alone when time is up, and never half")
    func onRequest() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let other = try await clinic.client("Hopper")
            let records = try await clinic.appointment(of: client, daysAgo: 5)
            let others = try await clinic.appointment(of: other, daysAgo: 5)
            try await clinic.operate(
                "anonymisation.erase-client", [clinic.member("client", client)])
            // Few go with them: not yet.
            #expect(try await clinic.run().records == 0)
            #expect(try await clinic.plan().asked == 1)
            clinic.clock.advance(seconds: Int64(Retention.waitDaysMax) * 86_400)
            let outcome = try await clinic.run()
            #expect(outcome.erased == [.appointment: 1, .visit: 1, .answers: 1, .client: 1])
            #expect(outcome.clients == 1)
            let theirs = records.all + [try #require(ID<AnyRecord>(client))]
            #expect(try await clinic.keysLeft(theirs) == 0)
            #expect(try await clinic.keysLeft(others.all) == clinic.keys(others.all).count)
            await #expect(throws: Refusal.erased(field: "client")) {
                _ = try await clinic.ask("/v1/clients/{client}", ["client": .string(client)])
            }
            #expect(try await clinic.plan().asked == 0)
        }
    }

    @Test("ANON-4 nothing of a client goes while an appointment of theirs is ahead")
    func ahead() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let day = try #require(
                LocalDate(day: Int(Retention.day(of: clinic.clock.now())) + 3))
            let appointment = try await clinic.operate(
                "appointment.book",
                [
                    clinic.member("clinic", clinic.clinic), clinic.member("client", client),
                    clinic.member("day", day.description),
                ])
            try await clinic.operate(
                "anonymisation.erase-client",
                [clinic.member("client", client), JSON.Member("urgent", true)])
            #expect(try await clinic.run().records == 0)
            #expect(try await clinic.plan().askedNotOver == 1)
            try await clinic.operate(
                "appointment.cancel", [clinic.member("appointment", appointment)])
            #expect(try await clinic.run().records == 2)
        }
    }

    @Test("ANON-1 from the order on every reader sees a record erased, its keys still there or not")
    func closed() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let records = try await clinic.appointment(of: client, daysAgo: 40)
            try await clinic.begin(days: 30)
            let eraser = clinic.installation.eraser
            let keys = try clinic.keys(records.all)
            let version = try clinic.installation.store.version(
                of: StreamName(Category.anonymisation, clinic.log.bits), in: clinic.log)
            let position = try await eraser.order(
                in: clinic.log,
                [.init(keys: keys.map { ID(bits: $0.bits) }, records: records.all)],
                .init(
                    counts: [RecordCount(kind: .appointment, count: 3)], isDue: true, clients: [],
                    decidedOn: version),
                Context(actor: Actor("policy"), role: "policy", basis: "test", origin: "policy"))
            #expect(position != nil)
            // Ordered, and nothing else: the keys are in the vault, and open nothing any more.
            #expect(try await clinic.keysLeft(records.all) == keys.count)
            for key in keys {
                #expect(try await clinic.installation.dispatch.vault.key(key) == nil)
            }
            await #expect(throws: Refusal.erased(field: "answers")) {
                _ = try await clinic.ask(
                    "/v1/answers/{answers}", ["answers": .string(records.answers)])
            }
            let rows = try await clinic.ask("/v1/appointments", [:])["rows"]?.elements
            #expect(rows?.allSatisfy { $0["client"] == nil } ?? false)
            // On a state that changed meanwhile, nothing is ordered and nothing stays closed.
            let other = try await clinic.appointment(of: client, daysAgo: 40)
            let stale = try await eraser.order(
                in: clinic.log,
                [
                    .init(
                        keys: clinic.keys(other.all).map { ID(bits: $0.bits) }, records: other.all)
                ],
                .init(
                    counts: [RecordCount(kind: .appointment, count: 3)], isDue: true, clients: [],
                    decidedOn: version),
                Context(actor: Actor("policy"), role: "policy", basis: "test", origin: "policy"))
            #expect(stale == nil)
            #expect(
                try await clinic.ask(
                    "/v1/answers/{answers}", ["answers": .string(other.answers)])["given"] != nil)
            try await eraser.finish(clinic.log)
            #expect(try await clinic.keysLeft(records.all) == 0)
        }
    }

    @Test("AUD-2 looks of a year that is kept no longer are not carried, and hold up nothing")
    func lateLooks() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let first = try await clinic.appointment(of: client, daysAgo: 40)
            let held = try await clinic.appointment(of: client, daysAgo: 40)
            let hold = try await clinic.operate(
                "anonymisation.hold",
                [
                    clinic.member("ground", "litigation"),
                    clinic.member("record", held.appointment),
                ])
            try await clinic.begin(days: 30)
            try await clinic.run()
            #expect(try await clinic.keysLeft(first.all) == 0)
            #expect(try await Self.log(clinic, client).contains { $0["day"] != nil })
            // The access log of that year goes; what was held goes after it.
            clinic.clock.advance(seconds: 8 * 366 * 86_400)
            #expect(try await clinic.run().erased == [.accessYear: 1])
            try await clinic.operate("anonymisation.lift", [clinic.member("hold", hold)])
            #expect(try await clinic.run().records == 3)
            #expect(try await clinic.keysLeft(held.all) == 0)
            #expect(try await !Self.log(clinic, client).contains { $0["day"] != nil })
        }
    }

    @Test("ANON-4 nobody books for a client who was erased")
    func bookingForErased() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            try await clinic.operate(
                "anonymisation.erase-client",
                [clinic.member("client", client), JSON.Member("urgent", true)])
            #expect(try await clinic.run().erased == [.client: 1])
            await #expect(throws: Refusal.erased(field: "client")) {
                _ = try await clinic.appointment(of: client, daysAgo: 1)
            }
        }
    }

    @Test("ANON-2 history that comes in while runs go on is erased whole, and the rest stays")
    func whileHistoryComes() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            try await clinic.begin(days: 30)
            let records = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { while !Task.isCancelled { try await clinic.run() } }
                defer { group.cancelAll() }
                var records: [AnonymisedClinic.Records] = []
                for number in 0..<12 {
                    records.append(
                        try await clinic.appointment(
                            of: client, daysAgo: number % 3 == 0 ? 4 : 40))
                }
                return records
            }
            try await clinic.run()
            for (number, record) in records.enumerated() {
                let keys = try clinic.keys(record.all).count
                #expect(try await clinic.keysLeft(record.all) == (number % 3 == 0 ? keys : 0))
            }
            #expect(try await clinic.plan().dueCount == 0)
            let report = try await AnonymisationVerifier(clinic.installation).run()
            #expect(report.isFine, "\(report.lines)")
        }
    }

    private static func log(_ clinic: AnonymisedClinic, _ client: String) async throws -> [JSON] {
        try await clinic.ask("/v1/clients/{client}/access-log", ["client": .string(client)])[
            "rows"]?.elements ?? []
    }
}
