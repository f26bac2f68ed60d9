import Domain

// What happens inside a call, and contact lost and found. Source: WA-3, WA-4, WA-5.
extension Catalogue {
    static let callCommands: [CommandEntry] = [
        staffOnly(.visitAdmit, "Takes the caller in, from waiting or from the waiting-area hold.") {
            .admit(at: $0, staff: $1, rules: $2)
        },
        staffOnly(.visitJoin, "Joins the running call, up to 6 people in all.") {
            .join(at: $0, staff: $1, rules: $2)
        },
        CommandEntry(
            .visitLeave,
            "Leaves the call. The last staff member to leave puts the visit on hold (WA-5).",
            body: { body in (visit(&body), named(&body)) }
        ) { (input: (ID<Visit>, ID<Staff>?), work: inout Work) async throws(Refusal) in
            _ = try await work.visit(input.0)
            var who = work.participant
            switch work.request.actor {
            case .caller, .external: break
            case .staff, .apiKey, .operator, .policy, .nobody, .guest, .auditor:
                who = .staff(try await work.acting(named: input.1))
            }
            try await work.decideVisit(input.0, .leave(at: work.at, participant: who))
        },
        held(.visitHold, "Puts one participant on hold; the visit stays being seen.") {
            .holdParticipant(at: $0, participant: $1, by: $2)
        },
        held(.visitResume, "Ends one participant's hold.") {
            .resumeParticipant(at: $0, participant: $1, by: $2)
        },
        contact(.visitDisconnect, "Tells that contact to somebody was lost.") {
            .disconnect(at: $0, participant: $1)
        },
        contact(.visitComeBack, "Comes back within the grace time, to the place kept.") {
            .comeBack(at: $0, participant: $1)
        },
        visitDropOut, visitEnd,
    ]

    static let visitDropOut = contact(
        .visitDropOut, "Drops somebody whose grace time is over."
    ) { .dropOut(at: $0, participant: $1) }

    static let visitEnd = CommandEntry(
        .visitEnd, "Ends the visit and closes its private space.", body: EndBody.init
    ) { input, work throws(Refusal) in
        _ = try await work.visit(input.visit)
        if work.request.actor == .policy {
            return try await work.decideVisit(input.visit, .timeOut(at: work.at))
        }
        var by: ID<Staff>?
        if work.request.actor.kind == .staff || input.staff != nil {
            by = try await work.acting(named: input.staff)
        }
        try await work.decideVisit(
            input.visit,
            .end(at: work.at, by: by, reason: input.neverArrived ? .neverArrived : .finished))
    }

    private static func staffOnly(
        _ operation: Domain.Operation, _ docs: String,
        _ command: @escaping @Sendable (Instant, ID<Staff>, CallRules) -> VisitCommand
    ) -> CommandEntry {
        CommandEntry(operation, docs, body: { body in (visit(&body), named(&body)) }) {
            (input: (ID<Visit>, ID<Staff>?), work: inout Work) async throws(Refusal) in
            let state = try await work.visit(input.0)
            let staff = try await work.acting(named: input.1)
            let rules = try await work.rules(of: state.clinic)
            try await work.decideVisit(input.0, command(work.at, staff, rules))
        }
    }

    private static func named(_ body: inout Body) -> ID<Staff>? {
        body.optional("staff", .id(), "Who does it, where history tells it; staff leave it out.")
    }

    private static func held(
        _ operation: Domain.Operation, _ docs: String,
        _ command: @escaping @Sendable (Instant, Participant, ID<Staff>) -> VisitCommand
    ) -> CommandEntry {
        CommandEntry(
            operation, docs,
            body: { body in (visit(&body), participant(&body)) }
        ) { (input: (ID<Visit>, Participant), work: inout Work) async throws(Refusal) in
            guard case .staff(_, let staff) = work.request.actor else { return }
            _ = try await work.visit(input.0)
            try await work.decide(Visit.self, input.0, command(work.at, input.1, staff))
        }
    }

    /// A caller tells it of themselves; staff of whoever they name.
    private static func contact(
        _ operation: Domain.Operation, _ docs: String,
        _ command: @escaping @Sendable (Instant, Participant) -> VisitCommand
    ) -> CommandEntry {
        CommandEntry(
            operation, docs,
            body: { body in (visit(&body), participant(&body)) }
        ) { (input: (ID<Visit>, Participant), work: inout Work) async throws(Refusal) in
            _ = try await work.visit(input.0)
            var who = input.1
            switch work.request.actor {
            case .caller:
                guard who == .caller else {
                    throw .field("staff", .notAllowed, "is not for a caller to name")
                }
            case .external:
                guard who == .caller || who == work.participant else {
                    throw .field("staff", .notAllowed, "is not for an external to name")
                }
                who = work.participant
            case .staff, .apiKey, .operator, .policy, .nobody, .guest, .auditor: break
            }
            try await work.decideVisit(input.0, command(work.at, who))
        }
    }

    private static func participant(_ body: inout Body) -> Participant {
        let staff: ID<Staff>? = body.optional("staff", .id(), "Who; left out: the caller.")
        let invitee: ID<Invitee>? = body.optional(
            "invitee", .id(), "Which external participant, in the place of `staff`.")
        return invitee.map(Participant.external) ?? staff.map(Participant.staff) ?? .caller
    }
}

private struct EndBody: Sendable {
    let visit: ID<Visit>
    let staff: ID<Staff>?
    let neverArrived: Bool

    init(_ body: inout Body) {
        visit = Catalogue.visit(&body)
        staff = body.optional(
            "staff", .id(), "Who ends it, where history tells it; staff leave it out.")
        neverArrived = body.optional("neverArrived", .bool, "Nobody ever waited in it.") ?? false
    }
}

extension Work {
    /// The staff member who does it: the actor, or whom history names.
    mutating func acting(named: ID<Staff>?) async throws(Refusal) -> ID<Staff> {
        if case .staff(_, let staff) = request.actor {
            guard named == nil || named == staff else {
                throw .field("staff", .notAllowed, "is not for a staff member to name")
            }
            return staff
        }
        guard let named else { throw .field("staff", .missing, "is missing") }
        _ = try await existing(Staff.self, named, field: "staff")
        return named
    }
}
