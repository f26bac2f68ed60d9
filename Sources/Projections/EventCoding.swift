package import Domain
package import EventStore

/// Between the store's bytes and the domain's events: the one place where they meet.
package enum EventCoding {
    /// The fact a recorded event states.
    /// - Parameter upcasters: nil: those of this program.
    /// - Throws: ``CodingError``, where this program cannot understand it.
    ///
    /// Facts are large. Inlined, so that one is made where the caller wants it, and not copied.
    @inline(__always)
    package static func fact(
        _ event: RecordedEvent, upcasters: Upcasters? = nil
    ) throws(CodingError) -> Fact {
        let id = event.stream.id
        let part = event.stream.part
        return switch event.stream.category {
        case Category.visit:
            Fact(event, .visit(ID(bits: id), try decode(event, upcasters)))
        case Category.access:
            Fact(event, .access(day: part, try decode(event, upcasters)))
        case Category.appointment:
            Fact(event, .appointment(ID(bits: id), try decode(event, upcasters)))
        case Category.agenda:
            Fact(event, .agenda(ID(bits: id), day: part, try decode(event, upcasters)))
        case Category.client:
            Fact(event, .client(ID(bits: id), try decode(event, upcasters)))
        case Category.staff:
            Fact(event, .staff(ID(bits: id), try decode(event, upcasters)))
        case Category.clinic:
            Fact(event, .clinic(ID(bits: id), try decode(event, upcasters)))
        case Category.answers:
            Fact(event, .answers(ID(bits: id), try decode(event, upcasters)))
        case Category.questionnaire:
            Fact(event, .questionnaire(ID(bits: id), try decode(event, upcasters)))
        case Category.organisation:
            Fact(event, .organisation(ID(bits: id), try decode(event, upcasters)))
        case Category.erasure:
            Fact(event, .erasure(ID(bits: id), try decode(event, upcasters)))
        case Category.clientAccess:
            Fact(event, .clientAccess(year: part, try decode(event, upcasters)))
        case Category.anonymisation:
            Fact(event, .anonymisation(ID(bits: id), try decode(event, upcasters)))
        case Category.day:
            Fact(event, .days(ID(bits: id), try decode(event, upcasters)))
        default: try rareFact(event, upcasters)
        }
    }

    /// Of categories that hold few of a log's events.
    private static func rareFact(
        _ event: RecordedEvent, _ upcasters: Upcasters?
    ) throws(CodingError) -> Fact {
        let id = event.stream.id
        let part = event.stream.part
        return switch event.stream.category {
        case Category.account:
            Fact(event, .account(ID(bits: id), try decode(event, upcasters)))
        case Category.security:
            Fact(event, .security(ID(bits: id), try decode(event, upcasters)))
        case Category.apiKey:
            Fact(event, .apiKey(ID(bits: id), try decode(event, upcasters)))
        case Category.support:
            Fact(event, .support(ID(bits: id), try decode(event, upcasters)))
        case Category.subdomain:
            Fact(event, .subdomain(ID(bits: id), try decode(event, upcasters)))
        case Category.imports:
            Fact(event, .imports(ID(bits: id), try decode(event, upcasters)))
        case Category.report:
            Fact(event, .reports(ID(bits: id), try decode(event, upcasters)))
        case Category.mail:
            Fact(event, .mail(ID(bits: id), try decode(event, upcasters)))
        case Category.alert:
            Fact(event, .alert(ID(bits: id), try decode(event, upcasters)))
        case Category.signOn:
            Fact(event, .signOn(ID(bits: id), try decode(event, upcasters)))
        case Category.auditor:
            Fact(event, .auditor(ID(bits: id), try decode(event, upcasters)))
        case Category.nothing:
            Fact(event, .nothing(day: part, try decode(event, upcasters)))
        case Category.room:
            Fact(event, .room(ID(bits: id), try decode(event, upcasters)))
        case Category.guest:
            Fact(event, .guest(ID(bits: id), try decode(event, upcasters)))
        case Category.callInterface:
            Fact(event, .callInterface(ID(bits: id), try decode(event, upcasters)))
        case Category.app:
            Fact(event, .app(day: part, try decode(event, upcasters)))
        case Category.groupCall:
            Fact(event, .groupCall(ID(bits: id), try decode(event, upcasters)))
        case Category.announcement:
            Fact(event, .announcement(ID(bits: id), try decode(event, upcasters)))
        case Category.walkIn:
            Fact(event, .walkIn(ID(bits: id), try decode(event, upcasters)))
        default: throw .unknownStream
        }
    }

    /// The envelope alone, for those who need no more.
    package static func envelope(_ event: RecordedEvent) -> Fact { Fact(event, .unread) }

    /// An event of a family this function's caller knows.
    package static func decode<Family: EventFamily>(
        _ event: RecordedEvent, _ upcasters: Upcasters? = nil
    ) throws(CodingError) -> Family {
        let name = EventName(high: event.type.high, low: event.type.low)
        let number = Int(event.schema)
        do {
            return try Family.decode(name, number: number, event.payload)
        } catch .older {
            // Seldom, so that what is usual pays nothing for it.
            let raised = try (upcasters ?? .all)
                .raise(event.type, event.schema, event.payload)
            do {
                return try Family.decode(name, number: Int(raised.schema), raised.payload[...])
            } catch {
                throw .wire(error)
            }
        } catch {
            throw .wire(error)
        }
    }

    /// The bytes of an event that is about to be appended to `stream`.
    /// - Parameter sealing: shuts the personal records the event holds open; see ``Sealed``.
    package static func newEvent<Family: EventFamily>(
        _ event: Family, in stream: StreamName, sealing: Sealing? = nil
    ) throws(WireError) -> NewEvent {
        var payload: [UInt8] = []
        let head = try event.encode(into: &payload, sealing: sealing)
        return NewEvent(
            stream: stream, type: EventType(high: head.name.high, low: head.name.low),
            schema: UInt32(head.number), payload: payload)
    }
}

