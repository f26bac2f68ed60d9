import Domain
import Testing

@Suite("Actors that are not staff") struct ActorsTests {
    @Test("ROLE-7 each actor has its closed list, and nothing else")
    func lists() {
        #expect(
            open(to: .caller) == [
                "app.report-error", "visit.leave", "visit.give-up", "visit.disconnect",
                "visit.come-back", "visit.message", "visit.answer-group", "answers.start",
                "answers.give",
                "logo.read", "clinic-call-interface.read", "presence.tell", "entry.read",
                "visit.read",
                "questionnaire.read",
            ])
        #expect(
            open(to: .guest) == [
                "room.enter", "room.leave", "app.report-error", "room.read", "logo.read",
                "clinic-call-interface.read", "presence.tell",
            ])
        #expect(
            open(to: .nobody) == [
                "room.enter-by-link", "password.set", "password.forgotten", "visit.open",
                "visit.arrive", "logo.read", "entry.read",
            ])
        #expect(
            open(to: .external) == [
                "app.report-error", "visit.leave", "visit.disconnect", "visit.come-back",
                "visit.enter", "logo.read", "clinic-call-interface.read", "presence.tell",
                "visit.read",
            ])
        for kind in [ActorKind.client] { #expect(open(to: kind).isEmpty) }
        #expect(
            Set(open(to: .apiKey)) == Set(KeyScope.allCases.map(\.word) + ["api-key.use"]))
        #expect(
            open(to: .policy) == [
                "room.drop-out", "visit.disconnect", "visit.drop-out", "visit.end",
                "group-call.end", "group-call.disconnect", "group-call.drop-out", "day.close",
                "sign-on.enter", "alerts.raise", "mail.settle",
            ])
    }

    @Test("ROLE-6 an auditor reads history and access logs, and changes nothing")
    func auditor() {
        #expect(
            open(to: .auditor) == [
                "visit.read", "client.read", "answers.read", "access.read", "client-access.read",
                "log.read", "anonymisation.read", "anonymisation.plan",
            ])
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

    @Test("ROLE-4 what is a supporter's own: to end what they were let into, and nothing else")
    func supporter() {
        #expect(Operation.allCases.filter(\.isOwnToSupport) == [.supportEnd])
        for operation in Operation.allCases where operation.isOwnToSupport {
            #expect(operation.isOpenToSupport && operation.isOpen(to: .staff))
        }
        // No exports, no roles, no keys, nothing of who is let in, nothing of who they are.
        for closed in [
            Operation.staffExport, .reportRead, .accessRead, .staffGiveRole, .staffInvite,
            .apiKeyMake, .supportApprove, .securitySwitchSupport, .auditorGrant, .passwordChange,
            .staffSetPhoto, .staffRemovePhoto,
        ] {
            #expect(!closed.isOpenToSupport, "\(closed)")
        }
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
