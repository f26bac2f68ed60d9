/// What is written where a command changes nothing, so that asking again finds its first answer
/// (design.md, idempotency). Stands in a stream per UTC day, never in the stream the command was
/// about.
package enum NothingEvent: Hashable, Sendable {
    case toDo(NothingToDo)
}

extension NothingEvent: EventFamily {
    package static let category = "nothing"
    package static let members = Members<NothingEvent>(
        Member(NothingToDo.self, NothingEvent.toDo))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .toDo(let event): try visitor.visit(event)
        }
    }
}

/// What was asked for is so already.
package struct NothingToDo: Hashable, Sendable {
    package let at: Instant

    package init(at: Instant) {
        self.at = at
    }
}

extension NothingToDo: Event {
    package static let name = "nothing.to-do"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
    }
}
