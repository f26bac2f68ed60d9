import API
import Domain
import EventStore
import Projections

// One JSON object for each row of each projection: what is personal is left out.

extension AppointmentRow {
    func screen(_ log: LogID, clinic: String?, client: String?) -> JSON {
        [
            "organisation": .string(log.description), "appointment": .id(appointment),
            "day": .string(day.description), "time": clock.map { .string($0.description) },
            "zone": .string(zone), "start": .instant(start),
            "minutes": minutes.map { .integer(Int64($0)) },
            "clinic": clinic.map(JSON.string), "practitioner": practitioner.map { .id($0) },
            "client": client.map(JSON.string), "status": .string(status.word),
            "bookedAt": .instant(bookedAt), "settledAt": .instant(settledAt),
            "visit": visit.map { .id($0) },
        ]
    }
}

extension VisitRow {
    func screen(_ log: LogID, clinic: String?) -> JSON {
        [
            "organisation": .string(log.description), "visit": .id(visit),
            "clinic": clinic.map(JSON.string), "openedAt": .instant(openedAt),
            "waitingFrom": .instant(waitingFrom), "beingSeenAt": .instant(beingSeenAt),
            "endedAt": .instant(endedAt), "practitioner": practitioner.map { .id($0) },
            "outcome": .string(outcome.rawValue),
            "waitSeconds": wait.map { .integer($0.count / 1000) },
            "transfers": .integer(Int64(transfers)), "appointment": appointment.map { .id($0) },
        ]
    }
}

extension CallerRow {
    /// - Parameter place: 1-based, in the queue.
    func screen(_ log: LogID, clinic: String, place: Int?) -> JSON {
        [
            "organisation": .string(log.description), "visit": .id(visit),
            "clinic": .string(clinic), "state": .string("\(state)"),
            "place": place.map { .integer(Int64($0)) }, "colour": .string("\(colour)"),
            "firstArrivedAt": .instant(firstArrivedAt), "arrivedAt": .instant(arrivedAt),
            "waitingSince": .instant(waitingSince),
            "waitedMilliseconds": .integer(waitedMilliseconds), "heldSince": .instant(heldSince),
            "admittedAt": .instant(admittedAt), "practitioner": practitioner.map { .id($0) },
            "appointment": appointment.map { .id($0) },
            "appointmentStart": .instant(appointmentStart),
            "inside": .integer(Int64(inside.count)), "away": .integer(Int64(away.count)),
            "onHold": .integer(Int64(held.count)), "transfers": .integer(Int64(stays.count)),
            "messages": .integer(Int64(messages)), "unanswered": .integer(Int64(unanswered)),
        ]
    }
}

extension OrganisationRow {
    var screen: JSON {
        [
            "organisation": .id(organisation), "kind": "organisation", "name": .string(name),
            "subdomain": .string(subdomain), "zone": .string(zone),
            "staffMax": staffMax.map { .integer(Int64($0)) }, "isTest": .bool(isTest),
            "createdAt": .instant(createdAt),
        ]
    }
}

extension ClinicRow {
    func screen(_ log: LogID) -> JSON {
        [
            "organisation": .string(log.description), "kind": "clinic", "clinic": .id(clinic),
            "name": .string(name), "zone": .string(zone), "isOpen": .bool(isOpen),
            "createdAt": .instant(createdAt),
        ]
    }
}

extension StaffRow {
    func screen(_ log: LogID, _ clinics: [ID<Clinic>: String]) -> JSON {
        let roles = grants.map { held -> JSON in
            [
                "role": .string(held.role.word),
                "clinic": held.clinic.flatMap { clinics[$0] }.map(JSON.string),
            ]
        }
        return [
            "organisation": .string(log.description), "kind": "staff", "staff": .id(staff),
            "standing": .string("\(standing)"), "invitedAt": .instant(invitedAt),
            "roles": .array(roles),
            "practisesIn": .array(
                practisesIn.compactMap { clinics[$0] }.sorted().map(JSON.string)),
        ]
    }
}

extension ClientRow {
    func screen(_ log: LogID, _ client: String?) -> JSON {
        [
            "organisation": .string(log.description), "kind": "client",
            "client": client.map(JSON.string), "registeredAt": .instant(registeredAt),
            "changedAt": .instant(changedAt),
        ]
    }
}

extension AccessLogEntry {
    func screen(_ log: LogID) -> JSON {
        [
            "organisation": .string(log.description), "position": .integer(position),
            "at": .instant(recordedAt), "actor": .string("\(actor.kind)"),
            "actorID": actor.id == 0 ? nil : .string(hex(actor.id)),
            "onBehalfOf": onBehalfOf.map { .string("\($0.kind)") },
            "onBehalfOfID": onBehalfOf.map { .string(hex($0.id)) },
            "role": .string("\(role)"), "basis": .string("\(basis)"),
            "source": .string("\(origin)"), "event": .string(code.map { "\($0)" } ?? "\(type)"),
            "action": .string(String(action.letter)), "outcome": .string("\(outcome)"),
            "objectKind": objectKind.map { .string("\($0)") },
            "object": stream.map { .string("\($0)") }, "clinic": clinic.map { .id($0) },
            "permission": permission.map { .string("\($0)") },
            "records": .integer(Int64(records)),
        ]
    }
}

extension AppointmentStatus {
    /// As the issue names them.
    fileprivate var word: String {
        switch self {
        case .booked: "booked"
        case .done: "done"
        case .noShow: "noShow"
        case .cancelled: "cancelled"
        }
    }
}

extension JSON {
    fileprivate static func id<Subject>(_ id: ID<Subject>) -> JSON { .string(id.description) }
    fileprivate static func instant(_ instant: Instant) -> JSON { .string(instant.description) }
    fileprivate static func instant(_ instant: Instant?) -> JSON? { instant.map { .instant($0) } }
}
