import Domain
import Foundation
import Testing

@Suite("Event documentation") struct EventDocumentationTests {
    static let remedy = """
        is not what the code says: run `ANTEROOM_REGENERATE=1 swift test --filter \
        EventDocumentation`, look at the difference and commit it
        """

    @Test("AUD-1 docs/events.md and docs/events.proto say what the code declares")
    func upToDate() throws {
        let schema = try SchemaDescription(EventFamilies.all)
        let comments = try DocComments(Checkout.sources("Sources/Domain"))
        let page = EventsPage.text(of: schema, comments: comments.text)
        for (path, text) in [
            ("docs/events.md", page), ("docs/events.proto", ProtoFile.text(of: schema)),
        ] {
            if Checkout.isRegenerating { try Checkout.write(text, to: path) }
            #expect(try Checkout.text(path) == text, "\(path) \(Self.remedy)")
        }
    }

    @Test("AUD-1 every event, part, record and enumeration says in its doc comment what it is")
    func commented() throws {
        let schema = try SchemaDescription(EventFamilies.all)
        let comments = try DocComments(Checkout.sources("Sources/Domain"))
        let types = schema.families.flatMap(\.events).map(\.type) + schema.types.map(\.name)
        for type in types { #expect(comments.text(type, nil) != nil, "\(type)") }
    }

    @Test("AUD-1 the generator and its reader of comments know every kind of field")
    func sample() throws {
        let schema = try SchemaDescription([SampleEvent.self])
        let comments = try DocComments(Checkout.sources("Tests/DomainTests/Schema"))
        let page = EventsPage.text(of: schema, comments: comments.text)
        for line in [
            "### `sample.everything-in-full`, schema 1\n\nOne field of every type",
            "| 1 | `at` | instant, milliseconds since 1970 (UTC) (`sint64`) | always |  |",
            "| 16 | `sealed` | **sealed** SampleRecord | always | What someone typed. |",
            "| 17 | `perhaps` | whole number (`sint64`) | optional |  |",
            "| 21 | `prices` | Money | list |  |",
            "| 301 | `later_colour` | SampleColour | absent: `\"green\"` |  |",
            "### `sample.nothing`, schema 1\n\nIt happened; there is no more to say.\n\nNo fields.",
            "### SampleRelative\n\nSomeone to call.",
            "| 2 | `darkRed` | Nearly black. |",
        ] {
            #expect(page.contains(line), "no “\(line)” in:\n\(page)")
        }
    }

    @Test("AUD-1 every stored property is walked, those too that could be left at nil")
    func walked() throws {
        func check<Family: EventFamily>(_ family: Family.Type) throws {
            for member in Family.members.all {
                var samples = Samples(seed: 1, .complete)
                let event = try member.sample(&samples)
                // A family's case holds its event, and nothing else.
                let inside = try #require(Mirror(reflecting: event).children.first?.value)
                let properties = Mirror(reflecting: inside).children.count
                #expect(try member.type.describeFields().count == properties, "\(member.name)")
            }
        }
        for family in allFamilies { try check(family) }
    }

    @Test("AUD-1 one name stands for one shape, and numbers only rise", arguments: [true, false])
    func unambiguous(real: Bool) throws {
        let schema = try SchemaDescription(real ? EventFamilies.all : [SampleEvent.self])
        #expect(schema.ambiguous.isEmpty)
        let events = schema.families.flatMap(\.events)
        var shapes = events.map { ($0.type, $0.fields) }
        for (name, type) in schema.types {
            switch type {
            case .message(_, let fields), .sealed(_, let fields): shapes.append((name, fields))
            case .enumeration(_, let values):
                #expect(Set(values.map(\.number)).count == values.count, "\(name)")
                #expect(values.allSatisfy { $0.number >= 0 }, "\(name)")
            case .scalar: break
            }
        }
        for (type, fields) in shapes {
            let numbers = fields.map(\.number)
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy(<), "\(type): \(numbers)")
            #expect(numbers.allSatisfy { $0 >= 1 }, "\(type)")
            #expect(Set(fields.map(\.name)).count == fields.count, "\(type)")
            for field in fields {
                #expect(field.name.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil, "\(field.name)")
            }
        }
        for family in schema.families {
            for event in family.events {
                #expect(event.name.hasPrefix(family.category + "."), "\(event.name)")
                #expect(event.name.wholeMatch(of: /[a-z][a-z0-9.-]{0,31}/) != nil)
                #expect(event.number >= 1)
            }
        }
        #expect(Set(events.map(\.name)).count == events.count)
        #expect(Set(schema.families.map(\.category)).count == schema.families.count)
    }
}
