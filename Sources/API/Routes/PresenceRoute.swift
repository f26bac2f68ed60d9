import Domain
import EventStore
import HTTPTypes
import Hummingbird
import NIOCore

/// `POST /v1/presence`: somebody in a room, visit or group call tells that they are still there. No
/// command: it writes no event, and needs no `Idempotency-Key`. Source: WA-3, ORG-3.
struct PresenceRoute {
    let dispatch: Dispatch
    let side: ReadSide

    static let path = "/v1/presence"
    static let docs = """
        Tells that one is still there, in a room, visit or group call: every \
        \(Presence.intervalSeconds) seconds. Who was silent in a room for \(Visit.graceSeconds) \
        seconds is dropped; who told it in a visit or group call, and then was silent for \
        \(Presence.silence.count / 1_000), has lost contact and may come back within \
        \(Visit.graceSeconds). Callers in a group call tell it in their visit. Writes no event.
        """

    /// What is told.
    struct Place: Sendable {
        let room: ID<Room>?
        let visit: ID<Visit>?
        let call: ID<GroupCall>?

        init(_ body: inout Body) {
            room = body.optional("room", .id(), "The room; a guest leaves it out.")
            visit = body.optional(
                "visit", .id(), "Or the visit; who is in one alone leaves it out.")
            call = body.optional("call", .id(), "Or the group call, for staff.")
        }
    }

    static let answer: [Field] = [
        .whole(
            "graceSeconds", "How long silence is borne; in a visit, a place is kept after it.",
            always: true),
        .whole("intervalSeconds", "When to tell it again.", always: true),
    ]

    func add(to router: Router<AnteroomContext>) {
        router.post("v1/presence") { request, context -> Response in
            let query = QueryRequest(
                fields: try await request.json(bytesMax: CommandRoutes.bodyBytesMax),
                isText: false, actor: context.actor, door: context.door,
                actingAs: try request.actingAs())
            try await tell(query)
            let told: JSON = [
                "graceSeconds": .whole(Visit.graceSeconds),
                "intervalSeconds": .whole(Presence.intervalSeconds),
            ]
            return Response(
                status: .ok,
                headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: told.bytes)))
        }
    }

    private func tell(_ query: QueryRequest) async throws(Refusal) {
        let operation = Domain.Operation.presenceTell
        guard operation.isOpen(to: query.actor.kind), let organisation = query.actor.organisation
        else {
            if query.actor == .nobody { throw .notSignedIn }
            let refusal = Refusal.notForThisActor(actor: query.actor.kind.rawValue)
            try await dispatch.note(refusal: refusal, operation, query.actor, query.door, in: nil)
            throw refusal
        }
        var reading = Reading(
            dispatch: dispatch, side: side, request: query, organisation: organisation,
            operation: operation)
        switch Body.read(query.fields, as: Place.init) {
        case .failure(let faults): throw .fields(faults)
        case .success(let place):
            try await reading.allow(in: nil)
            let being = try await reading.being(in: place)
            try dispatch.presence.note(being, at: reading.now)
        }
    }
}

extension Reading {
    /// Who tells that they are there, and where: only who is.
    fileprivate mutating func being(
        in place: PresenceRoute.Place
    ) async throws(Refusal) -> Presence.Being {
        let (room, visit) = (place.room, place.visit)
        if case .staff(_, let staff) = actor { return try await being(in: place, staff) }
        guard place.call == nil else { throw .notFound(field: "call") }
        switch actor {
        case .guest(_, let stay):
            guard visit == nil, let own = try await load(GuestStay.self, stay).state.room,
                room == nil || room == own
            else { throw .notFound(field: "room") }
            return try await being(in: own, .guest(stay))
        case .caller(_, let own):
            guard room == nil, visit == nil || visit == own else {
                throw .notFound(field: "visit")
            }
            return try await being(in: own, .caller)
        case .external(_, let own, let invitee):
            guard room == nil, visit == nil || visit == own else {
                throw .notFound(field: "visit")
            }
            return try await being(in: own, .external(invitee))
        case .staff, .apiKey, .auditor, .operator, .nobody, .policy: throw .notSignedIn
        }
    }

    private mutating func being(
        in place: PresenceRoute.Place, _ staff: ID<Staff>
    ) async throws(Refusal) -> Presence.Being {
        switch (place.room, place.visit, place.call) {
        case (let room?, nil, nil): return try await being(in: room, .staff(staff))
        case (nil, let visit?, nil): return try await being(in: visit, .staff(staff))
        case (nil, nil, let call?): return try await being(in: call, staff)
        case (nil, nil, nil): throw .field("room", .missing, "or visit is missing")
        case (_?, _?, _): throw .field("visit", .notAllowed, "is not told with a room")
        case (_, _, _?): throw .field("call", .notAllowed, "is not told with a room or visit")
        }
    }

    private mutating func being(
        in room: ID<Room>, _ who: Occupant
    ) async throws(Refusal) -> Presence.Being {
        let state = try await existing(Room.self, room, field: "room")
        guard state.present[who] != nil else { throw .rule(RoomRejection.notInRoom.told) }
        return Presence.Being(in: log, at: room, who)
    }

    private mutating func being(
        in visit: ID<Visit>, _ who: Participant
    ) async throws(Refusal) -> Presence.Being {
        let state = try await existing(Visit.self, visit, field: "visit")
        guard state.phase != .ended else { throw .rule(VisitRejection.visitEnded.told) }
        guard state.inside.contains(who) else { throw .rule(VisitRejection.notPresent.told) }
        return Presence.Being(in: log, at: visit, who)
    }

    private mutating func being(
        in call: ID<GroupCall>, _ staff: ID<Staff>
    ) async throws(Refusal) -> Presence.Being {
        let state = try await existing(GroupCall.self, call, field: "call")
        guard state.phase != .ended else { throw .rule(GroupCallRejection.groupCallEnded.told) }
        guard state.staff.contains(staff) else {
            throw .rule(GroupCallRejection.notInGroupCall.told)
        }
        return Presence.Being(in: log, at: call, staff)
    }
}
