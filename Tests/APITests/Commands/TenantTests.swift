import API
import Domain
import Testing

/// Nothing of one organisation is reached from another, by whatever id or token.
@Suite("Commands: organisations and tokens") struct TenantTests {
    @Test("ORG-1 every id of another organisation is refused in every field of every command")
    func foreignIDs() async throws {
        try await Fixture.run { fixture in
            var theirs = Story(fixture)
            theirs.known["subdomain"] = "theirs"
            try await theirs.tell()
            var ours = Story(fixture)
            for step in Story.steps {
                if step.command == "visit.drop-out" { fixture.clock.advance(seconds: 121) }
                try await ours.refuses(idsOf: theirs, in: step)
                try await ours.take(step)
            }
        }
    }

    @Test("ORG-1 what is ours is not found by staff of another organisation, in every command")
    func foreignTokens() async throws {
        try await Fixture.run { fixture in
            var theirs = Story(fixture)
            theirs.known["subdomain"] = "theirs"
            try await theirs.tell()
            var ours = Story(fixture)
            for step in Story.steps {
                if step.command == "visit.drop-out" { fixture.clock.advance(seconds: 121) }
                try await ours.refuses(theirs.people, in: step)
                try await ours.take(step)
            }
        }
    }

    @Test("ACC-6 a token that is not good opens nothing, whatever is asked")
    func garbledTokens() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let staff = try #require(hospital.administrator.token)
            let caller = try #require(try await hospital.caller().token)
            let headers = TenantTests.garbled(staff) + TenantTests.garbled(caller)
            for (index, entry) in Catalogue.all.commands.enumerated() {
                let body = Bodies().body(entry.fields(askedBy: .staff))
                for header in index == 0 ? headers : [headers[index % headers.count]] {
                    let what = "\(entry.name) with \(header)"
                    try await fixture.appendsNothing(what) {
                        let told = try await fixture.post(
                            entry.name, body, by: .nobody, ["Authorization": header])
                        told.refused(401, "tokenRefused", what)
                    }
                }
            }
        }
    }

    /// Near and far misses of a good token.
    private static func garbled(_ token: String) -> [String] {
        let flipped = token.indices.map { index -> String in
            var token = token
            let other: Character = token[index] == "A" ? "B" : "A"
            token.replaceSubrange(index...index, with: [other])
            return token
        }
        let wrong =
            flipped + [
                "", token + "A", String(token.dropLast()), token + "=", token.uppercased(),
                "at_", "ac_", String(repeating: "A", count: 67), "ünïcödé",
            ]
        return wrong.map { "Bearer \($0)" }
            + ["Basic \(token)", token, "Bearer  \(token)", "Bearer", ""]
    }

    @Test("ROLE-7 a caller's token of another visit reaches nothing of this one")
    func otherCaller() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            let visit = try await hospital.caller()
            let stranger = try await hospital.caller(firstName: "Mallory")
            for entry in Catalogue.all.commands where entry.operation.isOpen(to: .caller) {
                let fields = entry.fields(askedBy: .caller)
                guard fields.contains(where: { $0.name == "visit" }) else { continue }
                let body = Bodies(["visit": .string(visit.id), "staff": .null]).body(fields)
                try await fixture.appendsNothing(entry.name) {
                    let told = try await fixture.post(entry.name, body, by: stranger)
                    told.refused(404, "notFound", field: "visit", entry.name)
                }
            }
        }
    }

    @Test("ROLE-7 an organisation that does not exist is not found, and gets no log")
    func noOrganisation() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            for entry in Catalogue.all.commands where !entry.foundsOrganisation {
                for kind in [ActorKind.operator, .nobody] where entry.operation.isOpen(to: kind) {
                    let body = Bodies().body(entry.fields(askedBy: kind))
                    try await fixture.appendsNothing(entry.name) {
                        let told = try await fixture.post(
                            entry.name, body, by: kind == .operator ? .operator : .nobody)
                        told.refused(404, "notFound", field: "organisation", entry.name)
                    }
                }
            }
            let unknown = try await fixture.get(
                "/v1/clinics?organisation=\(String(repeating: "a", count: 32))", by: .operator)
            unknown.refused(404, "notFound", field: "organisation")
        }
    }
}

extension Story {
    /// Sends the step's body once for each id in it, that id being one of another organisation.
    fileprivate func refuses(idsOf theirs: Story, in step: Step) async throws {
        let entry = try #require(Catalogue.all.command(step.command))
        let person = try #require(people[step.person])
        let fields = entry.fields(askedBy: try kind(step.person))
        let body = try body(step)
        for id in Field.ids(fields) {
            guard let member = body[id], id != "organisation" else { continue }
            let isList = member.elements != nil
            let one = isList ? String(id.dropLast()) : id
            let known = try #require(theirs.known[one] ?? theirs.known["staff"])
            let foreign: JSON = isList ? [known] : known
            #expect(member != foreign)
            let what = "\(step.command) with \(id) of others"
            let new = try await fixture.appended {
                let told = try await fixture.post(
                    step.command, body.setting(id, foreign), by: person)
                if Story.harmless.contains(id) {
                    // Of one's own none has that id: useless it is already.
                    return told.accepted(what)
                }
                told.isProblem(what)
                switch told.status {
                case 403: #expect(told.code == "notPermitted", "\(what): \(told.text)")
                case 404:
                    let field = isList ? id + "[0]" : id
                    #expect(told.fields == [field], "\(what): \(told.text)")
                case 409, 422: #expect(told.fields.count == 1, "\(what): \(told.text)")
                default: Issue.record("\(what): \(told.text)")
                }
            }
            let harmless = Story.harmless.contains(id) ? "nothing.to-do" : "access.noted refused"
            #expect(new.allSatisfy { $0.described == "\(organisation) \(harmless)" }, "\(what)")
        }
    }

    /// What can only be made useless.
    private static let harmless: Set = ["token", "link"]

    /// Sends the step's body by everybody of another organisation.
    fileprivate func refuses(_ others: [String: Person], in step: Step) async throws {
        guard step.person != "operator", step.person != "nobody" else { return }
        let body = try body(step)
        let ids = Field.ids(
            try #require(Catalogue.all.command(step.command)).fields(askedBy: .staff))
        guard ids.contains(where: { body[$0] != nil }) else { return }
        for (name, person) in others.sorted(by: { $0.key < $1.key }) where person.token != nil {
            let what = "\(step.command) by their \(name)"
            let new = try await fixture.appended {
                let told = try await fixture.post(step.command, body, by: person)
                told.isProblem(what)
                #expect([401, 403, 404].contains(told.status), "\(what): \(told.text)")
            }
            #expect(new.allSatisfy { $0.described.hasSuffix("access.noted refused") }, "\(what)")
            #expect(new.allSatisfy { "\($0.log)" != organisation }, "\(what)")
        }
    }
}

extension Field {
    /// The names of those that hold ids, or lists of them.
    static func ids(_ fields: [Field]) -> [String] {
        fields.filter { ($0.schema["items"] ?? $0.schema)["format"] == "id" }.map(\.name)
    }
}
