import Domain
import EventStore
import Projections

// Several waiting callers in one call, each asked first. Source: WA-14.
extension Catalogue {
    static let groupCallCommands: [CommandEntry] = [
        startGroup, askIntoGroup, answerGroup, joinGroup, leaveGroup, endGroup,
    ]

    private static let startGroup = CommandEntry(
        .groupCallStart,
        """
        Begins a group call of up to \(GroupCall.peopleMax) people and asks waiting or held \
        callers into it. None learns of the others before they accept.
        """,
        makes: [.id("call", of: Category.groupCall, "The group call.")],
        body: { body in (body("clinic", .id(), "The clinic.") as ID<Clinic>, visits(&body)) }
    ) { input, work throws(Refusal) in
        guard case .staff(_, let by) = work.request.actor else { return }
        try await work.allow(in: input.0)
        _ = try await work.existing(Clinic.self, input.0, field: "clinic")
        let call: ID<GroupCall> = work.newID()
        try await work.decide(GroupCall.self, call, .start(at: work.at, clinic: input.0, by: by))
        try await work.ask(input.1, into: call, of: input.0, by: by)
    }

    private static let askIntoGroup = CommandEntry(
        .groupCallAsk, "Asks more waiting or held callers into a group call.",
        body: { body in (call(&body), visits(&body)) }
    ) { input, work throws(Refusal) in
        guard case .staff(_, let by) = work.request.actor else { return }
        let clinic = try await work.groupCall(input.0)
        try await work.ask(input.1, into: input.0, of: clinic, by: by)
    }

    private static let answerGroup = CommandEntry(
        .visitAnswerGroup, "The caller says whether they want to be in the group call.",
        body: { body in
            (
                visit(&body), call(&body),
                body("accept", .bool, "Yes; otherwise they wait as before.")
            )
        }
    ) { input, work throws(Refusal) in
        let (visit, call, accepts) = input
        _ = try await work.visit(visit)
        work.follow(try await work.load(GroupCall.self, call).state.lastAt)
        try await work.decide(
            Visit.self, visit, .answerGroup(at: work.at, call: call, accepted: accepts))
        try await work.decide(
            GroupCall.self, call,
            accepts
                ? .join(at: work.at, visit: visit) : .decline(at: work.at, visit: visit))
    }

    private static let joinGroup = inGroup(
        .groupCallJoin,
        """
        Joins a group call of the clinic. Who had lost contact is back in their place; a group \
        call on hold is taken up again, with the callers in it.
        """
    ) { .staffJoin(at: $0, staff: $1) }

    private static let leaveGroup = inGroup(
        .groupCallLeave,
        """
        Leaves a group call. The last staff member to leave puts its callers on hold, their place \
        in it kept; without any caller in it, it ends (WA-5).
        """
    ) { .staffLeave(at: $0, staff: $1) }

    private static let endGroup = inGroup(
        .groupCallEnd, "Ends a group call: its callers are on hold again."
    ) { .end(at: $0, by: $1) }

    private static func inGroup(
        _ operation: Domain.Operation, _ docs: String,
        _ command: @escaping @Sendable (Instant, ID<Staff>) -> GroupCallCommand
    ) -> CommandEntry {
        CommandEntry(operation, docs, body: { call(&$0) }) {
            (call: ID<GroupCall>, work: inout Work) async throws(Refusal) in
            guard case .staff(_, let staff) = work.request.actor else { return }
            _ = try await work.groupCall(call)
            try await work.decideGroup(call, command(work.at, staff))
        }
    }

    static func call(_ body: inout Body) -> ID<GroupCall> {
        body("call", .id(), "The group call.")
    }

    private static func visits(_ body: inout Body) -> [ID<Visit>] {
        body(
            "visits", .list(of: .id(), max: GroupCall.peopleMax - 1), "Whom to ask: their visits.")
    }
}

extension Work {
    /// A group call the actor may act in; its clinic.
    mutating func groupCall(
        _ call: ID<GroupCall>
    ) async throws(Refusal) -> ID<Clinic> {
        let state = try await existing(GroupCall.self, call, field: "call")
        guard let clinic = state.clinic else { throw .notFound(field: "call") }
        try await allow(in: clinic)
        follow(state.lastAt)
        return clinic
    }

    /// Decides in a group call; what becomes of its callers is told in their visits: on hold once
    /// no staff member is there, being seen again once one is, on hold when it is over. Who has not
    /// answered by then is asked no more, and waits as before.
    mutating func decideGroup(
        _ call: ID<GroupCall>, _ command: GroupCallCommand
    ) async throws(Refusal) {
        let before = try await load(GroupCall.self, call).state
        try await decide(GroupCall.self, call, command)
        let after = try await load(GroupCall.self, call).state
        if before.phase == .running, after.phase == .ended {
            try await tell(before.callers) { .leaveGroup(at: $0) }
            for visit in before.asked.sorted() {
                guard try await load(Visit.self, visit).state.question == call else { continue }
                try await tell([visit]) { .answerGroup(at: $0, call: call, accepted: false) }
            }
        } else if after.isOnHold, !before.isOnHold {
            try await tell(after.callers) { .holdGroup(at: $0) }
        } else if before.isOnHold, !after.isOnHold {
            try await tell(after.callers) { .resumeGroup(at: $0) }
        }
    }

    private mutating func tell(
        _ visits: Set<ID<Visit>>, _ command: (Instant) -> VisitCommand
    ) async throws(Refusal) {
        for visit in visits.sorted() {
            follow(try await load(Visit.self, visit).state.lastAt)
            try await decide(Visit.self, visit, command(at))
        }
    }

    fileprivate mutating func ask(
        _ visits: [ID<Visit>], into call: ID<GroupCall>, of clinic: ID<Clinic>, by: ID<Staff>
    ) async throws(Refusal) {
        for (index, visit) in visits.enumerated() {
            let field = "visits[\(index)]"
            let state = try await existing(Visit.self, visit, field: field)
            guard state.clinic == clinic else { throw .notFound(field: field) }
            follow(state.lastAt)
            try await decideVisit(visit, .askToGroup(at: at, call: call, by: by))
            try await decide(GroupCall.self, call, .ask(at: at, visit: visit))
        }
    }
}
