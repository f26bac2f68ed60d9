import Domain
import EventStore
import Projections

/// A value that stands sealed in an event of a log.
struct SealedField: Sendable {
    let place: SealPlace
    let sealed: SealedBytes

    var key: KeyID { KeyID(bits: sealed.key.bits) }
}

extension SealedField {
    /// All that is sealed in an event. Every family is walked, so that a later kind of record
    /// cannot be left out.
    static func all(in fact: Fact) throws(Refusal) -> [SealedField] {
        var walk = SealedFieldVisitor(fact: fact)
        do {
            return switch fact.body {
            case .organisation(_, let event): try event.accept(&walk)
            case .subdomain(_, let event): try event.accept(&walk)
            case .clinic(_, let event): try event.accept(&walk)
            case .staff(_, let event): try event.accept(&walk)
            case .account(_, let event): try event.accept(&walk)
            case .security(_, let event): try event.accept(&walk)
            case .apiKey(_, let event): try event.accept(&walk)
            case .support(_, let event): try event.accept(&walk)
            case .visit(_, let event): try event.accept(&walk)
            case .client(_, let event): try event.accept(&walk)
            case .appointment(_, let event): try event.accept(&walk)
            case .agenda(_, _, let event): try event.accept(&walk)
            case .questionnaire(_, let event): try event.accept(&walk)
            case .answers(_, let event): try event.accept(&walk)
            case .access(_, let event): try event.accept(&walk)
            case .clientAccess(_, let event): try event.accept(&walk)
            case .erasure(_, let event): try event.accept(&walk)
            case .anonymisation(_, let event): try event.accept(&walk)
            case .imports(_, let event): try event.accept(&walk)
            case .days(_, let event): try event.accept(&walk)
            case .reports(_, let event): try event.accept(&walk)
            case .mail(_, let event): try event.accept(&walk)
            case .alert(_, let event): try event.accept(&walk)
            case .signOn(_, let event): try event.accept(&walk)
            case .auditor(_, let event): try event.accept(&walk)
            case .nothing(_, let event): try event.accept(&walk)
            case .room(_, let event): try event.accept(&walk)
            case .guest(_, let event): try event.accept(&walk)
            case .callInterface(_, let event): try event.accept(&walk)
            case .app(_, let event): try event.accept(&walk)
            case .groupCall(_, let event): try event.accept(&walk)
            case .announcement(_, let event): try event.accept(&walk)
            case .walkIn(_, let event): try event.accept(&walk)
            case .unread: []
            }
        } catch {
            throw .unreadable(reason: "event \(fact.position) could not be walked: \(error)")
        }
    }
}

private struct SealedFieldVisitor: EventVisitor {
    let fact: Fact

    mutating func visit<E: Event>(_ event: E) throws(WireError) -> [SealedField] {
        var walk = SealedWalk(event)
        _ = try E(&walk)
        return walk.found.map { field, sealed in
            SealedField(
                place: SealPlace(
                    log: fact.log, stream: fact.stream, type: fact.type, field: UInt32(field)),
                sealed: sealed)
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
