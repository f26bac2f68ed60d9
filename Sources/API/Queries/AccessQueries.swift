import Domain
import EventStore
import Projections

extension QueryCatalogue {
    static let accessQueries: [QueryEntry] = [
        QueryEntry(
            .ownAccessRead, at: "/v1/access-log/own", "What one did and looked at oneself.",
            shows: .rows(.accessEntries),
            fields: { ListedBody(&$0, others: false) }, answer: entries),
        QueryEntry(
            .accessRead, at: "/v1/access-log",
            "The organisation's access log; reading it is an entry of it too (AUD-2).",
            shows: .rows(.accessEntries),
            fields: { ListedBody(&$0, others: true) }, answer: entries),
        clientAccess,
    ]

    fileprivate struct ListedBody: Sendable {
        let staff: ID<Staff>?
        let from: Instant?
        let until: Instant?
        let page: PageRequest

        init(_ body: inout Body, others: Bool) {
            staff = others ? body.optional("staff", .id(), "Only of this staff member.") : nil
            from = body.optional("from", .instant, "Recorded then or later.")
            until = body.optional("until", .instant, "Recorded before.")
            page = QueryCatalogue.page(&body)
        }
    }

    private static func entries(
        _ input: ListedBody, _ reading: inout Reading
    ) async throws(Refusal) -> JSON {
        try await reading.known(input.staff, field: "staff")
        try await reading.allow(in: nil)
        var who = input.staff.map { Actor("staff", id: $0.bits) }
        if case .staff(_, let own) = reading.actor, reading.operation == .ownAccessRead {
            who = Actor("staff", id: own.bits)
        }
        reading.note(.logRead, on: .access)
        try await reading.wait(for: AccessLog.name)
        let page: Page<AccessLogEntry>
        do {
            page = try await reading.side.accessLog.entries(
                of: who, in: reading.log, from: input.from, until: input.until,
                after: input.page.after?.sort, limit: input.page.limit)
        } catch {
            throw Refusal(error)
        }
        return list(page, page.rows.map { $0.json(object: $0.stream) })
    }
}

extension AccessLogEntry {
    /// The fields NEN 7513 and ISO 27789 make mandatory, under names of ours.
    /// - Parameter object: the record, where who asks may know; of a read's object it stands sealed
    ///   in the event.
    func json(object: StreamName?) -> JSON {
        [
            "position": .integer(position), "at": .instant(recordedAt),
            "actor": [
                "kind": .string("\(actor.kind)"),
                "id": actor.id == 0 ? nil : .string(hex(actor.id)),
            ],
            "onBehalfOf": onBehalfOf.map {
                ["kind": .string("\($0.kind)"), "id": .string(hex($0.id))]
            },
            "role": .string("\(role)"), "basis": .string("\(basis)"),
            "source": .string("\(origin)"), "event": .string(code.map { "\($0)" } ?? "\(type)"),
            "action": .string(String(action.letter)), "outcome": .string("\(outcome)"),
            "objectKind": objectKind.map { .string("\($0)") },
            "object": object.map { .string("\($0)") }, "clinic": .id(clinic),
            "permission": permission.map { .string("\($0)") }, "records": .whole(records),
        ]
    }
}
