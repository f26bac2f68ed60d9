import Domain
import EventStore
import Projections

// What staff do with a running call, and those they invite into it. Source: WA-4, WA-8, WA-9,
// WA-13, WA-15.
extension Catalogue {
    static let runningCallCommands: [CommandEntry] = [
        start, lock, unlock, callStaff, invite, revoke, enter, sendBack, dismiss,
    ]

    private static let start = CommandEntry(
        .visitStart,
        """
        Opens the room without the client: for an appointment whose client is absent (WA-8), or at \
        once, with no queue (WA-9). The client is taken straight in on arrival; who waits for the \
        appointment already is taken in at once, and who was moved to another clinic is not.
        """,
        makes: [.id("visit", of: Category.visit, "The visit.")],
        body: { body in
            (
                body("clinic", .id(), "The clinic.") as ID<Clinic>,
                body.optional("appointment", .id(), "Whose client is absent.") as ID<Appointment>?
            )
        }
    ) { input, work throws(Refusal) in
        let (clinic, appointment) = input
        guard case .staff(_, let staff) = work.request.actor else { return }
        try await work.allow(in: clinic)
        let door = try await work.door(clinic)
        guard let appointment else {
            return try await work.decide(
                Visit.self, work.newID(),
                .start(
                    at: work.at, door: door, staff: staff, appointment: nil, appointmentStart: nil))
        }
        let booked = try await work.existing(
            Appointment.self, appointment, field: "appointment")
        guard booked.clinic == clinic else { throw .notFound(field: "appointment") }
        if try await work.takeIn(whoCameFor: booked, of: clinic, by: staff) { return }
        let (visit, state) = try await work.room(of: appointment)
        work.follow(state.lastAt)
        guard state.phase == .unopened else {
            let rules = try await work.rules(of: state.clinic)
            return try await work.decide(
                Visit.self, visit, .join(at: work.at, staff: staff, rules: rules))
        }
        try await work.decide(
            Visit.self, visit,
            .start(
                at: work.at, door: door, staff: staff, appointment: appointment,
                appointmentStart: booked.time?.start,
                questionnaires: booked.questionnaires.all))
        try await work.decide(
            Appointment.self, appointment, .visit(at: work.at, visit: visit))
    }

    private static let lock = byStaff(
        .visitLock,
        "Locks the call, where the clinic allows it: nobody joins it but who is invited (WA-13)."
    ) { .lock(at: $0, by: $1, rules: $2) }

    private static let unlock = byStaff(
        .visitUnlock, "Opens the call to the clinic's staff again."
    ) { at, by, _ in .unlock(at: at, by: by) }

    private static func byStaff(
        _ operation: Domain.Operation, _ docs: String,
        _ command: @escaping @Sendable (Instant, ID<Staff>, CallRules) -> VisitCommand
    ) -> CommandEntry {
        CommandEntry(operation, docs, body: { visit(&$0) }) {
            (visit: ID<Visit>, work: inout Work) async throws(Refusal) in
            guard case .staff(_, let staff) = work.request.actor else { return }
            let state = try await work.visit(visit)
            let rules = try await work.rules(of: state.clinic)
            try await work.decide(Visit.self, visit, command(work.at, staff, rules))
        }
    }

    private static let callStaff = CommandEntry(
        .visitCallStaff,
        "Asks a colleague into the running call: they may join it though it be locked (WA-4).",
        body: { body in
            (visit(&body), body("staff", .id(), "The colleague.") as ID<Staff>)
        }
    ) { input, work throws(Refusal) in
        guard case .staff(_, let by) = work.request.actor else { return }
        _ = try await work.visit(input.0)
        _ = try await work.existing(Staff.self, input.1, field: "staff")
        try await work.decide(
            Visit.self, input.0, .callStaff(at: work.at, staff: input.1, by: by))
    }

    private static let invite = CommandEntry(
        .visitInvite,
        """
        Invites somebody from outside into the running call: answers the token of their link, \
        which belongs into its fragment. External participants enter only while the client is \
        there (WA-4); the client of a room opened without them is let in at once (WA-9).
        """,
        makes: [
            .derived("token", "The invitee's own token: it opens this visit and nothing else.") {
                made throws(Refusal) in try await made.inviteeToken().map { .string($0.text) }
            },
            .derived("invitee", "Who they are in the call.") { made throws(Refusal) in
                try await made.inviteeToken().map { .id($0.invitee) }
            },
        ],
        body: { body in
            (
                visit(&body),
                body("name", .text(max: InviteeDetails.nameMax), "Who they are."),
                body(
                    "as", .choice([("external", InviteeRole.external), ("client", .client)]),
                    "What they are to the visit.")
            )
        }
    ) { input, work throws(Refusal) in
        guard case .staff(_, let by) = work.request.actor else { return }
        _ = try await work.visit(input.0)
        let key = try await work.takeKey()
        try await work.decide(
            Visit.self, input.0,
            .invite(
                at: work.at, invitee: work.newID(), role: input.2, by: by,
                details: InviteeDetails(name: input.1), key: key))
    }

