import Domain
import Testing

@Suite("Actors that are not staff") struct ActorsTests {
    @Test("ROLE-7 each actor has its closed list, and nothing else")
    func lists() {
        #expect(
            open(to: .caller) == [
                "visit.leave", "visit.give-up", "visit.disconnect", "visit.come-back",
                "visit.message", "answers.give", "visit.read", "questionnaire.read",
            ])
        #expect(
            open(to: .nobody) == [
                "password.set", "password.forgotten", "visit.open", "visit.arrive",
            ])
        #expect(open(to: .policy) == ["visit.drop-out", "visit.end", "day.close"])
        #expect(
            Set(open(to: .apiKey)) == Set(KeyScope.allCases.map(\.word) + ["api-key.use"]))
        for kind in [ActorKind.client, .guest] { #expect(open(to: kind).isEmpty) }
    }

    @Test("ROLE-6 an auditor reads history and access logs, and changes nothing")
    func auditor() {
        #expect(open(to: .auditor) == ["access.read", "client-access.read", "log.read"])
    }

    @Test("ROLE-5 the operator alone makes organisations and sets packages; sees no one's record")
    func `operator`() {
        for only in [Operation.organisationCreate, .organisationSetPackage] {
            #expect(ActorKind.allCases.filter(only.isOpen) == [.operator])
            #expect(only.need == .never)
        }
        let personal: [Operation] = [
            .waitingAreaRead, .visitRead, .clientRead, .clientsSearch, .answersRead, .staffRead,
            .ownProfileRead, .accessRead, .clientAccessRead, .visitMessage,
        ]
        for operation in personal { #expect(!operation.isOpen(to: .operator)) }
    }

    @Test("ROLE-7 for staff the golden table has the last word", arguments: Operation.allCases)
    func staff(operation: Operation) {
        #expect(operation.isOpen(to: .staff) == (operation.need != .never))
        #expect(ActorKind.allCases.contains(where: operation.isOpen), "for nobody at all")
    }

    private func open(to kind: ActorKind) -> [String] {
        Operation.allCases.filter { $0.isOpen(to: kind) }.map(\.rawValue)
    }
}
