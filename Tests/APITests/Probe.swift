import API
import Projections
import EventStore
import Domain
import Testing
import Foundation
func say(_ t: String) { FileHandle.standardError.write(Data((t + "\n").utf8)) }

@Suite("Probe", .serialized) struct Probe {
    @Test("a") func a() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            let log = LogID(bits: UInt128(hospital.organisation, radix: 16)!)
            for i in 0..<50 {
                let a = try await hospital.staff([("teamMember", hospital.clinic)])
                let head = try await fixture.head(hospital.organisation)
                try await fixture.side.runner.waitUntil("directory", log, shows: head - 1)
                say("a\(i) \(a.id)")
            }
        }
    }
    @Test("b") func b() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            let log = LogID(bits: UInt128(hospital.organisation, radix: 16)!)
            for i in 0..<50 {
                let head = try await fixture.head(hospital.organisation)
                try await fixture.side.runner.waitUntil("directory", log, shows: head - 1)
                let x = try await fixture.get("/health")
                say("b\(i) \(x.status)")
            }
        }
    }
    @Test("c") func c() async throws {
        try await Fixture.run { fixture in
            let hospital = try await Hospital(fixture)
            let log = LogID(bits: UInt128(hospital.organisation, radix: 16)!)
            let org = ID<Organisation>(hospital.organisation)!
            let staff = ID<Staff>(hospital.administrator)!
            let entry = QueryCatalogue.all.first { $0.path == "/v1/profile" }!
            for i in 0..<50 {
                let head = try await fixture.head(hospital.organisation)
                try await fixture.side.runner.waitUntil("directory", log, shows: head - 1)
                let x = try await fixture.dispatch.answer(entry, QueryRequest(fields: [:], isText: true, actor: .staff(organisation: org, staff)), from: fixture.side)
                say("c\(i) \(x.json.description.prefix(20))")
            }
        }
    }
}
