import API
import Testing

/// What the program says of itself holds nothing of anybody.
@Suite("Logs and metrics") struct LogTests {
    private static let canary = "canary-6d1f"
    private static let birthDate = "1931-07-09"

    @Test("OPS-3 neither log lines nor metrics hold a text, an id, a key or a token of anybody")
    func canaries() async throws {
        try await Fixture.run { fixture in
            var story = Story(fixture)
            story.text = LogTests.canary
            story.known["birthDate"] = .string(LogTests.birthDate)
            try await story.tell()
            try await fixture.caughtUp(story.organisation)
            for asking in Asking.all where !asking.isLive {
                let values = asking.fields.filter(\.required).map {
                    ($0.name, story.known[$0.name]?.text ?? LogTests.canary)
                }
                for name in ["administrator", "member", "caller", "nobody", "operator"] {
                    _ = try await fixture.ask(asking, values, by: try #require(story.people[name]))
                }
            }
            try await misdirect(story)
            let lines = fixture.logs.lines
            #expect(lines.count > 100)
            let said = (lines + [fixture.metrics.text]).joined(separator: "\n")
            #expect(said.contains("/v1/visits/{visit}"))
            #expect(!said.contains(LogTests.canary))
            #expect(!said.contains(LogTests.birthDate))
            for sent in story.told { #expect(!said.contains(sent.key)) }
            for (name, value) in story.known {
                guard let id = value.text, id.utf8.count == 32 else { continue }
                #expect(!said.contains(id), "\(name)")
            }
            for person in story.people.values.compactMap(\.token) {
                #expect(!said.contains(person.dropFirst(3)))
            }
        }
    }

    /// Everything sent to where it does not belong; no answer says it again.
    private func misdirect(_ story: Story) async throws {
        let fixture = story.fixture
        let canary = LogTests.canary
        let member = try #require(story.people["member"])
        for path in ["/v1/\(canary)", "/v1/visits/\(canary)", "/v1/visits?\(canary)=1"] {
            let told = try await fixture.get(path, by: member)
            told.isProblem(path)
            // A field's name is told, and nothing else that was sent.
            if !path.contains("?") { #expect(!told.text.contains(canary), "\(path)") }
        }
        for person in [Person.bearing(canary), .bearing("at_\(canary)"), member] {
            let told = try await fixture.post(
                canary, ["a": .string(canary)], by: person, key: canary)
            told.isProblem()
            #expect(!told.text.contains(canary))
        }
        for entry in Catalogue.all.commands {
            guard !entry.fields().isEmpty else { continue }  // Nothing of it can be wrong.
            let wrong = entry.fields().map { JSON.Member($0.name, [["a": .string(canary)]]) }
            let told = try await fixture.post(entry.name, .object(wrong), by: member, key: canary)
            told.isProblem()
            #expect(!told.text.contains(canary), "\(entry.name): \(told.text)")
            let broken = try await fixture.post(
                entry.name, bytes: Array("{\"\(canary)\"".utf8), by: member, key: canary)
            broken.isProblem()
            #expect(!broken.text.contains(canary))
        }
        _ = try await fixture.bulk("\(canary)\n{\"name\":\"\(canary)\"}", by: member)
    }

    @Test("OPS-3 each request is one line, with its route and status")
    func lines() async throws {
        try await inHospital { hospital in
            let before = hospital.fixture.logs.lines.count
            _ = try await hospital.fixture.get(
                "/v1/clinics/\(hospital.clinic)/waiting-area", by: hospital.administrator)
            _ = try await hospital.fixture.get("/v1/clinics", by: .nobody)
            let lines = hospital.fixture.logs.lines.dropFirst(before)
                .filter { $0.contains("answered") }
            #expect(lines.count == 2)
            #expect(lines.first?.contains("/v1/clinics/{clinic}/waiting-area") == true)
            #expect(lines.first?.contains("\"status\": 200") == true)
            #expect(lines.last?.contains("\"status\": 401") == true)
        }
    }
}