    private static let revoke = CommandEntry(
        .visitRevokeInvitation,
        "Takes an invitation back; who had entered by it is out.",
        body: { body in
            (visit(&body), body("invitee", .id(), "Whose.") as ID<Invitee>)
        }
    ) { input, work throws(Refusal) in
        guard case .staff(_, let by) = work.request.actor else { return }
        _ = try await work.visit(input.0)
        try await work.decide(
            Visit.self, input.0, .revoke(at: work.at, invitee: input.1, by: by))
    }

    private static let enter = CommandEntry(
        .visitEnter, "Enters the call one was invited to, while the client is there (WA-4).",
        body: { visit(&$0) }
    ) { visit, work throws(Refusal) in
        guard case .external(_, _, let invitee) = work.request.actor else { return }
        let state = try await work.visit(visit)
        let rules = try await work.rules(of: state.clinic)
        try await work.decide(
            Visit.self, visit, .enter(at: work.at, invitee: invitee, rules: rules))
    }

    private static let sendBack = dismissing(
        .visitSendBack,
        "Sends the caller back to wait, in the place they had; both sides see why (WA-15)."
    ) { .sendBack(at: $0, by: $1, reason: $2, text: $3) }

    private static let dismiss = dismissing(
        .visitDismiss, "Disconnects the caller: the visit ends; both sides see why (WA-15)."
    ) { .dismiss(at: $0, by: $1, reason: $2, text: $3) }

    private static func dismissing(
        _ operation: Domain.Operation, _ docs: String,
        _ command:
            @escaping @Sendable (Instant, ID<Staff>, DismissalReason, MessageText?) -> VisitCommand
    ) -> CommandEntry {
        CommandEntry(
            operation, docs,
            body: { body in
                (
                    visit(&body),
                    body(
                        "reason", .choice(DismissalReason.allCases.map { ($0.word, $0) }), "Why."),
                    body.optional(
                        "text", .text(max: MessageText.textMax), "What else there is to say.")
                )
            }
        ) {
            (input: (ID<Visit>, DismissalReason, String?), work: inout Work) async throws(Refusal)
            in
            guard case .staff(_, let by) = work.request.actor else { return }
            _ = try await work.visit(input.0)
            try await work.decideVisit(
                input.0, command(work.at, by, input.1, input.2.map { MessageText($0) }))
        }
    }
}

extension Work {
    /// What a clinic's configuration says of its calls.
    mutating func rules(of clinic: ID<Clinic>?) async throws(Refusal) -> CallRules {
        guard let clinic else { return CallRules() }
        return try await load(Clinic.self, clinic).state.settings.callRules
    }

    /// The client of an appointment who is there already is taken in; into their running call, the
    /// staff member joins (WA-8). False: nobody came for it, or they have gone.
    fileprivate mutating func takeIn(
        whoCameFor booked: Appointment.State, of clinic: ID<Clinic>, by staff: ID<Staff>
    ) async throws(Refusal) -> Bool {
        guard let visit = booked.visit else { return false }
        let state = try await load(Visit.self, visit).state
        follow(state.lastAt)
        let rules = try await rules(of: clinic)
        let command: VisitCommand
        switch state.phase {
        case .unopened, .opened, .ended: return false
        case .waiting, .onHold: command = .admit(at: at, staff: staff, rules: rules)
        case .beingSeen: command = .join(at: at, staff: staff, rules: rules)
        }
        guard state.clinic == clinic else {
            throw .rule(VisitRejection.clientElsewhere.told)
        }
        try await decideVisit(visit, command)
        return true
    }

    /// The room of an appointment that was, or is to be, opened without its client: the last one
    /// that is not over. Its id follows from the appointment's by a secret, so that it is found
    /// from there, and by nobody else.
    mutating func room(
        of appointment: ID<Appointment>
    ) async throws(Refusal) -> (ID<Visit>, Domain.Visit.State) {
        for number in 0..<Work.roomsMax {
            let message =
                Array("room".utf8) + organisation.bits.bigEndianBytes
                + appointment.bits.bigEndianBytes + UInt128(number).bigEndianBytes
            let mac = dispatch.vault.mac(.claim, message)
            let visit = ID<Visit>(bits: UInt128(bigEndianBytes: mac[0..<16]))
            let state = try await load(Visit.self, visit).state
            if state.phase != .ended { return (visit, state) }
        }
        throw .rule(VisitRejection.visitEnded.told)
    }

    /// Times one appointment's room is opened without its client.
    private static let roomsMax = 16

    /// Decides in a visit; where it takes the caller out of a group call, that is told there.
    mutating func decideVisit(
        _ visit: ID<Visit>, _ command: VisitCommand
    ) async throws(Refusal) {
        let before = try await load(Visit.self, visit).state
        try await decide(Visit.self, visit, command)
        let after = try await load(Visit.self, visit).state
        if let call = before.group, after.group != call {
            follow(try await load(GroupCall.self, call).state.lastAt)
            try await decide(GroupCall.self, call, .leave(at: at, visit: visit))
        }
        if let call = before.question, after.question != call, after.group != call {
            follow(try await load(GroupCall.self, call).state.lastAt)
            try await decide(GroupCall.self, call, .decline(at: at, visit: visit))
        }
    }
}
