import API
import Domain
import EventStore
import Foundation
import Projections
import TestSupport
import Testing

@Suite("Mail: what it said goes") struct MailErasedTests {
    @Test(
        "ANON-2 14 days after it was sent nobody can tell to whom a mail went, or what it said"
    )
    func erased() async throws {
        let folder = NSTemporaryDirectory() + "anteroom-mailed-\(UUID().uuidString)"
        defer {
            for end in ["", ".erasures", ".key", ".mail"] { removeQuietly(folder + end) }
        }
        let ids = SeededIDs(seed: 14)
        let planted = [Canary("address", ids.next()), Canary("name", ids.next())]
        let control = Canary("clinic's name", ids.next())
        try await AnonymisedClinic.during(folder, ManualClock()) { installation, clock in
            let clinic = try await AnonymisedClinic(installation, clock)
            try await clinic.operate(
                "clinic.rename",
                [clinic.member("clinic", clinic.clinic), clinic.member("name", control.text)])
            let keys = try await clinic.mail(to: planted[0].text, planted[1].text, folder + ".mail")
            // The test could find it: it stands in the mail as it was captured.
            let captured = try StolenFolder(folder + ".mail")
            #expect(planted.allSatisfy { !captured.hits($0).isEmpty })
            let service = NightlyService(installation: installation)
            for day in 1...14 {
                clinic.advance(toHour: 2)
                await service.look()
                #expect(try await installation.vault.key(keys[0]) != nil, "day \(day)")
            }
            let head = try installation.store.head(of: clinic.log)
            // No days were set, nobody was told: it goes all the same, and nothing else does.
            clinic.advance(toHour: 2)
            await service.look()
            #expect(try await installation.vault.key(keys[0]) == nil)
            let new = try installation.store.read(clinic.log, from: head, limit: 100)
            #expect(
                new.map { "\($0.type)" } == [
                    "erasure.ordered", "anonymisation.batch-ordered", "erasure.carried-out",
                ])
            let plan = try await clinic.plan()
            #expect(plan.due == [:] && plan.runCount == 0)
            let shown = try await clinic.ask("/v1/mails", [:])
            #expect(shown["rows"]?.elements == [])
            // And the next night there is nothing to do.
            let after = try installation.store.head(of: clinic.log)
            clinic.advance(toHour: 2)
            await service.look()
            #expect(try installation.store.head(of: clinic.log) == after)
            let report = try await AnonymisationVerifier(installation).run(
                texts: planted.map(\.text))
            #expect(report.isFine, "\(report.lines)")
        }
        let stolen = try StolenFolder(folder)
        #expect(!stolen.hits(control).isEmpty)
        for canary in planted {
            #expect(stolen.hits(canary).isEmpty, "\(canary.place)")
        }
    }
}

extension AnonymisedClinic {
    /// Sends the clinic's link, and captures it in `folder`; the keys it was sealed under.
    fileprivate func mail(
        to local: String, _ name: String, _ folder: String
    ) async throws -> [KeyID] {
        let dispatch = installation.dispatch
        _ = try await dispatch.run(
            CommandRequest(
                name: "clinic.send-link",
                body: [
                    "clinic": .string(clinic), "to": .string("\(local)@example.org"),
                    "name": .string(name),
                ],
                key: try IdempotencyKey(hex(RandomIDs().next())),
                actor: .staff(organisation: organisation, staff)))
        let head = try installation.store.head(of: log)
        for projection in ViewSet.all.projections {
            try await installation.side.runner.waitUntil(projection.name, log, shows: head - 1)
        }
        let address = try #require(PublicAddress("https://care.example.org"))
        let sender = MailSender(
            dispatch: dispatch, views: installation.side.views, carrier: nil,
            letters: Letters(address, nil), folder: MailFolder(folder),
            threads: OutgoingThreads()
        ) { _ in }
        await sender.tick()
        let events = try installation.store.read(log, from: head - 1, limit: 10)
            .filter { $0.stream.category == Category.mail }
        #expect(events.map { "\($0.type)" } == ["mail.queued", "mail.captured"])
        return try events.flatMap { try Coding.sealedKeys(Coding.new($0)) }
    }
}
