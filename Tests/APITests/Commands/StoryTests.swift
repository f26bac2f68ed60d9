import API
import Testing

@Suite("Commands: a day") struct StoryTests {
    @Test("OPS-6 every command there is goes through, its body made from the catalogue")
    func everyCommand() async throws {
        try await Fixture.run { fixture in
            var story = Story(fixture)
            try await story.tell()
            let missing = Set(Catalogue.all.commands.map(\.name))
                .subtracting(story.told.map(\.command))
            #expect(missing == [])
        }
    }
}
