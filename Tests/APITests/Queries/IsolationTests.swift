import API
import Domain
import EventStore
import Projections
import Testing

/// Every question of the catalogue: who gets an answer, and about whom.
@Suite("Queries: isolation") struct IsolationTests {
    /// What a caller may ask; a questionnaire says nothing about anybody.
    private static let callers: Set<Domain.Operation> = [
        .visitRead, .questionnaireRead, .clinicCallInterfaceRead, .logoRead, .entryRead,
    ]

    @Test("ROLE-7 a caller reads their own visit, and of all there is nothing else")
    func caller() async throws {
        try await Fixture.run { fixture in
            var story = Story(fixture)
            try await story.tell()
            let caller = try #require(story.people["caller"])
            for asking in Asking.all {
                #expect(
                    asking.operation.isOpen(to: .caller)
                        == IsolationTests.callers.contains(asking.operation))
                var known = story.known
                // Where their visit is now.
                known["clinic"] = known["otherClinic"]
                let values = asking.required(known)
                if asking.operation.isOpen(to: .caller) {
                    guard !asking.isLive else { continue }  // LiveTests.
                    let told = try await fixture.ask(asking, values, by: caller)
                    told.accepted(asking.path)
                    continue
                }
                try await fixture.appendsRefusalOnly(in: story.organisation, asking.path) {
                    let told = try await fixture.ask(asking, values, by: caller)
                    told.refused(403, "notForThisActor", asking.path)
                }
            }
            for name in ["lostVisit", "givenUpVisit", "client", "staff"] {
                let other = try #require(story.known[name]?.text)
                for path in ["/v1/visits/\(other)", "/v1/visits/\(other)/live"] {
                    try await fixture.appendsNothing(path) {
                        let told = try await fixture.get(path, by: caller)
                        told.refused(404, "notFound", field: "visit", path)
                    }
                }
            }
        }
    }

    @Test("ROLE-7 who has no token is asked for one, and a token that is not good opens nothing")
    func noToken() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            for asking in Asking.all where !asking.operation.isOpen(to: .nobody) {
                let values = asking.inPath.map { ($0, hospital.clinic) }
                try await fixture.appendsNothing(asking.path) {
                    let nobody = try await fixture.ask(asking, values, by: .nobody)
                    nobody.refused(401, "notSignedIn", asking.path)
                    let garbled = try await fixture.ask(asking, values, by: .bearing("at_x"))
                    garbled.refused(401, "tokenRefused", asking.path)
                }
            }
        }
    }

    @Test(
        "ROLE-1 the golden table decides over every question, and each refusal is an access entry")
    func everyRole() async throws {
        try await Fixture.run { fixture in
            var story = Story(fixture)
            try await story.tell()
            story.known["visit"] = story.known["givenUpVisit"]
            try await fixture.closeDays(of: story.organisation)
            let hospital = story
            var looks: [String: Set<Look>] = [:]
            let clinic = try #require(story.known["clinic"]?.text)
            let elsewhere = try #require(story.known["otherClinic"]?.text)
            for role in Role.allCases where role != .referrer {
                for held in role.isOfClinic ? [clinic, elsewhere] : [nil] {
                    let grant = Grant(role, in: held.flatMap { ID($0) })
                    let person = try await fixture.somebody(grant, hospital.organisation)
                    for asking in Asking.all
                    where !asking.isLive && asking.operation.isOpen(to: .staff)
                        && !asking.operation.isOpen(to: .nobody)
                    {
                        let address = "\(asking.method) \(asking.path)"
                        looks[address, default: []].formUnion(
                            try await hospital.ask(asking, by: person, holding: grant))
                    }
                }
            }
            // What was refused is called what it would have been, and names the same row.
            for (address, looks) in looks {
                let (allowed, refused) = (looks.filter(\.isAllowed), looks.filter { !$0.isAllowed })
                #expect(!allowed.isEmpty, "\(address)")
                for look in refused {
                    let same = allowed.contains {
                        ($0.code, $0.action, $0.kind, $0.permission)
                            == (look.code, look.action, look.kind, look.permission)
                    }
                    #expect(same, "\(address): \(look), of \(allowed)")
                }
            }
        }
    }

    @Test(
        "ORG-1 no id of another organisation is answered, in whatever field it is asked by",
        arguments: 0..<6 as Range<UInt64>)
    func otherOrganisation(seed: UInt64) async throws {
        try await Fixture.run { fixture in
            var theirs = Story(fixture)
            theirs.known["subdomain"] = "theirs"
            try await theirs.tell()
            var ours = Story(fixture)
            try await ours.tell()
            try await fixture.closeDays(of: ours.organisation)
            try await fixture.caughtUp(theirs.organisation)
            var random = Seeded(seed)
            let secret = Set(theirs.known.values.compactMap(\.text)).filter { $0.utf8.count == 32 }
            for _ in 0..<80 {
                let asking = Asking.all[Int(random.next() % UInt64(Asking.all.count))]
                let person = try #require(
                    ours.people[["administrator", "member"][Int(random.next() % 2)]])
                let (values, isForeign) = ours.values(for: asking, or: theirs, &random)
                guard isForeign || !asking.isLive else { continue }
                let new = try await fixture.appended {
                    let told = try await fixture.ask(asking, values, by: person)
                    let what = "\(asking.address(values)), seed \(seed)"
                    if isForeign {
                        #expect([403, 404].contains(told.status), "\(what): \(told.text)")
                        told.isProblem(what)
                    } else {
                        #expect([200, 403].contains(told.status), "\(what): \(told.text)")
                    }
                    let text = told.text
                    #expect(!secret.contains { text.contains($0) }, "\(what): \(text)")
                }
                #expect(new.allSatisfy { "\($0.log)" == ours.organisation })
            }
        }
    }
}

