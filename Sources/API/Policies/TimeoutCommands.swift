package import Domain
package import EventStore
package import Projections

// What the time-outs ask for, and of whom. Source: WA-3, WA-12, WA-14.

extension VisitTimeout: RunTimeout {
    package static let words = "visits"

    package static func open(
        in log: LogID, _ views: Views, _ page: PageRequest
    ) async throws(ViewError) -> Page<ID<Visit>> {
        try await views.openVisits(in: log, page).map(\.visit)
    }

    package static func command(_ due: Due, of id: ID<Visit>) -> (CommandEntry, JSON) {
        let entry = due.leaver == nil ? Catalogue.visitEnd : Catalogue.visitDropOut
        let body: JSON = [
            "visit": .id(id), "staff": .id(due.leaver?.staff), "invitee": .id(due.leaver?.invitee),
        ]
        return (entry, body)
    }
}

extension GroupCallTimeout: RunTimeout {
    package static let words = "group calls"

    package static func open(
        in log: LogID, _ views: Views, _ page: PageRequest
    ) async throws(ViewError) -> Page<ID<GroupCall>> {
        try await views.openGroupCalls(in: log, page).map(\.call)
    }

    package static func command(_ due: Due, of id: ID<GroupCall>) -> (CommandEntry, JSON) {
        let entry = due.leaver == nil ? GroupCallPolicy.timeOut : GroupCallPolicy.dropOut
        return (entry, ["call": .id(id), "staff": .id(due.leaver)])
    }
}

/// The policies' own commands over group calls: in no catalogue, so that no door offers them.
enum GroupCallPolicy {
    static let timeOut = CommandEntry(
        .groupCallEnd, "Ends a group call in which nothing has happened for too long.",
        body: { Catalogue.call(&$0) }
    ) { call, work throws(Refusal) in
        _ = try await work.groupCall(call)
        try await work.decideGroup(call, .timeOut(at: work.at))
    }

    static let disconnect = concerning(
        .groupCallDisconnect, "Tells that contact to a staff member in a group call was lost."
    ) { .staffDisconnect(at: $0, staff: $1) }

    static let dropOut = concerning(
        .groupCallDropOut, "Drops a staff member from a group call whose grace time is over."
    ) { .staffDropOut(at: $0, staff: $1) }

    private static func concerning(
        _ operation: Domain.Operation, _ docs: String,
        _ command: @escaping @Sendable (Instant, ID<Staff>) -> GroupCallCommand
    ) -> CommandEntry {
        CommandEntry(
            operation, docs,
            body: { body in
                (Catalogue.call(&body), body("staff", .id(), "Who.") as ID<Staff>)
            }
        ) { (input: (ID<GroupCall>, ID<Staff>), work: inout Work) async throws(Refusal) in
            _ = try await work.groupCall(input.0)
            try await work.decideGroup(input.0, command(work.at, input.1))
        }
    }
}
