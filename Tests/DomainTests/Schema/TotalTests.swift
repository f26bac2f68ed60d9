import Domain
import Foundation
import Testing

@Suite("Facts are not judged") struct TotalTests {
    /// Every aggregate with rules. That none is missing, `complete` sees to.
    static let deciders: [any Decider.Type] = [
        Access.self, Agenda.self, Anonymisation.self, Answers.self, Appointment.self,
        AppErrors.self, CallInterface.self, GuestStay.self, Room.self, Client.self,
        Alerts.self,
        Auditor.self,
        ClientAccess.self, Clinic.self, DayBook.self, Erasures.self, Import.self,
        Mail.self, Organisation.self, Questionnaire.self, Reporting.self, SignOn.self, Staff.self,
        Account.self, Security.self, APIKey.self, Support.self,
        Subdomain.self,
        Visit.self,
        Announcements.self, GroupCall.self, WalkIn.self,
    ]

    @Test(
        "AUD-3 any events in any order fold without a stop, whatever numbers they hold",
        arguments: deciders)
    func total(decider: any Decider.Type) throws {
        func check<Rules: Decider>(_ rules: Rules.Type) throws {
            let family = try #require(Rules.Event.self as? any EventFamily.Type)
            func check<Family: EventFamily>(_ family: Family.Type) throws {
                for seed in UInt64(0)..<300 {
                    var samples = Samples(seed: seed)
                    var state = Rules.initial
                    for _ in 0..<12 {
                        let members = family.members.all
                        let member = members[samples.next(in: 0...members.count - 1)]
                        let event = try #require(try member.sample(&samples) as? Rules.Event)
                        // Twice: what happened may be said again.
                        Rules.evolve(&state, event)
                        Rules.evolve(&state, event)
                    }
                }
            }
            try check(family)
        }
        try check(decider)
    }

    @Test("AUD-3 every aggregate with rules is tried")
    func complete() throws {
        var declared: Set<String> = []
        for file in try Checkout.sources("Sources/Domain") {
            let source = try String(contentsOf: file, encoding: .utf8)
            for match in source.matches(
                of: /(?m)^ *(?:package )?(?:extension|enum|struct) (\w+)\s*:[^{\/]*\bDecider\b/)
            {
                declared.insert(String(match.1))
            }
        }
        #expect(declared == Set(Self.deciders.map { "\($0)" }))
    }
}
