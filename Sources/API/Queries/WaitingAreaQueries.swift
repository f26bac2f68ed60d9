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
        if case .caller(_, let own) = reading.actor, own != visit {
            throw .notFound(field: "visit")
        }
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
        return row.json(entry: entry, now: now)
    }

    /// One visit, whole.
    fileprivate mutating func visit(
        _ visit: ID<Visit>, _ state: Visit.State
    ) async throws(Refusal) -> JSON {
        var entry: EntryFields?
        var messages: [JSON] = []
        var next: Int64 = 0
        while true {
            let events = try await dispatch.loader.page(StreamName(of: visit), log, next)
            for event in events {
                switch try Coding.event(event, as: VisitEvent.self) {
                case .arrived(let arrived):
                    entry = try await open(
                        arrived.entry, of: visit, on: .visit, clinic: state.clinic)
                case .messageSent(let sent):
                    messages.append(try await message(sent, in: visit))
                default: continue
                }
            }
            guard let last = events.last else { break }
            next = last.version + 1
        }
        if entry == nil { note(.read, on: .visit, clinic: state.clinic) }
        return Reading.json(visit, state, entry: entry).with([
            "position": .whole(try await queuePosition(of: visit, state)),
            "messages": .array(messages),
        ])
    }

    /// A visit by itself: what no other visit and no clock changes.
    static func json(_ visit: ID<Visit>, _ state: Visit.State, entry: EntryFields?) -> JSON {
        [
            "visit": .id(visit), "clinic": .id(state.clinic),
            "state": .string(state.phase.rawValue),
            "arrivedAt": .instant(state.firstArrivedAt), "entry": entry?.json,
        ]
    }

    /// 1-based place in the queue; the same function for staff and caller (WA-3).
    private mutating func queuePosition(
        of visit: ID<Visit>, _ state: Visit.State
    ) async throws(Refusal) -> Int? {
        guard state.phase == .waiting, let clinic = state.clinic else { return nil }
        let log = log
        let page = try await view(WaitingArea.name) { views in
            try await views.waitingArea(of: clinic, in: log)
        }
        return WaitingQueue.position(of: visit, among: page.rows)
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
        }
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
            "waitingSince": .instant(waitingSince), "heldSince": .instant(heldSince),
            "waitedMilliseconds": .integer(
                now.map { Int64(waited(at: $0).count) } ?? waitedMilliseconds),
            "admittedAt": .instant(admittedAt), "practitioner": .id(practitioner),
            "appointment": .id(appointment), "appointmentStart": .instant(appointmentStart),
            "askedFor": .id(askedFor), "participants": .array(inside.map(\.json)),
            "away": .array(away.map { ["who": $0.who.json, "since": .instant($0.since)] }),
            "onHold": .array(held.map(\.json)),
            "stays": .array(stays.map(\.json)), "messages": .whole(messages),
            "unanswered": .whole(unanswered),
        ]
    }
}

extension ClinicStay {
    fileprivate var json: JSON {
        [
            "clinic": .id(clinic), "arrivedAt": .instant(arrivedAt), "leftAt": .instant(leftAt),
            "waitedMilliseconds": .integer(waitedMilliseconds), "by": .id(by),
        ]
    }
}
