import Domain
import EventStore
import Projections

extension QueryCatalogue {
    static let waitingAreaQueries: [QueryEntry] = [waitingArea, visit]

    /// Callers of one clinic on one page: so many that all of a clinic's are there.
    private static let waitingArea = QueryEntry(
        .waitingAreaRead, at: "/v1/clinics/{clinic}/waiting-area",
        "Every caller of the clinic as its staff see them (WA-2), in the order they came.",
        shows: .rows(.callers),
        fields: { body in
            (body("clinic", .id(), "The clinic.") as ID<Clinic>, page(&body))
        }
    ) { input, reading throws(Refusal) in
        let (clinic, request) = input
        _ = try await reading.existing(Clinic.self, clinic, field: "clinic")
        try await reading.allow(in: clinic)
        reading.note(.listed, on: .waitingArea, clinic: clinic)
        let log = reading.log
        let page = try await reading.view(WaitingArea.name) { views in
            try await views.waitingArea(of: clinic, in: log, request)
        }
        var rows: [JSON] = []
        for row in page.rows { rows.append(try await reading.caller(row)) }
        return list(page, rows)
    }

    private static let visit = QueryEntry(
        .visitRead, at: "/v1/visits/{visit}",
        "One visit with its messages: for the caller their own, for staff those of their clinics.",
        shows: .one(.visit),
        fields: { body in body("visit", .id(), "The visit.") as ID<Visit> }
    ) { visit, reading throws(Refusal) in
        try reading.checkOwn(visit)
        let state = try await reading.existing(Visit.self, visit, field: "visit")
        try await reading.allow(in: state.clinic)
        return try await reading.visit(visit, state)
    }
}

extension Reading {
    /// One caller's row; the look at it is noted.
    mutating func caller(_ row: CallerRow) async throws(Refusal) -> JSON {
        var entry: EntryFields?
        if let shut = row.entry {
            entry = try await open(
                shut.sealed(as: EntryFields.self), of: row.visit, .listed, on: .visit,
                clinic: row.clinic)
        }
        return try await json(row, entry: entry, now: now)
    }

    /// A caller's row; the clinics they were in before by name, which staff of this one may not
    /// read elsewhere (WA-6).
    mutating func json(
        _ row: CallerRow, entry: EntryFields?, now: Instant?
    ) async throws(Refusal) -> JSON {
        let json = row.json(entry: entry, now: now)
        guard !row.stays.isEmpty else { return json }
        var stays: [JSON] = []
        for stay in row.stays {
            let name = try await load(Clinic.self, stay.clinic).state.name
            stays.append(stay.json.with(["name": .text(name?.description)]))
        }
        return json.setting("stays", .array(stays))
    }

    /// A caller sees their own visit, who was invited the one they were invited to.
    func checkOwn(_ visit: ID<Visit>) throws(Refusal) {
        switch actor {
        case .caller(_, let own), .external(_, let own, _):
            guard own == visit else { throw .notFound(field: "visit") }
        case .guest: throw .notFound(field: "visit")
        case .staff, .apiKey, .operator, .policy, .nobody, .auditor: return
        }
    }

    /// Whether the client's entry and messages are shown to who asks.
    var seesRecord: Bool {
        if case .external = actor { false } else { true }
    }

    /// One visit, whole.
    fileprivate mutating func visit(
        _ visit: ID<Visit>, _ state: Visit.State
    ) async throws(Refusal) -> JSON {
        var entry: EntryFields?
        var sent: [MessageSent] = []
        var parting = Parting()
        var next: Int64 = 0
        while true {
            let events = try await dispatch.loader.page(StreamName(of: visit), log, next)
            for event in events {
                let event = try Coding.event(event, as: VisitEvent.self)
                parting.take(event)
                if !seesRecord { continue }
                switch event {
                case .arrived(let arrived):
                    entry = try await open(
                        arrived.entry, of: visit, on: .visit, clinic: state.clinic)
                case .messageSent(let message): sent.append(message)
                // What was written before stays where it was (ORG-6).
                case .transferred(let moved) where !moved.movesMessages && actor.kind == .staff:
                    sent = []
                default: continue
                }
            }
            guard let last = events.last else { break }
            next = last.version + 1
        }
        var messages: [JSON] = []
        for message in sent { messages.append(try await self.message(message, in: visit)) }
        if entry == nil { note(.read, on: .visit, clinic: state.clinic) }
        return json(visit, state, entry: entry).with(try await told(parting, visit)).with([
            "position": .whole(try await queuePosition(of: visit, state)),
            "messages": .array(messages),
        ])
    }

    /// A visit by itself: what no other visit and no clock changes.
    func json(_ visit: ID<Visit>, _ state: Visit.State, entry: EntryFields?) -> JSON {
        [
            "visit": .id(visit), "clinic": .id(state.clinic),
            "state": .string(state.phase.rawValue),
            "arrivedAt": .instant(state.firstArrivedAt), "entry": entry?.json,
            "isAway": .bool(state.away[.caller] != nil),
            "isOnHold": .bool(state.held.contains(.caller)),
            "isLocked": .bool(state.isLocked), "awaitsClient": .bool(state.awaitsClient),
            "question": .id(state.question), "group": .id(state.group),
            "questionnaires": seesRecord ? state.questionnaires.json : nil,
        ]
    }