/// An entry of the access log.
private struct Look: Hashable {
    let code: AccessEventCode
    let action: AccessAction
    let kind: AccessObjectKind
    let permission: Permission?
    let isAllowed: Bool

    /// Nil: it is another event.
    init?(_ event: RecordedEvent) throws {
        guard event.stream.category == Category.access else { return nil }
        let access: AccessEvent = try EventCoding.decode(event)
        guard case .noted(let noted) = access else { return nil }
        code = noted.event
        action = noted.action
        kind = noted.objectKind
        permission = noted.permission
        isAllowed = noted.outcome == .allowed
    }
}

extension Story {
    /// Values for some of a question's ids: ours, or now and then one of another organisation.
    fileprivate func values(
        for asking: Asking, or theirs: Story, _ random: inout Seeded
    ) -> (values: [(name: String, value: String)], isForeign: Bool) {
        var values: [(name: String, value: String)] = []
        var isForeign = false
        for field in asking.fields {
            guard field.required || random.next() % 2 == 0 else { continue }
            guard field.schema["format"] == "id" else {
                values += asking.required().filter { $0.name == field.name }
                continue
            }
            let story = random.next() % 2 == 0 ? theirs : self
            guard let id = (story.known[field.name] ?? story.known["staff"])?.text else { continue }
            isForeign = isForeign || story.organisation == theirs.organisation
            values.append((field.name, id))
        }
        return (values, isForeign)
    }

    /// Asks a question about the clinic; compares with the golden table.
    /// - Returns: what the access log calls the looks, or the refusal.
    fileprivate func ask(
        _ asking: Asking, by person: Person, holding grant: Grant
    ) async throws -> [Look] {
        let values = asking.required(known)
        let permission: Permission
        switch asking.operation.need {
        case .permission(let row): permission = row
        case .reports: permission = .organisationReports  // No clinic is named.
        case .useRooms: permission = .useMeetingRooms
        case .never, .manage, .transfer, .addRooms: return []
        }
        let clinic: ID<Clinic>? = known["clinic"]?.text.flatMap { ID($0) }
        let isOfClinic = ["clinic", "visit", "room", "call"].contains { name in
            values.contains { $0.name == name }
        }
        let what = "\(asking.path) by \(grant)"
        if Roles.allows(permission, [grant], in: isOfClinic ? clinic : nil) {
            let new = try await fixture.appended {
                let told = try await fixture.ask(asking, values, by: person)
                told.accepted(what)
            }
            #expect(!new.isEmpty, "\(what) left no access entry")
            #expect(new.allSatisfy { $0.described.hasSuffix("access.noted allowed") }, "\(what)")
            return try new.compactMap(Look.init)
        }
        let head = try await fixture.head(organisation)
        try await fixture.appendsRefusalOnly(in: organisation, what) {
            let told = try await fixture.ask(asking, values, by: person)
            told.refused(403, "notPermitted", what)
        }
        return try await fixture.events(organisation, from: head).compactMap(Look.init)
    }
}

extension Fixture {
    /// Somebody who holds one role.
    fileprivate func somebody(_ grant: Grant, _ organisation: String) async throws -> Person {
        let added = try await must(
            "staff.add",
            [
                "organisation": .string(organisation), "profile": ["name": "Somebody"],
                "reason": "test",
                "roles": [
                    [
                        "role": .string(grant.role.word),
                        "clinic": grant.clinic.map { .string($0.description) },
                    ]
                ],
            ], by: .operator)
        return try await Hospital.signIn(
            self, organisation, try #require(added.result("staff")), "\(grant)")
    }
}
