import Domain
import Testing

@Suite("Anonymisation") struct AnonymisationTests {
    static let hour = 3_600
    static let set = AnonymisationEvent.daysSet(DaysSet(at: second(1), days: 365))
    static let told = AnonymisationEvent.announced(
        AnonymisationAnnounced(at: second(2), runsFrom: second(2 + 24 * hour)))

    @Test("ANON-2 an organisation says after how many days, or never", arguments: [1, 36_500])
    func days(days: Int) {
        let set = AnonymisationEvent.daysSet(DaysSet(at: second(1), days: days))
        Given<Anonymisation>().when(.setDays(at: second(1), days: days)).then(set)
            .when(.setDays(at: second(2), days: days)).then()
            .when(.setDays(at: second(3), days: nil))
            .then(.daysSet(DaysSet(at: second(3), days: nil)))
        for wrong in [0, -1, 36_501] {
            Given<Anonymisation>().when(.setDays(at: second(1), days: wrong))
                .refused(.daysOutOfRange(limit: 36_500))
        }
    }

    @Test("ANON-7 staff are told a day before the first run; a test organisation needs no day")
    func announce() {
        let soon = second(3 + 24 * Self.hour - 1)
        Given<Anonymisation>()
            .when(.announce(at: second(3), runsFrom: soon, isTest: true)).refused(.daysNotSet)
        Given<Anonymisation>(Self.set)
            .when(.announce(at: second(3), runsFrom: soon, isTest: false))
            .refused(.noticeTooShort(limit: 24))
        Given<Anonymisation>(Self.set)
            .when(.announce(at: second(3), runsFrom: second(3), isTest: true))
            .then(.announced(AnonymisationAnnounced(at: second(3), runsFrom: second(3))))
            .when(.announce(at: second(4), runsFrom: second(3), isTest: true)).then()
    }

    @Test("ANON-7 no batch before staff were told and that time has come")
    func batches() {
        let late = second(3 + 24 * Self.hour)
        Given<Anonymisation>().when(Self.batch(late)).refused(.daysNotSet)
        Given<Anonymisation>(Self.set).when(Self.batch(late)).refused(.notAnnounced)
        Given<Anonymisation>(Self.set, Self.told).when(Self.batch(second(9)))
            .refused(.beforeAnnouncedTime)
        let done = AnonymisationEvent.batchOrdered(
            BatchOrdered(
                at: late, batch: 1,
                counts: [
                    RecordCount(kind: .appointment, count: 2),
                    RecordCount(kind: .answers, count: 1),
                ], clients: []))
        Given<Anonymisation>(Self.set, Self.told).when(Self.batch(late)).then(done)
        let state = Anonymisation.fold([Self.set, Self.told, done, done])
        #expect(state.nextBatch == 2)
        #expect(state.ordered == [.appointment: 4, .answers: 2])
        Given<Anonymisation>(Self.set, Self.told)
            .when(
                .orderBatch(
                    at: late, counts: [RecordCount(kind: .visit, count: 0)], due: true, clients: [])
            )
            .refused(.nothingToOrder)
    }

    @Test("ANON-7 fewer days are told anew, more are not", arguments: [364, 366])
    func shorter(days: Int) {
        let changed = AnonymisationEvent.daysSet(DaysSet(at: second(5), days: days))
        let state = Anonymisation.fold([Self.set, Self.told, changed])
        #expect((state.runsFrom == nil) == (days < 365))
        #expect(!Anonymisation.fold([Self.set, Self.told]).mayRun(at: second(3)))
        #expect(Anonymisation.fold([Self.set, Self.told]).mayRun(at: second(3 + 24 * Self.hour)))
    }

