/// What a client's access stream holds: one stream per client and year, named by a keyed hash so
/// that only the vault leads from the client to it. Source: AUD-2, ANON-3.
package enum ClientAccessEvent: Hashable, Sendable {
    case carried(AccessCarried)
}

extension ClientAccessEvent: EventFamily {
    package static let category = "client-access"
    package static let members = Members<ClientAccessEvent>(
        Member(AccessCarried.self, ClientAccessEvent.carried))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .carried(let event): try visitor.visit(event)
        }
    }
}

/// A look at a record, or a write to it, was carried over before the record's key was destroyed.
package struct AccessCarried: Hashable, Sendable {
    /// When it was carried over.
    package let at: Instant
    package let look: Sealed<PastAccess>

    package init(at: Instant, look: Sealed<PastAccess>) {
        self.at = at
        self.look = look
    }
}

extension AccessCarried: Event {
    package static let name = "client-access.carried"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        look = try f(2, "look", \.look)
    }
}

/// Who did what to some record of a client, and on which day; no longer which record, nor of which
/// kind.
package struct PastAccess: Hashable, Sendable {
    /// Of the look, in UTC.
    package var day: LocalDate
    /// Who, by kind and, for staff, by name.
    package var actor: String
    package var staff: ID<Staff>?
    /// Whom a supporter acted as.
    package var onBehalfOf: ID<Staff>?
    package var role: String
    package var basis: String
    package var origin: String
    /// What a look was; absent for a write.
    package var event: AccessEventCode?
    package var action: AccessAction
    package var outcome: AccessOutcome

    package init(
        day: LocalDate, actor: String, staff: ID<Staff>? = nil, onBehalfOf: ID<Staff>? = nil,
        role: String, basis: String, origin: String, event: AccessEventCode? = nil,
        action: AccessAction, outcome: AccessOutcome = .allowed
    ) {
        self.day = day
        self.actor = actor
        self.staff = staff
        self.onBehalfOf = onBehalfOf
        self.role = role
        self.basis = basis
        self.origin = origin
        self.event = event
        self.action = action
        self.outcome = outcome
    }
}

extension PastAccess: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        day = try f(1, "day", \.day)
        actor = try f(2, "actor", \.actor)
        staff = try f(3, "staff", \.staff)
        onBehalfOf = try f(4, "on_behalf_of", \.onBehalfOf)
        role = try f(5, "role", \.role)
        basis = try f(6, "basis", \.basis)
        origin = try f(7, "origin", \.origin)
        event = try f(8, "event", \.event)
        action = try f(9, "action", \.action)
        outcome = try f(10, "outcome", \.outcome)
    }
}
