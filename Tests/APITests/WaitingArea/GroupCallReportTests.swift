import API
import Domain
import EventStore
import Projections
import Testing

@Suite("Group calls in reports") struct GroupCallReportTests {
    @Test("WA-14 REP-6 a group call of waiting callers counts as such, while two are in it, once")
    func counted() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let grace = try await hospital.caller()
            let jean = try await hospital.caller(firstName: "Jean")
            let mary = try await hospital.caller(firstName: "Mary")
            fixture.clock.advance(seconds: 60)
            let begun = try await fixture.must(
                "group-call.start",
                [
                    "clinic": .string(hospital.clinic),
                    "visits": .array([grace, jean, mary].map { .string($0.id) }),
                ], by: member)
            let call = JSON.string(try #require(begun.result("call")))
            func answer(_ caller: Person, _ accepts: Bool) async throws {
                try await fixture.must(
                    "visit.answer-group",
                    ["visit": .string(caller.id), "call": call, "accept": .bool(accepts)],
                    by: caller)
            }
            fixture.clock.advance(seconds: 100)  // Alone is no call.
            try await answer(grace, true)
            try await answer(mary, false)
            fixture.clock.advance(seconds: 90)
            try await answer(jean, true)
            fixture.clock.advance(seconds: 300)
            try await fixture.must("group-call.end", ["call": call], by: member)
            // Grace is done; Jean is seen alone for a while; Mary was seen by nobody.
            try await fixture.must("visit.end", ["visit": .string(grace.id)], by: member)
            try await fixture.must("visit.admit", ["visit": .string(jean.id)], by: member)
            fixture.clock.advance(seconds: 40)
            try await fixture.must("visit.end", ["visit": .string(jean.id)], by: member)
            try await fixture.must("visit.give-up", ["visit": .string(mary.id)], by: mary)
            try await fixture.closeDays(of: hospital.organisation)

            let usage = try await report(hospital, "usage")
            #expect(
                rows(usage, "rooms") == [
                    ["waiting area", 1, 40, 40, 0], ["rooms", 0, 0, .null, 0],
                    ["group calls", 1, 390, 390, 0],
                ], "\(usage.text)")
            let waits = try await report(hospital, "waits")
            // Arrivals, taken in, at once, left before being seen, otherwise.
            #expect(rows(waits, "callers").last?.dropFirst(2).prefix(5) == [3, 2, 0, 1, 0])

            // The same bytes from the log alone, and the same rows.
            let log = try fixture.log(hospital.organisation)
            let views = try await Replay(fixture.store, cores: 1).views(of: log, at: .head)
            for (name, told) in [(ReportName.usage, usage), (.waits, waits)] {
                let shown = try await views.report(
                    ReportRequest(name: name, day: LocalDate("2026-11-18")),
                    of: ID(bits: log.bits))
                #expect(try shown.report.get().bytes(as: .json) == told.bytes, "\(name)")
            }
            try await hospital.replaysTheSame()
        }
    }

    @Test("WA-14 REP-6 a group call that one after the other leaves is over with the last but one")
    func left() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let member = try await hospital.teamMember()
            let grace = try await hospital.caller()
            let begun = try await fixture.must(
                "group-call.start",
                ["clinic": .string(hospital.clinic), "visits": [.string(grace.id)]], by: member)
            let call = JSON.string(try #require(begun.result("call")))
            try await fixture.must(
                "visit.answer-group",
                ["visit": .string(grace.id), "call": call, "accept": true], by: grace)
            fixture.clock.advance(seconds: 75)
            try await fixture.must("visit.end", ["visit": .string(grace.id)], by: member)
            fixture.clock.advance(seconds: 500)
            try await fixture.must("group-call.leave", ["call": call], by: member)
            try await fixture.closeDays(of: hospital.organisation)
            let usage = try await report(hospital, "usage")
            #expect(rows(usage, "rooms").last == ["group calls", 1, 75, 75, 0])
            try await hospital.replaysTheSame()
        }
    }

    private func report(_ hospital: Hospital, _ name: String) async throws -> Told {
        let told = try await hospital.fixture.get(
            "/v1/reports/\(name)?day=2026-11-18&format=json", by: hospital.administrator)
        told.accepted()
        return told
    }

    private func rows(_ told: Told, _ table: String) -> [[JSON]] {
        let tables = told.json["tables"]?.elements ?? []
        let rows = tables.first { $0["name"]?.text == table }?["rows"]?.elements ?? []
        return rows.map { $0.elements ?? [] }
    }
}
