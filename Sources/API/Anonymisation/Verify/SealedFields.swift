import Domain
import EventStore
import Projections

/// A value that stands sealed in an event of a log.
struct SealedField: Sendable {
    let place: SealPlace
    let sealed: SealedBytes

    var key: KeyID { KeyID(bits: sealed.key.bits) }
}

extension Coding {
    /// All that is sealed in an event.
    static func sealedFields(_ event: RecordedEvent) throws(Refusal) -> [SealedField] {
        let visitor = SealedFieldVisitor(event: event)
        switch event.stream.category {
        case Category.visit: return try visitor.fields(VisitEvent.self)
        case Category.staff: return try visitor.fields(StaffEvent.self)
        case Category.client: return try visitor.fields(ClientEvent.self)
        case Category.appointment: return try visitor.fields(AppointmentEvent.self)
        case Category.answers: return try visitor.fields(AnswersEvent.self)
        case Category.access: return try visitor.fields(AccessEvent.self)
        case Category.clientAccess: return try visitor.fields(ClientAccessEvent.self)
        default: return []
        }
    }
}

private struct SealedFieldVisitor: EventVisitor {
    let event: RecordedEvent

    func fields<Family: EventFamily>(_ family: Family.Type) throws(Refusal) -> [SealedField] {
        var visitor = self
        do {
            return try Coding.event(event, as: family).accept(&visitor)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw .unreadable(reason: "event \(event.position) could not be walked: \(error)")
        }
    }

    mutating func visit<E: Event>(_ event: E) throws(WireError) -> [SealedField] {
        var walk = SealedWalk(event)
        _ = try E(&walk)
        return walk.found.map { field, sealed in
            SealedField(
                place: SealPlace(
                    log: self.event.log, stream: self.event.stream, type: self.event.type,
                    field: UInt32(field)), sealed: sealed)
        }
    }
}

/// Hands each field back as it is and notes sealed ones.
private struct SealedWalk<Root>: Fields {
    let root: Root
    var found: [(field: Int, sealed: SealedBytes)] = []

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
        note(number, root[keyPath: path])
        return root[keyPath: path]
    }

    mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>?>
    ) throws(WireError) -> Sealed<Record>? {
        if let sealed = root[keyPath: path] { note(number, sealed) }
        return root[keyPath: path]
    }

    private mutating func note<Record>(_ number: Int, _ sealed: Sealed<Record>) {
        guard case .shut(let bytes) = sealed else { return }
        found.append((number, bytes))
    }
}
