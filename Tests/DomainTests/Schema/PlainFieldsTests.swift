import Domain
import Testing

/// Tests/Golden/plain-fields: each field that stands unsealed in the log for ever, and
/// why that takes nothing from anyone. One a line: `event field: reason`.
@Suite("Plain fields") struct PlainFieldsTests {
    static let path = "Tests/Golden/plain-fields"

    @Test("ANON-1 every unsealed field is listed with its reason to be plain")
    func listed() throws {
        let reasons = try Self.listed()
        let fields = try Self.plainFields(SchemaDescription(EventFamilies.all))
        if Checkout.isRegenerating {
            let lines = fields.map { "\($0): \(reasons[$0] ?? "?")\n" }
            try Checkout.write(Self.heading + lines.joined(), to: Self.path)
        }
        let bare = fields.filter { (reasons[$0] ?? "").count < 10 }
        #expect(
            bare.isEmpty,
            """
            These stand unsealed in the log for ever: what could they tell about a person once \
            their keys are gone? If nothing, write the reasons into \(Self.path) \
            (`ANTEROOM_REGENERATE=1 swift test --filter PlainFields` adds the lines); else seal them
            """)
        for gone in Set(reasons.keys).subtracting(fields).sorted() {
            Issue.record("\(gone) is listed in \(Self.path) and not in any event")
        }
    }

    @Test("ANON-1 the list sees through parts, and passes over what is sealed")
    func sample() throws {
        let fields = Self.plainFields(try SchemaDescription([SampleEvent.self]))
        #expect(fields.contains("sample.everything-in-full price"))
        #expect(fields.contains("Money currency"))
        #expect(fields.contains("sample.typical minutes"))
        #expect(!fields.contains { $0.contains("sealed") || $0.contains("note") })
        #expect(!fields.contains { $0.hasPrefix("SampleRe") })
    }

    static let heading = """
        # Every field that stands unsealed in the log, and its reason to be plain. A part's fields
        # are listed once, under its type. See PlainFieldsTests.

        """

    private static func listed() throws -> [String: String] {
        var reasons: [String: String] = [:]
        for line in try Checkout.text(path).split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1)
            let reason = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
            reasons[String(parts[0])] = reason == "?" ? "" : String(reason)
        }
        return reasons
    }

    /// `event field` for each plain field, `Part field` for those of parts that stand unsealed.
    private static func plainFields(_ schema: SchemaDescription) -> [String] {
        var parts: [String: [FieldDescription]] = [:]
        var lines: [String] = []
        func note(_ owner: String, _ fields: [FieldDescription]) {
            for field in fields {
                if case .sealed = field.value { continue }
                lines.append("\(owner) \(field.name)")
                guard case .message(let name, let inner) = field.value, parts[name] == nil else {
                    continue
                }
                parts[name] = inner
            }
        }
        for event in schema.families.flatMap(\.events) { note(event.name, event.fields) }
        var done: Set<String> = []
        while let (name, fields) = parts.filter({ !done.contains($0.key) }).min(by: {
            $0.key < $1.key
        }) {
            done.insert(name)
            note(name, fields)
        }
        return lines
    }
}
