import API
import Foundation
import TestSupport
import Testing

/// What the catalogues say of themselves is what the code does.
@Suite("Documents") struct DocumentTests {
    static let remedy = """
        is not what the catalogues say: run `ANTEROOM_REGENERATE=1 swift test --filter \
        DocumentTests`, look at the difference and commit it
        """

    @Test("OPS-6 docs/commands.md says what the catalogues declare")
    func reference() throws {
        let path = "docs/commands.md"
        let text = Catalogue.all.reference
        if Checkout.isRegenerating { try Checkout.write(text, to: path) }
        #expect(try Checkout.text(path) == text, "\(path) \(DocumentTests.remedy)")
    }

    @Test("OPS-6 /openapi.json has every command, question and stream, each answer and refusal")
    func openAPI() async throws {
        try await Fixture.run { fixture in
            let told = try await fixture.get("/openapi.json", by: .nobody)
            told.accepted()
            let paths = try #require(told.json["paths"])
            for entry in Catalogue.all.commands {
                let command = paths["/v1/commands/\(entry.name)"]?["post"]
                #expect(command?["operationId"]?.text == entry.name)
                let body = command?["requestBody"]?["content"]?["application/json"]?["schema"]
                for field in entry.fields() {
                    #expect(body?["properties"]?[field.name] != nil, "\(entry.name) \(field.name)")
                }
                let refused = command?["responses"]?["422"]?["$ref"]?.text
                #expect(refused == "#/components/responses/Problem422")
            }
            for asking in Asking.all {
                let method = asking.method.rawValue.lowercased()
                let question = paths[asking.path]?[method]
                let content = question?["responses"]?["200"]?["content"]
                #expect(content != nil, "\(asking.path)")
                let forms = asking.fields.first { $0.name == "format" }?.schema["enum"]?.elements
                for form in forms ?? [] {
                    let type = form.text.flatMap(ReportFormat.init)?.mediaType
                    #expect(content?[type ?? ""] != nil, "\(asking.path) as \(form.description)")
                }
                let named = question?["parameters"]?.elements?.compactMap { $0["name"]?.text } ?? []
                guard asking.method == .get else { continue }
                #expect(named == asking.fields.map(\.name), "\(asking.path)")
            }
            for problem in Problem.all {
                let status = "Problem\(problem.status)"
                let words = told.json["components"]?["responses"]?[status]?["description"]?.text
                #expect(words?.contains("`\(problem.code)`") == true, "\(problem.code)")
            }
        }
    }

    @Test("OPS-6 every code Problem.swift has is in the documents")
    func codes() throws {
        let source = try Checkout.text("Sources/API/Problem.swift")
        let codes = source.matches(of: /[(\s]([45][0-9][0-9]), "([a-zA-Z]+)"/)
            .map { "\($0.1) \($0.2)" }
        #expect(codes.count > 25)
        let told = Set(Problem.all.map { "\($0.status) \($0.code)" })
        #expect(Set(codes).subtracting(told) == [])
    }

    @Test("OPS-6 a validator that is not ours finds nothing wrong with /openapi.json")
    func validator() async throws {
        let python = Checkout.root.appending(path: ".build/venv/bin/python")
        guard FileManager.default.fileExists(atPath: python.path) else {
            print("skipped: run tools/setup for the checkers of Tests/Interop")
            return
        }
        let file = FileManager.default.temporaryDirectory
            .appending(path: "openapi-\(UUID().uuidString).json")
        try Data(Catalogue.all.openAPI.bytes).write(to: file)
        defer { removeQuietly(file.path) }
        let run = try await RunningProgram.run([
            python.path, "-m", "openapi_spec_validator", "--schema", "3.1", file.path,
        ])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    @Test("OPS-6 each question's answer holds what the documents say, and nothing else")
    func answers() async throws {
        try await Fixture.run { fixture in
            var story = Story(fixture)
            try await story.tell { story, sent in
                // Callers stand in the waiting area before they go.
                guard ["visit.hold", "visit.transfer"].contains(sent.command) else { return }
                try await fixture.caughtUp(story.organisation)
                try await DocumentTests.compareAll(story, paths: ["waiting-area"])
            }
            try await fixture.closeDays(of: story.organisation)
            try await DocumentTests.compareAll(story, paths: [""])
        }
    }

    /// Asks every question whose path holds one of these, and compares.
    private static func compareAll(_ story: Story, paths: [String]) async throws {
        for entry in QueryCatalogue.all where paths.contains(where: { entry.path.hasSuffix($0) }) {
            let asking = Asking(entry)
            let values = asking.required(story.known)
            for name in ["administrator", "member"] {
                let person = try #require(story.people[name])
                let told = try await story.fixture.ask(asking, values, by: person)
                let mayNot = entry.operation.need == .never || name == "member"
                #expect(told.status == 200 || mayNot && told.status == 403, "\(told.text)")
                guard told.status == 200 else { continue }
                let things = entry.shows.isList ? told.json["rows"]?.elements ?? [] : [told.json]
                for thing in things { compare(thing, entry.shows.members, entry.path) }
            }
        }
    }

    private static func compare(_ json: JSON, _ fields: [Field], _ path: String) {
        guard case .object(let members) = json else { return }
        for field in fields where field.required {
            #expect(json[field.name] != nil, "\(path): no \(field.name) in \(json.description)")
        }
        for member in members {
            guard let field = fields.first(where: { $0.name == member.name }) else {
                Issue.record("\(path): nobody said there is \(member.name)")
                continue
            }
            let place = "\(path) \(field.name)"
            switch member.value {
            case .string: #expect(field.schema["type"] == "string", "\(place)")
            case .integer: #expect(field.schema["type"] == "integer", "\(place)")
            case .bool: #expect(field.schema["type"] == "boolean", "\(place)")
            case .object(let members):
                if let each = field.schema["additionalProperties"]?["type"] {
                    #expect(each == "string" && members.allSatisfy { $0.value.text != nil })
                } else {
                    compare(member.value, Field.properties(of: field.schema), place)
                }
            case .array(let elements):
                #expect(field.schema["type"] == "array", "\(place)")
                let items = field.schema["items"] ?? [:]
                for element in elements { compare(element, Field.properties(of: items), place) }
            case .null, .number: Issue.record("\(place): \(member.value.description)")
            }
        }
    }
}
