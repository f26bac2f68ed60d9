import Domain
package import EventStore
import Projections

/// Finds under which keys an event's records are, or will be, sealed.
struct SealedKeys: EventVisitor {
    mutating func visit<E: Event>(_ event: E) throws(WireError) -> [ID<Domain.RecordKey>] {
        var walk = KeyWalk(event)
        _ = try E(&walk)
        return walk.keys
    }

}

extension Coding {
    static func sealedKeys(of event: some EventFamily) throws(Refusal) -> [KeyID] {
        var visitor = SealedKeys()
        do {
            return try event.accept(&visitor).map { KeyID(bits: $0.bits) }
        } catch {
            throw .unreadable(reason: "an event could not be walked: \(error)")
        }
    }

    /// Of events of one commit, in their order.
    static func sealedKeys(_ events: [NewEvent]) throws(Refusal) -> [KeyID] {
        var keys: [KeyID] = []
        for event in events { keys += try sealedKeys(event) }
        return keys
    }

    /// Of an event that stands in a log, or is about to.
    package static func sealedKeys(_ event: NewEvent) throws(Refusal) -> [KeyID] {
        switch event.stream.category {
        case Category.visit: try sealedKeys(of: decode(event, as: VisitEvent.self))
        case Category.staff: try sealedKeys(of: decode(event, as: StaffEvent.self))
        case Category.account: try sealedKeys(of: decode(event, as: AccountEvent.self))
        case Category.support: try sealedKeys(of: decode(event, as: SupportEvent.self))
        case Category.client: try sealedKeys(of: decode(event, as: ClientEvent.self))
        case Category.appointment: try sealedKeys(of: decode(event, as: AppointmentEvent.self))
        case Category.answers: try sealedKeys(of: decode(event, as: AnswersEvent.self))
        case Category.access: try sealedKeys(of: decode(event, as: AccessEvent.self))
        case Category.guest: try sealedKeys(of: decode(event, as: GuestStayEvent.self))
        case Category.clientAccess:
            try sealedKeys(of: decode(event, as: ClientAccessEvent.self))
        case Category.auditor: try sealedKeys(of: decode(event, as: AuditorEvent.self))
        case Category.alert: try sealedKeys(of: decode(event, as: AlertEvent.self))
        case Category.mail: try sealedKeys(of: decode(event, as: MailEvent.self))
        case Category.signOn: try sealedKeys(of: decode(event, as: SignOnEvent.self))
        default: []
        }
    }
}

/// Hands each field back as it is and notes the keys of sealed ones.
private struct KeyWalk<Root>: Fields {
    let root: Root
    var keys: [ID<Domain.RecordKey>] = []

    init(_ root: Root) { self.root = root }

    mutating func callAsFunction<Value: Plain>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(WireError) -> Value { root[keyPath: path] }

    mutating func callAsFunction<Value: Plain>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value?>
    ) throws(WireError) -> Value? { root[keyPath: path] }

    mutating func callAsFunction<Value: Plain>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, [Value]>
    ) throws(WireError) -> [Value] { root[keyPath: path] }

    mutating func callAsFunction<Value: Plain>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>, default fallback: Value
    ) throws(WireError) -> Value { root[keyPath: path] }

    mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>>
    ) throws(WireError) -> Sealed<Record> {
        keys.append(root[keyPath: path].key)
        return root[keyPath: path]
    }

    mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>?>
    ) throws(WireError) -> Sealed<Record>? {
        if let sealed = root[keyPath: path] { keys.append(sealed.key) }
        return root[keyPath: path]
    }
}
