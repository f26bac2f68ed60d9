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
        makes: [
            .callerToken,
            .id("visit", of: Category.visit, "The visit: of a room that waited, its."),
        ], body: ArrivalBody.init
    ) { input, work throws(Refusal) in
        let visit = try await work.existing(Visit.self, input.visit, field: "visit")
        guard let clinic = visit.clinic else { throw .notFound(field: "visit") }
        try await work.allow(in: clinic)
        work.follow(visit.lastAt)
        let door = try await work.door(clinic)
        var arrival = Arrival(entry: input.entry, key: try await work.takeKey())
        arrival.askedFor = input.askedFor
        arrival.disclaimer = input.disclaimer
        arrival.isConfirmed = input.isConfirmed
        try await work.checkInvitation(input, visit)
        if let practitioner = input.askedFor {
            _ = try await work.existing(Staff.self, practitioner, field: "askedFor")
            if input.isWalkIn { try await work.checkAvailable(practitioner, in: clinic) }
        }
        if let appointment = input.appointment {
            let state = try await work.existing(
                Appointment.self, appointment, field: "appointment")
            guard state.clinic == clinic else { throw .notFound(field: "appointment") }
            arrival.appointment = appointment
            arrival.appointmentStart = state.time?.start
            arrival.questionnaires = state.questionnaires.all
            if try await work.arrive(arrival, at: door, from: input.visit, for: appointment) {
                return
            }
            try await work.checkNotHere(for: state, but: input.visit)
        }
        try await work.decide(
            Visit.self, input.visit, .arrive(at: work.at, door: door, arrival))
        // History opens no rooms: nobody will look for them by their appointment.
        if let appointment = input.appointment, work.request.actor != .operator {
            try await work.decide(
                Appointment.self, appointment, .visit(at: work.at, visit: input.visit))
        }
    }

    private static let giveUp = CommandEntry(
        .visitGiveUp, "The caller goes away without having been seen.", body: visit
    ) { visit, work throws(Refusal) in
        _ = try await work.visit(visit)
        try await work.decideVisit(visit, .giveUp(at: work.at))
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
        let settings = try await work.load(Clinic.self, from).state.settings
        try await work.decideVisit(
            input.0,
            .transfer(
                at: work.at, to: door, by: staff, movesMessages: settings.movesMessages))
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
    let isWalkIn: Bool
    let disclaimer: Int?
    let isConfirmed: Bool
    let invitation: String?

    init(_ body: inout Body) {
        visit = body("visit", .id(), "The visit, as answered when it was opened.")
        entry = body("entry", .object(EntryFields.init), "What the caller says of themselves.")
        appointment = body.optional("appointment", .id(), "The appointment they come for.")
        askedFor = body.optional("askedFor", .id(), "The practitioner asked for.")
        isWalkIn =
            body.optional(
                "walkIn", .bool, "They come in the walk-in hours of whom they ask for (WALK-2).")
            ?? false
        disclaimer = body.optional(
            "disclaimer", .whole(1...1_000_000), "The version of the disclaimer they accept."
        ).map { Int($0) }
        isConfirmed =
            body.optional(
                "confirmed", .bool,
                "They were asked, and want to enter: needed where `confirmsBeforeEntry` is on.")
            ?? false
        invitation = body.optional(
            "invitation", .text(max: 200),
            "The token of the link they were invited by, into a room opened without them (WA-9).")
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
        // Its hours and questions are for who comes by the link; history and staff know better.
        guard request.actor == .nobody else { return ClinicDoor(clinic, isOpen: state.isOpen) }
        return ClinicDoor(
            clinic, try state.door(at: at), asks: state.settings.terms)
    }

    /// A room opened without its client waits for who was invited as them.
    fileprivate func checkInvitation(
        _ input: ArrivalBody, _ visit: Domain.Visit.State
    ) async throws(Refusal) {
        guard visit.awaitsClient else { return }
        guard let token = input.invitation.flatMap({ InviteeToken($0) }),
            token.organisation == organisation, token.visit == input.visit,
            try await dispatch.check(token) == .client
        else { throw .field("invitation", .refused, "does not open this room") }
    }

    /// Whether they have walk-in hours now (WALK-2).
    fileprivate mutating func checkAvailable(
        _ practitioner: ID<Staff>, in clinic: ID<Clinic>
    ) async throws(Refusal) {
        let zone = try await load(Clinic.self, clinic).state.zone
        let book = try await load(WalkIn.self, ID(bits: clinic.bits)).state
        let staff = try await load(Staff.self, practitioner).state
        guard staff.takesVisitors(in: clinic), try book.isAvailable(practitioner, at: at, zone)
        else {
            throw .rule(VisitRejection.practitionerNotAvailable.told)
        }
    }

    /// One client is not twice in waiting areas for one appointment (WA-3), as where its link was
    /// opened in two windows. What history says is taken as it says.
    fileprivate mutating func checkNotHere(
        for appointment: Appointment.State, but link: ID<Visit>
    ) async throws(Refusal) {
        guard request.actor != .operator, let other = appointment.visit, other != link else {
            return
        }
        switch try await load(Visit.self, other).state.phase {
        case .waiting, .beingSeen, .onHold: throw .rule(VisitRejection.alreadyArrived.told)
        case .unopened, .opened, .ended: return
        }
    }

    /// Straight into the room that was opened without them, where one was (WA-8).
    fileprivate mutating func arrive(
        _ arrival: Arrival, at door: ClinicDoor, from link: ID<Visit>,
        for appointment: ID<Appointment>
    ) async throws(Refusal) -> Bool {
        let opened = try await load(Visit.self, link).state
        guard opened.phase == .opened else { return false }
        let (room, state) = try await room(of: appointment)
        guard state.awaitsClient, state.clinic == door.clinic, room != link else { return false }
        follow(state.lastAt)
        try await decide(Visit.self, room, .arrive(at: at, door: door, arrival))
        try await decide(
            Visit.self, link, .end(at: at, by: nil, reason: .neverArrived))
        return true
    }

    /// A visit the actor may act in: a caller in their own, a staff member where a role in its
    /// clinic allows it.
    mutating func visit(_ visit: ID<Visit>) async throws(Refusal) -> Domain.Visit.State {
        switch request.actor {
        case .caller(_, let own), .external(_, let own, _):
            guard own == visit else { throw .notFound(field: "visit") }
        case .guest, .auditor: throw .notFound(field: "visit")
        case .staff, .apiKey, .operator, .policy, .nobody: break
        }
        let state = try await existing(Visit.self, visit, field: "visit")
        try await allow(in: state.clinic)
        follow(state.lastAt)
        return state
    }

    /// The actor, as a participant of a call.
    var participant: Participant {
        switch request.actor {
        case .staff(_, let staff): .staff(staff)
        case .external(_, _, let invitee): .external(invitee)
        case .caller, .apiKey, .operator, .policy, .nobody, .guest, .auditor: .caller
        }
    }
}