/// The categories of streams, as the store names them.
package enum Category {
    package static let organisation: Word = "organisation"
    package static let clinic: Word = "clinic"
    package static let staff: Word = "staff"
    package static let account: Word = "account"
    package static let security: Word = "security"
    package static let apiKey: Word = "api-key"
    package static let support: Word = "support"
    package static let visit: Word = "visit"
    package static let client: Word = "client"
    package static let appointment: Word = "appointment"
    package static let agenda: Word = "agenda"
    package static let questionnaire: Word = "questionnaire"
    package static let answers: Word = "answers"
    package static let access: Word = "access"
    package static let erasure: Word = "erasure"
    package static let clientAccess: Word = "client-access"
    package static let anonymisation: Word = "anonymisation"
    package static let imports: Word = "import"
    package static let day: Word = "day"
    package static let report: Word = "report"
    package static let subdomain: Word = "subdomain"
    package static let mail: Word = "mail"
    package static let alert: Word = "alert"
    package static let signOn: Word = "sign-on"
    package static let auditor: Word = "auditor"
    package static let nothing: Word = "nothing"
    package static let room: Word = "room"
    package static let guest: Word = "guest"
    package static let callInterface: Word = "call-interface"
    package static let app: Word = "app"
    package static let groupCall: Word = "group-call"
    package static let announcement: Word = "announcement"
    package static let walkIn: Word = "walk-in"
}

/// Why an event cannot be understood here.
package enum CodingError: Error, Hashable, Sendable {
    /// A newer program has a kind of stream this one has never heard of.
    case unknownStream
    case wire(WireError)
    /// Nothing raises this schema number any more: a bug, found by the golden tests.
    case noUpcaster(from: UInt32)

    /// An upgrade of this program is what is needed; otherwise something is damaged.
    package var isNewer: Bool {
        switch self {
        case .unknownStream: true
        case .wire(let error): error.isNewer
        case .noUpcaster: false
        }
    }
}

extension CodingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownStream: "written by a newer program: an unknown kind of stream"
        case .noUpcaster(let from): "no step leads up from schema number \(from)"
        case .wire(.newer(let name, let number)):
            "written by a newer program: \(name), schema number \(number)"
        case .wire(.newerValue(let value, let offset, let field)):
            "written by a newer program: value \(value) in field \(field), byte \(offset)"
        case .wire(.malformed(let flaw, let offset, let field)):
            "damaged: \(flaw.rawValue) at byte \(offset), field \(field)"
        case .wire(.missing(let field)): "damaged: field \(field) is missing"
        case .wire(let error): "\(error)"
        }
    }
}
