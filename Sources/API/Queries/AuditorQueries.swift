import Domain
import EventStore
import Projections

extension QueryCatalogue {
    static let auditorQueries: [QueryEntry] = [log, auditor]

    private static let auditor = QueryEntry(
        .auditorRead, at: "/v1/auditors/{auditor}", "An auditor's grant (ROLE-6).",
        shows: .one([
            .id("auditor", "The auditor.", always: true),
            .text("standing", "`granted`, `revoked`.", always: true),
            .instant("until", "The last moment at which it is good.", always: true),
            .yes("opensPersonal", "They may open personal data."),
            .text("name", "Left out: erased."), .text("email", "E-mail address."),
            .text("purpose", "What for."),
        ]),
        fields: { body in body("auditor", .id(), "The auditor.") as ID<Auditor> }
    ) { auditor, reading throws(Refusal) in
        let state = try await reading.existing(Auditor.self, auditor, field: "auditor")
        try await reading.allow(in: nil)
        var paper: AuditorPaper?
        if let sealed = state.paper {
            paper = try await reading.open(sealed, of: auditor, on: .organisation)
        }
        return [
            "auditor": .id(auditor), "standing": .string(state.standing.rawValue),
            "until": .instant(state.until), "opensPersonal": .bool(state.opensPersonal),
            "name": .text(paper?.name), "email": .text(paper?.email),
            "purpose": .text(paper?.purpose),
        ]
    }

    private static let log = QueryEntry(
        .logRead, at: "/v1/log",
        "The organisation's events as they stand; what is sealed stays shut (AUD-1, ROLE-6).",
        shows: .rows(.events), fields: { page(&$0) }
    ) { request, reading throws(Refusal) in
        try await reading.allow(in: nil)
        reading.note(.logRead, on: .log)
        let from = request.after.map { $0.sort + 1 } ?? 0
        let events: [RecordedEvent]
        do {
            events = try await reading.dispatch.store.read(
                reading.log, from: max(0, from), limit: request.limit)
        } catch {
            throw Refusal(any: error)
        }
        var rows: [JSON] = []
        for event in events { rows.append(try json(event)) }
        let next = events.count == request.limit ? events.last : nil
        return [
            "rows": .array(rows),
            "next": next.map { .string(PageMark(sort: $0.position, id: 0).description) },
        ]
    }

    /// The envelope of AUD-1 and the fields, ciphertext as it is.
    private static func json(_ event: RecordedEvent) throws(Refusal) -> JSON {
        let context = event.context
        let data: JSON
        do {
            data = try JSON(parsing: EventCoding.fact(event).body.json().utf8)
        } catch {
            throw .unreadable(reason: "event \(event.position) cannot be read")
        }
        return [
            "position": .integer(event.position),
            "at": .instant(Instant(milliseconds: event.recordedAt)),
            "stream": .string("\(event.stream)"), "version": .integer(event.version),
            "type": .string("\(event.type)"), "schema": .integer(Int64(event.schema)),
            "actor": [
                "kind": .string("\(context.actor.kind)"),
                "id": context.actor.id == 0 ? nil : .string(hex(context.actor.id)),
            ],
            "onBehalfOf": context.onBehalfOf.map {
                ["kind": .string("\($0.kind)"), "id": .string(hex($0.id))]
            },
            "role": .string("\(context.role)"), "basis": .string("\(context.basis)"),
            "origin": .string("\(context.origin)"), "command": .string(hex(event.commandID)),
            "correlation": context.correlation == 0 ? nil : .string(hex(context.correlation)),
            "cause": context.cause.map { .integer($0) }, "data": data,
        ]
    }
}

extension [Field] {
    /// An event with its envelope.
    fileprivate static var events: [Field] {
        let who: [Field] = [
            .text("kind", "`staff`, `self`, `operator`, …", always: true), .id("id", "Who."),
        ]
        return [
            .whole("position", "In the organisation's log.", always: true),
            .instant("at", "When the log learned it.", always: true),
            .text("stream", "What it happened to.", always: true),
            .whole("version", "In that stream.", always: true),
            .text("type", "Such as `visit.arrived`.", always: true),
            .whole("schema", "Of its fields.", always: true),
            .object("actor", "Who did it.", always: true, who),
            .object("onBehalfOf", "On whose behalf.", who),
            .text("role", "Judged in.", always: true),
            .text("basis", "On what basis it was allowed.", always: true),
            .text("origin", "By which door.", always: true),
            .id("command", "Shared by the events of one command.", always: true),
            .id("correlation", "Shared by what belongs together."),
            .whole("cause", "Position of the event that led to it."),
            .object(
                "data", "Its fields; of what is sealed, key id and ciphertext.", always: true, []),
        ]
    }
}
