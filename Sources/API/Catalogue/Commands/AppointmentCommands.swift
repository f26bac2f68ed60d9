import Domain
import EventStore
import Foundation
import Projections

extension Catalogue {
    static let appointmentCommands: [CommandEntry] = [
        CommandEntry(
            .appointmentBook,
            """
            Books an appointment with a practitioner, or with the clinic. Two of one practitioner \
            never overlap, unless that is said to be wanted (SCH-2).
            """,
            makes: [.id("appointment", of: Category.appointment, "The appointment.")],
            body: BookingBody.init
        ) { input, work throws(Refusal) in
            try await work.allow(in: input.clinic)
            let clinic = try await work.existing(Clinic.self, input.clinic, field: "clinic")
            let request = AppointmentRequest(
                door: ClinicDoor(input.clinic, isOpen: clinic.isOpen),
                practitioner: input.practitioner,
                time: try input.time(in: clinic.zone ?? .utc),
                details: AppointmentDetails(
                    client: input.client, note: input.note, externalNumber: input.externalNumber))
            let key = try await work.takeKey()
            try await work.book(
                work.newID(), .book(at: work.at, request, key: key), mayOverlap: input.mayOverlap)
        },
        CommandEntry(
            .appointmentDone, "Notes that it took place.",
            body: { body in
                (
                    appointment(&body),
                    body.optional("visit", .id(), "The visit it took place in.") as ID<Visit>?
                )
            }
        ) { input, work throws(Refusal) in
            try await work.appointment(input.0)
            if let visit = input.1 {
                _ = try await work.existing(Visit.self, visit, field: "visit")
            }
            try await work.book(input.0, .markDone(at: work.at, visit: input.1))
        },
        CommandEntry(
            .appointmentNoShow, "Notes that the client did not come.", body: appointment
        ) { appointment, work throws(Refusal) in
            try await work.appointment(appointment)
            try await work.book(appointment, .markNoShow(at: work.at))
        },
        CommandEntry(
            .appointmentCancel, "Cancels it; the practitioner's time is free again.",
            body: { body in
                (appointment(&body), body.optional("reason", .reason, "Why."))
            }
        ) { (input: (ID<Appointment>, Reason?), work: inout Work) async throws(Refusal) in
            try await work.appointment(input.0)
            try await work.book(input.0, .cancel(at: work.at, reason: input.1))
        },
        CommandEntry(
            .appointmentChooseQuestionnaire,
            "Chooses a questionnaire for the client to fill in, or chooses it no longer (QST-2).",
            body: { body in
                (
                    appointment(&body),
                    body("questionnaire", .id(), "The questionnaire.") as ID<Questionnaire>,
                    body.optional("isChosen", .bool, "Left out: true.") ?? true
                )
            }
        ) { input, work throws(Refusal) in
            let (appointment, questionnaire, isChosen) = input
            try await work.appointment(appointment)
            _ = try await work.existing(
                Questionnaire.self, questionnaire, field: "questionnaire")
            try await work.choose(
                QuestionnaireMark(questionnaire, isChosen ? .new : .withdrawn), for: appointment)
        },
    ]

    private static func appointment(_ body: inout Body) -> ID<Appointment> {
        body("appointment", .id(), "The appointment.")
    }
}

private struct BookingBody: Sendable {
    let clinic: ID<Clinic>
    let client: ID<Client>
    let practitioner: ID<Staff>?
    let day: LocalDate
    let clock: LocalTime?
    let minutes: Int64?
    let note: String?
    let externalNumber: String?
    let mayOverlap: Bool

    init(_ body: inout Body) {
        clinic = body("clinic", .id(), "The clinic.")
        client = body("client", .id(), "The client.")
        practitioner = body.optional("practitioner", .id(), "Left out: with the clinic.")
        day = body("day", .date, "The day, in the clinic's zone.")
        clock = body.optional(
            "time", .clockTime, "When, on the clinic's clock; left out: only the day.")
        minutes = body.optional(
            "minutes", .whole(1...Int64(AppointmentTime.minutesMax)), "How long; needs a time.")
        note = body.optional("note", .text(max: AppointmentDetails.noteMax), "Personal note.")
        externalNumber = body.optional(
            "externalNumber", .text(max: AppointmentDetails.externalNumberMax),
            "Its number in another system.")
        mayOverlap = body.optional("mayOverlap", .bool, "Double booking is wanted.") ?? false
    }

    /// Local time, zone and instant: the future keeps all three (design.md "Domain").
    func time(in zone: ZoneName) throws(Refusal) -> AppointmentTime {
        guard let clock else {
            return AppointmentTime(day: day, zone: zone, minutes: minutes.map { Int($0) })
        }
        guard let start = zone.instant(day, clock) else {
            throw .field("time", .invalid, "does not exist on that day: the clocks are put forward")
        }
        return AppointmentTime(
            day: day, zone: zone, clock: clock, start: start, minutes: minutes.map { Int($0) })
    }
}

extension ZoneName {
    /// The first instant at which the clocks of the zone show that; nil where they skip it.
    func instant(_ day: LocalDate, _ clock: LocalTime) -> Instant? {
        guard let zone = TimeZone(identifier: description) else { return nil }
        let local = Int64(day.day) * 86_400 + Int64(clock.minutes) * 60
        // Offsets change by hours at most, so those a day before and after are all there can be.
        let offsets = [local - 86_400, local + 86_400].map { seconds in
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
        }
        let candidates = offsets.map { local - $0 }.filter { seconds in
            local - seconds
                == Int64(
                    zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
        }
        return candidates.min().map { Instant(milliseconds: $0 * 1000) }
    }
}

extension Work {
    /// Lets on who may work with that appointment.
    fileprivate mutating func appointment(_ appointment: ID<Appointment>) async throws(Refusal) {
        let state = try await existing(Appointment.self, appointment, field: "appointment")
        try await allow(in: state.clinic)
    }

    /// A client on file; refused where they were erased: nothing new is to lead to them.
    private mutating func known(_ client: ID<Client>) async throws(Refusal) -> Client.State {
        let state = try await load(Client.self, client).state
        if let key = state.key, try await dispatch.vaultKey(KeyID(bits: key.bits)) == nil {
            throw .erased(field: "client")
        }
        return state
    }

    /// Decides over the appointment and the days of the practitioner's agenda it touches.
    fileprivate mutating func book(
        _ appointment: ID<Appointment>, _ command: AppointmentCommand, mayOverlap: Bool = false
    ) async throws(Refusal) {
        var states = Booking.States(
            appointment: try await load(Appointment.self, appointment).state)
        if case .book(_, let request, _) = command {
            states.client = try await known(request.details.client)
            if let practitioner = request.practitioner {
                states.practitioner = try await load(Staff.self, practitioner).state
            }
        }
        if let (practitioner, days) = Booking.agendas(touchedBy: command, states.appointment) {
            for day in days {
                let stream = StreamName(Category.agenda, practitioner.bits, part: day)
                states.agendas[day] = try await load(Agenda.self, stream).state
            }
        }
        let outcome: Booking.Outcome
        do {
            outcome = try Booking.decide(command, of: appointment, states, mayOverlap: mayOverlap)
        } catch {
            throw .rule(error.told)
        }
        try await take(outcome.appointment, of: Appointment.self, into: StreamName(of: appointment))
        for change in outcome.agendas {
            try await take(
                change.events, of: Agenda.self,
                into: StreamName(Category.agenda, change.practitioner.bits, part: change.day))
        }
    }
}
