import Domain
import Testing

/// Facts are not judged (design.md, rule 7): whatever was written, in whatever order, folds.
@Suite("Any history") struct AnyHistoryTests {
    @Test("AUD-3 evolve never traps, on any order of any events", arguments: 0..<40)
    func shuffled(seed: UInt64) throws {
        try fold(Organisation.self, seed)
        try fold(Subdomain.self, seed)
        try fold(Clinic.self, seed)
        try fold(Staff.self, seed)
        try fold(Account.self, seed)
        try fold(Security.self, seed)
        try fold(APIKey.self, seed)
        try fold(Support.self, seed)
        try fold(Visit.self, seed)
        try fold(Client.self, seed)
        try fold(Appointment.self, seed)
        try fold(Agenda.self, seed)
        try fold(Questionnaire.self, seed)
        try fold(Answers.self, seed)
        try fold(Access.self, seed)
        try fold(ClientAccess.self, seed)
        try fold(Import.self, seed)
        try fold(DayBook.self, seed)
        try fold(Reporting.self, seed)
        try fold(Mail.self, seed)
        try fold(Room.self, seed)
        try fold(GuestStay.self, seed)
        try fold(CallInterface.self, seed)
        try fold(AppErrors.self, seed)
        try fold(GroupCall.self, seed)
        try fold(Announcements.self, seed)
        try fold(WalkIn.self, seed)
        try fold(Alerts.self, seed)
        try fold(SignOn.self, seed)
        try fold(Auditor.self, seed)
    }

    @Test("AUD-3 what comes back from the log folds to the same state", arguments: 0..<40)
    func readBack(seed: UInt64) throws {
        try same(Organisation.self, seed)
        try same(Staff.self, seed)
        try same(Account.self, seed)
        try same(Visit.self, seed)
        try same(Appointment.self, seed)
        try same(Questionnaire.self, seed)
        try same(Room.self, seed)
        try same(GuestStay.self, seed)
        try same(CallInterface.self, seed)
    }

    private func fold<Subject: Decider>(
        _: Subject.Type, _ seed: UInt64
    ) throws where Subject.Event: EventFamily {
        let events = try madeUp(Subject.Event.self, count: 100, seed: seed)
        _ = Subject.fold(events)
        _ = Subject.fold(events.reversed())
    }

    private func same<Subject: Decider>(
        _: Subject.Type, _ seed: UInt64
    ) throws where Subject.Event: EventFamily, Subject.State: Equatable {
        let events = try madeUp(Subject.Event.self, count: 100, seed: seed)
        var read: [Subject.Event] = []
        for event in events { read.append(try DomainTests.readBack(event)) }
        #expect(Subject.fold(read) == Subject.fold(events), "seed \(seed)")
    }
}