    /// Why they wait again, or why it is over.
    mutating func told(
        _ parting: Parting, _ visit: ID<Visit>
    ) async throws(Refusal) -> JSON {
        var text: String?
        if seesRecord, let sealed = parting.text {
            text = try await reopen(sealed, of: visit)?.text
        }
        return [
            "ending": .text(parting.ending.map { "\($0)" }),
            "reason": .text(parting.reason?.word), "reasonText": .text(text),
        ]
    }

    /// 1-based place in the queue; the same function for staff and caller (WA-3). Callers see it
    /// where the clinic shows it (ORG-6).
    private mutating func queuePosition(
        of visit: ID<Visit>, _ state: Visit.State
    ) async throws(Refusal) -> Int? {
        guard state.phase == .waiting, let clinic = state.clinic else { return nil }
        guard try await showsPosition(in: clinic) else { return nil }
        let log = log
        let callers = try await view(WaitingArea.name) { views in
            try await views.callers(of: clinic, in: log)
        }
        return WaitingQueue.position(of: visit, among: callers.value)
    }

    mutating func showsPosition(in clinic: ID<Clinic>) async throws(Refusal) -> Bool {
        switch actor {
        case .staff, .apiKey, .operator, .policy, .auditor: true
        case .external, .guest, .nobody: false
        case .caller: try await load(Clinic.self, clinic).state.settings.showsPosition
        }
    }

    mutating func message(
        _ sent: MessageSent, in visit: ID<Visit>
    ) async throws(Refusal) -> JSON {
        // Shown with the visit, whose entry is noted; each message has a key of its own.
        let text = try await reopen(sent.text, of: visit)
        return [
            "message": .id(sent.message), "at": .instant(sent.at), "from": sent.sender.json,
            "text": .text(text?.text),
        ]
    }
}

extension Participant {
    var json: JSON {
        switch kind {
        case .caller: ["kind": "caller"]
        case .staff: ["kind": "staff", "staff": .id(staff)]
        case .external: ["kind": "external", "invitee": .id(invitee)]
        }
    }
}

extension QuestionnaireMarks {
    var json: JSON {
        .array(
            all.map {
                ["questionnaire": .id($0.questionnaire), "state": .string($0.state.word)]
            })
    }
}

extension EntryFields {
    var json: JSON {
        [
            "firstName": .text(firstName), "lastName": .text(lastName), "phone": .text(phone),
            "birthDate": .text(birthDate?.description), "externalNumber": .text(externalNumber),
        ]
    }
}

extension CallerRow {
    /// What depends on now is worked out now.
    func json(entry: EntryFields?, now: Instant?) -> JSON {
        [
            "visit": .id(visit), "clinic": .id(clinic), "state": .string("\(state)"),
            "colour": .string("\(colour)"), "entry": entry?.json,
            "firstArrivedAt": .instant(firstArrivedAt), "arrivedAt": .instant(arrivedAt),
            "queued": .integer(queued),
            "waitingSince": .instant(waitingSince), "heldSince": .instant(heldSince),
            "waitedMilliseconds": .integer(
                now.map { Int64(waited(at: $0).count) } ?? waitedMilliseconds),
            "admittedAt": .instant(admittedAt), "practitioner": .id(practitioner),
            "appointment": .id(appointment), "appointmentStart": .instant(appointmentStart),
            "askedFor": .id(askedFor), "participants": .array(inside.map(\.json)),
            "away": .array(away.map { ["who": $0.who.json, "since": .instant($0.since)] }),
            "onHold": .array(held.map(\.json)),
            "stays": .array(stays.map(\.json)), "messages": .whole(messages),
            "unanswered": .whole(unanswered), "isLocked": .bool(isLocked),
            "awaitsClient": .bool(awaitsClient), "question": .id(question), "group": .id(group),
            "questionnaires": questionnaires.json,
        ]
    }
}

/// Why a caller waits again, or why the visit is over: what the last such event says (WA-15).
struct Parting: Sendable {
    private(set) var ending: VisitEnding?
    private(set) var reason: DismissalReason?
    private(set) var text: Sealed<MessageText>?

    mutating func take(_ event: VisitEvent) {
        switch event {
        case .sentBack(let sent): (ending, reason, text) = (nil, sent.reason, sent.text)
        case .ended(let ended):
            (ending, reason, text) = (VisitEnding(ended.reason), ended.why, ended.text)
        case .gaveUp: (ending, reason, text) = (.left, nil, nil)
        // What was said to one who waited is over once they are seen, or wait elsewhere.
        case .admitted, .transferred, .arrived: (ending, reason, text) = (nil, nil, nil)
        case .groupAnswered(let answered) where answered.accepted:
            (ending, reason, text) = (nil, nil, nil)
        default: return
        }
    }
}

extension ClinicStay {
    var json: JSON {
        [
            "clinic": .id(clinic), "arrivedAt": .instant(arrivedAt), "leftAt": .instant(leftAt),
            "waitedMilliseconds": .integer(waitedMilliseconds), "by": .id(by),
        ]
    }
}
