import Domain
import EventStore
import Projections

// The visit from opening the link to the end, but for what happens inside a call. Source: WA-1,
// WA-6, WA-7.
extension Catalogue {
    static let visitCommands: [CommandEntry] =
        [open, arrive, giveUp, transfer, message] + callCommands

    private static let open = CommandEntry(
        .visitOpen, "Opens a clinic's link: a visit begins, in which nobody waits yet (WA-1).",
        makes: [.id("visit", of: Category.visit, "The visit: only who opened it knows.")],
        body: { $0("clinic", .id(), "The clinic.") as ID<Clinic> }
    ) { clinic, work throws(Refusal) in
        try await work.allow(in: clinic)
        let door = try await work.door(clinic)
        try await work.decide(Visit.self, work.newID(), .open(at: work.at, door: door))
    }

    private static let arrive = CommandEntry(
        .visitArrive,
        "Gives the entry fields and waits in a private space; answers the caller's token (WA-1).",
        makes: [.callerToken], body: ArrivalBody.init
    ) { input, work throws(Refusal) in
        let visit = try await work.existing(Visit.self, input.visit, field: "visit")
        guard let clinic = visit.clinic else { throw .notFound(field: "visit") }
        try await work.allow(in: clinic)
        work.follow(visit.lastAt)
        let door = try await work.door(clinic)
        var arrival = Arrival(entry: input.entry, key: try await work.takeKey())
        arrival.askedFor = input.askedFor
        if let practitioner = input.askedFor {
            _ = try await work.existing(Staff.self, practitioner, field: "askedFor")
        }
        if let appointment = input.appointment {
            let state = try await work.existing(
                Appointment.self, appointment, field: "appointment")
            guard state.clinic == clinic else { throw .notFound(field: "appointment") }
            arrival.appointment = appointment
            arrival.appointmentStart = state.time?.start
        }
        try await work.decide(
            Visit.self, input.visit, .arrive(at: work.at, door: door, arrival))
    }

    private static let giveUp = CommandEntry(
        .visitGiveUp, "The caller goes away without having been seen.", body: visit
    ) { visit, work throws(Refusal) in
        _ = try await work.visit(visit)
        try await work.decide(Visit.self, visit, .giveUp(at: work.at))
    }

    private static let transfer = CommandEntry(
        .visitTransfer,
        """
        Moves the caller to another clinic's waiting area: for staff of both clinics, or of the \
        first and referrer of the second (WA-6, ROLE-2).
        """,
        body: { body in
            (visit(&body), body("clinic", .id(), "The clinic to move to.") as ID<Clinic>)
        }
    ) { input, work throws(Refusal) in
        guard case .staff(_, let staff) = work.request.actor else { return }
        let state = try await work.existing(Visit.self, input.0, field: "visit")
        guard let from = state.clinic else { throw .notFound(field: "visit") }
        let grants = try await work.chosenGrants()
        try work.allow(Roles.mayTransfer(grants, from: from, to: input.1))
        let door = try await work.door(input.1)
        work.follow(state.lastAt)
        try await work.decide(
            Visit.self, input.0, .transfer(at: work.at, to: door, by: staff))
    }

    private static let message = CommandEntry(
        .visitMessage, "Writes a message in the visit's private space (WA-7).",
        body: { body in
            (visit(&body), body("text", .text(max: MessageText.textMax), "The message."))
        }
    ) { input, work throws(Refusal) in
        _ = try await work.visit(input.0)
        let sender = work.participant
        let key = try await work.takeKey()
        try await work.decide(
            Visit.self, input.0,
            .sendMessage(
                at: work.at, message: work.newID(), sender: sender, text: MessageText(input.1),
                key: key))
    }

    static func visit(_ body: inout Body) -> ID<Visit> { body("visit", .id(), "The visit.") }
}

private struct ArrivalBody: Sendable {
    let visit: ID<Visit>
    let entry: EntryFields
    let appointment: ID<Appointment>?
    let askedFor: ID<Staff>?

    init(_ body: inout Body) {
        visit = body("visit", .id(), "The visit, as answered when it was opened.")
        entry = body("entry", .object(EntryFields.init), "What the caller says of themselves.")
        appointment = body.optional("appointment", .id(), "The appointment they come for.")
        askedFor = body.optional("askedFor", .id(), "The practitioner asked for.")
    }
}

extension EntryFields {
    fileprivate init(_ body: inout Body) {
        let text = FieldType<String>.text(max: Self.textMax)
        self.init(
            firstName: body.optional("firstName", text, "First name."),
            lastName: body.optional("lastName", text, "Last name."),
            phone: body.optional("phone", text, "Telephone number."),
            birthDate: body.optional("birthDate", .date, "Date of birth."),
            externalNumber: body.optional("externalNumber", text, "Number in another system."))
    }
}

extension CommandEntry.Result {
    /// The caller's own token, worked out from the record key and the command's id each time it is
    /// asked for.
    static let callerToken = CommandEntry.Result.derived(
        "token", "The caller's own token: it opens this visit and nothing else."
    ) { made throws(Refusal) in
        guard let arrived = made.events.first, arrived.stream.category == Category.visit else {
            return nil
        }
        let token = try await made.callerToken(arrived)
        return token.map { .string($0.text) }
    }
}

extension Work {
    /// A clinic as one who wants in finds it.
    mutating func door(_ clinic: ID<Clinic>, field: String = "clinic") async throws(Refusal)
        -> ClinicDoor
    {
        let state = try await existing(Clinic.self, clinic, field: field)
        return ClinicDoor(clinic, isOpen: state.isOpen)
    }

    /// A visit the actor may act in: a caller in their own, a staff member where a role in its
    /// clinic allows it.
    mutating func visit(_ visit: ID<Visit>) async throws(Refusal) -> Domain.Visit.State {
        if case .caller(_, let own) = request.actor, own != visit {
            throw .notFound(field: "visit")
        }
        let state = try await existing(Visit.self, visit, field: "visit")
        try await allow(in: state.clinic)
        follow(state.lastAt)
        return state
    }

    /// The actor, as a participant of a call.
    var participant: Participant {
        guard case .staff(_, let staff) = request.actor else { return .caller }
        return .staff(staff)
    }
}
