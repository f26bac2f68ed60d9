import API
import Domain
import EventStore
import Foundation
import Projections
import Testing

/// Orders that should never have been given are told from the log alone.
@Suite("Anonymise: verify judges orders") struct VerifyOrdersTests {
    /// An order for one appointment with its visit and answers, given by hand.
    struct Scenario: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var daysAgo: Int64 = 40
        var isHeld = false
        var isAsked = false
        var namesClient = false
        /// Keys of another appointment.
        var isMixedUp = false
        var counts = [1, 1, 1]
        /// A part of what has to be told; nil: nothing.
        let told: String?

        init(_ words: String, told: String?, _ change: (inout Scenario) -> Void = { _ in }) {
            testDescription = words
            self.told = told
            change(&self)
        }
    }

    static let scenarios = [
        Scenario("what is due", told: nil),
        Scenario("what is not due", told: "was neither due nor asked for") { $0.daysAgo = 4 },
        Scenario("what is due the day after", told: "was neither due nor asked for") {
            $0.daysAgo = 30
        },
        Scenario("what is held", told: "was held") { $0.isHeld = true },
        Scenario("what was asked for", told: nil) {
            ($0.daysAgo, $0.isAsked, $0.namesClient) = (4, true, true)
        },
        Scenario("what nobody asked for", told: "nobody asked to erase client") {
            ($0.daysAgo, $0.namesClient) = (4, true)
        },
        Scenario("what was asked for, and its client not named", told: "was neither due nor") {
            ($0.daysAgo, $0.isAsked) = (4, true)
        },
        Scenario("another record's keys", told: "and does not name it") { $0.isMixedUp = true },
        Scenario("more than it counts", told: "counts other records") { $0.counts = [1, 1, 0] },
    ]

    @Test(
        "ANON-5 (d) what an order took was due, or asked for, when it was given",
        arguments: scenarios)
    func judged(scenario: Scenario) async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let records = try await clinic.appointment(of: client, daysAgo: scenario.daysAgo)
            let other = try await clinic.appointment(of: client, daysAgo: 2)
            try await clinic.begin(days: 30)
            if scenario.isHeld {
                // The appointment is held: what belongs to it is too.
                try await clinic.operate(
                    "anonymisation.hold",
                    [
                        clinic.member("ground", "litigation"),
                        clinic.member("record", records.appointment),
                    ])
            }
            if scenario.isAsked {
                try await clinic.operate(
                    "anonymisation.erase-client", [clinic.member("client", client)])
            }
            try await order(records, scenario, other, clinic)
            let report = try await AnonymisationVerifier(clinic.installation).run()
            guard let told = scenario.told else {
                #expect(report.isFine, "\(report.lines)")
                return
            }
            #expect(report.failed.contains("d"))
            #expect(report.wrong("d").contains { $0.contains(told) }, "\(report.lines)")
        }
    }

    private func order(
        _ records: AnonymisedClinic.Records, _ scenario: Scenario,
        _ other: AnonymisedClinic.Records, _ clinic: AnonymisedClinic
    ) async throws {
        let keys = try clinic.keys(scenario.isMixedUp ? other.all : records.all)
        let version = try clinic.installation.store.version(
            of: StreamName(Category.anonymisation, clinic.log.bits), in: clinic.log)
        let client = try #require(ID<Client>(records.client))
        let kinds = [RecordKind.appointment, .visit, .answers]
        let position = try await clinic.installation.eraser.order(
            in: clinic.log,
            [Eraser.Order(keys: keys.map { ID(bits: $0.bits) }, records: records.all)],
            Eraser.Batch(
                counts: zip(kinds, scenario.counts).map { RecordCount(kind: $0, count: $1) },
                isDue: !scenario.namesClient, clients: scenario.namesClient ? [client] : [],
                decidedOn: version),
            Context(
                actor: Actor("operator"), role: "operator", basis: "installation", origin: "cli"))
        #expect(position != nil)
        try await clinic.installation.eraser.finish(clinic.log)
    }

    @Test("ANON-5 (d) an order that is in no batch of a run is told")
    func noBatch() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            let records = try await clinic.appointment(of: client, daysAgo: 40)
            try await clinic.begin(days: 30)
            let stream = StreamName(Category.erasure, clinic.log.bits)
            let now = clinic.clock.now()
            let events = try Erasures.decide(
                .order(
                    at: now, keys: clinic.keys(records.all).map { ID(bits: $0.bits) },
                    records: records.all, claims: []),
                Erasures.initial)
            _ = try await clinic.installation.store.append(
                Commit(
                    log: clinic.log, commandID: RandomIDs().next(), now: now.milliseconds,
                    context: Context(
                        actor: Actor("operator"), role: "operator", basis: "installation",
                        origin: "cli"),
                    events: events.map { try EventCoding.newEvent($0, in: stream) }))
            try await clinic.installation.eraser.finish(clinic.log)
            let report = try await AnonymisationVerifier(clinic.installation).run()
            #expect(report.failed == ["d"])
            #expect(report.wrong("d") == ["3 records were ordered to go in no batch"])
        }
    }

    @Test("ANON-7 (e) what remains is counted: who is alone, whom a time gives away, who is near")
    func remains() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            // Two of one clinic and day, one of another.
            for daysAgo: Int64 in [40, 40, 50] {
                _ = try await clinic.appointment(of: client, daysAgo: daysAgo)
            }
            try await clinic.begin(days: 30)
            try await clinic.run()
            let report = try await AnonymisationVerifier(clinic.installation).run()
            #expect(report.isFine, "\(report.lines)")
            func left(_ set: String, _ risk: AnonymisationReport.Risk, _ words: String) throws
                -> AnonymisationReport.Remainder
            {
                try #require(
                    report.remains.first {
                        $0.dataSet.hasPrefix(set) && $0.risk == risk && $0.words.contains(words)
                    })
            }
            let alone = try left("appointments", .singlingOut, "alone in their clinic")
            #expect(alone.count == 1 && alone.of == 3 && alone.smallestGroup == 1)
            // No practitioner is named, and no length: every group tells the same.
            let told = try left("appointments", .inference, "same practitioner")
            #expect(told.count == 3 && told.of == 3)
            #expect(try left("appointments", .linkability, "imported from").of == 3)
            #expect(try left("visits", .linkability, "second of arrival").of == 3)
            #expect(try left("answers", .singlingOut, "questionnaire").of == 3)
            // The operator wrote it all, at one time, and there is one client.
            #expect(try left("records", .linkability, "still on file").count == 9)
            #expect(try left("records", .linkability, "of no other").count == 9)
            #expect(try left("records", .linkability, "smallest batch").count == 9)
        }
    }

    @Test("ANON-7 (e) a tie by closeness ends beyond ten minutes and twenty positions")
    func closeness() async throws {
        try await AnonymisedClinic.run { clinic in
            let client = try await clinic.client("Lovelace")
            clinic.clock.advance(seconds: 601)
            for number in 0..<25 {
                try await clinic.operate(
                    "clinic.rename",
                    [
                        clinic.member("clinic", clinic.clinic),
                        clinic.member("name", "Cardiology \(number)"),
                    ])
            }
            _ = try await clinic.appointment(of: client, daysAgo: 40)
            try await clinic.begin(days: 30)
            try await clinic.run()
            let report = try await AnonymisationVerifier(clinic.installation).run()
            let near = try #require(
                report.remains.first { $0.words.hasSuffix("still on file") })
            #expect(near.count == 0 && near.of == 3, "\(report.lines)")
            // Another client, whom another appointment is near.
            _ = try await clinic.client("Noether")
            let again = try await AnonymisationVerifier(clinic.installation).run()
            #expect(again.remains.first { $0.words.hasSuffix("still on file") }?.count == 3)
        }
    }
}
