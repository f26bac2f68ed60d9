/// Booking and cancelling, over all streams they touch in one commit: the appointment's and the
/// practitioner's agenda, one UTC day or two (SCH-2).
package enum Booking {
    /// What is known before. Client and practitioner are read, not expected.
    package struct States: Sendable {
        package var appointment: Appointment.State
        /// Of the client to be booked.
        package var client: Client.State
        /// Of the practitioner to be booked, where there is one.
        package var practitioner: Staff.State
        /// Of the streams ``agendas(touchedBy:_:)`` names, by UTC day.
        package var agendas: [UInt32: Agenda.State]

        package init(
            appointment: Appointment.State, client: Client.State = Client.initial,
            practitioner: Staff.State = Staff.initial, agendas: [UInt32: Agenda.State] = [:]
        ) {
            self.appointment = appointment
            self.client = client
            self.practitioner = practitioner
            self.agendas = agendas
        }
    }

    /// What happens, per stream; expect the version of each stream that has events here.
    package struct Outcome: Hashable, Sendable {
        package var appointment: [AppointmentEvent] = []
        /// By UTC day, ascending.
        package var agendas: [AgendaChange] = []

        package var isEmpty: Bool { appointment.isEmpty && agendas.isEmpty }
    }

    package struct AgendaChange: Hashable, Sendable {
        package let practitioner: ID<Staff>
        /// The stream's part: days since 1970-01-01.
        package let day: UInt32
        package let events: [AgendaEvent]

        package init(practitioner: ID<Staff>, day: UInt32, events: [AgendaEvent]) {
            self.practitioner = practitioner
            self.day = day
            self.events = events
        }
    }

    /// The agendas to load before deciding: whose, and which UTC days. Nil: none.
    package static func agendas(
        touchedBy command: AppointmentCommand, _ state: Appointment.State
    ) -> (practitioner: ID<Staff>, days: [UInt32])? {
        let practitioner: ID<Staff>?
        let time: AppointmentTime?
        switch command {
        case .book(_, let request, _): (practitioner, time) = (request.practitioner, request.time)
        case .cancel: (practitioner, time) = (state.practitioner, state.time)
        case .markDone, .markNoShow, .visit, .markQuestionnaire: return nil
        }
        guard let practitioner, let span = time?.span, let days = Agenda.days(of: span) else {
            return nil
        }
        return (practitioner, days)
    }

    /// - Parameter mayOverlap: whether double booking is allowed for this one.
    package static func decide(
        _ command: AppointmentCommand, of id: ID<Appointment>, _ states: States,
        mayOverlap: Bool = false
    ) throws(BookingRejection) -> Outcome {
        var outcome = Outcome()
        do { outcome.appointment = try Appointment.decide(command, states.appointment) } catch {
            throw .appointment(error)
        }
        if case .book(_, let request, _) = command {
            guard states.client.exists else { throw .clientUnknown }
            if request.practitioner != nil {
                guard states.practitioner.standing == .active,
                    states.practitioner.practisesIn.contains(request.door.clinic)
                else { throw .notAPractitioner }
            }
        }
        guard !outcome.appointment.isEmpty,
            let (practitioner, days) = agendas(touchedBy: command, states.appointment)
        else { return outcome }
        let change: AgendaCommand
        switch command {
        case .book(let at, let request, _):
            guard let span = request.time.span else { return outcome }
            change = .take(at: at, appointment: id, span: span, mayOverlap: mayOverlap)
        case .cancel(let at, _): change = .free(at: at, appointment: id)
        case .markDone, .markNoShow, .visit, .markQuestionnaire: return outcome
        }
        do {
            for day in days {
                let events = try Agenda.decide(change, states.agendas[day, default: Agenda.initial])
                guard !events.isEmpty else { continue }
                outcome.agendas.append(
                    AgendaChange(practitioner: practitioner, day: day, events: events))
            }
        } catch { throw .agenda(error) }
        return outcome
    }
}

/// Why booking or cancelling is refused: in order of the streams.
package enum BookingRejection: Rejected {
    case appointment(AppointmentRejection)
    case clientUnknown
    case notAPractitioner
    case agenda(AgendaRejection)

    package var told: Told {
        switch self {
        case .appointment(let rejection): rejection.told
        case .clientUnknown: Told("clientUnknown", "There is no such client.", field: "client")
        case .notAPractitioner:
            Told(
                "notAPractitioner", "They are no practitioner of this clinic, or not active.",
                field: "practitioner")
        case .agenda(let rejection): rejection.told
        }
    }
}
