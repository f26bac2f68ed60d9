import API
import Domain
import Testing

/// Every actor, every role and every operation there is, walked from data: what is new and cannot
/// be walked fails here. The cells of one's own organisation are walked by RoleTests (commands) and
/// IsolationTests (questions).
@Suite("Golden table: the whole walk") struct GoldenTableWalkTests {
    /// `anteroom import` at the command line, the policy that closes days, and what is done by the
    /// way of another request.
    private static let inside: [Domain.Operation] = [
        .importRun, .dayClose, .sessionBegin, .sessionSee, .apiKeyUse, .mailSettle, .alertsRaise,
        .roomDropOut, .groupCallDisconnect, .groupCallDropOut, .signOnEnter, .presenceTell,
    ]

    @Test("ROLE-1 every operation is asked by a command, a question or a stream that is walked")
    func everyOperation() {
        let walked = Set(
            Catalogue.all.commands.map(\.operation) + Asking.all.map(\.operation)
                + AccountEntry.all.map(\.operation))
        let others = Set(Domain.Operation.allCases.filter { !walked.contains($0) })
        #expect(others.subtracting(GoldenTableWalkTests.inside) == [])
    }

    @Test("ROLE-7 every kind of actor that may ask anything by token or socket is walked")
    func everyActor() async throws {
        try await inHospital { hospital in
            let walked = Set(try await hospital.ofEachKind().map(\.kind))
            for kind in ActorKind.allCases where !walked.contains(kind) {
                let open = Domain.Operation.allCases.filter { $0.isOpen(to: kind) }
                // Policies ask inside the server alone.
                guard kind != .policy else { continue }
                #expect(open.isEmpty, "add a \(kind) to Hospital.ofEachKind: \(open)")
            }
        }
    }

    @Test("ROLE-7 each actor has its closed list of questions and streams")
    func closedLists() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            for (kind, person) in try await hospital.ofEachKind() where kind != .staff {
                for asking in Asking.all where !asking.operation.isOpen(to: kind) {
                    let what = "\(asking.path) by a \(kind)"
                    let new = try await fixture.appended {
                        let told = try await fixture.ask(asking, asking.required(), by: person)
                        if kind == .nobody {
                            told.refused(401, "notSignedIn", what)
                        } else {
                            told.refused(403, "notForThisActor", what)
                        }
                    }
                    // Nobody's refusals are counted; the operator is in no organisation's log.
                    let isNoted = kind != .nobody && kind != .operator
                    #expect(
                        new.map(\.described)
                            == (isNoted ? ["\(hospital.organisation) access.noted refused"] : []),
                        "\(what)")
                }
            }
        }
    }

    @Test("ROLE-7 what stands in an actor's list is let on: it fails by its fields, if at all")
    func openLists() async throws {
        try await inHospital { hospital in
            let fixture = hospital.fixture
            for (kind, person) in try await hospital.ofEachKind() where kind != .staff {
                for entry in Catalogue.all.commands where entry.operation.isOpen(to: kind) {
                    let told = try await fixture.post(entry.name, [:], by: person)
                    let what = "\(entry.name) by a \(kind): \(told.text)"
                    #expect(told.code != "notForThisActor" && told.status != 401, "\(what)")
                }
                for asking in Asking.all where asking.operation.isOpen(to: kind) {
                    guard !asking.isLive else { continue }  // LiveTests.
                    let told = try await fixture.ask(asking, asking.required(), by: person)
                    let what = "\(asking.path) by a \(kind): \(told.text)"
                    #expect(told.code != "notForThisActor" && told.status != 401, "\(what)")
                }
            }
        }
    }

    @Test(
        "ROLE-1 no role of another organisation reaches anything here, by any command or question",
        arguments: Role.allCases)
    func otherOrganisation(role: Role) async throws {
        try await Fixture.run { fixture in
            var theirs = Story(fixture)
            theirs.known["subdomain"] = "theirs"
            try await theirs.tell()
            try await fixture.caughtUp(theirs.organisation)
            let ours = try await Hospital(fixture)
            let roles =
                role == .referrer
                ? ["teamMember@\(ours.otherClinic)", "referrer@\(ours.clinic)"]
                : [role.isOfClinic ? "\(role.word)@\(ours.clinic)" : role.word]
            let person = try await ours.staff(roles)
            let secret = Set(theirs.known.values.compactMap(\.text)).filter { $0.utf8.count == 32 }
            let before = try await fixture.head(theirs.organisation)
            for entry in Catalogue.all.commands where entry.operation.isOpen(to: .staff) {
                let body = theirs.bodyOfTheirs(entry)
                let told = try await fixture.post(entry.name, body, by: person)
                let what = "\(entry.name) by \(role) of another organisation: \(told.text)"
                if Field.ids(entry.fields(askedBy: .staff)).contains(where: { body[$0] != nil }) {
                    #expect([403, 404, 409, 422].contains(told.status), "\(what)")
                }
                #expect(told.status < 500, "\(what)")
                #expect(!secret.contains { told.text.contains($0) }, "\(what)")
            }
            for asking in Asking.all where asking.operation.isOpen(to: .staff) {
                let values = asking.required(theirs.known)
                guard !asking.isLive || !asking.inPath.isEmpty else { continue }
                let told = try await fixture.ask(asking, values, by: person)
                let what = "\(asking.path) by \(role) of another organisation: \(told.text)"
                let isTheirs = values.contains { secret.contains($0.value) }
                if isTheirs { #expect([403, 404].contains(told.status), "\(what)") }
                #expect(told.status < 500, "\(what)")
                #expect(!secret.contains { told.text.contains($0) }, "\(what)")
            }
            #expect(try await fixture.head(theirs.organisation) == before, "by \(role)")
        }
    }
}

extension Story {
    /// Every field there is, ids of this organisation's records in those that take them.
    fileprivate func bodyOfTheirs(_ entry: CommandEntry) -> JSON {
        var bodies = Bodies(known)
        bodies.values["role"] = "teamMember"
        return bodies.body(entry.fields(askedBy: .staff))
    }
}