    @Test("ANON-2 what a mail said goes by days of its own, set or told of by nobody")
    func mails() {
        #expect(RecordKind.allCases.filter(\.goesByItself) == [.mail])
        for state in [Anonymisation.initial, Anonymisation.fold([Self.set])] {
            for kind in RecordKind.allCases {
                #expect(state.mayRun(kind, at: second(3)) == (kind == .mail), "\(kind)")
            }
        }
        let count = RecordCount(kind: .mail, count: 2)
        Given<Anonymisation>()
            .when(.orderBatch(at: second(3), counts: [count], due: false, clients: []))
            .then(
                .batchOrdered(
                    BatchOrdered(at: second(3), batch: 1, counts: [count], clients: [])))
    }

    @Test("ANON-2 runs are every night, and at no other hour", arguments: 0..<24)
    func nights(hour: Int) {
        #expect(NightlyRun.isTime(localHour: hour) == (1...4).contains(hour))
    }

    @Test("ANON-4 a hold is set once and lifted, on a record or on all of a client's")
    func holds() {
        let set = AnonymisationEvent.holdSet(
            HoldSet(at: second(1), hold: id(1), ground: .complaint, on: .client(id(7))))
        let record = AnonymisationEvent.holdSet(
            HoldSet(at: second(2), hold: id(2), ground: .litigation, on: .record(id(8))))
        Given<Anonymisation>()
            .when(.hold(at: second(1), id(1), .complaint, on: .client(id(7)))).then(set)
            .when(.hold(at: second(2), id(1), .complaint, on: .client(id(7)))).then()
            .when(.hold(at: second(2), id(1), .complaint, on: .client(id(8)))).refused(.holdKnown)
        let state = Anonymisation.fold([set, record])
        #expect(state.heldClients == [id(7)])
        #expect(state.heldRecords == [id(8)])
        Given<Anonymisation>(set).when(.lift(at: second(3), id(9))).refused(.holdUnknown)
        let lifted = AnonymisationEvent.holdLifted(HoldLifted(at: second(3), hold: id(1)))
        Given<Anonymisation>(set).when(.lift(at: second(3), id(1))).then(lifted)
            .when(.lift(at: second(3), id(1))).refused(.holdUnknown)
    }

    @Test("ANON-4 a client is erased on request, unless held")
    func request() {
        func ask(_ at: Int, urgent: Bool = false) -> AnonymisationCommand {
            .askErasure(at: second(at), id(7), isUrgent: urgent)
        }
        func asked(_ at: Int, urgent: Bool = false) -> AnonymisationEvent {
            .erasureAsked(ClientErasureAsked(at: second(at), client: id(7), isUrgent: urgent))
        }
        let hold = AnonymisationEvent.holdSet(
            HoldSet(at: second(1), hold: id(1), ground: .complaint, on: .client(id(7))))
        Given<Anonymisation>(hold).when(ask(2)).refused(.clientHeld)
        Given<Anonymisation>().when(ask(2)).then(asked(2)).when(ask(3)).then()
        Given<Anonymisation>(asked(2)).when(ask(3, urgent: true)).then(asked(3, urgent: true))
        let state = Anonymisation.fold([asked(2), asked(3, urgent: true)])
        #expect(state.asked[id(7)]?.at == second(2))
        #expect(state.asked[id(7)]?.isUrgent == true)
    }

    @Test("ANON-4 a batch without records that are due needs no days, and settles the request")
    func settled() {
        let asked = AnonymisationEvent.erasureAsked(
            ClientErasureAsked(at: second(2), client: id(7), isUrgent: true))
        let counts = [RecordCount(kind: .client, count: 1)]
        let done = AnonymisationEvent.batchOrdered(
            BatchOrdered(at: second(3), batch: 1, counts: counts, clients: [id(7)]))
        Given<Anonymisation>(asked)
            .when(.orderBatch(at: second(3), counts: counts, due: false, clients: [id(7)]))
            .then(done)
        #expect(Anonymisation.fold([asked, done]).asked.isEmpty)
    }

    private static func batch(_ at: Instant) -> AnonymisationCommand {
        .orderBatch(
            at: at,
            counts: [
                RecordCount(kind: .answers, count: 1), RecordCount(kind: .appointment, count: 2),
                RecordCount(kind: .client, count: 0),
            ], due: true, clients: [])
    }
}
