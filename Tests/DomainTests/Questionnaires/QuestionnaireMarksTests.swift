import Domain
import Testing

@Suite("Questionnaires: what became of them") struct QuestionnaireMarksTests {
    @Test("QST-2 a state only rises, until it is withdrawn; none comes twice", arguments: 0..<50)
    func rises(seed: UInt64) {
        var samples = Samples(seed: seed)
        var marks = QuestionnaireMarks()
        for _ in 0..<200 {
            let mark = QuestionnaireMark(
                id(samples.next(in: 1...4)), QuestionnaireState.sample(&samples))
            let before = marks[mark.questionnaire]
            guard marks.changes(by: mark) else { continue }
            marks.take(mark)
            #expect(before?.rawValue ?? -1 < mark.state.rawValue)
            #expect(marks[mark.questionnaire] == (mark.state == .withdrawn ? nil : mark.state))
            #expect(Set(marks.all.map(\.questionnaire)).count == marks.all.count)
            #expect(!marks.changes(by: mark), "asked twice, true once")
        }
    }

    @Test("QST-2 an appointment has so many at most, in the order they were chosen")
    func most() {
        let most = QuestionnaireMarks.countMax
        var events = [booked]
        for number in 1...most {
            events += decided(.markQuestionnaire(at: second(1), new(number)), events)
        }
        let state = Appointment.fold(events)
        #expect(state.questionnaires.all == (1...most).map { new($0) })
        let more = answer(
            Appointment.self, .markQuestionnaire(at: second(2), new(most + 1)), after: events)
        #expect(more.cell == "tooManyQuestionnaires")
        let again = answer(
            Appointment.self, .markQuestionnaire(at: second(2), new(1)), after: events)
        #expect(again.cell == "nothing")
    }

    @Test("WA-2, QST-2 who comes for an appointment brings its questionnaires, in a room too")
    func arrives() throws {
        let chosen = [new(1), QuestionnaireMark(id(2), .completed)]
        var arrival = Story.arrival
        arrival.questionnaires = chosen
        let door = ClinicDoor(Story.here, isOpen: true)
        let events = try Visit.decide(
            .arrive(at: second(1), door: door, arrival), Visit.fold([Story.opened]))
        #expect(Visit.fold([Story.opened] + events).questionnaires.all == chosen)

        let room = try Visit.decide(
            .start(
                at: second(1), door: door, staff: id(1), appointment: id(9),
                appointmentStart: nil, questionnaires: [new(1)]), Visit.initial)
        let both = try Visit.decide(.arrive(at: second(2), door: door, arrival), Visit.fold(room))
        let state = Visit.fold(room + both)
        #expect(state.questionnaires.all == chosen)
        #expect(state.appointment == id(9))
    }

    private func new(_ number: Int) -> QuestionnaireMark { QuestionnaireMark(id(number), .new) }

    private let booked = AppointmentEvent.booked(
        AppointmentBooked(
            at: second(0), clinic: id(1), time: AppointmentTests.dayTime,
            details: Sealed(AppointmentDetails(client: id(5)), under: id(600))))

    private func decided(
        _ command: AppointmentCommand, _ events: [AppointmentEvent]
    ) -> [AppointmentEvent] {
        do throws(AppointmentRejection) {
            return try Appointment.decide(command, Appointment.fold(events))
        } catch {
            Issue.record("\(error)")
            return []
        }
    }
}
