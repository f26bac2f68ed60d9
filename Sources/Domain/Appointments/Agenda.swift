/// One practitioner's day: which moments are taken. A stream per practitioner and UTC day, so that
/// two bookings of the same moment meet in it, however close they come (SCH-2). One across midnight
/// stands in two.
package enum Agenda: Decider {
    package static let slotsMax = 500

    package struct State: Hashable, Sendable {
        package var slots: [ID<Appointment>: Range<Instant>] = [:]
    }

    package static let initial = State()

    package static func decide(
        _ command: AgendaCommand, _ state: State
    ) throws(AgendaRejection) -> [AgendaEvent] {
        switch command {
        case .take(let at, let appointment, let span, let mayOverlap):
            if state.slots[appointment] == span { return [] }
            let others = state.slots.filter { $0.key != appointment }
            guard mayOverlap || !others.values.contains(where: { $0.overlaps(span) }) else {
                throw .practitionerTaken
            }
            guard others.count < slotsMax else { throw .agendaFull(limit: slotsMax) }
            return [
                .taken(
                    SlotTaken(
                        at: at, appointment: appointment, from: span.lowerBound,
                        until: span.upperBound, mayOverlap: mayOverlap))
            ]
        case .free(let at, let appointment):
            guard state.slots[appointment] != nil else { return [] }
            return [.freed(SlotFreed(at: at, appointment: appointment))]
        }
    }

    package static func evolve(_ state: inout State, _ event: AgendaEvent) {
        switch event {
        case .taken(let taken):
            state.slots[taken.appointment] = taken.from..<max(taken.from, taken.until)
        case .freed(let freed): state.slots[freed.appointment] = nil
        }
    }

    /// The UTC days (since 1970-01-01) `span` touches, one or two; nil where one is no stream's
    /// part: before 1970-01-02, or longer than a day.
    package static func days(of span: Range<Instant>) -> [UInt32]? {
        let dayLength: Int64 = 86_400_000
        let start = span.lowerBound.milliseconds
        let last = max(start, span.upperBound.milliseconds - 1)  // The end is not taken.
        guard start >= dayLength, let first = UInt32(exactly: start / dayLength),
            let end = UInt32(exactly: last / dayLength), end - first <= 1
        else { return nil }
        return first == end ? [first] : [first, end]
    }
}

/// What can be asked of an agenda.
package enum AgendaCommand: Hashable, Sendable {
    /// - Parameter mayOverlap: whether double booking was allowed for this one.
    case take(
        at: Instant, appointment: ID<Appointment>, span: Range<Instant>, mayOverlap: Bool)
    case free(at: Instant, appointment: ID<Appointment>)
}

/// Why an agenda refuses. In order: where two reasons apply, the earlier is thrown.
package enum AgendaRejection: Rejected {
    case practitionerTaken
    case agendaFull(limit: Int)

    package var told: Told {
        switch self {
        case .practitionerTaken:
            Told(
                "practitionerTaken", "The practitioner has an appointment at that time.",
                field: "start")
        case .agendaFull(let limit):
            Told("agendaFull", "A day holds \(limit) appointments.", field: "start", limit: limit)
        }
    }
}

/// What can happen to an agenda.
package enum AgendaEvent: Hashable, Sendable {
    case taken(SlotTaken)
    case freed(SlotFreed)
}

extension AgendaEvent: EventFamily {
    package static let category = "agenda"
    package static let members = Members<AgendaEvent>(
        Member(SlotTaken.self, AgendaEvent.taken),
        Member(SlotFreed.self, AgendaEvent.freed))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .taken(let event): try visitor.visit(event)
        case .freed(let event): try visitor.visit(event)
        }
    }
}

/// An appointment takes these moments of the practitioner's.
package struct SlotTaken: Hashable, Sendable {
    package let at: Instant
    package let appointment: ID<Appointment>
    package let from: Instant
    /// Not included.
    package let until: Instant
    /// Whether double booking was allowed for this one.
    package let mayOverlap: Bool

    package init(
        at: Instant, appointment: ID<Appointment>, from: Instant, until: Instant, mayOverlap: Bool
    ) {
        self.at = at
        self.appointment = appointment
        self.from = from
        self.until = until
        self.mayOverlap = mayOverlap
    }
}

extension SlotTaken: Event {
    package static let name = "agenda.taken"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        appointment = try f(2, "appointment", \.appointment)
        from = try f(3, "from", \.from)
        until = try f(4, "until", \.until)
        mayOverlap = try f(5, "may_overlap", \.mayOverlap)
    }
}

/// The appointment's moments are free again.
package struct SlotFreed: Hashable, Sendable {
    package let at: Instant
    package let appointment: ID<Appointment>

    package init(at: Instant, appointment: ID<Appointment>) {
        self.at = at
        self.appointment = appointment
    }
}

extension SlotFreed: Event {
    package static let name = "agenda.freed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        appointment = try f(2, "appointment", \.appointment)
    }
}
